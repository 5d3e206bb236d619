"""Evaluate: `python -m tools.chat_model.evaluate [FILE] [--cases N] [--json FILE]`; without a file, the shipped one.

Asks dialogues that training never draws (another seed; other names, numbers and wordings) through groundfog's llama.cpp
engine, with a grammar for extraction and tools for calls, and prints each skill's goal and result.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import random
import time
from pathlib import Path
from typing import Any

from groundfog.errors import GroundfogError
from groundfog.tasks.text_generation.types import Choice, Output
from tools.chat_model import shipped
from tools.chat_model.asking import Asked, body_of
from tools.chat_model.sample import Sample
from tools.chat_model.scoring import GOALS, RULES, behaved
from tools.chat_model.skills import SKILLS, made
from tools.chat_model.words import Words

CASES = 600
"""For each skill; more than half of the calls and of the contexts have to be answered, so each measure has enough."""
SHARES = {"context": 2.0, "tools": 1.5, "reading": 2.0}
"""Skills with several measures are asked more often."""


@dataclasses.dataclass(frozen=True)
class Row:
    skill: str
    measure: str
    goal: float | None
    right: int
    of: int

    @property
    def result(self) -> float:
        return self.right / max(self.of, 1)


@dataclasses.dataclass
class Evaluation:
    rows: list[Row]
    seconds: float
    wrong: list[dict[str, Any]]

    def table(self) -> str:
        lines = ["| Skill | Measure | Goal | Result | Cases |", "| --- | --- | ---: | ---: | ---: |"]
        for row in self.rows:
            goal = "" if row.goal is None else f"≥ {row.goal:.0%}"
            lines.append(f"| {row.skill} | {row.measure} | {goal} | {row.result:.1%} | {row.of} |")
        return "\n".join(lines)


def cases(skill: str, count: int) -> list[Sample]:
    """The same dialogues every time, from the evaluation's side of the words."""
    words = Words(random.Random(f"evaluation/{skill}"), "eval")
    return [made(skill, words) for _ in range(count)]


def answered(output: Output | Exception) -> tuple[Choice, int]:
    """The answer and its tokens; a request that the engine could not answer (JSON cut off) counts as a wrong answer."""
    if isinstance(output, GroundfogError):
        return Choice("", "error"), 0
    if isinstance(output, Exception):
        raise output
    return output.choices[0], output.usage.completion_tokens


async def evaluate(file: Path, count: int = CASES, **sampling: Any) -> Evaluation:
    """Ask everything. `sampling` are fields of the request, such as `temperature`."""
    started = time.monotonic()
    totals: dict[tuple[str, str], list[int]] = {}
    wrong: list[dict[str, Any]] = []

    def add(skill: str, measure: str, right: int, of: int) -> None:
        total = totals.setdefault((skill, measure), [0, 0])
        total[0] += right
        total[1] += of

    with Asked(file) as asked:
        for skill in SKILLS:
            samples = cases(skill, round(count * SHARES.get(skill, 1.0)))
            outputs = await asked.ask_all([body_of(sample, **sampling) for sample in samples])
            for sample, output in zip(samples, outputs, strict=True):
                choice, tokens = answered(output)
                counts = RULES[sample.skill](sample, choice)
                for measure, (right, of) in counts.items():
                    add(skill, measure, right, of)
                if any(right < of for right, of in counts.values()):
                    said = choice.text or [(call.name, call.arguments) for call in choice.tool_calls]
                    wrong.append({"skill": skill, "turns": sample.messages, "said": said, "want": sample.answer})
                add("all", "ended well", int(behaved(choice, tokens)), 1)
    rows = [Row(*key, GOALS.get(key), *total) for key, total in totals.items()]
    rows.sort(key=lambda row: [*SKILLS, "all"].index(row.skill))
    return Evaluation(rows, time.monotonic() - started, wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=shipped.FILE)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--json", type=Path, help="where the numbers go; beside a file that is named, when not given")
    parser.add_argument("--wrong", type=Path, help="write the wrong answers here, one a line")
    parser.add_argument("--temperature", type=float, default=0.0)
    options = parser.parse_args()
    if not options.file.exists():
        parser.error(f"there is no {options.file}: name a file that tools.chat_model.export has written")
    done = asyncio.run(evaluate(options.file, options.cases, temperature=options.temperature))
    print(done.table())
    print(f"\n{sum(row.of for row in done.rows)} measured in {done.seconds:.0f} s")
    kept = {"file": options.file.name, "seconds": round(done.seconds, 1)}
    rows = [dataclasses.asdict(row) | {"result": round(row.result, 4)} for row in done.rows]
    beside = None if options.file == shipped.FILE else options.file.with_suffix(".evaluation.json")
    if target := options.json or beside:
        target.write_text(json.dumps(kept | {"rows": rows}, indent=2) + "\n")
    if options.wrong:
        options.wrong.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in done.wrong))


if __name__ == "__main__":
    main()
