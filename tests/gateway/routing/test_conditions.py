"""Conditions of dynamic routes: MongoDB's operators over body, headers and metadata (spec ai-gateway §3.15)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.errors import GroundfogError
from groundfog.gateway.routing.conditions import compile_test
from groundfog.gateway.routing.facts import Facts
from tests.support.routes import request

FACTS = {
    "metadata": {"plan": "pro", "age": 30, "beta": True, "a.b": "dotted"},
    "headers": {"x-tier": "7", "x-name": "ada"},
    "body": {
        "max_tokens": 100,
        "tags": ["red", "blue"],
        "nested": {"deep": [{"n": 1}, {"n": 5}]},
        "empty": None,
    },
}


def holds(condition: Any, **facts: Any) -> bool:
    given = {**FACTS, **facts}
    made = request(metadata=given["metadata"], headers=given["headers"], **given["body"])
    return compile_test(condition, "here")(Facts(made, made.steps[0]))


@pytest.mark.parametrize(
    "condition",
    [
        {"metadata.plan": "pro"},
        {"metadata.plan": {"$eq": "pro"}},
        {"metadata.plan": {"$ne": "free"}},
        {"metadata.missing": {"$ne": "free"}},
        {"metadata.missing": None},
        {"metadata.missing": {"$exists": False}},
        {"metadata.a.b": "dotted"},
        {"metadata.age": {"$gt": 29, "$lt": 31}},
        {"metadata.age": {"$gte": 30, "$lte": 30}},
        {"metadata.beta": True},
        {"metadata.plan": {"$in": ["free", "pro"]}},
        {"metadata.plan": {"$nin": ["free", "team"]}},
        {"metadata.plan": {"$regex": "^p.o$"}},
        {"metadata.plan": {"$regex": "^PRO$", "$options": "i"}},
        {"metadata.plan": {"$not": {"$eq": "free"}}},
        {"headers.x-tier": {"$gt": 6.5}},
        {"headers.X-Tier": "7"},
        {"headers.x-tier": 7},
        {"body.tags": "blue"},
        {"body.tags": ["red", "blue"]},
        {"body.tags.1": "blue"},
        {"body.nested.deep.n": {"$gt": 4}},
        {"body.nested.deep.0.n": 1},
        {"body.empty": {"$exists": True}},
        {"body.model": "dynamic/r"},
        {"$and": [{"metadata.plan": "pro"}, {"metadata.age": 30}]},
        {"$or": [{"metadata.plan": "free"}, {"metadata.age": 30}]},
        {"$nor": [{"metadata.plan": "free"}, {"metadata.age": 31}]},
        {"$not": {"metadata.plan": "free"}},
        {"metadata.plan": "pro", "metadata.age": 30},
    ],
)
def test_it_holds(condition: Any) -> None:
    assert holds(condition)
    assert not holds({"$not": condition})


@pytest.mark.parametrize(
    "condition",
    [
        {"metadata.beta": 1},
        {"metadata.age": True},
        {"metadata.age": "30"},
        {"metadata.age": {"$gt": "2"}},
        {"metadata.plan": {"$gt": 1}},
        {"metadata.missing": {"$gt": 0}},
        {"metadata.missing": {"$lt": 0}},
        {"headers.x-name": {"$lt": 1}},
        {"body.tags.7": "blue"},
        {"body.messages.content": "Bye"},
        {"metadata.plan": "pro", "metadata.age": 31},
    ],
)
def test_it_does_not_hold(condition: Any) -> None:
    assert not holds(condition)


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({}, "at least one"),
        ("metadata.plan", "must be an object"),
        ({"plan": "pro"}, "`plan` must begin with"),
        ({"cookies.x": 1}, "`cookies.x` must begin with"),
        ({"metadata.plan": {"$like": "p"}}, "`$like` is no operator"),
        ({"$xor": []}, "`$xor`"),
        ({"$and": []}, "`$and` must be a list"),
        ({"metadata.plan": {"$in": "pro"}}, "`$in` must be a list"),
        ({"metadata.age": {"$gt": None}}, "`$gt` must be a number"),
        ({"metadata.age": {"$exists": 1}}, "`$exists` must be true or false"),
        ({"metadata.plan": {"$regex": "("}}, "no regular expression"),
        ({"metadata.plan": {"$regex": "(?=a)"}}, "no regular expression"),
        ({"metadata.plan": {"$regex": "a", "$options": "x"}}, "`$options`"),
        ({"metadata.plan": {"$options": "i"}}, "`$options` goes with"),
    ],
)
def test_what_is_no_condition_is_refused_by_name(condition: Any, named: str) -> None:
    with pytest.raises(GroundfogError, match=named.replace("$", r"\$").replace("(", r"\(")) as caught:
        compile_test(condition, "here")
    assert caught.value.code == 7001


def test_a_condition_that_is_nested_too_deep_is_refused() -> None:
    condition: Any = {"metadata.plan": "pro"}
    for _ in range(100):
        condition = {"$not": condition}
    with pytest.raises(GroundfogError, match="nested deeper"):
        compile_test(condition, "here")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(a*)*c", "([a-z]+)*1", "a{0,200}a{0,200}a{0,200}b"])
def test_a_pattern_that_would_hang_a_backtracking_engine_answers(pattern: str) -> None:
    assert not holds({"body.text": {"$regex": pattern}}, body={"text": "a" * 200_000 + "!"})


@given(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(), st.floats(allow_nan=False)), st.data()
)
def test_equal_and_in_agree_and_their_opposites_are_opposite(value: Any, data: st.DataObject) -> None:
    body = {"x": value}
    operand = data.draw(st.sampled_from([value, "other", 0, True, None]))
    equal = holds({"body.x": {"$eq": operand}}, body=body)
    assert holds({"body.x": {"$in": [operand]}}, body=body) is equal
    assert holds({"body.x": {"$ne": operand}}, body=body) is not equal
    assert holds({"body.x": {"$nin": [operand]}}, body=body) is not equal
