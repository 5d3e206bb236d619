"""Texts of a format, a pattern, a length."""

from __future__ import annotations

import base64
from collections.abc import Callable

from groundfog.engines.echo.json_values.budget import MAKING, Budget
from groundfog.engines.echo.json_values.check import fits
from groundfog.engines.echo.json_values.hints import Hints
from groundfog.engines.echo.json_values.patterns import make_match
from groundfog.engines.echo.json_values.schema import Impossible, Schema
from groundfog.engines.echo.seeds import Random

_TRIES = 60
_LONGEST = 20_000


def make_string(schema: Schema, hints: Hints, random: Random, budget: Budget) -> str:
    """A text: a word of the request where the schema leaves it free. An unknown format is an annotation, as usual."""
    if schema.get("minLength", 0) > _LONGEST:
        raise Impossible(f"echo makes texts of at most {_LONGEST} characters", final=True)
    limits: Schema = {name: schema[name] for name in ("minLength", "maxLength", "pattern") if name in schema}
    if "allOf" in schema:
        limits["allOf"] = [part for part in schema["allOf"] if "pattern" in part]
    if schema.get("format") in FORMATS:
        for _ in range(_TRIES):
            made = FORMATS[schema["format"]](random)
            if fits(limits, made, budget):
                return made
        raise Impossible(f"no text of the format {schema['format']} fits the rest of the schema")
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is not None and most < least:
        raise Impossible("no text is within the lengths")
    if "pattern" in schema:
        for effort in range(_TRIES):
            made = make_match(schema["pattern"], random, budget, least, most, effort)
            if fits(limits, made, budget):
                return made
        raise Impossible(f"no text was found for the pattern {schema['pattern']!r}")
    budget.spend(least // 8, MAKING)
    word = hints.word()
    if schema.get("contentEncoding") == "base64":
        word = base64.b64encode(word.encode()).decode()
    if most is not None and len(word) > most:
        word = _short(random, most)
    words, length = [word], len(word)
    while length < least:
        words.append(hints.word())
        length += 1 + len(words[-1])
    return " ".join(words)[:most]


def _short(random: Random, length: int) -> str:
    return "".join(chr(97 + random.below(26)) for _ in range(length))


def _date(random: Random) -> str:
    return f"{random.between(1990, 2035)}-{random.between(1, 12):02}-{random.between(1, 28):02}"


def _time(random: Random) -> str:
    return f"{random.between(0, 23):02}:{random.between(0, 59):02}:{random.between(0, 59):02}Z"


def _uuid(random: Random) -> str:
    digits = random.hex(32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _host(random: Random) -> str:
    return f"host{random.below(1000)}.example.com"


FORMATS: dict[str, Callable[[Random], str]] = {
    "date": _date,
    "time": _time,
    "date-time": lambda random: f"{_date(random)}T{_time(random)}",
    "duration": lambda random: f"P{random.between(1, 30)}DT{random.between(1, 23)}H",
    "uuid": _uuid,
    "email": lambda random: f"echo{random.below(1000)}@example.com",
    "idn-email": lambda random: f"echo{random.below(1000)}@example.com",
    "hostname": _host,
    "idn-hostname": _host,
    "ipv4": lambda random: f"192.0.2.{random.between(1, 254)}",
    "ipv6": lambda random: f"2001:db8::{random.between(1, 65535):x}",
    "uri": lambda random: f"https://{_host(random)}/{random.hex(6)}",
    "uri-reference": lambda random: f"/{random.hex(6)}",
    "iri": lambda random: f"https://{_host(random)}/{random.hex(6)}",
    "iri-reference": lambda random: f"/{random.hex(6)}",
    "uri-template": lambda random: f"https://{_host(random)}/{{id}}",
    "json-pointer": lambda random: f"/{random.hex(4)}",
    "relative-json-pointer": lambda random: f"{random.below(5)}/{random.hex(4)}",
    "regex": lambda random: f"^[a-z]{{{random.between(1, 9)}}}$",
}
"""Formats of JSON Schema (draft 2020-12), each with a maker."""
