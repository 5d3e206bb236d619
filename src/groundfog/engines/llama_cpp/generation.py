"""One text generation job from its inputs to its answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

from groundfog import errors
from groundfog.engines.base import Job
from groundfog.engines.llama_cpp import grammar, prompts, request, tagged
from groundfog.engines.llama_cpp.answer import Answer
from groundfog.engines.llama_cpp.connection import Exchange, Refused
from groundfog.engines.llama_cpp.constrained import CallReader, JsonReader
from groundfog.engines.llama_cpp.events import ChatReader, Progress, Reader, TextReader
from groundfog.engines.llama_cpp.grammar import Grammar
from groundfog.engines.llama_cpp.session import Model
from groundfog.engines.llama_cpp.tagged import TaggedReader
from groundfog.tasks.text_generation.types import Inputs, Usage

_MOST_COMPILED = 256


class _Aborted(Exception):
    """Nobody waits for the answer any more."""


class _Remainder(Exception):
    """The window leaves this many tokens for an answer without a limit of its own."""

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """Where a job goes in llama.cpp, and who reads what comes back."""

    path: str
    body: dict[str, Any]
    reader: Callable[[int], Reader]


class Generation:
    """Runs one job; every way out finishes or fails it."""

    def __init__(self, model: Model, job: Job[Inputs]) -> None:
        self._model = model
        self._job = job
        self._inputs = job.inputs
        self._answer = Answer(job)
        self._exchange: Exchange | None = None
        self._predict = -1
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        job = self._job
        job.on_cancel(self._cancel)
        try:
            await self._run()
        except _Aborted:
            job.fail(errors.ABORTED())
        except Refused as error:
            job.fail(self._translate(error))
        except OSError:
            job.fail(errors.EXECUTION_FAILED(what="llama.cpp does not answer"))
        except Exception as error:
            job.fail(error)

    async def _run(self) -> None:
        inputs, model = self._inputs, self._model
        plan = await self._plan()
        # Penalties look at the whole prompt and answer, as the API's clients expect, not at the last 64 tokens.
        plan.body["repeat_last_n"] = model.cells
        if inputs.temperature is None and model.temperature is not None:
            plan.body["temperature"] = model.temperature
        chosen = self._adapter(inputs.lora) if inputs.lora is not None else None
        if model.adapters:
            # All are named every time: a slot keeps what its last request had.
            plan.body["lora"] = [{"id": one, "scale": float(one == chosen)} for one in model.adapters.values()]
        readers: list[Reader] = []
        # llama.cpp gives a request at most as many choices as it has slots: more come in rounds.
        for offset in range(0, inputs.n, model.slots.total):
            count = min(model.slots.total, inputs.n - offset)
            body = {**plan.body, "n": count} if count > 1 else plan.body
            if offset and "seed" in body:
                body = {**body, "seed": request.seed(body["seed"] + offset)}
            readers.append(await self._stream(plan, body, offset, count))
        self._answer.complete(await self._usage(readers))

    async def _plan(self) -> _Plan:
        inputs, model = self._inputs, self._model
        forced = inputs.tool_choice.mode in ("required", "function")
        if forced:
            grammar.callable_tools(inputs)
        wants_calls = bool(inputs.tools) and inputs.tool_choice.mode != "none"
        if inputs.json_format is None and not forced:
            if inputs.raw or (model.template is None and inputs.prompt is not None):
                prompt = prompts.raw(inputs)
                body = request.completion(inputs, prompt, [])
                return _Plan("/completion", body, self._text)
            body = request.chat(inputs, model.media)
            if tagged.knows_tools(model.template):
                return _Plan("/v1/chat/completions", body, self._chat)
            tagged.say(body)
            return _Plan("/v1/chat/completions", body, self._tagged if wants_calls else self._chat)
        prompt = await prompts.render(inputs, model)
        if forced:
            form = grammar.call_format(model.template)
            rules = grammar.for_calls(inputs, form)
            most = inputs.max_tokens if inputs.max_tokens is not None else model.limit

            def reader(offset: int) -> TextReader:
                return CallReader(self._answer, offset, self._check, form, most)
        else:
            assert inputs.json_format is not None
            rules = grammar.for_json(inputs.json_format.schema)
            reader = self._json
        await self._compile(rules)
        body = request.completion(inputs, prompt, request.media_of(inputs), rules.text)
        return _Plan("/completion", body, reader)

    def _text(self, offset: int) -> TextReader:
        return TextReader(self._answer, offset, self._inputs.top_logprobs, self._check)

    def _json(self, offset: int) -> TextReader:
        return JsonReader(self._answer, offset, self._inputs.top_logprobs, self._check)

    def _chat(self, offset: int) -> ChatReader:
        return ChatReader(self._answer, offset, self._inputs.top_logprobs, self._check)

    def _tagged(self, offset: int) -> ChatReader:
        names = frozenset(tool.name for tool in self._inputs.tools)
        return TaggedReader(self._answer, offset, self._inputs.top_logprobs, self._check, names)

    async def _compile(self, rules: Grammar) -> None:
        """Hold that llama.cpp really uses the grammar. Raises NO_JSON_SCHEMA.

        llama.cpp drops a grammar that LLGuidance cannot compile and says so only in its log. So each new grammar is
        tried with one token and a bias towards a letter that no answer can begin with.
        """
        compiled = self._model.compiled
        if rules.text not in compiled:
            probe = {"prompt": "Q", "n_predict": 1, "temperature": 0, "logit_bias": [["Q", 1000.0]]}
            probe |= {"grammar": rules.text, "response_fields": ["content"], "cache_prompt": False}
            content = (await self._model.connection.ask("POST", "/completion", probe)).get("content", "")
            if len(compiled) >= _MOST_COMPILED:
                compiled.clear()
            compiled[rules.text] = content[:1] != "" and content[0] in rules.starts
        if not compiled[rules.text]:
            raise errors.NO_JSON_SCHEMA(what="the schema cannot be compiled to a grammar, or nothing matches it")

    async def _stream(self, plan: _Plan, body: dict[str, Any], offset: int, count: int) -> Reader:
        try:
            return await self._attempt(plan, body, offset, count)
        except _Remainder as remainder:
            return await self._attempt(plan, {**body, "n_predict": remainder.tokens}, offset, count)

    async def _attempt(self, plan: _Plan, body: dict[str, Any], offset: int, count: int) -> Reader:
        self._predict = body["n_predict"]
        reader = plan.reader(offset)
        slots = self._model.slots
        slots.take(count)
        complete = False
        try:
            self._exchange = exchange = await self._model.connection.open("POST", plan.path, body, reader.feed)
            if self._job.cancelled:
                self._abort()
            await exchange.wait()
            complete = True
        except Refused:
            complete = True
            raise
        finally:
            self._exchange = None
            slots.release(count, aborted=not complete)
            slots.count(reader)
        return reader

    def _check(self, prompt: Progress) -> None:
        """The context check, before the first token is computed. Raises CONTEXT_EXCEEDED, STAND_IN_CONTEXT."""
        if (error := self._exceeded(prompt.total)) is not None:
            raise error
        room = self._model.limit - prompt.total
        if self._model.limit < self._model.cells and not 0 <= self._predict <= room:
            raise _Remainder(room)

    def _exceeded(self, prompt: int) -> errors.GroundfogError | None:
        """What is wrong with a prompt of so many tokens.

        A stand-in has the window of the model that was asked for in its contract, and a smaller one of its own: the
        prompt has to fit into that, and its answer ends (`length`) where that is full.
        """
        model = self._model
        wanted = 1 if self._inputs.max_tokens is None else self._inputs.max_tokens
        limit = model.window if model.stand_in else model.limit
        if limit is not None and prompt + wanted > limit:
            return errors.CONTEXT_EXCEEDED(tokens=prompt + wanted, limit=limit)
        if prompt + min(wanted, 1) > model.limit:
            return errors.STAND_IN_CONTEXT(tokens=prompt + min(wanted, 1), limit=model.limit, model=model.id)
        return None

    def _cancel(self) -> None:
        self._loop.call_soon_threadsafe(self._abort)

    def _abort(self) -> None:
        if self._exchange is not None:
            self._exchange.fail(_Aborted())

    def _adapter(self, name: str) -> int:
        adapters = self._model.adapters
        if self._model.stand_in:
            raise errors.STAND_IN_UNABLE(model=self._model.id, what="use LoRA adapters")
        if not adapters:
            raise errors.LORA_UNSUPPORTED(model=self._model.id)
        if name not in adapters:
            raise errors.FINETUNE_INCOMPLETE()
        return adapters[name]

    async def _usage(self, readers: list[Reader]) -> Usage:
        prompt = readers[0].prompt or Progress()
        reasoning = 0
        if thoughts := self._answer.reasoning_text:
            body = {"content": thoughts, "add_special": False}
            reasoning = len((await self._model.connection.ask("POST", "/tokenize", body))["tokens"])
        completion = sum(reader.completion_tokens for reader in readers)
        return Usage(prompt.total, completion, prompt.cache, min(reasoning, completion))

    def _translate(self, error: Refused) -> errors.GroundfogError:
        """llama.cpp's refusal as a row of the table."""
        message = error.message
        if error.error.get("type") == "exceed_context_size_error":
            tokens = int(error.error.get("n_prompt_tokens", self._model.cells))
            return self._exceeded(tokens) or errors.CONTEXT_EXCEEDED(tokens=tokens + 1, limit=self._model.limit)
        if "image or audio" in message or "bitmap" in message:
            return errors.UPSTREAM_REFUSED(what="Invalid input image: unable to decode image file")
        if "grammar" in message:
            return errors.NO_JSON_SCHEMA(what=message)
        if error.status < 500:
            return errors.UPSTREAM_VALIDATION(what=message)
        return errors.EXECUTION_FAILED(what=message)
