"""Text that the tiny models' tokenizer is trained on: prose in several languages, numbers, JSON and tool calls."""

from __future__ import annotations

import json
import random


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words(
    "river mountain teacher garden engine window letter market winter harbour forest answer question city weather "
    "student doctor bridge island music kitchen morning evening country language history paper station summer light "
    "water stone house street machine number story picture table village planet ocean flower animal computer"
)
_VERBS = _words(
    "opens follows builds carries finds remembers watches reaches covers explains brings keeps changes crosses holds "
    "teaches writes reads answers describes measures returns describes moves stops begins"
)
_ADJECTIVES = _words(
    "quiet bright small ancient careful distant green heavy simple early strange warm broken gentle long useful "
    "northern common clear empty modern golden"
)
_OTHER = (
    "Der Zug nach Zürich fährt heute später, weil es überall schneit.",
    "La réponse n'était pas celle que nous espérions, mais elle est honnête.",
    "El niño pequeño compró dos manzanas rojas y una botella de agua.",
    "Сегодня хорошая погода, и мы идём гулять по берегу реки.",
    "今日はいい天気ですね。散歩に行きましょう。",
    "你好,世界!今天的天气很好。",
    "Ελληνικά, עברית, العربية, हिन्दी, 한국어 – and emoji 🙂🚀✅.",
    "def add(a, b):\n    return a + b\n\nfor i in range(10):\n    print(i, add(i, 2))\n",
    "SELECT name, price FROM items WHERE price > 3.50 ORDER BY name;",
)
_KEYS = _words("name city age price date items tags value id type title count ok email unit temperature country")


def lines(count: int = 5000, seed: int = 7) -> list[str]:
    """`count` lines, always the same for a seed."""
    rng = random.Random(seed)
    return [_line(rng) for _ in range(count)]


def _line(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.55:
        return " ".join(_sentence(rng) for _ in range(rng.randint(1, 4)))
    if kind < 0.75:
        return json.dumps(_value(rng, 0), indent=rng.choice((None, None, 2)), ensure_ascii=False)
    if kind < 0.85:
        call = {"name": f"get_{rng.choice(_NOUNS)}", "arguments": {rng.choice(_KEYS): rng.choice(_NOUNS)}}
        return f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
    if kind < 0.9:
        return ", ".join(str(rng.randint(0, 10 ** rng.randint(1, 5))) for _ in range(8))
    return rng.choice(_OTHER)


def _sentence(rng: random.Random) -> str:
    text = f"the {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} {rng.choice(_VERBS)} the {rng.choice(_NOUNS)}"
    if rng.random() < 0.4:
        text += f" and {rng.choice(_VERBS)} a {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"
    return text[0].upper() + text[1:] + rng.choice(".....?!")


def _value(rng: random.Random, depth: int) -> object:
    kind = rng.random()
    if depth < 2 and kind < 0.5:
        return {rng.choice(_KEYS): _value(rng, depth + 1) for _ in range(rng.randint(1, 4))}
    if depth < 2 and kind < 0.6:
        return [_value(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    if kind < 0.8:
        return rng.choice(_NOUNS)
    return rng.choice((True, False, None, rng.randint(0, 99), round(rng.random() * 9, 2)))
