"""The embedded chat model: a generator of dialogues, a tokenizer, training, export to GGUF, and its evaluation.

Nothing here is imported by the package. See docs/chat-model.md.
"""
