"""Write requirements/*.lock from pyproject.toml: `make lock`. Universal, with digests, without any index address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = {
    "base": ["pyproject.toml", "--group", "build"],
    "test": ["pyproject.toml", "--group", "build", "--group", "check", "--group", "test", "--group", "bench"],
}


def compile_lock(name: str, sources: list[str], *options: str) -> None:
    target = f"requirements/{name}.lock"
    command = [sys.executable, "-m", "uv", "pip", "compile", *sources, *options]
    command += ["--universal", "--python-version", "3.11", "--no-emit-index-url", "--no-header", "-q", "-o", target]
    subprocess.run(command, cwd=ROOT, check=True)
    print(target)


def main() -> None:
    for name, sources in LOCKS.items():
        constraints = [] if name == "base" else ["-c", "requirements/base.lock"]
        compile_lock(name, sources, "--generate-hashes", *constraints)
    # LiteLLM's proxy is only measured beside ours, in an environment of its own: it pins most of what it needs.
    compile_lock("litellm", ["--group", "litellm"], "--generate-hashes")
    compile_lock("reference", ["--group", "reference"], "-c", "requirements/test.lock")
    drop_accelerator_builds(ROOT / "requirements" / "reference.lock")


def drop_accelerator_builds(lock: Path) -> None:
    """A processor is enough for the reference implementations: pip decides what the machine's build of torch needs.

    That is also why this lock has no digests: torch has other builds on other machines.
    """
    kept: list[str] = []
    dropping = False
    for line in lock.read_text().splitlines():
        if not line.startswith(" "):
            dropping = line.startswith(("nvidia-", "cuda-", "triton"))
        if not dropping:
            kept.append(line)
    lock.write_text("\n".join(kept) + "\n")


if __name__ == "__main__":
    main()
