"""Where and when a call is computed: sources, host processes, queues, batching, cancellation.

The door is `groundfog.inference.service.Inference`. This module stays empty, so that a host process
(`groundfog.inference.host`) starts without reading the server's side.
"""
