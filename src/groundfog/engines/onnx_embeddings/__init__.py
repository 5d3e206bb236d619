"""Text embeddings on ONNX Runtime. Importing this loads neither ONNX Runtime nor NumPy."""

from __future__ import annotations

from groundfog.engines.onnx_embeddings.engine import OnnxEmbeddingsEngine

__all__ = ["OnnxEmbeddingsEngine"]
