"""The composition root: builds every part once from `Settings`; `Platform.run` is the one door to every model."""

from __future__ import annotations

import datetime
import functools
import uuid
from typing import TYPE_CHECKING, Any

import orjson

from groundfog import catalog, errors, tasks
from groundfog.call import Call, Reply
from groundfog.catalog import Model
from groundfog.clock import Clock, SystemClock
from groundfog.gateway import schema as gateway_schema
from groundfog.inference.service import Inference
from groundfog.settings import Settings
from groundfog.store import MIGRATIONS, Store
from groundfog.tasks import Body, JsonBody, Policy

if TYPE_CHECKING:
    from groundfog.gateway.service import Gateways


class Platform:
    """Everything behind the dialects. Use as an async context manager, or call `start` and `stop`."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = clock or SystemClock()
        self.catalog = catalog.default()
        self.policy = Policy(
            allow_json_stream=self.settings.allow_json_stream,
            unknown_fields=self.settings.unknown_fields,
            refuse_deprecated=self.settings.refuse_deprecated,
        )
        self.store = Store(self.settings.state, migrations=(*MIGRATIONS, *gateway_schema.MIGRATIONS))
        """Opened at its first use: who never asks for keys needs no database."""
        self.inference = Inference(self.settings, self.clock)

    @functools.cached_property
    def gateways(self) -> Gateways:
        """Every AI Gateway. Built when it is first asked for: a program that only runs models imports none of it."""
        from groundfog.gateway import build

        return build.gateways(self.settings, self.clock, self.store, self.ask, self.has_weights)

    async def start(self) -> None:
        await self.inference.start()

    async def stop(self) -> None:
        """End every stream and every host process, and close the store."""
        if "gateways" in self.__dict__:
            await self.gateways.stop()
        await self.inference.stop()
        self.store.close()

    async def __aenter__(self) -> Platform:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def model(self, model_id: str) -> Model:
        """The model of an id. Raises NO_SUCH_MODEL; DEPRECATED_MODEL when the settings say so."""
        model = self.catalog.find(model_id)
        if self.policy.refuse_deprecated and (deprecation := self.catalog.deprecation(model)) is not None:
            today = datetime.datetime.fromtimestamp(self.clock.time(), datetime.UTC).date().isoformat()
            # A model with a replacement is never refused: its requests are sent on (spec workers-ai §8.9).
            if deprecation.replacement is None and deprecation.date <= today:
                raise errors.DEPRECATED_MODEL(model=model.id, date=deprecation.date)
        return model

    def call(self, model_id: str, body: Body, *, account: str | None = None, dialect: str = "sdk") -> Call:
        """Read native inputs into a `Call`; the caller sets the other fields (deadline, rejectIfBusy, …)."""
        model = self.model(model_id)
        task = tasks.for_model(model)
        inputs, stream = task.decode(model, body, self.policy)
        return Call(account or self.settings.account, model, task, inputs, stream=stream, dialect=dialect)

    async def run(self, call: Call) -> Reply:
        """Answer a call: unary with `output`, streamed with `deltas`. Raises `GroundfogError`."""
        if not call.request_id:
            call.request_id = str(uuid.uuid4())
        if call.deadline is None:
            call.deadline = self.clock.monotonic() + self.settings.request_timeout_s
        return await self.inference.run(call)

    async def ask(self, account: str, model_id: str, inputs: dict[str, Any]) -> Any:
        """A local model's native output for native JSON inputs; what gateways ask for their own ends."""
        call = self.call(model_id, JsonBody(inputs), account=account, dialect="gateway")
        reply = await self.run(call)
        assert reply.output is not None
        return orjson.loads(call.task.render(call.model, call.inputs, reply.output, call.request_id).content)

    def has_weights(self, model_id: str) -> bool:
        """Whether a model is answered by its own weights now."""
        try:
            model = self.catalog.find(model_id)
            return self.inference.who(model, tasks.for_model(model))[0] == "weights"
        except errors.GroundfogError:
            return False
