"""Small GGUF files for tests and benches: random weights, a trained byte-level BPE tokenizer, a real chat template.

`build(path)` writes a model of about 1 MB that llama.cpp loads in milliseconds. The weights are random, but the tokens
have a prior: each token's logit carries the logarithm of its frequency in the training text, so the model writes text
that looks like its training text, closes the strings and objects that a grammar lets it open, and ends by itself.

With `says=("<tool_call>\\n", '{"name": …', …)` the model answers every chat with these pieces, one token each, and
ends: for tests of what is made of a real model's answer.

Companions: `build_lora`, `build_mmproj`, `png`, and `malformed` for files that no engine may crash on.
"""

from __future__ import annotations

import functools
import json
import math
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import gguf
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.support.tiny_corpus import lines

Array = npt.NDArray[np.float32]
Precision = Literal["f32", "f16", "q8_0"]

BOS, EOS, IM_START, IM_END = "<|startoftext|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL = (BOS, EOS, IM_START, IM_END)

CHATML = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + (message.content or '') + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
"""A template that knows roles and nothing else."""

HERMES = r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\n\n' }}
    {%- endif %}
    {{- "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call><|im_end|>\n" }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
    {%- elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\n' }}
        {%- if message.reasoning_content %}
            {{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}
        {%- endif %}
        {%- if message.content %}
            {{- message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls or [] %}
            {%- if (loop.first and message.content) or not loop.first %}
                {{- '\n' }}
            {%- endif %}
            {%- if tool_call.function %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '<tool_call>\n{"name": "' + tool_call.name + '", "arguments": ' }}
            {%- if tool_call.arguments is string %}
                {{- tool_call.arguments }}
            {%- else %}
                {{- tool_call.arguments | tojson }}
            {%- endif %}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\n<tool_response>\n' + message.content + '\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}
            {{- '<|im_end|>\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and not enable_thinking %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}"""  # noqa: E501
"""A template in the manner of Hermes and Qwen 3: tools in `<tool_call>`, thoughts in `<think>`."""


@functools.cache
def _tokenizer(vocab: int) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    """Tokens in the order of their ids, merges, and the log-frequency of each token in the training text."""
    text = lines()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(text, trainer)
    state = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(state["vocab"], key=state["vocab"].__getitem__)
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in state["merges"]]
    counts = Counter(token for encoding in tokenizer.encode_batch(text) for token in encoding.ids)
    counts[tokens.index(EOS)] = counts[tokens.index(IM_END)] = len(text)
    prior = np.array([math.log(counts[token] + 0.5) for token in range(len(tokens))], dtype=np.float32)
    return tuple(tokens), tuple(merges), prior - prior.mean()


def vocabulary(vocab: int = 2048) -> tuple[str, ...]:
    """The tokens in the order of their ids, in the byte alphabet of BPE (`Ġ` is a space)."""
    return _tokenizer(vocab)[0]


def build(
    path: str | Path,
    *,
    layers: int = 2,
    dim: int = 64,
    heads: int = 4,
    kv_heads: int = 2,
    ff: int = 128,
    vocab: int = 2048,
    context: int = 4096,
    precision: Precision = "f32",
    seed: int = 0,
    template: str | None = HERMES,
    prior: float = 1.0,
    says: Sequence[str] = (),
    name: str = "tiny",
) -> Path:
    """Write a llama-architecture model and give its path. `prior` scales the tokens' frequency in the logits.

    `says` are at most dim - 2 different pieces; a chat's prompt must end with a line break, as both templates' do.

    Two models with the same shape and another `seed` have the same tokenizer and other weights.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    trained, merges, frequency = _tokenizer(vocab)
    new = [piece for piece in says if piece not in trained]
    tokens = [*trained, *new]
    frequency = np.concatenate([frequency, np.full(len(new), -20.0, dtype=np.float32)])
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(dim)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(ff)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(dim // heads)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type({"f32": 0, "f16": 1, "q8_0": 7}[precision])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    control, normal, added = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL, gguf.TokenType.USER_DEFINED
    writer.add_token_types([control if token in SPECIAL else normal for token in trained] + [added] * len(new))
    writer.add_token_merges(list(merges))
    writer.add_bos_token_id(tokens.index(BOS))
    writer.add_eos_token_id(tokens.index(IM_END))
    writer.add_eot_token_id(tokens.index(IM_END))
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)
    line_ends = [number for number, token in enumerate(trained) if token and not token.strip("Ċ")]
    script = [line_ends, *([tokens.index(piece)] for piece in says), [tokens.index(IM_END)]]
    rng = np.random.default_rng(seed)
    for tensor, values in _weights(rng, layers, dim, heads, kv_heads, ff, frequency * prior, script if says else []):
        _add(writer, tensor, values, precision)
    _finish(writer)
    return path


def _weights(
    rng: np.random.Generator,
    layers: int,
    dim: int,
    heads: int,
    kv_heads: int,
    ff: int,
    prior: Array,
    script: list[list[int]],
) -> Iterator[tuple[str, Array]]:
    def matrix(rows: int, columns: int, scale: float = 1.0) -> Array:
        values = rng.standard_normal((rows, columns), dtype=np.float32)
        return np.asarray(values * (scale / math.sqrt(columns)), dtype=np.float32)

    def reader(rows: int) -> Array:
        values = matrix(rows, dim, 2.0)
        values[:, :own] = 0.0
        return values

    # The first columns of the residual stream are read and written by no layer. Column 0 is constant, so the output
    # matrix has a bias per token there, the prior. The others say which step of the script the last token is.
    own = 1 + max(0, len(script) - 1)
    constant = 4.0 * math.sqrt(dim)
    embedding = matrix(len(prior), dim, math.sqrt(dim))
    embedding[:, :own] = 0.0
    embedding[:, 0] = constant
    for step, numbers in enumerate(script[:-1]):
        embedding[numbers, 1 + step] = constant
    yield "token_embd.weight", embedding
    kv = dim // heads * kv_heads
    for layer in range(layers):
        block = f"blk.{layer}"
        yield f"{block}.attn_norm.weight", np.ones(dim, dtype=np.float32)
        for part, rows in (("attn_q", dim), ("attn_k", kv), ("attn_v", kv)):
            yield f"{block}.{part}.weight", reader(rows)
        for part, rows, columns in (("attn_output", dim, dim), ("ffn_down", dim, ff)):
            values = matrix(rows, columns)
            values[:own] = 0.0
            yield f"{block}.{part}.weight", values
        yield f"{block}.ffn_norm.weight", np.ones(dim, dtype=np.float32)
        for part in ("ffn_gate", "ffn_up"):
            yield f"{block}.{part}.weight", reader(ff)
    yield "output_norm.weight", np.ones(dim, dtype=np.float32)
    output = matrix(len(prior), dim, 4.0)
    output[:, :own] = 0.0
    output[:, 0] = prior / math.sqrt(dim)
    for step, numbers in enumerate(script[1:]):
        output[numbers, 1 + step] = 10.0
    yield "output.weight", output


def _add(writer: gguf.GGUFWriter, name: str, values: Array, precision: Precision) -> None:
    if values.ndim == 1 or precision == "f32":
        writer.add_tensor(name, values)
    elif precision == "f16":
        writer.add_tensor(name, values.astype(np.float16))
    else:
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def build_lora(
    path: str | Path,
    *,
    layers: int = 2,
    dim: int = 64,
    rank: int = 4,
    seed: int = 1,
    scale: float = 6.0,
) -> Path:
    """Write a LoRA adapter for the attention queries and outputs of a model of the same `layers` and `dim`."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    for layer in range(layers):
        for part in ("attn_q", "attn_output"):
            low = rng.standard_normal((rank, dim), dtype=np.float32) / math.sqrt(dim)
            high = rng.standard_normal((dim, rank), dtype=np.float32) * np.float32(scale / math.sqrt(rank))
            high[0] = 0.0
            writer.add_tensor(f"blk.{layer}.{part}.weight.lora_a", np.asarray(low, dtype=np.float32))
            writer.add_tensor(f"blk.{layer}.{part}.weight.lora_b", np.asarray(high, dtype=np.float32))
    _finish(writer)
    return path


def build_mmproj(
    path: str | Path, *, dim: int = 64, width: int = 32, image: int = 56, patch: int = 14, seed: int = 2
) -> Path:
    """Write a LLaVA-style projector (a CLIP of two layers and an MLP) onto a model of hidden size `dim`.

    An image becomes (image / patch)² tokens: 16 by default.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    ff, layers, patches = width * 2, 2, (image // patch) ** 2
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_string("clip.projector_type", "mlp")
    writer.add_bool("clip.use_gelu", True)
    for key, number in {
        "image_size": image,
        "patch_size": patch,
        "embedding_length": width,
        "feed_forward_length": ff,
        "projection_dim": dim,
        "block_count": layers,
        "attention.head_count": 4,
    }.items():
        writer.add_uint32(f"clip.vision.{key}", number)
    writer.add_float32("clip.vision.attention.layer_norm_epsilon", 1e-5)
    writer.add_array("clip.vision.image_mean", [0.48, 0.46, 0.41])
    writer.add_array("clip.vision.image_std", [0.27, 0.26, 0.28])

    def add(name: str, *shape: int) -> None:
        values = rng.standard_normal(shape, dtype=np.float32) * np.float32(0.2)
        writer.add_tensor(name, np.asarray(values, dtype=np.float32))

    def norm(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(width, dtype=np.float32))
        writer.add_tensor(f"{name}.bias", np.zeros(width, dtype=np.float32))

    add("v.class_embd", width)
    add("v.patch_embd.weight", width, 3, patch, patch)
    add("v.position_embd.weight", patches + 1, width)
    norm("v.pre_ln")
    for layer in range(layers):
        block = f"v.blk.{layer}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            add(f"{block}.{part}.weight", width, width)
            add(f"{block}.{part}.bias", width)
        norm(f"{block}.ln1")
        norm(f"{block}.ln2")
        add(f"{block}.ffn_up.weight", ff, width)
        add(f"{block}.ffn_up.bias", ff)
        add(f"{block}.ffn_down.weight", width, ff)
        add(f"{block}.ffn_down.bias", width)
    add("mm.0.weight", dim, width)
    add("mm.0.bias", dim)
    add("mm.2.weight", dim, dim)
    add("mm.2.bias", dim)
    _finish(writer)
    return path


def png(width: int = 56, height: int = 56, colour: tuple[int, int, int] = (200, 30, 60)) -> bytes:
    """A PNG image with a gradient of one colour."""
    rows = b"".join(
        b"\0" + b"".join(bytes(c * (x + y + 1) // (width + height) for c in colour) for x in range(width))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def malformed(good: str | Path, folder: str | Path) -> dict[str, Path]:
    """Broken copies of a good model, by what is wrong with them.

    All are refused with an error, but `aborts`: it makes llama.cpp end the process that loads it.
    """
    content = Path(good).read_bytes()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    start = _tensor_data_start(good)
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, 4096, dtype=np.uint8).tobytes()
    cases: dict[str, bytes] = {
        "empty": b"",
        "wrong_magic": b"ONNX" + content[4:],
        "future_version": content[:4] + struct.pack("<I", 99) + content[8:],
        "cut_in_header": content[:1000],
        "cut_in_tensors": content[: start + (len(content) - start) // 2],
        "garbage_metadata": content[:24] + noise + content[24 + len(noise) :],
        "huge_counts": content[:8] + struct.pack("<QQ", 2**60, 2**60) + content[24:],
        "huge_string": content[:24] + struct.pack("<Q", 2**61) + content[32:],
        "missing_tensor": content.replace(b"output_norm.weight", b"outlet_norm.weight"),
        "wrong_architecture": content.replace(b"\x05\0\0\0\0\0\0\0llama", b"\x05\0\0\0\0\0\0\0lamma", 1),
        "aborts": content.replace("Ġteacher".encode(), "Ġweather".encode(), 1),
    }
    paths: dict[str, Path] = {}
    for case, data in cases.items():
        paths[case] = folder / f"{case}.gguf"
        paths[case].write_bytes(data)
    return paths


def _tensor_data_start(path: str | Path) -> int:
    return int(gguf.GGUFReader(path).data_offset)


def files(main: str | Path, **extra: str | Path | Mapping[str, str | Path]) -> Any:
    """`ModelFiles` of a model and its companions; `lora={"name": path}` adds adapters."""
    from groundfog.weights.files import ModelFiles

    roles: dict[str, str] = {}
    for role, value in extra.items():
        if isinstance(value, Mapping):
            roles.update({f"{role}:{name}": str(path) for name, path in value.items()})
        else:
            roles[role] = str(value)
    return ModelFiles("gguf", str(main), str(Path(main).parent), roles)
