"""The dated price table of outside providers (`data/`): US dollars per million tokens, with the source; models that
speak have a file of their own.

A price that is not in the table is unknown. Model names are looked up as they are, then without what providers put
around them: a path before, a date or `latest` behind, Bedrock's region.
"""

from __future__ import annotations

import functools
import re
from importlib import resources

import msgspec

from groundfog.metering.money import MICRO, PICO, decimal_of

SAME_AS = {"azure-openai": "openai"}
"""Providers whose list prices are another's."""
_DATE = re.compile(r"(?:[-@]\d{4}-\d{2}-\d{2}|[-@]20\d{6}|-latest|@latest|@default|-00[1-9])$")
_REGION = re.compile(r"^(?:us|eu|au|jp|apac|global)\.")
Cell = str | int | float | None


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Pico-dollars per token. From `long_from` input tokens on, the `long_` prices hold for the whole request."""

    input: int
    output: int
    cache_read: int | None = None
    cache_write: int | None = None
    audio_input: int | None = None
    audio_output: int | None = None
    audio_cache_read: int | None = None
    image_input: int | None = None
    image_cache_read: int | None = None
    long_from: int | None = None
    long_input: int | None = None
    long_output: int | None = None
    long_cache_read: int | None = None
    max_output: int | None = None
    """Tokens."""
    context: int | None = None
    """Tokens."""
    source: str = ""
    as_of: str = ""


_PRICES = frozenset(
    {
        "input",
        "output",
        "cache_read",
        "cache_write",
        "audio_input",
        "audio_output",
        "audio_cache_read",
        "image_input",
        "image_cache_read",
        "long_input",
        "long_output",
        "long_cache_read",
    }
)
_FILES = ("prices.json", "realtime.json")


class _File(msgspec.Struct, frozen=True):
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Prices:
    """All rows of a table; `find` is one look-up for names that are in it."""

    def __init__(self, rows: dict[tuple[str, str], Rates]) -> None:
        self.rows = rows
        plain: dict[tuple[str, str], set[Rates]] = {}
        for (provider, model), rates in rows.items():
            if not _REGION.match(model):
                plain.setdefault((provider, _plain(model)), set()).add(rates)
        # Dated versions that cost differently leave the name without a date unknown.
        self._plain = {key: found.pop() for key, found in plain.items() if len(found) == 1}

    @classmethod
    def load(cls) -> Prices:
        """The table that ships with the package."""
        rows: dict[tuple[str, str], Rates] = {}
        for name in _FILES:
            data = resources.files("groundfog.metering").joinpath("data", name).read_bytes()
            file = msgspec.json.decode(data, type=_File)
            for row in file.rows:
                cells = dict(zip(file.columns, row, strict=True))
                key = (str(cells.pop("provider")), str(cells.pop("model")).lower())
                rows[key] = msgspec.convert(
                    {name: _pico(name, cell) for name, cell in cells.items() if cell is not None}, Rates
                )
        return cls(rows)

    def find(self, provider: str, model: str) -> Rates | None:
        """Prices of a model by the provider's slug and the name that the caller or the answer used."""
        provider = SAME_AS.get(provider, provider)
        name = model.lower()
        last = name.rpartition("/")[2]
        for candidate in (name, last, _REGION.sub("", last)):
            found = self.rows.get((provider, candidate))
            if found is not None:
                return found
        return self._plain.get((provider, _plain(name))) or self._plain.get((provider, _plain(last)))


@functools.cache
def default() -> Prices:
    return Prices.load()


@functools.lru_cache(maxsize=4096)
def rates(provider: str, model: str) -> Rates | None:
    """`Prices.find` of the table that ships with the package, remembered."""
    return default().find(provider, model)


def _plain(model: str) -> str:
    """A name without region and date; `.` and `-` in version numbers are the same (claude-sonnet-4.5)."""
    name = _REGION.sub("", model)
    while (shorter := _DATE.sub("", name)) != name:
        name = shorter
    return name.replace(".", "-")


def _pico(column: str, cell: Cell) -> Cell:
    """A cell; a price in pico-dollars per token."""
    if column not in _PRICES:
        return cell
    assert isinstance(cell, int | float)
    price = decimal_of(cell) * PICO / MICRO
    assert price == int(price), f"{cell} per million is finer than a pico-dollar per token"
    return int(price)
