"""Inputs arrive as JSON, raw bytes with a query string, or a form; bytes inside JSON have several spellings."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundfog.errors import GroundfogError
from groundfog.tasks import BinaryBody, FormBody, FormPart, binary, multipart
from groundfog.tasks.form import coerce
from tests.support.examples import png
from tests.support.native import decode, refusal, refused_text

NOVA = "@cf/deepgram/nova-3"
LLAVA = "@cf/llava-hf/llava-1.5-7b-hf"
FLUX_2 = "@cf/black-forest-labs/flux-2-dev"


@given(content=st.binary(max_size=60))
def test_every_spelling_of_bytes_reads_the_same(content: bytes) -> None:
    encoded = base64.b64encode(content).decode()
    spellings = [
        content,
        list(content),
        [list(content[:7]), list(content[7:])],
        encoded,
        base64.urlsafe_b64encode(content).decode().rstrip("="),
        f"data:audio/wav;base64,{encoded}",
        {"body": encoded, "contentType": "audio/wav"},
        {"body": list(content), "contentType": "audio/wav"},
    ]
    assert [binary.to_bytes(spelling) for spelling in spellings] == [content] * len(spellings)


def test_a_data_uri_may_be_plain_text() -> None:
    assert binary.to_bytes("data:text/plain,a%20b") == b"a b"
    assert binary.content_type_of("data:text/plain;charset=utf-8,a") == "text/plain"


@pytest.mark.parametrize("value", ["not base64!", "data:image/png", "abcde"])
def test_text_that_is_no_base64_is_5004(value: str) -> None:
    with pytest.raises(GroundfogError, match="5004: Invalid data type for base64 input: string"):
        binary.to_bytes(value)


def test_a_raw_body_is_the_models_binary_input_and_the_query_holds_the_rest() -> None:
    query = {"language": "en", "detect_language": "true", "utt_split": "0.8", "keyterm": ["a", "b"], "unknown": "1"}
    inputs = decode(NOVA, BinaryBody(b"RIFF", "audio/wav", query))
    assert (inputs.audio, inputs.content_type, inputs.language) == (b"RIFF", "audio/wav", "en")
    assert inputs.options == {"detect_language": True, "utt_split": 0.8, "keyterm": ["a", "b"]}


def test_a_query_parameter_is_checked_like_a_field() -> None:
    assert refused_text(NOVA, BinaryBody(b"RIFF", "audio/wav", {"mode": "opera"})) == (
        "enum opera not in general,medical,finance at '/mode'"
    )
    assert refused_text(LLAVA, BinaryBody(b"x", "image/png", {"max_tokens": "many"})) == (
        "Type mismatch of '/max_tokens', 'string' not in 'integer'"
    )


def test_raw_bytes_to_a_model_without_a_binary_input_are_refused() -> None:
    assert refused_text("@cf/baai/bge-m3", BinaryBody(b"x", "audio/wav")).startswith("oneOf at '/' not met")
    assert refused_text("@cf/facebook/bart-large-cnn", BinaryBody(b"x", "audio/wav")) == (
        "Type mismatch of '/', 'binary' not in 'object'"
    )


def test_a_form_holds_fields_and_files() -> None:
    parts = [FormPart("image", png(), "a.png", "image/png"), FormPart("max_tokens", b"12"), FormPart("prompt", b"77")]
    inputs = decode(LLAVA, FormBody(parts))
    assert (inputs.image, inputs.max_tokens, inputs.prompt) == (png(), 12, "77")
    assert refused_text(LLAVA, FormBody([*parts, FormPart("title", b"x")])) == (
        "Additional or unevaluated properties '/title' at '/' not allowed"
    )
    assert refused_text(LLAVA, FormBody([parts[0], FormPart("prompt", b"\xff")])) == (
        "Type mismatch of '/prompt', 'binary' not in 'string'"
    )


def test_whole_floats_are_integers() -> None:
    assert decode(LLAVA, {"image": [1], "max_tokens": 12.0}).max_tokens == 12


def encode(parts: list[tuple[str, bytes]], boundary: bytes) -> bytes:
    sections = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, name.encode(), content)
        for name, content in parts
    ]
    return b"".join(sections) + b"--" + boundary + b"--\r\n"


@given(
    parts=st.lists(
        st.tuples(st.text("abcdef_", min_size=1, max_size=8), st.binary(max_size=40)), min_size=1, max_size=4
    ),
    header=st.sampled_from(
        ["multipart/form-data; boundary=xYzZy", 'multipart/form-data; boundary="xYzZy"', "multipart/form-data"]
    ),
)
def test_a_form_is_read_with_or_without_a_boundary_in_the_header(parts: list[tuple[str, bytes]], header: str) -> None:
    found = multipart.parse(encode(parts, b"xYzZy"), header)
    assert [(part.name, part.content) for part in found] == parts


def test_a_file_part_keeps_its_name_and_type() -> None:
    content = (
        b'--b\r\nContent-Disposition: form-data; name="input_image_0"; filename="a b.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n"
    )
    (part,) = multipart.parse(content, "multipart/form-data")
    assert (part.name, part.filename, part.content_type, part.content) == (
        "input_image_0",
        "a b.png",
        "image/png",
        b"\x89PNG",
    )


@pytest.mark.parametrize("content", [b"", b"hello", b"--b\r\nno end", b"--b\r\n\r\nx\r\n--b--\r\n", b"--\r\n"])
def test_what_is_no_form_is_refused(content: bytes) -> None:
    error = refusal(FLUX_2, BinaryBody(content, "multipart/form-data"))
    assert (error.code, error.status) == (3003, 400)


def test_text_becomes_what_the_schema_wants() -> None:
    either = {"oneOf": [{"type": "integer"}, {"type": "boolean"}]}
    assert coerce(either, "1000") == 1000
    assert coerce(either, "false") is False
    assert coerce({"type": "boolean"}, "1") is True
    assert coerce({"type": "number"}, "0.5") == 0.5
    assert coerce({"type": "array", "items": {"type": "integer"}}, "3") == [3]
    assert coerce({"type": "string"}, ["a", "b"]) == "b"
    assert coerce({"type": "integer"}, "x") == "x"
