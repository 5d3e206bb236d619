"""Which models the auto router may choose from, cheapest first (spec ai-gateway §3.16)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from groundfog import catalog, errors
from groundfog.gateway.glob import matches
from groundfog.gateway.options import Options

LOCAL = "workers-ai"
HasKey = Callable[[str, str, str], bool]
"""`has_key(account, gateway, provider)`: a key for the provider is stored."""
HasWeights = Callable[[str], bool]
DEFAULT_POOL: tuple[str, ...] = (
    "workers-ai/@cf/ibm-granite/granite-4.0-h-micro",
    "workers-ai/@cf/qwen/qwen3-30b-a3b-fp8",
    "workers-ai/@cf/google/gemma-4-26b-a4b-it",
    "groq/openai/gpt-oss-20b",
    "openai/gpt-5-nano",
    "google-ai-studio/gemini-2.5-flash",
    "deepseek/deepseek-chat",
    "workers-ai/@cf/openai/gpt-oss-120b",
    "openai/gpt-5-mini",
    "anthropic/claude-haiku-4-5",
    "workers-ai/@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    "workers-ai/@cf/moonshotai/kimi-k2.6",
    "google-ai-studio/gemini-2.5-pro",
    "openai/gpt-5",
    "grok/grok-4",
    "anthropic/claude-sonnet-4-5",
)
"""In order of price, as of October 2026. Outside models take part when a key for their provider is stored."""
ALIASES = {"google": "google-ai-studio", "xai": "grok", "perplexity": "perplexity-ai", "bedrock": "aws-bedrock"}


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    provider: str
    model: str

    @property
    def name(self) -> str:
        return f"{self.provider}/{self.model}"

    def sees(self) -> bool:
        """Whether it takes pictures: of local models it is known, of others it is believed."""
        return self.provider != LOCAL or _local(self.model, lambda model: bool(model.properties.vision))

    def calls_tools(self) -> bool:
        return self.provider != LOCAL or _local(self.model, lambda model: bool(model.properties.function_calling))


def candidate(name: str) -> Candidate:
    """Of `provider/model`, or a bare `@cf/…`."""
    if name.startswith("@"):
        return Candidate(LOCAL, name)
    provider, _, model = name.partition("/")
    return Candidate(ALIASES.get(provider, provider), model)


def default_pool(account: str, gateway: str, has_key: HasKey, has_weights: HasWeights) -> list[Candidate]:
    """Local models that have their weights (all of them where none has), and outside ones that have a key."""
    local = {each.model: each for each in map(candidate, DEFAULT_POOL) if each.provider == LOCAL}
    real = {model for model in local if has_weights(model)} or set(local)
    return [
        each
        for each in map(candidate, DEFAULT_POOL)
        if (each.model in real if each.provider == LOCAL else has_key(account, gateway, each.provider))
    ]


def allowed(pool: Sequence[Candidate], options: Options, *, replaceable: bool) -> list[Candidate]:
    """What the headers leave of the pool, in its order (spec §3.16).

    `replaceable`: the pool is the default one, in whose place allowed models come that are known otherwise: the table
    above and the local chat models. Raises GATEWAY_INVALID for an entry that matches nothing.
    """
    chosen: Sequence[Candidate] = pool
    if options.allowed_models:
        known = [*pool, *(each for each in _known() if each not in pool)] if replaceable else pool
        chosen = _matching(known, options.allowed_models, "cf-aig-allowed-models", _names)
    if options.allowed_providers:
        wanted = tuple(ALIASES.get(entry, entry) for entry in options.allowed_providers)
        known = pool if not options.allowed_models else [*pool, *chosen]
        by_provider = _matching(known, wanted, "cf-aig-allowed-providers", lambda each: (each.provider,))
        chosen = [each for each in chosen if each in by_provider]
    if not chosen:
        raise errors.GATEWAY_INVALID(what="no model is left for cloudflare/auto: no pool, or no key for its providers")
    return list(chosen)


def _matching(
    known: Sequence[Candidate],
    entries: Iterable[str],
    header: str,
    names: Callable[[Candidate], tuple[str, ...]],
) -> list[Candidate]:
    found: set[Candidate] = set()
    for entry in entries:
        hits = {each for each in known if any(matches(entry, name) for name in names(each))}
        if not hits:
            raise errors.GATEWAY_INVALID(what=f"{header}: {entry} matches nothing that cloudflare/auto may choose")
        found |= hits
    return [each for each in known if each in found]


def _names(each: Candidate) -> tuple[str, ...]:
    """As `provider/model`, with the author's name for the provider, and a local model's own id."""
    authors = tuple(f"{alias}/{each.model}" for alias, slug in ALIASES.items() if slug == each.provider)
    return (each.name, *authors, each.model) if each.provider == LOCAL else (each.name, *authors)


def _known() -> list[Candidate]:
    models = [
        Candidate(LOCAL, model.id)
        for model in catalog.default().models
        if model.task == "Text Generation" and model.status == "active" and "guard" not in model.id
    ]
    return [*map(candidate, DEFAULT_POOL), *models]


def _local(model_id: str, says: Callable[[catalog.Model], bool]) -> bool:
    try:
        return says(catalog.default().find(model_id))
    except errors.GroundfogError:
        return False
