"""Percentages: one caller always goes the same way, and callers spread as the shares say (spec ai-gateway §3.15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.gateway.options import Options
from groundfog.gateway.request import Identity, Request
from groundfog.gateway.routing.elements import Percentage
from groundfog.gateway.routing.facts import Facts
from groundfog.gateway.routing.route import compile_route
from groundfog.gateway.routing.shares import caller, share_of
from tests.support.routes import element, end, request, start


def percentage(**outputs: str) -> Percentage:
    ends = [end(id) for id in dict.fromkeys(outputs.values())]
    found = compile_route([start("p"), element("p", "percentage", **outputs), *ends]).elements["p"]
    assert isinstance(found, Percentage)
    return found


@st.composite
def splits(draw: st.DrawFn) -> Percentage:
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4)))
    sizes = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    names = dict.fromkeys(f"{size}%" for size in sizes)
    named = {name: f"e{number}" for number, name in enumerate(names)}
    rest = 100 - sum(int(name[:-1]) for name in named)
    return percentage(**named, **({"else": "rest"} if rest else {}))


@given(splits(), st.text(max_size=40), st.text(max_size=40))
def test_a_caller_always_gets_the_same_branch(split: Percentage, route: str, user: str) -> None:
    assert len({share_of(route, split, user) for _ in range(5)}) == 1
    assert share_of(route, split, user) in {target for _, target in split.shares}


@pytest.mark.parametrize(
    "outputs", [{"10%": "a", "else": "b"}, {"50%": "a", "30%": "b", "20%": "c"}, {"1%": "a", "99%": "b"}]
)
def test_callers_spread_as_the_shares_say(outputs: dict[str, str]) -> None:
    split = percentage(**outputs)
    named = {target: float(name[:-1]) for name, target in outputs.items() if name != "else"}
    shares = {**{target: 100 - sum(named.values()) for target in outputs.values()}, **named}
    count = 20_000
    chosen = [share_of("route", split, f"user-{number}") for number in range(count)]
    for target in set(outputs.values()):
        share = shares[target] / 100
        # Six standard deviations of a fair draw; the draw is fixed, so this passes always or never.
        assert abs(chosen.count(target) / count - share) < 6 * (share * (1 - share) / count) ** 0.5


def test_whoever_was_in_a_growing_share_stays_in_it() -> None:
    small, large = percentage(**{"10%": "new", "else": "old"}), percentage(**{"60%": "new", "else": "old"})
    users = [f"user-{number}" for number in range(2000)]
    early = {user for user in users if share_of("route", small, user) == "new"}
    assert early
    assert early <= {user for user in users if share_of("route", large, user) == "new"}


def test_routes_and_elements_draw_apart() -> None:
    split = percentage(**{"50%": "a", "else": "b"})
    users = [f"user-{number}" for number in range(1000)]
    one = [share_of("one", split, user) for user in users]
    other = [share_of("other", split, user) for user in users]
    same = sum(left == right for left, right in zip(one, other, strict=True))
    assert 400 < same < 600


def named(made: Request, key: str | None = None) -> str:
    made.event_id = "event"
    return caller(made, Facts(made, made.steps[0]), key)


def test_what_tells_callers_apart() -> None:
    assert named(request(metadata={"user_id": "u1", "user": "u2"})) == "u1"
    assert named(request(metadata={"user": 7})) == "7"
    assert named(request(metadata={"team": "t"}), "metadata.team") == "t"
    assert named(request(user="of the body"), "body.user") == "of the body"
    assert named(request(identity=Identity(True, user_id="signed-in"))) == "signed-in"
    assert named(request(options=Options(session_id="session"))) == "session"
    assert named(request(identity=Identity(True, key_id="one key of many users"))) == "event"
