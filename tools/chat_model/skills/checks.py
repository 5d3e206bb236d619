"""Yes or no: whether what is asked is what was said. For training; one dialogue asks often."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tools.chat_model import words as w
from tools.chat_model.facts import capital
from tools.chat_model.sample import Sample, assistant, user
from tools.chat_model.words import Words, either

Drawn = Callable[[Words], str]


def _of(options: Sequence[str]) -> Drawn:
    return lambda words: words.pick(options)


PROPERTIES: tuple[tuple[Drawn, list[str], list[str], list[str]], ...] = tuple(
    (value, either(said), either(denied), either(asked))
    for value, said, denied, asked in (
        (
            _of(w.COLOURS),
            "{s} is {v}.|{s} is {v}.|{s} has the colour {v}.|{s} was painted {v}.|I see that {s} is {v}.|Now {s} is "
            "{v}.|We know that {s} is {v}.",
            "{s} is not {v}.|{s} is not {v} at all.",
            "Is {s} {v}?|Is {s} {v}?|Is {s} {v}?|Is it true that {s} is {v}?|Is the colour of {s} {v}?|Would you call "
            "{s} {v}?",
        ),
        (
            _of(w.MATERIALS),
            "{s} is {v}.|{s} is {v}.|{s} is made of {v}.|They made {s} of {v}.|{s} consists of {v}.",
            "{s} is not {v}.|{s} is not made of {v}.",
            "Is {s} {v}?|Is {s} {v}?|Is {s} made of {v}?|Does {s} consist of {v}?",
        ),
        (
            _of(w.WEEKDAYS),
            "{s} is closed on {v}.|{s} is closed on {v}.|On {v} {s} is closed.|{s} stays closed on {v}.|{s} does not "
            "open on {v}.",
            "{s} is not closed on {v}.",
            "Is {s} closed on {v}?|Is {s} closed on {v}?|Does {s} stay closed on {v}?|Is {v} the day when {s} is "
            "closed?",
        ),
        (
            Words.adjective,
            "{s} is {v}.|{s} is {v}.|{s} was {v}.|{s} looks {v}.",
            "{s} is not {v}.|{s} was never {v}.",
            "Is {s} {v}?|Is {s} {v}?|Is it right that {s} is {v}?|Do they say that {s} is {v}?",
        ),
        (
            Words.town,
            "{s} is in {v}.|{s} stands in {v}.|You find {s} in {v}.",
            "{s} is not in {v}.",
            "Is {s} in {v}?|Does one find {s} in {v}?|Is {v} the town of {s}?",
        ),
        (
            Words.first_name,
            "{s} belongs to {v}.|{v} has {s}.|The owner of {s} is {v}.",
            "{s} does not belong to {v}.",
            "Does {s} belong to {v}?|Has {v} got {s}?|Is {v} the owner of {s}?",
        ),
        (
            _of(w.JOBS),
            "{s} belongs to a {v}.|A {v} owns {s}.|The owner of {s} is a {v}.",
            "{s} does not belong to a {v}.",
            "Does {s} belong to a {v}?|Is the owner of {s} a {v}?|Does a {v} own {s}?",
        ),
        (
            _of(w.SMALL[2:]),
            "{s} has {v} parts.|There are {v} parts in {s}.|{s} comes in {v} parts.",
            "{s} does not have {v} parts.",
            "Does {s} have {v} parts?|Are there {v} parts in {s}?|Has {s} got {v} parts?",
        ),
        (
            _of(w.ANIMALS),
            "There is a {v} behind {s}.|A {v} sits on {s}.|The {v} sleeps near {s}.",
            "There is no {v} near {s}.",
            "Is there a {v} near {s}?|Is the animal near {s} a {v}?|Is it a {v} that is near {s}?",
        ),
    )
)
"""A value, how it is said of a thing, how it is denied, and how it is asked."""
ALIKE = either(
    "Are {a} and {b} the same?|Is {a} the same as {b}?|{a}, {b}: the same?|Is {a} equal to {b}?|The same word? {a} / "
    "{b}|Do {a} and {b} match?|{a} = {b}?|One word twice? {a} {b}|Is {b} what I said? I said {a}."
)
AMONG = either(
    "Is {b} among these? {a}|{a}: is {b} there?|Does this list have {b} in it? {a}|{a}\nIs {b} on the list?|We have "
    "{a}. Do we have {b}?|Here are {a}. Is {b} here?|Does the text mention {b}? {a}"
)
SHORT = either("Yes or no? |Say yes or no: | (yes or no)| Yes or no?|\nJust yes or no.| Tell me: yes or no?")
ON = ("And now:", "Next:", "Then:", "So,")


def checked(words: Words, frames: Sequence[str]) -> Sample:
    """Questions on one to three things, or words to compare, several in one dialogue."""
    roll = words.rng.random()
    return compared(words) if roll < 0.22 else told(words, frames)


def compared(words: Words) -> Sample:
    """Whether two words are the same, or one is among others."""
    rng, messages = words.rng, []
    make = rng.choice((words.anything, words.noun, words.adjective, words.town, lambda: words.pick(w.COLOURS)))
    lists = rng.random() < 0.5
    shown = words.pick(AMONG if lists else ALIKE)
    ask = words.pick(SHORT)
    shown = shown + ask if ask[0] in " \n" else ask + shown
    for _ in range(rng.randint(2, 7)):
        given = [make() for _ in range(rng.randint(2, 5) if lists else 1)]
        other = rng.choice(given) if rng.random() < 0.5 else make()
        messages += [user(shown.format(a=", ".join(given), b=other)), assistant("yes" if other in given else "no")]
    answer = messages.pop()["content"]
    return Sample("classify", messages, answer, want=answer)


def told(words: Words, frames: Sequence[str]) -> Sample:
    rng, messages = words.rng, []
    known: dict[str, tuple[str, bool]] = {}
    seen: set[tuple[str, str]] = set()
    for turn in range(rng.choice((1, 2, 3, 4, 5, 6))):
        if not turn or len(seen) > 2 * len(known) or rng.random() < 0.4:
            value, said, denied, asked = words.pick(PROPERTIES[: rng.choice((3, 4, len(PROPERTIES)))])
            known, seen = {}, set()
            while len(known) < rng.choice((1, 1, 2, 3)):
                known[f"the {words.noun()}"] = value(words), rng.random() < 0.9
            text = " ".join(
                capital(words.pick(said if so else denied).format(s=thing, v=one)) for thing, (one, so) in known.items()
            )
        else:
            text = ""
        question, answer = asked_of(words, known, seen, value, asked)
        if text:
            question = words.pick(frames).format(s=text, q=question)
        elif rng.random() < 0.3:
            question = f"{words.pick(ON)} {question}"
        messages += [user(question), assistant(answer)]
    messages.pop()
    return Sample("classify", messages, answer, want=answer)


def asked_of(
    words: Words, known: dict[str, tuple[str, bool]], seen: set[tuple[str, str]], value: Drawn, asked: list[str]
) -> tuple[str, str]:
    """A question and its answer, mostly not what was asked already. What is denied is asked as it was said: no."""
    rng = words.rng
    for _ in range(4):
        thing, (one, so) = rng.choice(list(known.items()))
        yes = so and rng.random() < 0.53
        others = [other for other, _ in known.values() if other != one]
        shown = one if yes or not so else others[0] if others and rng.random() < 0.4 else value(words)
        if (thing, shown) not in seen:
            break
    seen.add((thing, shown))
    return words.pick(asked).format(s=thing, v=shown), "yes" if so and shown == one else "no"
