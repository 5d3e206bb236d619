"""Patterns of other people: RE2's, in linear time, or a refusal that says what to do."""

from __future__ import annotations

import sys

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.linear import LONGEST_PATTERN, compile_pattern


def test_a_pattern_searches() -> None:
    found = compile_pattern(r"b+").search("aabbé")
    assert found is not None
    assert (found.start(), found.end(), found.group()) == (2, 4, "bb")
    assert compile_pattern("ADA", ignore_case=True).fullmatch("ada") is not None
    assert [match.group() for match in compile_pattern("[0-9]+").finditer("1 22 é 3")] == ["1", "22", "3"]


@pytest.mark.parametrize(
    "pattern", [None, 5, "", "(", "(?<=a)b", r"(a)\1", "a" * (LONGEST_PATTERN + 1), "((a{99}){99}){99}"]
)
def test_what_is_no_pattern_is_refused(pattern: object) -> None:
    with pytest.raises(GroundfogError, match="7001: the field") as caught:
        compile_pattern(pattern, where="the field", path=("field",))
    assert caught.value.path == ("field",)


def test_without_re2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(GroundfogError, match=r"pip install 'groundfog\[dlp\]'"):
        compile_pattern("a")
