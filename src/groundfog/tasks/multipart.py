"""Reads `multipart/form-data`, also when the header has no boundary (spec workers-ai §2.4, FLUX.2 in §3.7)."""

from __future__ import annotations

from email.message import Message

from groundfog import errors
from groundfog.tasks.base import FormPart


def parse(content: bytes, content_type: str) -> list[FormPart]:
    """The parts of a form, in order. Raises INCOMPLETE_REQUEST when the body is no multipart form.

    A header set by hand (`multipart/form-data` alone) lacks the boundary: the first line of the body has it.
    """
    boundary = find_boundary(content, content_type)
    parts: list[FormPart] = []
    # Every delimiter is preceded by a line break that belongs to it, the first one only by the start of the body.
    for section in (b"\r\n" + content).split(b"\r\n--" + boundary)[1:]:
        if section.startswith(b"--"):
            return parts
        head, blank, body = section.partition(b"\r\n\r\n")
        if not blank:
            raise errors.INCOMPLETE_REQUEST(what="a part of the multipart form has no headers")
        parts.append(_part(head, body))
    raise errors.INCOMPLETE_REQUEST(what="the multipart form does not end with its boundary")


def find_boundary(content: bytes, content_type: str) -> bytes:
    """The boundary of the header or, failing that, of the body's first line. Raises INCOMPLETE_REQUEST."""
    header = Message()
    header["content-type"] = content_type
    named = header.get_param("boundary")
    if isinstance(named, str) and named:
        return named.encode("latin-1", "replace")
    first, end, _ = content.partition(b"\r\n")
    if not end or not first.startswith(b"--") or len(first) < 3 or len(first) > 202:
        raise errors.INCOMPLETE_REQUEST(what="the multipart form has no boundary")
    return first[2:].rstrip(b" \t")


def _part(head: bytes, body: bytes) -> FormPart:
    message = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            message[name.strip()] = value.strip()
    field = message.get_param("name", header="content-disposition")
    filename = message.get_param("filename", header="content-disposition")
    if not isinstance(field, str):
        raise errors.INCOMPLETE_REQUEST(what="a part of the multipart form has no name")
    kind = message.get_content_type() if message["content-type"] else None
    return FormPart(field, body, filename if isinstance(filename, str) else None, kind)
