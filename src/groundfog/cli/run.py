"""`groundfog run`."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from groundfog.cli import options

if TYPE_CHECKING:
    from groundfog.client import AI


@click.command()
@click.argument("model")
@click.argument("prompt", required=False)
@click.option("--system", help="System message.")
@click.option(
    "--image",
    "images",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Image for a vision model; repeatable.",
)
@click.option("--json-schema", "schema", metavar="FILE|JSON", help="Answer as JSON that this schema allows.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longest answer, in tokens.  [default: 256]")
@click.option("--temperature", type=click.FloatRange(0, 5), help="0 takes the likeliest token always.")
@click.option("--seed", type=int, help="The same seed gives the same answer.")
@click.option("--raw", is_flag=True, help="Give the prompt to the model as it is, without its chat template.")
@options.as_json
@options.place
def run(
    model: str,
    prompt: str | None,
    system: str | None,
    images: tuple[Path, ...],
    schema: str | None,
    max_tokens: int | None,
    temperature: float | None,
    seed: int | None,
    raw: bool,
    as_json: bool,
    state: Path | None,
    config: Path | None,
) -> None:
    """Ask a model; the answer streams to the terminal.

    The prompt is the argument, standard input, or the argument followed by standard input. --json prints the model's
    whole output. With GROUNDFOG_URL the server answers, without it this process does.
    """
    found = options.model(model)
    if options.task_name(found) != "text-generation":
        raise click.UsageError(f"{found.id} does {options.task_name(found)}; `run` asks models for text generation.")
    question = _question(prompt)
    inputs: dict[str, Any] = {"max_tokens": max_tokens, "temperature": temperature, "seed": seed}
    inputs = {name: value for name, value in inputs.items() if value is not None}
    if raw:
        if system or images:
            raise click.UsageError("--raw takes the prompt as it is: it goes with neither --system nor --image.")
        inputs |= {"prompt": question, "raw": True}
    else:
        inputs["messages"] = messages(question, system, images)
    if schema is not None:
        inputs["response_format"] = {"type": "json_schema", "json_schema": read_schema(schema)}
    from groundfog.cli.connection import connect, tell_source

    with connect(state, config) as ai:
        if as_json or schema is not None:
            _whole(ai, found.id, inputs, as_json)
        else:
            _streamed(ai, found.id, inputs)
        tell_source(found.id, ai.last_source)


def _question(prompt: str | None) -> str:
    piped = _piped() if prompt != "-" else sys.stdin.read()
    text = "\n\n".join(part for part in (prompt if prompt != "-" else None, piped) if part and part.strip())
    if not text:
        raise click.UsageError("Give a prompt as an argument, or pipe one in.")
    return text


def _piped() -> str | None:
    """Standard input when it is a pipe or a file; None for a terminal, /dev/null and a closed one."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return None
    return sys.stdin.read() if stat.S_ISFIFO(mode) or stat.S_ISREG(mode) else None


def messages(question: str, system: str | None, images: tuple[Path, ...]) -> list[dict[str, Any]]:
    """Chat messages; images become data URIs beside the text."""
    content: Any = question
    if images:
        pictures = [{"type": "image_url", "image_url": {"url": data_uri(path)}} for path in images]
        content = [*pictures, {"type": "text", "text": question}]
    asked = [{"role": "user", "content": content}]
    return [{"role": "system", "content": system}, *asked] if system else asked


def data_uri(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if not kind.startswith("image/"):
        raise click.UsageError(f"{path} is not an image by its name ({kind}).")
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def read_schema(given: str) -> dict[str, Any]:
    """A JSON Schema, as text or as the name of a file."""
    text = given if given.lstrip().startswith("{") else _read(Path(given))
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        raise click.UsageError(f"--json-schema is not JSON: {error}.") from None
    if not isinstance(schema, dict):
        raise click.UsageError("--json-schema has to be an object.")
    return schema


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise click.UsageError(f"--json-schema {path} cannot be read: {error.strerror}.") from None


def _streamed(ai: AI, model: str, inputs: dict[str, Any]) -> None:
    """Print the pieces as they come; reasoning is dim, and on standard error."""
    thinking = False
    finish: str | None = None
    with ai.stream(model, inputs) as deltas:
        for delta in deltas:
            if delta.reasoning:
                thinking = True
                click.echo(click.style(delta.reasoning, dim=True), err=True, nl=False)
            if delta.text:
                if thinking:
                    click.echo(err=True)
                    thinking = False
                click.echo(delta.text, nl=False)
            finish = delta.finish_reason or finish
    click.echo()
    if finish == "length":
        click.echo(click.style("The answer was cut at max_tokens; --max-tokens allows more.", dim=True), err=True)


def _whole(ai: AI, model: str, inputs: dict[str, Any], as_json: bool) -> None:
    output = ai.run(model, inputs)
    if as_json:
        click.echo(json.dumps(output, indent=2, ensure_ascii=False))
        return
    answer = text_of(output)
    try:
        answer = json.loads(answer) if isinstance(answer, str) else answer
    except json.JSONDecodeError:
        click.echo(answer)
        return
    click.echo(json.dumps(answer, indent=2, ensure_ascii=False))


def text_of(output: Mapping[str, Any]) -> Any:
    """The answer in a model's native output: classic, chat completion, or responses. JSON mode may give an object."""
    if "choices" in output:
        choice = output["choices"][0]
        return choice["message"]["content"] if "message" in choice else choice.get("text", "")
    if isinstance(output.get("output"), list):
        parts = [part for item in output["output"] if item.get("type") == "message" for part in item["content"]]
        return "".join(part.get("text", "") for part in parts)
    return output.get("response", "")
