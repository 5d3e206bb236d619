"""Streams cut anywhere: every way to cut the same bytes must come to the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import strategies as st


def pieces(data: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """`data` cut at `places`."""
    at = 0
    for place in sorted({place % (len(data) + 1) for place in places}):
        yield data[at:place]
        at = place
    yield data[at:]


PLACES = st.lists(st.integers(min_value=0, max_value=1 << 20), max_size=40)


def single_bytes(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]
