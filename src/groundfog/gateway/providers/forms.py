"""How a URL is made of a provider's base and the path behind its slug (spec ai-gateway §1.6).

Paths stay byte for byte as the caller wrote them, percent-encoding and all; what becomes part of a host name must be
plain letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from groundfog import errors
from groundfog.gateway.providers.provider import Form, Provider
from groundfog.gateway.providers.target import Target
from groundfog.gateway.request import Step

REGION = "{region}"
_VERSION = re.compile(r"(?:^|/)v[0-9]+[a-z0-9]*(?:/|$)")
_ENDS_IN_VERSION = re.compile(r"/(v[0-9]+[a-z0-9]*)$")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LOCATION = re.compile(r"(?:^|/)locations/([^/]+)/")
_FAL_HOSTS = (".fal.run", ".fal.ai")
_TARGET_HEADER = b"x-fal-target-url"
MANTLE = "bedrock-mantle"

Make = Callable[[Provider, str, Step, str], Target]
"""`make(provider, base_url of the gateway or "", step, path)`."""


def plain(provider: Provider, override: str, step: Step, path: str) -> Target:
    for old, new in provider.rewrite.items():
        if path.startswith(old):
            path = new + path[len(old) :]
            break
    base = override or provider.base
    if provider.version:
        given = _ENDS_IN_VERSION.search(override) if override else None
        if given is not None:
            path = path.removeprefix(f"{given[1]}/")
        elif _VERSION.search(path) is None:
            path = f"{provider.version}/{path}"
    return _target(provider, override, step, f"{base}/{path}")


def azure(provider: Provider, override: str, step: Step, path: str) -> Target:
    """`{resource}/{deployment}/{rest}`."""
    resource, _, rest = path.partition("/")
    deployment, _, rest = rest.partition("/")
    if not rest:
        raise _wrong(provider, step, "the path is {resource}/{deployment}/…")
    base = override or provider.base.replace("{resource}", _label(provider, step, resource))
    return _target(provider, override, step, f"{base}/openai/deployments/{deployment}/{rest}")


def bedrock(provider: Provider, override: str, step: Step, path: str) -> Target:
    """`bedrock-runtime/{region}/{rest}` or `bedrock-mantle/…`; a literal `{region}` is filled from the credentials."""
    service, _, rest = path.partition("/")
    region, _, rest = rest.partition("/")
    if service not in ("bedrock-runtime", MANTLE) or not rest:
        raise _wrong(provider, step, "the path is bedrock-runtime/{region}/…")
    if region != REGION:
        _label(provider, step, region)
    host = f"{service}.{region}.api.aws" if service == MANTLE else f"{service}.{region}.amazonaws.com"
    if region.startswith("cn-") and service != MANTLE:
        host += ".cn"
    target = _target(provider, override, step, f"{override or f'https://{host}'}/{rest}")
    target.service = MANTLE if service == MANTLE else "bedrock"
    target.region = region
    return target


def vertex(provider: Provider, override: str, step: Step, path: str) -> Target:
    """The location in the path decides the host."""
    match = _LOCATION.search(path)
    if match is None:
        raise _wrong(provider, step, "the path is v1/projects/{project}/locations/{region}/…")
    region = match[1]
    if override:
        base = override
    elif region == REGION:
        base = f"https://{REGION}-aiplatform.googleapis.com"
    else:
        base = vertex_base(_label(provider, step, region))
    target = _target(provider, override, step, f"{base}/{path}")
    target.region = region
    return target


def vertex_base(region: str) -> str:
    """The host of a Vertex AI location; `us` and `eu` are multi-regions with hosts of their own."""
    if region == "global":
        return "https://aiplatform.googleapis.com"
    if region in ("us", "eu"):
        return f"https://aiplatform.{region}.rep.googleapis.com"
    return f"https://{region}-aiplatform.googleapis.com"


def baseten(provider: Provider, override: str, step: Step, path: str) -> Target:
    """`model/{id}` has a host of its own."""
    if not path.startswith("model/"):
        return plain(provider, override, step, path)
    model, _, rest = path.removeprefix("model/").partition("/")
    base = override or f"https://model-{_label(provider, step, model)}.api.baseten.co"
    return _target(provider, override, step, f"{base}/{rest or 'production/predict'}")


def fal(provider: Provider, override: str, step: Step, path: str) -> Target:
    """The header `x-fal-target-url` replaces the whole URL, within fal's own hosts."""
    given = next((value for name, value in step.headers if name == _TARGET_HEADER), None)
    if given is None:
        return plain(provider, override, step, path)
    url = given.decode("latin-1").strip()
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    own = override and f"{parts.scheme}://{parts.netloc}" == override
    if not own and (
        parts.scheme != "https" or not f".{host}".endswith(_FAL_HOSTS) or "@" in parts.netloc or "\\" in url
    ):
        raise _wrong(provider, step, "x-fal-target-url leads to none of fal's hosts")
    headers = [pair for pair in step.headers if pair[0] != _TARGET_HEADER]
    return Target(provider.slug, url, headers, provider, public_only=not own, overridden=bool(own))


def local(provider: Provider, override: str, step: Step, path: str) -> Target:
    return _target(provider, "", step, f"local:///{path}")


FORMS: Mapping[Form, Make] = MappingProxyType(
    {
        "plain": plain,
        "azure": azure,
        "bedrock": bedrock,
        "vertex": vertex,
        "baseten": baseten,
        "fal": fal,
        "local": local,
    }
)


def region_label(text: str) -> str:
    """A region or project that credentials name. Raises INVALID_PROVIDER."""
    if not _LABEL.fullmatch(text):
        raise errors.INVALID_PROVIDER(provider=f"the credentials name {text!r} as region or project")
    return text


def ends_in_version(base: str) -> bool:
    return _ENDS_IN_VERSION.search(base) is not None


def _target(provider: Provider, override: str, step: Step, url: str) -> Target:
    if step.query:
        url = f"{url}?{step.query}"
    return Target(provider.slug, url, list(step.headers), provider, overridden=bool(override))


def _label(provider: Provider, step: Step, text: str) -> str:
    """What becomes part of a host name is a label and nothing else: no dot, no slash, no port."""
    if not _LABEL.fullmatch(text):
        raise _wrong(provider, step, f"{text!r} cannot be part of a host name")
    return text


def _wrong(provider: Provider, step: Step, what: str) -> errors.GroundfogError:
    return errors.INVALID_PROVIDER(provider=f"{provider.slug}/{step.endpoint} ({what})")
