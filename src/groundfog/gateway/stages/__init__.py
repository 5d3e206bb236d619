"""The stages of a gateway, one small class each, composed once for a gateway's settings (`pipeline.compose`)."""
