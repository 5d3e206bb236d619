"""A documented example call for every model that the reference pages name, as a REST client would send it."""

from __future__ import annotations

import base64
import io
import struct
import wave
import zlib
from typing import Any

import msgspec

CHAT = {"messages": [{"role": "system", "content": "You are a helpful assistant."}, {"role": "user", "content": "Hi"}]}
PROMPT = {"prompt": "What is TypeScript?"}
TEXTS = {"text": ["Hello world", "Cloudflare Workers"]}
PICTURE = {"prompt": "A photo of a delicious hamburger on a plate with fresh vegetables", "num_steps": 4}


class Example(msgspec.Struct, frozen=True):
    """`json` or `content` (with its type) is the body; `query` goes into the URL."""

    json: dict[str, Any] | None = None
    content: bytes = b""
    content_type: str = "application/json"
    query: str = ""


def png(width: int = 16, height: int = 16) -> bytes:
    """A real picture: one grey rectangle."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x80\x90\xa0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """Real audio: a sawtooth, mono, 16 bits."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", (i * 97) % 4000 - 2000) for i in range(int(seconds * rate))))
    return buffer.getvalue()


def data_uri() -> str:
    return "data:image/png;base64," + base64.b64encode(png()).decode()


LOOK = {
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is in this image?"},
                {"type": "image_url", "image_url": {"url": data_uri()}},
            ],
        }
    ]
}

SEED_MODELS: dict[str, Example] = {
    "@cf/baai/bge-base-en-v1.5": Example(TEXTS),
    "@cf/baai/bge-large-en-v1.5": Example({**TEXTS, "pooling": "cls"}),
    "@cf/baai/bge-small-en-v1.5": Example({"text": "Hello world"}),
    "@cf/black-forest-labs/flux-1-schnell": Example(PICTURE),
    "@cf/deepgram/aura-2-en": Example({"text": "Hello from the workshop.", "speaker": "luna"}),
    "@cf/deepgram/aura-2-es": Example({"text": "Hola.", "speaker": "aquila"}),
    "@cf/deepgram/nova-3": Example(content=wav(), content_type="audio/wav", query="?detect_language=true"),
    "@cf/deepseek-ai/deepseek-r1-distill-qwen-32b": Example(CHAT),
    "@cf/google/embeddinggemma-300m": Example(TEXTS),
    "@cf/google/gemma-3-12b-it": Example(LOOK),
    "@cf/ibm-granite/granite-4.0-h-micro": Example(CHAT),
    "@cf/leonardo/lucid-origin": Example(PICTURE),
    "@cf/leonardo/phoenix-1.0": Example(PICTURE),
    "@cf/lykon/dreamshaper-8-lcm": Example(PICTURE),
    "@cf/meta/llama-3.1-8b-instruct": Example(PROMPT),
    "@cf/meta/llama-3.1-8b-instruct-fp8-fast": Example(CHAT),
    "@cf/meta/llama-3.2-11b-vision-instruct": Example(LOOK),
    "@cf/meta/llama-3.2-1b-instruct": Example({**CHAT, "max_tokens": 32}),
    "@cf/meta/llama-3.3-70b-instruct-fp8-fast": Example(CHAT),
    "@cf/meta/llama-4-scout-17b-16e-instruct": Example(LOOK),
    "@cf/mistral/mistral-7b-instruct-v0.2": Example(CHAT),
    "@cf/mistralai/mistral-small-3.1-24b-instruct": Example(CHAT),
    "@cf/openai/gpt-oss-120b": Example({"input": "What is the origin of Hello World?"}),
    "@cf/openai/gpt-oss-20b": Example(CHAT),
    "@cf/openai/whisper-large-v3-turbo": Example({"audio": base64.b64encode(wav()).decode()}),
    "@cf/qwen/qwen1.5-14b-chat-awq": Example(CHAT),
    "@cf/qwen/qwen2.5-coder-32b-instruct": Example(CHAT),
    "@cf/qwen/qwen3-30b-a3b-fp8": Example(CHAT),
    "@cf/qwen/qwen3-embedding-0.6b": Example({"queries": "Where is the harbour?"}),
    "@cf/qwen/qwq-32b": Example(CHAT),
    "@cf/stabilityai/stable-diffusion-xl-base-1.0": Example({**PICTURE, "width": 512, "height": 512}),
    "@cf/unum/uform-gen2-qwen-500m": Example(content=png(), content_type="image/png"),
    "@hf/thebloke/mistral-7b-instruct-v0.1-awq": Example(PROMPT),
}
