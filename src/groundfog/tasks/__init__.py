"""What each task takes and gives. One module per task; this is their register."""

from __future__ import annotations

from groundfog.tasks.base import BinaryBody, Body, FormBody, FormPart, JsonBody, Rendered, Streamer, Task

__all__ = ["BinaryBody", "Body", "FormBody", "FormPart", "JsonBody", "Rendered", "Streamer", "Task"]
