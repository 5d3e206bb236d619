"""`groundfog serve --greet`: a first streamed answer from the server itself, and a block to copy."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from aiohttp import ClientResponse

    from groundfog.platform import Platform

QUESTION = "Who are you?"
FIRST_CHOICE = "@cf/meta/llama-3.2-1b-instruct"
AROUND = re.compile(r"^(AiError: (Ai: )?)+| \([0-9a-f-]{36}\)$")
"""What stands before and after the sentence of an error."""
WHO = MappingProxyType(
    {
        "weights": "the model's own open weights",
        "stand-in": "a small embedded model that stands in for it: it is not the model itself",
        "echo": "the echo source: no model, a deterministic answer of the right shape",
    }
)


async def greet(url: str, platform: Platform) -> None:
    """Printed once the server answers. A first answer that fails is told in a line; the server stays up."""
    import aiohttp

    model = first_model(platform)
    account = platform.settings.account
    open_to_all = not await asyncio.to_thread(_has_keys, platform)
    click.echo(f"\n{click.style('>', fg='cyan', bold=True)} {QUESTION}")
    if open_to_all:
        try:
            async with aiohttp.ClientSession() as session:
                await first_answer(session, f"{url}/client/v4/accounts/{account}/ai/run/{model}", model)
        except (aiohttp.ClientError, TimeoutError) as error:
            click.echo(click.style(f"The first answer failed: {error}", fg="red"))
    else:
        click.echo(click.style("Keys are in use here, so the first answer is left to you and your key.", dim=True))
    click.echo("\n" + block(url, account, model, keyed=not open_to_all))


def first_model(platform: Platform) -> str:
    """A chat model whose weights are here, the smallest one; else a small one that any source answers for."""
    from groundfog.weights.facade import Weights

    chat = {model.id for model in platform.catalog.models if model.task == "Text Generation"}
    pulled = [manifest for manifest in Weights(platform.settings).pulled() if manifest.model in chat]
    return min(pulled, key=lambda manifest: manifest.size).model if pulled else FIRST_CHOICE


async def first_answer(session: object, address: str, model: str) -> None:
    """Ask over HTTP, as any client would, and print the pieces as they come."""
    import aiohttp

    assert isinstance(session, aiohttp.ClientSession)
    body = {"prompt": QUESTION, "stream": True, "max_tokens": 64}
    async with session.post(address, json=body, timeout=aiohttp.ClientTimeout(total=300)) as answer:
        if answer.status != 200:
            why = f"{reason(await answer.read())}. {answer.headers.get('groundfog-hint', '')}"
            click.echo(click.style(f"The first answer failed: {why}", fg="red"))
            return
        async for piece in pieces(answer):
            click.echo(piece, nl=False)
        source = answer.headers.get("groundfog-source", "")
    click.echo(click.style(f"\n\nAsked {model}; answered by {WHO.get(source, source)}.", dim=True))
    if source != "weights":
        click.echo(click.style(f"For the model itself: groundfog pull {model}", dim=True))


def reason(body: bytes) -> str:
    """The sentence of an error's JSON, without what clients need around it."""
    import orjson

    return AROUND.sub("", orjson.loads(body)["errors"][0]["message"]).rstrip(".")


async def pieces(answer: ClientResponse) -> AsyncIterator[str]:
    """The text of a native stream: `data: {"response": "…"}` until `[DONE]`."""
    import orjson

    async for line in answer.content:
        data = line.removeprefix(b"data:").strip()
        if not line.startswith(b"data:") or data == b"[DONE]":
            continue
        event = orjson.loads(data)
        text = event.get("response")
        if not isinstance(text, str):
            text = next((choice.get("delta", {}).get("content") for choice in event.get("choices", [])), None)
        if text:
            yield text


def block(url: str, account: str, model: str, *, keyed: bool) -> str:
    """URL, `export` lines, one curl, one Python snippet: each works as it is (with a key where there are keys)."""
    rest = f"{url}/client/v4"
    openai = f"{rest}/accounts/{account}/ai/v1"
    token = "$GROUNDFOG_API_KEY" if keyed else "local"
    lines = [
        head("groundfog serves at", url),
        "",
        *([head("#", "make a key first: export GROUNDFOG_API_KEY=$(groundfog keys create)")] if keyed else []),
        f"export CLOUDFLARE_API_BASE_URL={rest}",
        f"export CLOUDFLARE_API_TOKEN={token}",
        f"export CLOUDFLARE_ACCOUNT_ID={account}",
        f"export OPENAI_BASE_URL={openai}",
        f"export OPENAI_API_KEY={token}",
        "",
        head("#", "curl"),
        f'curl "$CLOUDFLARE_API_BASE_URL/accounts/$CLOUDFLARE_ACCOUNT_ID/ai/run/{model}" \\',
        '  -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" -d \'{"prompt": "Hello"}\'',
        "",
        head("#", "Python: pip install openai"),
        "from openai import OpenAI",
        "answer = OpenAI().chat.completions.create(",
        f'    model="{model}", messages=[{{"role": "user", "content": "Hello"}}]',
        ")",
        "print(answer.choices[0].message.content)",
        "",
        click.style("Stop with Ctrl+C.", dim=True),
    ]
    return "\n".join(lines)


def head(mark: str, words: str) -> str:
    if mark == "#":
        return click.style(f"# {words}", dim=True)
    return f"{mark} {click.style(words, fg='cyan', bold=True)}"


def _has_keys(platform: Platform) -> bool:
    from groundfog.store import Keys

    return bool(Keys(platform.store).list())
