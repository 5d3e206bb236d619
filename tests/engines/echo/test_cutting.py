"""A text is cut after whole tokens, and the tokens that are left are those it began with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from groundfog.engines.echo import tokens
from groundfog.engines.echo.text_generation.words import cut


@given(st.text(alphabet=st.sampled_from("ab Z9_é漢 \n\t.,!😀"), max_size=60), st.none() | st.integers(-1, 70))
def test_a_cut_text_is_its_first_tokens(text: str, room: int | None) -> None:
    pieces = tokens.split(text)
    left = pieces if room is None else pieces[: max(room, 0)]
    assert cut(text, room) == ("".join(left), len(left))
