"""What callers say about answers (spec ai-gateway §3.13)."""

from __future__ import annotations

from typing import Any

import pytest

from groundfog import errors
from groundfog.errors import GroundfogError
from groundfog.gateway import feedback


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, {}),
        ({"feedback": 1}, {"feedback": 1}),
        ({"feedback": -1.0}, {"feedback": -1}),
        ({"feedback": 0}, {"feedback": None}),
        ({"feedback": None, "score": None, "metadata": None}, {"feedback": None, "score": None, "metadata": None}),
        ({"score": 42.5}, {"score": 42.5}),
        ({"metadata": {"a": 1, "b": "x", "c": True}}, {"metadata": {"a": 1, "b": "x", "c": True}}),
        ({"feedback": {"rating": 1, "comment": "good"}}, {"feedback": 1, "metadata": {"feedback_comment": "good"}}),
        ({"feedback": {"rating": -1}}, {"feedback": -1}),
        ({"feedback": {"rating": 0}}, {"feedback": None}),
        ({"feedback": {"rating": 5}}, {"feedback": 1, "score": 100}),
        ({"feedback": {"rating": 3}}, {"feedback": None, "score": 50}),
        ({"feedback": {"rating": 2}, "score": 7}, {"feedback": -1, "score": 7}),
    ],
)
def test_numbers_thumbs_and_stars(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    assert feedback.read(sent) == kept


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        ({"feedback": 2}, ("feedback",)),
        ({"feedback": True}, ("feedback",)),
        ({"feedback": "up"}, ("feedback",)),
        ({"feedback": {"rating": 6}}, ("feedback", "rating")),
        ({"feedback": {"stars": 1}}, ("feedback", "stars")),
        ({"score": 101}, ("score",)),
        ({"score": -1}, ("score",)),
        ({"metadata": {"a": [1]}}, ("metadata", "a")),
        ({"opinion": 1}, ("opinion",)),
        ([], ()),
    ],
)
def test_what_says_nothing_is_refused(sent: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(GroundfogError) as caught:
        feedback.read(sent)
    assert (caught.value.kind, caught.value.path) == (errors.GATEWAY_INVALID, path)
