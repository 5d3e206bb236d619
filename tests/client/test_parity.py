"""`AI` and `AsyncAI` are alike in methods, parameters and words; so are their streams."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from groundfog import AI, AsyncAI
from groundfog.client import AsyncStream, Stream


def public(kind: type[Any]) -> dict[str, Any]:
    return {name: member for name, member in vars(kind).items() if not name.startswith("_")}


def parameters(function: Any) -> list[tuple[str, Any, Any, Any]]:
    return [(p.name, p.kind, p.default, p.annotation) for p in inspect.signature(function).parameters.values()]


def test_they_have_the_same_methods() -> None:
    assert public(AI).keys() == public(AsyncAI).keys()
    assert len(public(AI)) >= 8


@pytest.mark.parametrize("name", ["__init__", *sorted(public(AI))])
def test_a_method_has_the_same_parameters_and_words(name: str) -> None:
    plain, asynchronous = vars(AI)[name], vars(AsyncAI)[name]
    if isinstance(plain, property):
        assert isinstance(asynchronous, property)
        plain, asynchronous = plain.fget, asynchronous.fget
    assert parameters(plain) == parameters(asynchronous)
    assert inspect.getdoc(plain) == inspect.getdoc(asynchronous)
    assert name == "__init__" or inspect.getdoc(plain)


@pytest.mark.parametrize("name", sorted(public(AI)))
def test_what_waits_is_asynchronous(name: str) -> None:
    plain, asynchronous = vars(AI)[name], vars(AsyncAI)[name]
    if not isinstance(plain, property):
        assert not inspect.iscoroutinefunction(plain)
        assert inspect.iscoroutinefunction(asynchronous) or inspect.isasyncgenfunction(asynchronous)


@pytest.mark.parametrize(
    ("plain", "asynchronous"),
    [
        ("__enter__", "__aenter__"),
        ("__exit__", "__aexit__"),
    ],
)
def test_both_are_context_managers(plain: str, asynchronous: str) -> None:
    for one, other in ((AI, AsyncAI), (Stream, AsyncStream)):
        assert parameters(getattr(one, plain)) == parameters(getattr(other, asynchronous))


def test_streams_are_iterators_that_can_be_closed() -> None:
    assert {"__iter__", "__next__", "close"} <= vars(Stream).keys()
    assert {"__aiter__", "__anext__", "aclose"} <= vars(AsyncStream).keys()


def test_only_the_words_on_who_runs_a_given_platform_differ() -> None:
    def rest(kind: type[Any]) -> list[str]:
        lines = str(inspect.getdoc(kind)).splitlines()[1:]
        return [line for line in lines if "running" not in line and "`platform`" not in line and "loop" not in line]

    assert rest(AI)[-4:] == rest(AsyncAI)[-4:]
