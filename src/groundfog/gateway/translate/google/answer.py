"""Google's answers as chat completions, whole and streamed.

Thoughts become `reasoning_content`. Pictures that the model made stand in `images`, as other gateways give them. Calls
get ids, since Google's may have none.
"""

from __future__ import annotations

from typing import Any

import orjson

from groundfog.gateway.translate.chat import answer, errors
from groundfog.gateway.translate.chat.answer import Head, Raw
from groundfog.gateway.translate.sse import NOTHING, Splitter
from groundfog.gateway.translate.usage import shapes

_LENGTH = "MAX_TOKENS"
_BLOCKED = "PROHIBITED_CONTENT"
_FILTERED = frozenset(
    {
        _BLOCKED,
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "MODEL_ARMOR",
    }
)


def _usage(raw: Any) -> Raw | None:
    if not isinstance(raw, dict):
        return None
    thoughts = raw.get("thoughtsTokenCount")
    return answer.usage(shapes.usage(raw), thoughts if isinstance(thoughts, int) else None)


def _finish(reason: str, calls: bool) -> str:
    if reason == _LENGTH:
        return "length"
    if reason in _FILTERED:
        return "content_filter"
    return "tool_calls" if calls else "stop"


def _logprobs(result: Raw) -> Raw:
    """Google's two lists, of chosen and of likeliest tokens, as OpenAI's one."""
    top: list[Raw] = result.get("topCandidates") or []
    content: list[Raw] = []
    for place, chosen in enumerate(result.get("chosenCandidates") or []):
        others = top[place].get("candidates") or [] if place < len(top) else []
        content.append({**_token(chosen), "top_logprobs": [_token(each) for each in others]})
    return {"content": content, "refusal": None}


def _token(candidate: Raw) -> Raw:
    token: str = candidate.get("token", "")
    return {"token": token, "logprob": candidate.get("logProbability", 0.0), "bytes": list(token.encode())}


class _Parts:
    """What the parts of one candidate say."""

    __slots__ = ("calls", "images", "reasoning", "text")

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reasoning: list[str] = []
        self.calls: list[Raw] = []
        self.images: list[Raw] = []


class GenerateSource:
    """Reads one answer of `generateContent` or `streamGenerateContent?alt=sse`."""

    __slots__ = ("_begun", "_calls", "_ended", "_failed", "_head", "_include_usage", "_splitter", "_usage")

    def __init__(self, head: Head, include_usage: bool) -> None:
        self._head = head
        self._include_usage = include_usage
        self._splitter = Splitter()
        self._begun: set[int] = set()
        self._calls: dict[int, int] = {}
        self._ended: dict[int, str] = {}
        self._usage: Raw | None = None
        self._failed = False

    def whole(self, body: bytes) -> Raw:
        data: Any = orjson.loads(body)
        failed = _failure(data)
        if failed is not None:
            return failed
        self._named(data)
        choices = [self._choice(candidate) for candidate in data.get("candidates") or []]
        if not choices and data.get("promptFeedback"):
            choices = [_blocked(data["promptFeedback"])]
        return self._head.completion(choices, _usage(data.get("usageMetadata")))

    def _named(self, data: Raw) -> None:
        self._head.id = data.get("responseId") or self._head.id
        self._head.model = data.get("modelVersion") or self._head.model

    def _choice(self, candidate: Raw) -> Raw:
        index = candidate.get("index") or 0
        said = self._parts(candidate, index)
        message: Raw = {"role": "assistant", "content": "".join(said.text) if said.text else None, "refusal": None}
        if said.reasoning:
            message["reasoning_content"] = "".join(said.reasoning)
        if said.calls:
            message["tool_calls"] = said.calls
        if said.images:
            message["images"] = said.images
        result = candidate.get("logprobsResult")
        return {
            "index": index,
            "message": message,
            "logprobs": _logprobs(result) if result else None,
            "finish_reason": _finish(candidate.get("finishReason") or "STOP", bool(said.calls)),
        }

    def _parts(self, candidate: Raw, index: int) -> _Parts:
        said = _Parts()
        for part in (candidate.get("content") or {}).get("parts") or []:
            if "text" in part:
                (said.reasoning if part.get("thought") else said.text).append(part["text"])
            elif "functionCall" in part:
                said.calls.append(self._call(part, index))
            elif "inlineData" in part:
                data = part["inlineData"]
                url = f"data:{data['mimeType']};base64,{data['data']}"
                said.images.append({"type": "image_url", "image_url": {"url": url}})
        return said

    def _call(self, part: Raw, index: int) -> Raw:
        call = part["functionCall"]
        number = self._calls.get(index, 0)
        self._calls[index] = number + 1
        id = call.get("id") or f"call_{self._head.id}_{index}_{number}"
        made = answer.tool_call(id, call["name"], call.get("args") or {})
        signature = part.get("thoughtSignature")
        if signature:
            made["extra_content"] = {"google": {"thought_signature": signature}}
        return made

    def feed(self, chunk: bytes, out: list[Raw]) -> None:
        for event in self._splitter.feed(chunk):
            self._take(event, out)

    def finish(self, out: list[Raw]) -> None:
        for event in self._splitter.finish():
            self._take(event, out)
        if self._failed:
            return
        if not self._ended or self._begun - self._ended.keys():
            out.append(answer.BROKEN)
            return
        # Some models give a reason with every piece: only the end shows which was the last.
        for index, reason in self._ended.items():
            out.append(self._head.chunk({}, _finish(reason, self._calls.get(index, 0) > 0), index))
        usage = _usage(self._usage) if self._include_usage else None
        if usage is not None:
            out.append(self._head.counted(usage))

    def _take(self, event: bytes, chunks: list[Raw]) -> None:
        if event in NOTHING:
            return
        data: Any = orjson.loads(event)
        failed = _failure(data)
        if failed is not None:
            self._failed = True
            chunks.append(failed)
            return
        if not self._begun:
            self._named(data)
        if "usageMetadata" in data:
            self._usage = data["usageMetadata"]
        for candidate in data.get("candidates") or []:
            self._piece(candidate, chunks)
        if not self._begun and data.get("promptFeedback", {}).get("blockReason"):
            self._begun.add(0)
            self._ended[0] = _BLOCKED
            chunks.append(self._head.chunk({"role": "assistant", "content": ""}))

    def _piece(self, candidate: Raw, chunks: list[Raw]) -> None:
        index = candidate.get("index") or 0
        if index not in self._begun:
            self._begun.add(index)
            chunks.append(self._head.chunk({"role": "assistant", "content": ""}, index=index))
        first = self._calls.get(index, 0)
        said = self._parts(candidate, index)
        delta: Raw = {}
        if said.reasoning:
            delta["reasoning_content"] = "".join(said.reasoning)
        text = "".join(said.text)
        if text:
            delta["content"] = text
        if said.calls:
            delta["tool_calls"] = [{"index": first + n, **call} for n, call in enumerate(said.calls)]
        if said.images:
            delta["images"] = said.images
        result = candidate.get("logprobsResult")
        if delta or result:
            chunk = self._head.chunk(delta, index=index)
            if result:
                chunk["choices"][0]["logprobs"] = _logprobs(result)
            chunks.append(chunk)
        reason = candidate.get("finishReason")
        if reason:
            self._ended[index] = reason


def _failure(data: Any) -> Raw | None:
    inside = data[0] if isinstance(data, list) and data else data
    if not isinstance(inside, dict):
        return answer.BROKEN
    return errors.of(inside, "api_error") if "error" in inside else None


def _blocked(feedback: Raw) -> Raw:
    """The prompt was refused: no candidate at all."""
    text = feedback.get("blockReasonMessage") or feedback.get("blockReason")
    message = {"role": "assistant", "content": None, "refusal": f"The prompt was blocked: {text}"}
    return {"index": 0, "message": message, "logprobs": None, "finish_reason": "content_filter"}
