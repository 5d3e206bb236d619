"""`groundfog run` and `groundfog embed`: against a server, in one process, and on real weights."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from groundfog.cli import run
from tests.cli.conftest import Run
from tests.support import tiny_gguf
from tests.support.server import Server

CHAT = "@cf/meta/llama-3.2-1b-instruct"
BGE = "@cf/baai/bge-small-en-v1.5"
VISION = "@cf/google/gemma-4-26b-a4b-it"
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 99}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.fixture(params=["server", "in process"])
def place(request: pytest.FixtureRequest, environment: dict[str, str], server: Server) -> str:
    """Both ways must answer alike."""
    environment["GROUNDFOG_SOURCES"] = "echo"
    if request.param == "server":
        environment["GROUNDFOG_URL"] = server.url
    return str(request.param)


@pytest.mark.usefixtures("place")
def test_the_answer_streams_to_standard_output(groundfog: Run) -> None:
    done = groundfog("run", CHAT, "What is fog?")
    assert done.returncode == 0, done.stderr
    assert "What is fog?" in done.stdout
    assert "No model answered" in done.stderr


@pytest.mark.usefixtures("place")
def test_the_same_seed_gives_the_same_answer_and_fewer_tokens_a_shorter_one(groundfog: Run) -> None:
    first, second = (groundfog("run", CHAT, "Tell me", "--seed", "3", "--temperature", "0").stdout for _ in range(2))
    assert first == second
    short = groundfog("run", CHAT, "Tell me", "--seed", "3", "--max-tokens", "4")
    assert len(short.stdout) < len(first)
    assert "--max-tokens allows more" in short.stderr


@pytest.mark.usefixtures("place")
def test_json_prints_the_whole_output(groundfog: Run) -> None:
    output = json.loads(groundfog("run", CHAT, "Hello", "--json").stdout)
    assert "Hello" in output["response"]
    assert output["usage"]["total_tokens"] > 0


@pytest.mark.usefixtures("place")
def test_a_schema_is_given_as_text_or_file(groundfog: Run, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(SCHEMA))
    for given in (json.dumps(SCHEMA), str(file)):
        answer = json.loads(groundfog("run", CHAT, "An a, please", "--json-schema", given).stdout)
        assert list(answer) == ["a"]
        assert isinstance(answer["a"], int)


def test_a_prompt_is_read_from_standard_input(groundfog_process: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_SOURCES"] = "echo"
    assert "only piped" in groundfog_process("run", CHAT, stdin="only piped").stdout
    both = groundfog_process("run", CHAT, "Summarise", "--json", stdin="the text")
    assert "Summarise\n\nthe text" in json.loads(both.stdout)["response"]


def test_without_a_prompt_it_is_a_usage_error(groundfog_process: Run) -> None:
    done = groundfog_process("run", CHAT)
    assert done.returncode == 2
    assert "pipe one in" in done.stderr


def test_system_and_images_become_messages(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(tiny_gguf.png())
    system, user = run.messages("What is this?", "Be brief.", (picture,))
    assert system == {"role": "system", "content": "Be brief."}
    image, text = user["content"]
    assert text == {"type": "text", "text": "What is this?"}
    kind, _, data = image["image_url"]["url"].partition(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data) == picture.read_bytes()


def test_an_image_reaches_the_model(groundfog: Run, environment: dict[str, str], tmp_path: Path) -> None:
    environment["GROUNDFOG_SOURCES"] = "echo"
    picture = tmp_path / "a.png"
    picture.write_bytes(tiny_gguf.png())
    done = groundfog("run", VISION, "What is this?", "--image", str(picture))
    assert done.returncode == 0, done.stderr
    assert "What is this?" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((BGE, "x"), "asks models for text generation"),
        ((CHAT, "x", "--raw", "--system", "y"), "neither --system nor --image"),
        ((CHAT, "x", "--json-schema", "{"), "is not JSON"),
        ((CHAT, "x", "--json-schema", "/no/such/file"), "cannot be read"),
        ((CHAT, "x", "--json-schema", '{"a":1}', "--max-tokens", "0"), "--max-tokens"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(groundfog: Run, arguments: tuple[str, ...], words: str) -> None:
    done = groundfog("run", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_an_error_of_the_server_is_one_sentence_and_advice(
    groundfog: Run, environment: dict[str, str], server: Server
) -> None:
    environment["GROUNDFOG_URL"] = server.url
    done = groundfog("run", CHAT, "x " * 70_000)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The estimated number of input and maximum output tokens")
    assert "Shorten the prompt" in done.stderr


def test_a_server_that_is_away_is_said(groundfog: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_URL"] = "http://127.0.0.1:9"
    done = groundfog("run", CHAT, "x")
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_given_weights_answer_through_llama_cpp(groundfog: Run, tmp_path: Path) -> None:
    source = tmp_path / "tiny-F32.gguf"
    tiny_gguf.build(source)
    assert groundfog("pull", CHAT, "--from", str(source)).returncode == 0
    done = groundfog("run", CHAT, "Tell me about fog", "--max-tokens", "12", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "No model answered" not in done.stderr
    shaped = groundfog("run", CHAT, "An a", "--json-schema", json.dumps(SCHEMA), "--seed", "1")
    assert 0 <= json.loads(shaped.stdout)["a"] <= 99, shaped.stderr


@pytest.mark.usefixtures("place")
def test_embed_prints_one_vector_a_line(groundfog: Run) -> None:
    done = groundfog("embed", BGE, "a cat", "a cat sat")
    vectors = np.array([json.loads(line) for line in done.stdout.splitlines()])
    assert vectors.shape == (2, 384)
    whole = json.loads(groundfog("embed", BGE, "a cat", "--json").stdout)
    assert whole["shape"] == [1, 384]


def test_embed_reads_lines_and_tells_similarity(groundfog_process: Run, environment: dict[str, str]) -> None:
    environment["GROUNDFOG_SOURCES"] = "echo"
    done = groundfog_process("embed", BGE, "--similarity", stdin="a cat sat\n\na cat sat\nstock market\n")
    rows = [[float(value) for value in line.split()] for line in done.stdout.splitlines()]
    assert len(rows) == 3
    assert rows[0][1] == pytest.approx(1)
    assert rows[0][2] < 0.9


def test_embed_refuses_a_chat_model(groundfog: Run) -> None:
    done = groundfog("embed", CHAT, "x")
    assert done.returncode == 2
    assert "text embeddings" in done.stderr


@pytest.mark.parametrize(
    "output",
    [
        {"response": "hi"},
        {"choices": [{"message": {"content": "hi"}}]},
        {"choices": [{"text": "hi"}]},
        {"output": [{"type": "reasoning"}, {"type": "message", "content": [{"type": "output_text", "text": "hi"}]}]},
    ],
)
def test_the_answer_is_found_in_every_shape(output: dict[str, object]) -> None:
    assert run.text_of(output) == "hi"


def test_ctrl_c_stops_the_answer_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "slow.toml"
    script.write_text('[[answer]]\ncontains = "slowly"\nchunks = ["first ", "second "]\nchunk_delay = 600\n')
    environment |= {"GROUNDFOG_SOURCES": "echo", "GROUNDFOG_ECHO_SCRIPT": str(script)}
    command = [sys.executable, "-m", "groundfog", "run", CHAT, "slowly"]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.read(6) == "first "
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "Stopped."
    assert "Traceback" not in told
