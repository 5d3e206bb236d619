"""From nothing to a file: `python -m tools.chat_model.build [--quick] [--out DIR]`.

Trains the tokenizer and the model, writes the GGUF and evaluates it. `--quick` is a model a sixth as large that sees a
ninth of the text: some minutes on two cores, enough to see that every step of the way works and that it learns.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from tools.chat_model.evaluate import evaluate
from tools.chat_model.export import export
from tools.chat_model.train import Options, Training

QUICK_CASES = 40


def options(out: Path, *, quick: bool) -> Options:
    if not quick:
        return Options(out=out)
    return Options(
        out=out,
        steps=900,
        decay=300,
        warmup=30,
        ramp=40_000,
        check_every=1000,
        layers=4,
        dim=128,
        ff=320,
    )


def build(chosen: Options) -> tuple[Path, float]:
    """The file, and the mean loss of the last steps: the same on one machine for the same seed and threads."""
    loss = Training(chosen).run()
    return export(chosen.out, chosen.out / "model.gguf"), loss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, help="where to build; goes on from a checkpoint that is there")
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        file, loss = build(options(given.out or Path(folder), quick=given.quick))
        size = file.stat().st_size / 1e6
        print(f"loss {loss:.5f} after {time.monotonic() - started:.0f} s; {size:.2f} MB")
        done = asyncio.run(evaluate(file, QUICK_CASES)) if given.quick else asyncio.run(evaluate(file))
    print(done.table())
    print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
