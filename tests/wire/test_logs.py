"""The form of log records that are not requests."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from groundfog.wire.logs import Formatter

EMIT = """
import logging
from groundfog.wire.logs import configure
configure("text", "info")
logging.getLogger("groundfog.x").info("worth a line")
logging.getLogger("groundfog.x").debug("not worth one")
logging.getLogger("uvicorn.error").info("Started server process")
logging.getLogger("uvicorn.error").warning("Unsupported upgrade request.")
logging.getLogger("uvicorn.error").error("something broke")
"""


def record(message: str, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord("groundfog.x", logging.WARNING, "file", 1, message, None, info)


def test_a_json_record_is_one_line_with_its_traceback_inside() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        line = Formatter("json").format(record("it failed", error))
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "groundfog.x", "it failed")
    assert "ValueError: two\nlines" in entry["exception"]


def test_a_text_record_has_its_time_level_and_name() -> None:
    line = Formatter("text").format(record("hello"))
    assert line.endswith(" warning groundfog.x: hello")
    assert line[:4].isdigit()


@pytest.fixture(scope="module")
def emitted() -> str:
    return subprocess.run([sys.executable, "-c", EMIT], capture_output=True, text=True, check=True).stderr


def test_the_level_decides_and_the_http_server_s_chatter_is_left_out(emitted: str) -> None:
    assert [line.split(" ", 1)[1] for line in emitted.splitlines()] == [
        "info groundfog.x: worth a line",
        "error uvicorn.error: something broke",
    ]
