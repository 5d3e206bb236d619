"""The door of the room: a request to a gateway comes in, an answer that records itself goes out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway.config import GatewayConfig
from groundfog.gateway.options import MetadataValue
from groundfog.gateway.parts import Parts
from groundfog.gateway.pipeline import StepRun, compose
from groundfog.gateway.realtime import Realtime, open_realtime
from groundfog.gateway.request import Headers, Request, Step
from groundfog.gateway.response import Response
from groundfog.gateway.routing.made import kind_of
from groundfog.gateway.routing.walk import FINAL
from groundfog.gateway.stages.record import RecordStage
from groundfog.gateway.translate import compat
from groundfog.gateway.upstream.base import Upstream
from groundfog.gateway.waiting import in_task

DEFAULT = "default"
LONGEST_PROVIDER = 64
"""Characters that the log keeps of a provider's name which is none."""
PIPELINES = 1024
"""Composed gateways that are kept; the one not used longest goes first."""
DYNAMIC = "dynamic/"
AUTO = "cloudflare/auto"
COMPAT, LOCAL = "compat", "workers-ai"

log = logging.getLogger("groundfog.gateway")


class Gateways:
    """Every gateway of every account. `parts` are shared by all; pipelines are composed as settings change."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.domains = parts.domains
        self._started = False
        self._opening = asyncio.Lock()
        self._pipelines: OrderedDict[tuple[str, str], tuple[GatewayConfig, StepRun]] = OrderedDict()

    @property
    def local(self) -> Upstream | None:
        """Local models as a provider; whoever speaks in bytes sets it."""
        return self.parts.local

    @local.setter
    def local(self, upstream: Upstream) -> None:
        self.parts.local = upstream

    async def ready(self) -> None:
        """Open the journal, once. Requests do it; whoever reads logs does it before."""
        async with self._opening:
            if not self._started:
                await self.parts.records.start()
                self._started = True

    async def stop(self) -> None:
        """Journal what is left, and close."""
        if self._started:
            self._started = False
            await self.parts.ledger.stop()
            await self.parts.records.stop()
        await self.parts.http.aclose()
        self.parts.cache.close()

    async def run(self, request: Request) -> Response:
        """Answer a request: the first step that succeeds, or the last one's failure (spec §1.3, §3.9).

        Raises `GroundfogError`; `request.extra_headers` belong to the answer in every case.
        """
        started = time.perf_counter()
        if not self._started:
            await in_task()
            await self.ready()
        self.parts.records.check()
        config = await self.config(request)
        if config.authentication and not request.identity.authenticated:
            raise errors.GATEWAY_UNAUTHORIZED()
        self._identify(request)
        run = self._pipeline(config)
        try:
            if len(request.steps) == 1:
                response = await self._step(request, request.steps[0], run)
            else:
                response = await self._universal(request, run)
        except GroundfogError:
            request.extra_headers.extend(self._headers(request, None, started))
            raise
        finally:
            for counted in request.counted:
                counted.release()
        response.headers.extend(request.extra_headers)
        response.headers.extend(self._headers(request, response, started))
        return response

    async def realtime(self, request: Request, protocols: Sequence[str], limit: int) -> Realtime:
        """Open the WebSocket of the one step's provider (spec §1.10). `limit`: bytes of the longest frame.

        Raises as `run` does.
        """
        await self.ready()
        self.parts.records.check()
        config = await self.config(request)
        if config.authentication and not request.identity.authenticated:
            raise errors.GATEWAY_UNAUTHORIZED()
        self._identify(request)
        (step,) = request.steps
        try:
            self.parts.providers.name(step)
            self._check(request, step)
            return await open_realtime(config, self.parts, request, step, protocols, limit)
        except GroundfogError as error:
            if request.refused is not error:
                await self._note(request, step, error)
            raise

    async def config(self, request: Request) -> GatewayConfig:
        """The gateway's settings. Raises NO_SUCH_GATEWAY; `default` is made at its first authenticated use, and on a
        server without keys any other too (`gateway_create`), so that code with a gateway's name in it just runs.
        """
        configs = self.parts.configs
        config = configs.get(request.account, request.gateway)
        if config is not None:
            return config
        identity, allowed = request.identity, self.parts.settings.gateway_create
        if not identity.authenticated:
            if request.gateway == DEFAULT:
                raise errors.GATEWAY_UNAUTHORIZED()
            raise errors.NO_SUCH_GATEWAY(gateway=request.gateway)
        if request.gateway == DEFAULT:
            return await asyncio.to_thread(configs.default, request.account)
        if allowed == "always" or (allowed == "open" and identity.key_id is None):
            log.info("gateway %s is made at its first use", request.gateway)
            return await asyncio.to_thread(configs.first_use, request.account, request.gateway)
        raise errors.NO_SUCH_GATEWAY(gateway=request.gateway)

    def _identify(self, request: Request) -> None:
        parts = self.parts
        request.request_id = parts.ids()
        request.event_id = request.options.event_id or request.request_id
        request.started = parts.clock.time()
        if request.identity.user_id is not None:
            request.options.metadata = _with_user(request, request.options.metadata)
        deadline = parts.clock.monotonic() + parts.settings.gateway_total_timeout_s
        for step in request.steps:
            step.deadline = deadline

    def _pipeline(self, config: GatewayConfig) -> StepRun:
        key = (config.account, config.id)
        found = self._pipelines.get(key)
        if found is not None and found[0] is config:
            return found[1]
        run = compose(config, self.parts)
        self._pipelines[key] = (config, run)
        self._pipelines.move_to_end(key)
        while len(self._pipelines) > PIPELINES:
            self._pipelines.popitem(last=False)
        return run

    async def _universal(self, request: Request, run: StepRun) -> Response:
        """Steps in their order until one succeeds; every failure of one is on record."""
        steps: Sequence[Step] = request.steps
        for step in steps[:-1]:
            step.wait_forever = False
            try:
                response = await self._step(request, step, run)
            except GroundfogError as error:
                if error.kind in FINAL:
                    raise
                continue
            if response.status < 300:
                return response
            await response.whole()
        return await self._step(request, steps[-1], run)

    async def _step(self, request: Request, step: Step, run: StepRun) -> Response:
        """Run a step as a dialect gave it: find its provider and model, or the route that chooses them."""
        if step.options is not request.options:
            # A step's own metadata wins while it is tried (spec §1.3).
            request.options.metadata = _with_user(request, step.options.metadata)
        try:
            if step.provider == COMPAT:
                step.unpack()
                data = step.data()
                model = data.get("model") if data is not None else None
                if isinstance(model, str) and (model == AUTO or model.startswith(DYNAMIC)):
                    step.model = model
                    return await self._routed(request, step, model, run)
                made = self._compat(request, step)
            else:
                made = step
                self.parts.providers.name(made)
                self._check(request, made)
        except GroundfogError as error:
            # Refused before its stages began, of which the first makes the row. A route that has tried a model has one.
            routed = step.provider == COMPAT and step.model is not None
            if request.refused is not error and not (routed and request.recorded):
                await self._note(request, step, error)
            raise
        return await run(request, made)

    async def _note(self, request: Request, step: Step, error: GroundfogError) -> None:
        config = self.parts.configs.get(request.account, request.gateway)
        if config is not None:
            step.provider = step.provider[:LONGEST_PROVIDER]
            await RecordStage(config, self.parts).note(request, step, error)

    def _compat(self, request: Request, step: Step) -> Step:
        """The provider's own request for an OpenAI one (spec §1.4). Raises CHAT_BAD_FORMAT, INVALID_PROVIDER."""
        data = step.data()
        if data is None:
            raise errors.CHAT_BAD_FORMAT(what="the body is no JSON object")
        made = compat.step(data, kind_of(step), step.headers, step.options, step.index, raw=step.body)
        made.deadline, made.wait_forever = step.deadline, step.wait_forever
        self._check(request, made)
        return made

    def _check(self, request: Request, step: Step) -> None:
        """A local model's credential is a key of this server's. Raises AUTHENTICATION."""
        if step.provider == LOCAL and not request.identity.authenticated:
            raise errors.AUTHENTICATION()

    async def _routed(self, request: Request, step: Step, model: str, run: StepRun) -> Response:
        """A dynamic route, or the auto router."""

        async def checked(request: Request, step: Step) -> Response:
            self._check(request, step)
            return await run(request, step)

        await in_task()
        if model == AUTO:
            return await self.parts.auto_router.run(request, step, checked)
        name = model.removeprefix(DYNAMIC)
        route = self.parts.routes.find(request.account, request.gateway, name)
        request.route = name
        return await self.parts.routes.walk(route, request, step, checked)

    def _headers(self, request: Request, response: Response | None, started: float) -> Headers:
        """Spec §2.2; `groundfog-overhead-ms` is the time until now that was not the provider's."""
        overhead = (time.perf_counter() - started - request.waited_s) * 1000
        headers: Headers = [
            (b"cf-aig-request-id", request.request_id.encode()),
            (b"cf-aig-event-id", request.event_id.encode("latin-1", "replace")),
            (b"groundfog-overhead-ms", b"%.2f" % max(overhead, 0.0)),
        ]
        if request.log_id:
            headers.append((b"cf-aig-log-id", request.log_id.encode()))
        headers.append((b"cf-aig-step", b"%d" % request.step))
        return headers


def _with_user(request: Request, metadata: dict[str, MetadataValue] | None) -> dict[str, MetadataValue] | None:
    user = request.identity.user_id
    return metadata if user is None else {**(metadata or {}), "cf.user_id": user}
