"""Text generation on llama.cpp's server core (`xllamacpp`): continuous batching, grammars, tools, LoRA, vision."""

from groundfog.engines.llama_cpp.engine import LlamaCppEngine

__all__ = ["LlamaCppEngine"]
