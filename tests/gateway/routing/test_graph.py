"""A route's graph is checked where it comes in; what is wrong is named by its element (spec ai-gateway §3.15)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog.errors import GroundfogError
from groundfog.gateway.routing.elements import Conditional, Model, Percentage, Rate
from groundfog.gateway.routing.route import compile_route
from tests.support.routes import element, end, model, start

SUPPORT = [
    {"id": "s", "type": "start", "outputs": {"next": {"elementId": "c"}}},
    {
        "id": "c",
        "type": "conditional",
        "properties": {"conditions": {"metadata.plan": {"$eq": "pro"}}},
        "outputs": {"true": {"elementId": "big"}, "false": {"elementId": "r"}},
    },
    {
        "id": "r",
        "type": "rate",
        "properties": {"limitType": "count", "key": "metadata.user", "limit": 20, "window": 3600},
        "outputs": {"success": {"elementId": "small"}, "fallback": {"elementId": "e"}},
    },
    {
        "id": "big",
        "type": "model",
        "properties": {"provider": "openai", "model": "gpt-4.1", "timeout": 30000, "retries": 2},
        "outputs": {"success": {"elementId": "e"}, "fallback": {"elementId": "small"}},
    },
    {
        "id": "small",
        "type": "model",
        "properties": {
            "provider": "workers-ai",
            "model": "@cf/meta/llama-3.1-8b-instruct",
            "timeout": 30000,
            "retries": 1,
        },
        "outputs": {"success": {"elementId": "e"}, "fallback": {"elementId": "e"}},
    },
    {"id": "e", "type": "end", "outputs": {}},
]
"""The example of the spec."""


def refusal(*elements: Any) -> GroundfogError:
    with pytest.raises(GroundfogError) as caught:
        compile_route(list(elements))
    assert caught.value.code == 7001
    return caught.value


def shares(**outputs: str) -> dict[str, Any]:
    return element("p", "percentage", **outputs)


def test_the_documented_example_compiles() -> None:
    route = compile_route(SUPPORT)
    assert set(route.elements) == {"s", "c", "r", "big", "small", "e"}
    assert route.elements["r"] == Rate("r", False, "metadata.user", 20, 3600, "fixed", "small", "e")
    assert route.elements["big"] == Model("big", "openai", "gpt-4.1", 30_000, 2, "e", "small")


def test_the_older_spellings_mean_the_same() -> None:
    older = [
        start("c"),
        element("c", "conditional", {"condition": {"metadata.plan": "pro"}}, true="r", false="end"),
        element("r", "rate_limit", {"limit": 5, "interval": 60, "technique": "sliding"}, success="m"),
        model("m"),
        {"id": "end", "type": "end"},
    ]
    route = compile_route(older)
    assert isinstance(route.elements["c"], Conditional)
    assert route.elements["r"] == Rate("r", False, None, 5, 60, "sliding", "m", None)


def test_a_budget_is_counted_in_pico_dollars() -> None:
    budget = element("r", "rate", {"limitType": "cost", "limit": 0.1, "window": 60}, success="end")
    rate = compile_route([start("r"), budget, end()]).elements["r"]
    assert isinstance(rate, Rate)
    assert (rate.cost, rate.limit) == (True, 100_000_000_000)


def test_the_rest_of_the_percentages_goes_to_else() -> None:
    route = compile_route(
        [start("p"), shares(**{"10%": "m", "25.5%": "n", "else": "end"}), model("m"), model("n"), end()]
    )
    percentage = route.elements["p"]
    assert isinstance(percentage, Percentage)
    assert [(float(until), to) for until, to in percentage.shares] == [(10, "m"), (35.5, "n"), (100, "end")]


@pytest.mark.parametrize(
    ("elements", "named", "path"),
    [
        ([], "at least one", ("elements",)),
        (["x"], "number 0", ("elements", "0")),
        ([{"type": "start"}], "number 0: needs an `id`", ("elements", "0", "id")),
        ([end()], "one element of type start, and not 0", ("elements",)),
        ([start("end"), {**start("end"), "id": "b"}, end()], "and not 2", ("elements",)),
        ([start("end"), end(), end()], "'end': its id is taken", ("elements", "2", "id")),
        ([start("nowhere"), end()], "'start': an output leads to 'nowhere'", ("elements", "0")),
        ([start("end"), end(), end("lost")], "'lost': no way leads to it", ("elements", "2")),
        ([element("start", "start"), end()], "'start': needs the output `next`", ("elements", "0", "outputs", "next")),
        ([start("x"), element("x", "teleport")], "'x': has the unknown type", ("elements", "1", "type")),
        (
            [start("x"), element("x", "conditional", {}, true="end", false="end"), end()],
            "'x': needs `conditions`",
            None,
        ),
        (
            [start("x"), element("x", "conditional", {"conditions": {"plan": 1}}, true="end", false="end"), end()],
            "'x': `conditions`: the field `plan`",
            ("elements", "1", "properties", "conditions", "plan"),
        ),
        ([start("x"), element("x", "conditional", {"conditions": {"body.a": 1}}, true="end"), end()], "`false`", None),
        ([start("p"), shares(**{"50%": "end", "40%": "end"}), end()], "'p': the percentages sum to 90", None),
        ([start("p"), shares(**{"70%": "end", "40%": "end", "else": "end"}), end()], "sum to 110", None),
        ([start("p"), shares(half="end"), end()], "'p': output `half`", ("elements", "1", "outputs", "half")),
        (
            [start("p"), shares(**{f"{share}%": "end" for share in (10, 11, 12, 13, 14, 40)}), end()],
            "'p': needs 1 to 5 shares",
            None,
        ),
        ([start("r"), element("r", "rate", {"limit": 1}, success="end"), end()], "'r': needs a `window`", None),
        ([start("r"), element("r", "rate", {"limit": 0, "window": 1}, success="end"), end()], "`limit` above 0", None),
        ([start("r"), element("r", "rate", {"limit": 1.5, "window": 1}, success="end"), end()], "whole number", None),
        (
            [start("r"), element("r", "rate", {"limit": 1, "window": 1, "key": "user"}, success="end"), end()],
            "`key` must begin with",
            None,
        ),
        ([start("m"), element("m", "model", {"model": "x"}, success="end"), end()], "'m': needs a `provider`", None),
        ([start("m"), element("m", "model", {"provider": "openai"}, success="end"), end()], "needs a `model`", None),
        ([start("m"), model("m", retries=9), end()], "`retries` must be 0 to 5", None),
        (
            [start("m"), element("m", "model", {"provider": "openai", "model": "x"}, done="end"), end()],
            "no output `done`",
            None,
        ),
        ([start("end"), element("end", "end", next="start")], "'end': is the end", None),
    ],
)
def test_what_is_wrong_is_named(elements: list[Any], named: str, path: tuple[str, ...] | None) -> None:
    error = refusal(*elements)
    assert named in error.description
    if path is not None:
        assert error.path == path


def test_a_circle_without_a_model_is_refused() -> None:
    circle = [
        start("a"),
        element("a", "conditional", {"conditions": {"body.x": 1}}, true="b", false="end"),
        element("b", "conditional", {"conditions": {"body.y": 1}}, true="a", false="end"),
        end(),
    ]
    error = refusal(*circle)
    assert "circle" in error.description
    assert "'a'" in error.description or "'b'" in error.description


def test_a_circle_through_a_model_is_allowed_for_walking_it_ends() -> None:
    again = [
        start("a"),
        element("a", "conditional", {"conditions": {"body.x": 1}}, true="m", false="end"),
        element("m", "model", {"provider": "openai", "model": "m"}, success="end", fallback="a"),
        end(),
    ]
    assert set(compile_route(again).elements) == {"start", "a", "m", "end"}
