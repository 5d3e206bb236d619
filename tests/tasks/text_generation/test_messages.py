"""Messages, their parts, and the calls of earlier turns (spec §3.1, §3.6, §8.2, §8.3)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from groundfog.tasks.text_generation.types import AudioPart, ImagePart, TextPart
from tests.support.text_generation import CHAT, CLASSIC, KIMI, VISION, read, refusal, user

PNG = b"\x89PNG\r\n\x1a\n"
URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
CALL = {"name": "getWeather", "arguments": {"city": "Oslo"}}


def test_text_parts_become_one_text() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert read(CLASSIC, messages=user(parts)).messages[0].content == "one\ntwo"


def test_a_single_part_object_is_a_list_of_one() -> None:
    assert read(CLASSIC, messages=user({"type": "text", "text": "one"})).messages[0].content == "one"


@pytest.mark.parametrize("image", [{"url": URI}, {"url": URI, "detail": "low"}, URI])
def test_an_image_part_carries_the_bytes_of_its_data_uri(image: Any) -> None:
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": image}]
    assert read(VISION, messages=user(parts)).messages[0].content == [TextPart("What is it?"), ImagePart(PNG)]


@pytest.mark.parametrize("image", [list(PNG), base64.b64encode(PNG).decode(), URI])
def test_the_top_level_image_stands_before_the_text(image: Any) -> None:
    assert read(VISION, prompt="hi", image=image).messages[0].content == [ImagePart(PNG), TextPart("hi")]
    turns = [{"role": "system", "content": "s"}, *user("one"), {"role": "assistant", "content": "x"}, *user("two")]
    inputs = read(VISION, messages=turns, image=image)
    assert inputs.messages[3].content == [ImagePart(PNG), TextPart("two")]
    assert inputs.messages[1].content == "one"


def test_an_image_for_a_text_model_is_refused() -> None:
    code, text = refusal(CLASSIC, messages=user([{"type": "image_url", "image_url": {"url": URI}}]))
    assert (code, text) == (5006, f"'/messages/0/content/0' is an image, and {CLASSIC} takes text only")


def test_a_remote_image_is_refused() -> None:
    text = refusal(VISION, messages=user([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]))[1]
    assert text == "'/messages/0/content/0/image_url' must be a data URI: URLs are not fetched"


def test_broken_base64_is_5004() -> None:
    assert refusal(VISION, prompt="hi", image="data:image/png;base64,%%%")[0] == 5004
    assert refusal(VISION, prompt="hi", image=[1, 256]) == (5006, "'/image/1' must be <= 255")


def test_raw_and_image_exclude_each_other() -> None:
    assert refusal(VISION, prompt="hi", image=[1], raw=True)[1] == "raw and image are mutually exclusive"


def test_audio_parts_are_decoded() -> None:
    audio = {"data": base64.b64encode(b"RIFF").decode(), "format": "wav"}
    content = read(CHAT, messages=user([{"type": "input_audio", "input_audio": audio}])).messages[0].content
    assert content == [AudioPart(b"RIFF", "wav")]


def test_file_parts_are_refused_by_name() -> None:
    text = refusal(CHAT, messages=user([{"type": "file", "file": {"file_id": "x"}}]))[1]
    assert text == "enum file not in text,image_url,input_audio at '/messages/0/content/0/type'"


def test_a_developer_is_the_system() -> None:
    assert read(CHAT, messages=[{"role": "developer", "content": "be"}, *user()]).messages[0].role == "system"


@pytest.mark.parametrize("key", ["reasoning", "reasoning_content"])
def test_reasoning_of_earlier_turns_is_kept(key: str) -> None:
    turns = [*user(), {"role": "assistant", "content": "a", key: "because", "annotations": []}, *user()]
    assert read(KIMI, messages=turns).messages[1].reasoning == "because"


@pytest.mark.parametrize(
    "call",
    [
        CALL,
        {"name": "getWeather", "arguments": '{"city":"Oslo"}'},
        {"id": "", "type": "function", "function": {"name": "getWeather", "arguments": '{"city":"Oslo"}'}},
        {"type": "function", "function": CALL},
    ],
)
def test_calls_of_earlier_turns_come_flat_or_as_openai_writes_them(call: dict[str, Any]) -> None:
    turns = [
        *user(),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "name": "getWeather", "content": "3 degrees"},
    ]
    messages = read(CLASSIC, messages=turns).messages
    made = messages[1].tool_calls[0]
    assert (made.name, json.loads(made.arguments)) == ("getWeather", {"city": "Oslo"})
    assert messages[1].content is None
    assert messages[2].tool_call_id == made.id
    assert len(made.id) == 9


def test_ids_of_calls_are_kept() -> None:
    function = {"name": "f", "arguments": "{}"}
    turns = [
        *user(),
        {"role": "assistant", "tool_calls": [{"id": "a", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "a", "content": "1"},
    ]
    messages = read(CHAT, messages=turns).messages
    assert (messages[1].tool_calls[0].id, messages[2].tool_call_id) == ("a", "a")


def test_results_without_ids_find_their_calls_by_name() -> None:
    turns = [
        *user(),
        {"role": "assistant", "tool_calls": [{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]},
        {"role": "tool", "name": "g", "content": "2"},
        {"role": "tool", "name": "f", "content": "1"},
    ]
    messages = read(CLASSIC, messages=turns).messages
    f, g = messages[1].tool_calls
    assert f.id != g.id
    assert [messages[2].tool_call_id, messages[3].tool_call_id] == [g.id, f.id]


def test_a_call_written_as_text_is_a_call_when_its_result_follows() -> None:
    said = {"role": "assistant", "content": json.dumps(CALL)}
    turns = [*user(), said, {"role": "tool", "name": "getWeather", "content": '{"t": 3}'}]
    messages = read(CLASSIC, messages=turns).messages
    assert messages[1].content is None
    assert messages[1].tool_calls[0].name == "getWeather"
    assert messages[2].tool_call_id == messages[1].tool_calls[0].id


def test_json_text_of_an_assistant_stays_text_when_no_result_follows() -> None:
    said = {"role": "assistant", "content": json.dumps(CALL)}
    message = read(CLASSIC, messages=[*user(), said, *user()]).messages[1]
    assert (message.content, message.tool_calls) == (said["content"], [])


def test_arguments_that_are_no_object_are_refused() -> None:
    turns = [*user(), {"role": "assistant", "tool_calls": [{"name": "f", "arguments": "nope"}]}]
    assert refusal(CLASSIC, messages=turns)[1] == (
        "'/messages/1/tool_calls/0/arguments' must be the JSON text of an object"
    )


def test_null_content_needs_calls() -> None:
    assert refusal(CLASSIC, messages=user(None))[1] == "'/messages/0/content' may be null only beside tool_calls"


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([], "Length of '/messages' must be >= 1"),
        ([{"content": "x"}], "required properties at '/messages/0' are 'role'"),
        ([{"role": "user", "content": 5}], "Type mismatch of '/messages/0/content', 'integer' not in"),
        ([{"role": "user", "content": [{"text": "x"}]}], "required properties at '/messages/0/content/0' are 'type'"),
        ("hi", "Type mismatch of '/messages', 'string' not in 'array'"),
    ],
)
def test_ill_formed_messages_are_named(messages: Any, text: str) -> None:
    code, said = refusal(CLASSIC, messages=messages)
    assert code == 5006
    assert said.startswith(text)
