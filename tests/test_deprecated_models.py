"""Deprecated models keep working, unless the settings refuse them (spec workers-ai §8.9)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from groundfog.errors import GroundfogError
from groundfog.platform import Platform
from groundfog.settings import Settings

LLAMA = "@cf/meta/llama-3.1-8b-instruct"


class FakeClock:
    def __init__(self, date: str) -> None:
        self._time = datetime.datetime.fromisoformat(f"{date}T12:00:00+00:00").timestamp()

    def time(self) -> float:
        return self._time

    def monotonic(self) -> float:
        return self._time


def platform(folder: Path, *, refuse: bool, date: str = "2026-11-21") -> Platform:
    return Platform(Settings(state=folder, refuse_deprecated=refuse), FakeClock(date))


def test_a_deprecated_model_works_by_default(tmp_path: Path) -> None:
    assert platform(tmp_path, refuse=False).model(LLAMA).id == LLAMA


@pytest.mark.parametrize("model_id", [LLAMA, "@cf/mistral/mistral-7b-instruct-v0.2"])
def test_it_is_refused_with_its_date_when_the_settings_say_so(tmp_path: Path, model_id: str) -> None:
    with pytest.raises(GroundfogError) as caught:
        platform(tmp_path, refuse=True).model(model_id)
    assert (caught.value.code, caught.value.status) == (5028, 410)
    assert caught.value.description == f"Model has been deprecated: {model_id} was deprecated on 2026-05-30"


def test_it_is_not_refused_before_its_date(tmp_path: Path) -> None:
    assert platform(tmp_path, refuse=True, date="2026-05-29").model(LLAMA).id == LLAMA


def test_a_model_that_is_redirected_or_active_is_never_refused(tmp_path: Path) -> None:
    refusing = platform(tmp_path, refuse=True)
    assert refusing.model("@cf/moonshotai/kimi-k2.5").status == "deprecated"
    assert refusing.model("@cf/openai/gpt-oss-20b").status == "active"
