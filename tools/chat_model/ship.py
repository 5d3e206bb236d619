"""Put a trained file into the package: `python -m tools.chat_model.ship FILE [--tokenizer FILE] [--anyway]`.

`FILE` is what `export` wrote; its tokenizer.json lies beside it or is named. The file is held against the template,
the tokenizer and the package's limits, asked everything (about four minutes), and refused when it is below `TO_SHIP`,
unless `--anyway` is given. Then it is copied; its manifest, `shipped.json` and the tables of the docs are written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import gguf
import msgspec

from groundfog.weights import digests, embedded
from tests.tools.chat_model import by_hand
from tools import docs
from tools.chat_model import shipped, speed
from tools.chat_model.evaluate import CASES, Row, evaluate
from tools.chat_model.sample import TEMPLATE
from tools.chat_model.shipped import Measure, Record

MOST_BYTES = 32_000_000
CONTEXT = 2048


def check(file: Path, tokenizer: Path) -> int:
    """Hold the file against what the package promises; gives the number of its parameters. Raises ValueError."""
    reader = gguf.GGUFReader(file)

    def fact(name: str) -> object:
        field = reader.get_field(name)
        return None if field is None else field.contents()

    vocabulary = json.loads(tokenizer.read_bytes())["model"]["vocab"]
    wrong = {
        f"it has more than {MOST_BYTES:,} bytes": file.stat().st_size > MOST_BYTES,
        "its chat template is not that of tools.chat_model.sample": fact("tokenizer.chat_template") != TEMPLATE,
        f"its context is not {CONTEXT} tokens": fact("llama.context_length") != CONTEXT,
        f"{tokenizer} is not its tokenizer": fact("tokenizer.ggml.tokens") != sorted(vocabulary, key=vocabulary.get),
    }
    for what, so in wrong.items():
        if so:
            raise ValueError(f"{file}: {what}")
    return sum(math.prod(int(size) for size in tensor.shape) for tensor in reader.tensors)


def measure(file: Path, tokenizer: Path, parameters: int) -> Record:
    """Ask it everything."""
    timed = speed.beside_random(file, tokenizer)
    return Record(
        digest=digests.of_file(file, "sha256"),
        size=file.stat().st_size,
        parameters=parameters,
        evaluation=measures(asyncio.run(evaluate(file, CASES)).rows),
        quick=measures(asyncio.run(evaluate(file, shipped.QUICK_CASES)).rows),
        by_hand=asyncio.run(by_hand.score(file)),
        by_hand_goal=by_hand.GOAL,
        speed=[row | {"file": "model.gguf"} if row["file"] == file.name else row for row in timed],
    )


def measures(rows: Sequence[Row]) -> list[Measure]:
    return [
        Measure(row.skill, row.measure, row.right, row.of, row.goal, shipped.TO_SHIP.get((row.skill, row.measure)))
        for row in rows
    ]


def place(file: Path, tokenizer: Path, folder: Path) -> None:
    """Copy both, and write the manifest that a load is held against."""
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in ((file, "model.gguf"), (tokenizer, "tokenizer.json")):
        if source.resolve() != (folder / name).resolve():
            shutil.copyfile(source, folder / name)
    names = ("model.gguf", "tokenizer.json")
    manifest = {
        "model": embedded.CHAT.name,
        "licence": "Apache-2.0",
        "source": "made by tools/chat_model of this project; see docs/chat-model.md",
        "files": {name: digests.of_file(folder / name, "sha256") for name in names},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=shipped.FILE)
    parser.add_argument("--tokenizer", type=Path, help="default: tokenizer.json beside FILE")
    parser.add_argument("--anyway", action="store_true", help="ship it although it is below what shipping asks for")
    given = parser.parse_args()
    tokenizer = given.tokenizer or given.file.with_name("tokenizer.json")
    try:
        record = measure(given.file, tokenizer, check(given.file, tokenizer))
    except ValueError as error:
        parser.error(str(error))
    below = [row for row in record.evaluation if not row.ships]
    for row in record.evaluation:
        print(f"{row.skill:10} {row.measure:16} {row.share:6.1%}" + ("" if row.ships else f" < {row.to_ship:.0%}"))
    print(record.by_hand)
    if below and not given.anyway:
        print("It is below what shipping asks for; nothing was changed. --anyway ships it.", file=sys.stderr)
        return 1
    place(given.file, tokenizer, shipped.FOLDER)
    shipped.RECORD.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
    return docs.main()


if __name__ == "__main__":
    sys.exit(main())
