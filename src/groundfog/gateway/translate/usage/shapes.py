"""Usage by the names of its members: each provider's way to count, as one `Usage`.

- OpenAI's chat and embeddings: `prompt_tokens` include what came from the cache (`prompt_tokens_details`, DeepSeek's
  `prompt_cache_hit_tokens`); Responses: `input_tokens` with `input_tokens_details`, likewise.
- Anthropic: `input_tokens` without the cache's, which stand beside them.
- Bedrock: as Anthropic, in camel case; `amazon-bedrock-invocationMetrics` at the end of `invoke`'s streams.
- Realtime (OpenAI): as Responses, with sound and pictures apart.
- Google: `promptTokenCount` with the cache's; thoughts are apart from the candidates; Vertex AI counts embeddings for
  each prediction.
- Cohere: `billed_units`, in `usage` (v2) or `meta` (v1).
- Replicate: `metrics` of a prediction, for language models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from groundfog.metering.usage import Media, Usage

Raw = dict[str, Any]


class Inner(msgspec.Struct):
    """Usage also stands in `message` (Anthropic), `response` (Responses), `result` (Workers AI), `delta` (Cohere)."""

    usage: Any = None
    model: Any = None
    meta: Any = None


class Outer(msgspec.Struct):
    """The members of an answer that are looked at; all others are skipped without being built."""

    usage: Any = None
    model: Any = None
    usage_metadata: Any = msgspec.field(default=None, name="usageMetadata")
    model_version: Any = msgspec.field(default=None, name="modelVersion")
    meta: Any = None
    message: msgspec.Raw = msgspec.Raw()
    response: msgspec.Raw = msgspec.Raw()
    result: msgspec.Raw = msgspec.Raw()
    delta: msgspec.Raw = msgspec.Raw()
    x_groq: msgspec.Raw = msgspec.Raw()
    predictions: msgspec.Raw = msgspec.Raw()
    invocation: Any = msgspec.field(default=None, name="amazon-bedrock-invocationMetrics")
    metrics: Any = None


class Statistics(msgspec.Struct):
    token_count: float | None = None


class Embedding(msgspec.Struct):
    statistics: Statistics | None = None


class Prediction(msgspec.Struct):
    """Of Vertex AI's embeddings."""

    embeddings: Embedding | None = None


_outer = msgspec.json.Decoder(Outer)
_outers = msgspec.json.Decoder(list[Outer])
_inner = msgspec.json.Decoder(Inner)
_predictions = msgspec.json.Decoder(list[Prediction])
_INSIDE = ("response", "message", "result", "delta", "x_groq")


def find(data: bytes | memoryview) -> tuple[Raw | None, str | None]:
    """The member that counts, as the provider sent it, and the model's name, of one JSON object (or Google's array)."""
    try:
        outer = _outer.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _of_array(data)
    return _of(outer)


def _of_array(data: bytes | memoryview) -> tuple[Raw | None, str | None]:
    if not bytes(data[:64]).lstrip().startswith(b"["):
        return None, None
    try:
        answers = _outers.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None, None
    for answer in reversed(answers):
        raw, model = _of(answer)
        if raw is not None:
            return raw, model
    return None, None


def _of(outer: Outer) -> tuple[Raw | None, str | None]:
    model = _text(outer.model) or _text(outer.model_version)
    for raw in (outer.usage, outer.usage_metadata, outer.invocation):
        if isinstance(raw, dict):
            return raw, model
    if isinstance(outer.metrics, dict) and "input_token_count" in outer.metrics:
        return outer.metrics, model
    billed = _billed(outer.meta)
    if billed is not None:
        return billed, model
    for name in _INSIDE:
        inside: msgspec.Raw = getattr(outer, name)
        if inside:
            found = _inside(inside)
            if found is not None:
                return found.usage, model or _text(found.model)
    return _of_predictions(outer.predictions), model


def _inside(data: msgspec.Raw) -> Inner | None:
    try:
        inner = _inner.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(inner.usage, dict):
        inner.usage = _billed(inner.meta)
    return inner if inner.usage is not None else None


def _billed(meta: Any) -> Raw | None:
    billed = meta.get("billed_units") if isinstance(meta, dict) else None
    return {"billed_units": billed} if isinstance(billed, dict) else None


def _of_predictions(data: msgspec.Raw) -> Raw | None:
    if not data:
        return None
    try:
        answers = _predictions.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    counts = [
        each.embeddings.statistics.token_count
        for each in answers
        if each.embeddings and each.embeddings.statistics and each.embeddings.statistics.token_count is not None
    ]
    return {"promptTokenCount": int(sum(counts))} if counts else None


def merge(first: Raw | None, last: Raw | None) -> Raw | None:
    """Usage that came in two parts of a stream: what the last says wins, except where it says nothing."""
    if first is None or last is None:
        return first or last
    return {**first, **{name: value for name, value in last.items() if value is not None}}


def usage(raw: Raw | None, model: str | None = None) -> Usage:
    """`raw` as one `Usage`."""
    if raw is None:
        return Usage(model=model)
    if "prompt_tokens" in raw:
        return _openai(raw, model, "prompt_tokens", "completion_tokens", "prompt_tokens_details")
    if "input_tokens" in raw:
        if "cache_read_input_tokens" in raw or "cache_creation_input_tokens" in raw:
            return _apart(raw, model, "input_tokens", "output_tokens", "cache_read_input_tokens", _ANTHROPIC_WRITE)
        # Realtime's members are called a little differently.
        realtime = "input_token_details" in raw
        return _openai(
            raw, model, "input_tokens", "output_tokens", "input_token_details" if realtime else "input_tokens_details"
        )
    if "inputTokens" in raw:
        return _apart(raw, model, "inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
    if "inputTokenCount" in raw:
        names = ("inputTokenCount", "outputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount")
        return _apart(raw, model, *names)
    if "input_token_count" in raw:
        return Usage(
            model=model,
            tokens_in=_count(raw.get("input_token_count")),
            tokens_out=_count(raw.get("output_token_count")),
        )
    if "promptTokenCount" in raw or "totalTokenCount" in raw:
        return _google(raw, model)
    billed = raw.get("billed_units") or raw.get("tokens")
    if isinstance(billed, dict):
        return Usage(
            model=model,
            tokens_in=_count(billed.get("input_tokens")),
            tokens_out=_count(billed.get("output_tokens")),
        )
    return Usage(model=model, tokens_in=_count(raw.get("total_tokens")))


_ANTHROPIC_WRITE = "cache_creation_input_tokens"


def _openai(raw: Raw, model: str | None, tokens_in: str, tokens_out: str, details: str) -> Usage:
    total = _count(raw[tokens_in])
    detail = raw.get(details)
    read = _count(detail.get("cached_tokens")) if isinstance(detail, dict) else None
    write = _count(detail.get("cache_write_tokens")) if isinstance(detail, dict) else None
    if read is None:
        read = _count(raw.get("prompt_cache_hit_tokens"))
    read, write = _within(total, read, write)
    out = _count(raw.get(tokens_out))
    return Usage(
        model=model,
        tokens_in=None if total is None else total - read - write,
        tokens_out=out,
        cache_read=read,
        cache_write=write,
        media=_openai_media(detail, raw.get(tokens_out.replace("tokens", "token") + "_details")),
    )


def _openai_media(detail: Any, out: Any) -> Media | None:
    """The kinds of tokens that Realtime's answers tell apart; what was cached is among the others there."""
    if not isinstance(detail, dict) or not isinstance(out, dict) or "audio_tokens" not in detail:
        return None
    cached = detail.get("cached_tokens_details")
    cached = cached if isinstance(cached, dict) else {}
    audio, image = _count(detail.get("audio_tokens")) or 0, _count(detail.get("image_tokens")) or 0
    audio_read = min(_count(cached.get("audio_tokens")) or 0, audio)
    image_read = min(_count(cached.get("image_tokens")) or 0, image)
    return Media(
        audio_in=audio - audio_read,
        audio_read=audio_read,
        audio_out=_count(out.get("audio_tokens")) or 0,
        image_in=image - image_read,
        image_read=image_read,
    )


def _apart(raw: Raw, model: str | None, tokens_in: str, tokens_out: str, read: str, write: str) -> Usage:
    return Usage(
        model=model,
        tokens_in=_count(raw.get(tokens_in)),
        tokens_out=_count(raw.get(tokens_out)),
        cache_read=_count(raw.get(read)) or 0,
        cache_write=_count(raw.get(write)) or 0,
    )


def _google(raw: Raw, model: str | None) -> Usage:
    prompt = _count(raw.get("promptTokenCount"))
    tools = _count(raw.get("toolUsePromptTokenCount")) or 0
    read, _ = _within(prompt, _count(raw.get("cachedContentTokenCount")), None)
    # Live's answers are called responses.
    candidates = _count(raw.get("candidatesTokenCount", raw.get("responseTokenCount")))
    thoughts = _count(raw.get("thoughtsTokenCount"))
    out = None if candidates is None and thoughts is None else (candidates or 0) + (thoughts or 0)
    return Usage(
        model=model,
        tokens_in=None if prompt is None else prompt + tools - read,
        tokens_out=out,
        cache_read=read,
        media=_google_media(raw),
    )


def _google_media(raw: Raw) -> Media | None:
    sent, out = (
        _modalities(raw.get("promptTokensDetails")),
        _modalities(raw.get("candidatesTokensDetails", raw.get("responseTokensDetails"))),
    )
    if sent is None and out is None:
        return None
    sent, out = sent or {}, out or {}
    cached = _modalities(raw.get("cacheTokensDetails")) or {}
    audio, image = sent.get("AUDIO", 0), sent.get("IMAGE", 0) + sent.get("VIDEO", 0)
    audio_read = min(cached.get("AUDIO", 0), audio)
    image_read = min(cached.get("IMAGE", 0) + cached.get("VIDEO", 0), image)
    return Media(
        audio_in=audio - audio_read,
        audio_read=audio_read,
        audio_out=out.get("AUDIO", 0),
        image_in=image - image_read,
        image_read=image_read,
    )


def _modalities(details: Any) -> dict[str, int] | None:
    """Tokens by modality: `[{"modality": "AUDIO", "tokenCount": 5}]`."""
    if not isinstance(details, list):
        return None
    found: dict[str, int] = {}
    for each in details:
        if isinstance(each, dict) and isinstance(each.get("modality"), str):
            found[each["modality"]] = found.get(each["modality"], 0) + (_count(each.get("tokenCount")) or 0)
    return found


def _within(total: int | None, read: int | None, write: int | None) -> tuple[int, int]:
    """Cached tokens are a part of all; a provider that says more is not believed beyond that."""
    if total is None:
        return 0, 0
    kept = min(read or 0, total)
    return kept, min(write or 0, total - kept)


def header_counts(headers: Iterable[tuple[bytes, bytes]]) -> Usage | None:
    """The counts in headers of Bedrock's `invoke`; None where there are none."""
    found: Mapping[bytes, int] = {
        name: int(value)
        for name, value in headers
        if name.startswith(b"x-amzn-bedrock-") and name.endswith(b"-token-count") and value.isdigit()
    }
    if not found:
        return None
    return Usage(
        tokens_in=found.get(b"x-amzn-bedrock-input-token-count"),
        tokens_out=found.get(b"x-amzn-bedrock-output-token-count"),
        cache_read=found.get(b"x-amzn-bedrock-cache-read-input-token-count", 0),
        cache_write=found.get(b"x-amzn-bedrock-cache-write-input-token-count", 0),
    )


def _count(value: Any) -> int | None:
    """A number of tokens; Cohere sends them as 12.0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
        return None
    return int(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
