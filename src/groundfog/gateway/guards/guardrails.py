"""Guardrails of a gateway: which categories are watched in prompts and in answers, and what follows (spec §3.17)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from groundfog.gateway.guards.llama_guard import MODEL as GUARD_MODEL
from groundfog.gateway.guards.llama_guard import AskModel, LlamaGuard
from groundfog.gateway.guards.rules import Rules
from groundfog.gateway.guards.scanner import CATEGORIES, Role, Scanner, ScannerUnavailable, Verdicts
from groundfog.gateway.guards.text import SYSTEM, Piece

Action = Literal["FLAG", "BLOCK"]
Outcome = Literal["PASS", "FLAG", "BLOCK", "UNAVAILABLE"]
Phase = Literal["prompt", "response"]
INJECTION = "P1"


@dataclasses.dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of one check. `categories`: those that were violated, with what the gateway does about them."""

    phase: Phase
    outcome: Outcome
    categories: dict[str, Action]
    scanners: tuple[tuple[str, str], ...]
    """Model and source of those who judged."""
    duration_ms: int
    reason: str = ""
    """Why the scanner was unavailable."""

    def shown(self) -> dict[str, Any]:
        """As it stands in the log."""
        shown: dict[str, Any] = {
            "outcome": self.outcome,
            "categories": self.categories,
            "scanners": [{"model": model, "source": source} for model, source in self.scanners],
            "duration_ms": self.duration_ms,
        }
        if self.reason:
            shown["reason"] = self.reason
        return shown


class Scanners:
    """Who judges what: Llama Guard for S1 to S13 while its weights are here, else the rules; the rules for P1."""

    def __init__(self, ask: AskModel, has_weights: Callable[[str], bool], rules: Scanner | None = None) -> None:
        self._guard = LlamaGuard(ask)
        self._has_weights = has_weights
        self._rules = rules or Rules.load()

    def share(self, categories: frozenset[str]) -> list[tuple[Scanner, frozenset[str]]]:
        """The categories, divided among those who judge them now."""
        if not self._has_weights(GUARD_MODEL):
            return [(self._rules, categories)]
        hazards, injection = categories - {INJECTION}, categories & {INJECTION}
        return [pair for pair in ((self._guard, hazards), (self._rules, injection)) if pair[1]]


class Guardrails:
    """The rules of one phase."""

    def __init__(self, phase: Phase, actions: Mapping[str, Action], scanners: Scanners) -> None:
        self._phase = phase
        self._role: Role = "user" if phase == "prompt" else "assistant"
        self._actions = dict(actions)
        self._scanners = scanners
        self.blocks = "BLOCK" in self._actions.values()

    @classmethod
    def of(cls, config: Mapping[str, Any] | None, phase: Phase, scanners: Scanners) -> Guardrails | None:
        """Those of a gateway's setting `guardrails`; None where a phase has no category."""
        given = (config or {}).get(phase) or {}
        actions = {name: action for name, action in given.items() if name in CATEGORIES}
        return cls(phase, actions, scanners) if actions else None

    async def evaluate(self, account: str, pieces: Sequence[Piece]) -> Evaluation:
        """Judge what stands in a prompt or an answer. Never raises what a scanner says: see `outcome`."""
        started = time.perf_counter()
        verdicts: list[Verdicts] = []
        reason = ""
        try:
            for scanner, categories in self._scanners.share(frozenset(self._actions)):
                verdicts.extend(await self._scan(scanner, account, pieces, categories))
        except ScannerUnavailable as error:
            reason = str(error)
        violated = frozenset().union(*(each.violated for each in verdicts))
        categories_found = {name: self._actions[name] for name in CATEGORIES if name in violated}
        return Evaluation(
            self._phase,
            _outcome(categories_found, reason),
            categories_found,
            tuple(dict.fromkeys((each.model, each.source) for each in verdicts)),
            round((time.perf_counter() - started) * 1000),
            reason,
        )

    async def _scan(
        self, scanner: Scanner, account: str, pieces: Sequence[Piece], categories: frozenset[str]
    ) -> list[Verdicts]:
        """Hazards are looked for in the whole; an injection in what the author of the system prompt did not write."""
        found: list[Verdicts] = []
        hazards, injection = categories - {INJECTION}, categories & {INJECTION}
        if hazards:
            found.append(await scanner.scan(account, _text(pieces), hazards, self._role))
        if injection:
            foreign = [piece for piece in pieces if piece.role not in SYSTEM]
            found.append(await scanner.scan(account, _text(foreign), injection, self._role))
        return found


def unreadable(phase: Phase, reason: str) -> Evaluation:
    """A body that nobody can look into."""
    return Evaluation(phase, "UNAVAILABLE", {}, (), 0, reason)


def _outcome(categories: Mapping[str, Action], reason: str) -> Outcome:
    actions = set(categories.values())
    if "BLOCK" in actions:
        return "BLOCK"
    if reason:
        return "UNAVAILABLE"
    return "FLAG" if actions else "PASS"


def _text(pieces: Sequence[Piece]) -> str:
    return "\n\n".join(piece.text for piece in pieces)
