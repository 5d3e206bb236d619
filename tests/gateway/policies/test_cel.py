"""Our part of CEL says what Google's implementation says, and refuses the rest where it comes in (spec §3.7)."""

from __future__ import annotations

from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from groundfog.gateway.policies.cel import CelError, CelSyntaxError, Missing, compile_program

FACTS: dict[str, Any] = {
    "cf": {"user": {"id": "u1", "email": "ada@example.com", "groups": ["dev", "ops"]}, "custom": {"level": 3}},
    "metadata": {"team": "red", "n": 7, "ratio": 0.5, "flag": True},
}
FAILED = "failed"


def ours(expression: str) -> Any:
    try:
        return compile_program(expression, FACTS).value(FACTS)
    except (CelError, CelSyntaxError):
        return FAILED


def googles(expression: str) -> Any:
    env = cel.NewEnv(variables=dict.fromkeys(FACTS, cel.Type.DYN))
    try:
        # Its checker knows types before they are there; what is compared is what comes out.
        value = env.compile(expression, disable_check=True).eval(data=FACTS)
    except Exception:
        return FAILED
    return FAILED if value.type() == cel.Type.ERROR else value.plain_value()


@pytest.mark.parametrize(
    "expression",
    [
        "true",
        "metadata.team == 'red'",
        'metadata.team == "red" && metadata.n > 5',
        "metadata['team'] in ['red', 'blue']",
        "'dev' in cf.user.groups",
        "'x' in {'x': 1}",
        "null in {'x': 1}",
        "1.0 in {1: 1}",
        "1.5 in {1: 1}",
        "[1] in {1: 1}",
        "cf.user.email.endsWith('@example.com')",
        "cf.user.email.startsWith('ada') && cf.user.email.contains('@')",
        "cf.user.email.matches('^[a-z]+@example[.]com$')",
        "matches(metadata.team, 'e')",
        "cf.user.groups.exists(g, g == 'ops')",
        "cf.user.groups.all(g, g.size() == 3)",
        "cf.user.groups.exists_one(g, g.startsWith('d'))",
        "cf.user.groups.filter(g, g != 'ops') == ['dev']",
        "cf.user.groups.map(g, g + '!') == ['dev!', 'ops!']",
        "size(cf.user.groups) + size('abc')",
        "has(metadata.team) && !has(metadata.none)",
        "metadata.none == 'x' || true",
        "false && metadata.none == 'x'",
        "metadata.none == 'x'",
        "metadata.n > 5 ? 'many' : 'few'",
        "1 + 2 * 3 - 4 / 2 % 3",
        "-7 / 2",
        "-7 % 2",
        "1 / 0",
        "1.0 / 0.0",
        "9223372036854775807 + 1",
        "-9223372036854775808",
        "9223372036854775808",
        "1 == 1.0",
        "1 == '1'",
        "true == 1",
        "metadata.n < 7.5",
        "'a' < 'b'",
        "[1, 2] == [1, 2]",
        "{'a': 1}.a",
        "[1, 2][1]",
        "[1, 2][2]",
        "{'a': 1}['b']",
        "'a' + 1",
        "!metadata.n",
        "metadata.n && true",
        "metadata.n || true",
        "string(7) + string(true) + string('x')",
        "int('7') + int(7.9)",
        "double('1.5') + double(1)",
        "bool('true')",
        "r'\\d' == '\\\\d'",
        "'\\u00e9\\n\\x41\\101' == 'é\\nAA'",
        "'''a\nb''' == 'a\\nb'",
        "null == null",
        "'é'.size()",
        "1 // comment\n + 1",
        "0x1F",
        "1e3",
        ".5",
        "[1,]",
        "{}",
        "- - 1",
        "--1",
        "!!true",
        "(1 + 2) * 3",
        "true ? false : true ? true : false",
        "[[1]].exists(x, x.exists(y, y == 1))",
        "",
        "1 +",
        "(1",
        "foo",
        "foo()",
        "'abc",
        "1 2",
        "a.b.c",
        "metadata.",
        "&& true",
        "if",
        "'a'.nothing()",
        "has(metadata)",
        "'\\q'",
    ],
)
def test_it_says_what_googles_says(expression: str) -> None:
    assert ours(expression) == googles(expression)
    assert type(ours(expression)) is type(googles(expression))


ATOMS = """
true false 1 2 0 -3 1.5 'a' 'ab' null [1,2] ['a'] {'a':1}
metadata.team metadata.n metadata.none metadata.flag cf.user.groups cf.custom.level
"""
atoms = st.sampled_from(ATOMS.split())


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(
        inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "&&", "||"]), inner
    )
    return st.one_of(
        pairs.map(lambda given: f"({given[0]} {given[1]} {given[2]})"),
        inner.map(lambda one: f"!({one})"),
        inner.map(lambda one: f"-({one})"),
        inner.map(lambda one: f"size({one})"),
        inner.map(lambda one: f"string({one})"),
        st.tuples(inner, inner, inner).map(lambda three: "({} ? {} : {})".format(*three)),
        st.tuples(inner, inner).map(lambda two: "({}).contains({})".format(*two)),
        st.tuples(inner, inner).map(lambda two: "({}).exists(x, x == {})".format(*two)),
        st.tuples(inner, inner).map(lambda two: "({})[{}]".format(*two)),
    )


@settings(max_examples=500, deadline=None)
@given(st.recursive(atoms, grown, max_leaves=8))
def test_it_says_what_googles_says_about_anything(expression: str) -> None:
    left, right = ours(expression), googles(expression)
    assert (left == right and type(left) is type(right)) or (left != left and right != right)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_compiles_and_nothing_else_happens(text: str) -> None:
    ours(text)


@pytest.mark.parametrize(
    ("expression", "what"),
    [
        ("metadata.team = 'x'", "unexpected '='"),
        ("metadata.team == 'x", "the string has no end at character 19"),
        ("user.id == 'x'", "there is no user; there are cf, metadata"),
        ("timestamp('2026-01-01T00:00:00Z')", "there is no function timestamp"),
        ("metadata.n == 1u", "unsigned"),
        ("metadata.team.matches('(')", "no regular expression"),
        ("x" * 5000, "longer than 4096"),
        ("(" * 200 + "1" + ")" * 200, "nested too deep"),
        ("!" * 4000 + "true", "too many signs"),
        ("1" + "+1" * 1000, "more than 150 levels"),
        ("cf" + ".x" * 1000, "more than 150 levels"),
        ("true ? 1 : " * 300 + "2", "nested too deep"),
    ],
)
def test_what_it_does_not_take_is_said(expression: str, what: str) -> None:
    with pytest.raises(CelSyntaxError) as caught:
        compile_program(expression, FACTS)
    assert what in str(caught.value)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(Missing) as caught:
        compile_program("cf.user.phone == '1'", FACTS).value(FACTS)
    assert caught.value.field == "cf.user.phone"


def test_long_rows_are_no_depth() -> None:
    assert compile_program(" && ".join(["true"] * 500), FACTS).value(FACTS) is True


def test_the_largest_expressions_have_a_value() -> None:
    links = "1" + "+1" * 120
    assert compile_program("(" * 28 + links + ")" * 28, FACTS).value(FACTS) == 121
    deep = "cf.user.groups.all(x, " * 9 + "true" + ")" * 9
    assert compile_program(deep, FACTS).value(FACTS) is True


def test_an_expression_that_would_take_for_ever_is_stopped() -> None:
    many = {"metadata": {"list": list(range(200))}}
    program = compile_program(
        "metadata.list.all(a, metadata.list.all(b, metadata.list.all(c, a + b + c >= 0)))", ["metadata"]
    )
    with pytest.raises(CelError, match="too long"):
        program.value(many)
