"""Speed: `python -m tools.chat_model.speed [FILE]`: prompt and generation tokens per second, and memory.

Without a file, the shipped one is measured. Beside it stands a file of the same shape with random weights: training
must not change what a model costs. Each file is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tools.chat_model import shipped
from tools.chat_model.asking import Asked

PROMPT_WORDS, ANSWER_TOKENS, ROUNDS, TURNS = 900, 200, 5, 5


async def measure(file: Path, size: int) -> dict[str, Any]:
    """Numbers of one file of `size` bytes in this process: one request at a time, then eight."""
    process = psutil.Process()
    before = process.memory_info().rss
    with Asked(file) as asked:
        prompt_rates, answer_rates = [], []
        for number in range(ROUNDS):
            prompt = " ".join(f"word{number}{at}" for at in range(PROMPT_WORDS // 6))
            started = time.perf_counter()
            output = await asked.ask(_body(prompt, 1))
            prompt_rates.append(output.usage.prompt_tokens / (time.perf_counter() - started))
            started = time.perf_counter()
            output = await asked.ask(_body("Hi", ANSWER_TOKENS))
            answer_rates.append(output.usage.completion_tokens / (time.perf_counter() - started))
        started = time.perf_counter()
        many = await asked.ask_all([_body(f"Hi {number}", ANSWER_TOKENS) for number in range(16)])
        seconds = time.perf_counter() - started
        tokens = sum(one.usage.completion_tokens for one in many if not isinstance(one, Exception))
        memory = process.memory_info().rss - before
    return {
        "file": file.name,
        "size_mb": round(size / 1e6, 2),
        "prompt_tokens_per_s": round(sorted(prompt_rates)[ROUNDS // 2]),
        "tokens_per_s": round(sorted(answer_rates)[ROUNDS // 2]),
        "tokens_per_s_of_8": round(tokens / seconds),
        "memory_mb": round(memory / 1e6, 1),
    }


def _body(prompt: str, tokens: int) -> dict[str, Any]:
    body: dict[str, Any] = {"messages": [{"role": "user", "content": prompt}], "max_tokens": tokens, "temperature": 0}
    return body | {"ignore_eos": True} if tokens > 1 else body


def apart(file: Path) -> dict[str, Any]:
    """The same in a new process."""
    command = [sys.executable, "-m", "tools.chat_model.speed", "--one", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    numbers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return numbers


def beside_random(file: Path, tokenizer: Path) -> list[dict[str, Any]]:
    """The numbers of a file, and of one with the same shape and tokenizer and weights that nobody has trained: the
    middle ones of `TURNS` measurements each, by turns, for a machine has faster and slower minutes."""
    import gguf
    import torch
    from tokenizers import Tokenizer

    from tools.chat_model import begin, export
    from tools.chat_model.model import ChatModel

    shape, _ = begin.read(file)
    kind = gguf.GGUFReader(file).fields["general.file_type"].contents()
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        random = Path(folder, "random weights")
        export.write(
            random, shape, ChatModel(shape).state_dict(), Tokenizer.from_file(str(tokenizer)), export.FILE_TYPES[kind]
        )
        turns = [(apart(file), apart(random)) for _ in range(TURNS)]
        return [_middle(rows) for rows in zip(*turns, strict=True)]


def _middle(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return rows[0] | {key: sorted(row[key] for row in rows)[len(rows) // 2] for key in rows[0] if key != "file"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=shipped.FILE, help="with tokenizer.json beside it")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(asyncio.run(measure(given.file, given.file.stat().st_size))))
        return
    rows = beside_random(given.file, given.file.with_name("tokenizer.json"))
    print("| " + " | ".join(rows[0]) + " |\n|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


if __name__ == "__main__":
    main()
