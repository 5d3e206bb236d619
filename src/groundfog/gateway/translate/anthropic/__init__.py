"""OpenAI's chat ↔ Anthropic's Messages (API version 2023-06-01, the last that takes sampling settings)."""

VERSION = b"2023-06-01"
