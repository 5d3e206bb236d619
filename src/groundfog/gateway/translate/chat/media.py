"""Pictures and files inside messages: `data:` URLs taken apart, kinds guessed from names."""

from __future__ import annotations

import dataclasses
import mimetypes
import re
from urllib.parse import unquote_to_bytes, urlsplit

from groundfog.gateway.translate.chat.request import FileData, bad

_DATA = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Inline:
    """`data` is base64 text, as every provider takes it."""

    mime_type: str
    data: str


def inline(url: str, where: str) -> Inline | None:
    """A `data:` URL; None for any other. Raises CHAT_BAD_FORMAT for one that is not base64."""
    if url[:5].lower() != "data:":
        return None
    match = _DATA.match(url)
    if match is None:
        raise bad(f"{where}: not a data URL")
    if not match[2].lower().endswith(";base64"):
        raise bad(f"{where}: a data URL must be base64")
    data = url[match.end() :]
    if "%" in data:
        data = unquote_to_bytes(data).decode("latin-1")
    return Inline(match[1].lower() or "text/plain", data)


def web(url: str, where: str) -> str:
    """An address that a provider may fetch. Raises CHAT_BAD_FORMAT for one that is none."""
    if urlsplit(url).scheme.lower() not in ("http", "https", "gs", "s3"):
        raise bad(f"{where}: neither a data URL nor a web address")
    return url


def guess(url: str, default: str) -> str:
    """The kind of what is at an address, by its ending."""
    return mimetypes.guess_type(urlsplit(url).path)[0] or default


def file(given: FileData, where: str) -> Inline:
    """A file that came with the message."""
    if given.file_data is None:
        raise bad(f"{where}.file_id: files kept at OpenAI cannot be read by other providers, send file_data")
    found = inline(given.file_data, f"{where}.file_data")
    if found is not None:
        return found
    return Inline(guess(given.filename or "", "application/pdf"), given.file_data)
