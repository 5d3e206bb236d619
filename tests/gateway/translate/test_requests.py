"""Chat completions in other providers' words, held against the types of their own clients."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from anthropic.types.message_create_params import MessageCreateParams
from google.genai import types as genai
from pydantic import TypeAdapter

from groundfog import errors
from tests.gateway.translate.steps import HI, sent, step

CLAUDE = "anthropic/claude-sonnet-4-5"
GEMINI = "google-ai-studio/gemini-2.5-flash"
GEMINI_3 = "google-ai-studio/gemini-3-pro-preview"
CONVERSE = "aws-bedrock/us.anthropic.claude-sonnet-4-5-v1:0"
NOVA = "aws-bedrock/us.amazon.nova-pro-v1:0"
TRANSLATED = (CLAUDE, GEMINI, CONVERSE)
PIXEL = "data:image/png;base64,iVBORw0KGgo="
PICTURE = {"type": "image_url", "image_url": {"url": PIXEL}}
PDF = "data:application/pdf;base64,JVBERi0="
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    },
    {"type": "function", "function": {"name": "time"}},
]
CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "What is it like in Köln?"}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "call.1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Köln"}'}},
            {"id": "call.2", "type": "function", "function": {"name": "time", "arguments": ""}},
        ],
    },
    {"role": "tool", "tool_call_id": "call.1", "content": '{"sky":"grey"}'},
    {"role": "tool", "tool_call_id": "call.2", "content": "noon"},
    {"role": "developer", "content": "In English."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "And this?"}, {"type": "image_url", "image_url": {"url": PIXEL}}],
    },
]
_anthropic = TypeAdapter(MessageCreateParams)


def anthropic(**body: Any) -> dict[str, Any]:
    """What Anthropic gets, checked by its client's own types (`top_k` and the like are the older API's)."""
    made = sent(CLAUDE, **body)
    older = {name: made[name] for name in ("temperature", "top_p", "top_k") if name in made}
    checked = {name: value for name, value in made.items() if name not in older}
    _anthropic.validate_python(checked, strict=False)
    return made


def google(model: str = GEMINI, **body: Any) -> dict[str, Any]:
    """What Google gets, checked by its client's own types."""
    made = sent(model, **body)
    for content in made["contents"]:
        genai.Content.model_validate(content)
    genai.GenerationConfig.model_validate(made.get("generationConfig", {}))
    for tool in made.get("tools", []):
        genai.Tool.model_validate(tool)
    genai.ToolConfig.model_validate(made.get("toolConfig", {}))
    assert set(made) <= {"contents", "systemInstruction", "generationConfig", "tools", "toolConfig"}
    return made


def refused(model: str, **body: Any) -> str:
    with pytest.raises(errors.GroundfogError) as caught:
        step(model, **body)
    assert caught.value.kind is errors.CHAT_BAD_FORMAT
    assert caught.value.status == 400
    return caught.value.description.removeprefix("Chat completion bad format: ")


def test_a_conversation_with_tools_for_anthropic() -> None:
    made = anthropic(messages=CONVERSATION, tools=TOOLS)
    assert made["system"] == [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "In English."}]
    assert [message["role"] for message in made["messages"]] == ["user", "assistant", "user"]
    assert made["messages"][1]["content"] == [
        {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Köln"}},
        {"type": "tool_use", "id": "call_2", "name": "time", "input": {}},
    ]
    assert made["messages"][2]["content"] == [
        {"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": '{"sky":"grey"}'}]},
        {"type": "tool_result", "tool_use_id": "call_2", "content": [{"type": "text", "text": "noon"}]},
        {"type": "text", "text": "And this?"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}},
    ]
    assert made["tools"] == [
        {"name": "weather", "description": "Of a city", "input_schema": TOOLS[0]["function"]["parameters"]},  # type: ignore[index]
        {"name": "time", "input_schema": {"type": "object", "properties": {}}},
    ]
    assert "tool_choice" not in made


def test_a_conversation_with_tools_for_google() -> None:
    made = google(messages=CONVERSATION, tools=TOOLS)
    assert made["systemInstruction"] == {"parts": [{"text": "Be brief."}, {"text": "In English."}]}
    assert made["contents"] == [
        {"role": "user", "parts": [{"text": "What is it like in Köln?"}]},
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "weather", "args": {"city": "Köln"}}},
                {"functionCall": {"name": "time", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "weather", "response": {"sky": "grey"}}},
                {"functionResponse": {"name": "time", "response": {"result": "noon"}}},
                {"text": "And this?"},
                {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}},
            ],
        },
    ]
    (declared,) = made["tools"]
    assert declared["functionDeclarations"][0]["parametersJsonSchema"] == TOOLS[0]["function"]["parameters"]  # type: ignore[index]
    assert declared["functionDeclarations"][1] == {"name": "time"}


def test_a_conversation_with_tools_for_bedrock() -> None:
    made = sent(CONVERSE, messages=CONVERSATION, tools=TOOLS)
    assert made["system"] == [{"text": "Be brief."}, {"text": "In English."}]
    assert made["messages"][1]["content"][0] == {
        "toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "Köln"}}
    }
    assert made["messages"][2]["content"] == [
        {"toolResult": {"toolUseId": "call_1", "content": [{"text": '{"sky":"grey"}'}]}},
        {"toolResult": {"toolUseId": "call_2", "content": [{"text": "noon"}]}},
        {"text": "And this?"},
        {"image": {"format": "png", "source": {"bytes": "iVBORw0KGgo="}}},
    ]
    assert [tool["toolSpec"]["name"] for tool in made["toolConfig"]["tools"]] == ["weather", "time"]


@pytest.mark.parametrize(
    ("choice", "claude", "gemini", "converse"),
    [
        ("auto", {"type": "auto"}, {"mode": "AUTO"}, {"auto": {}}),
        ("required", {"type": "any"}, {"mode": "ANY"}, {"any": {}}),
        (
            {"type": "function", "function": {"name": "time"}},
            {"type": "tool", "name": "time"},
            {"mode": "ANY", "allowedFunctionNames": ["time"]},
            {"tool": {"name": "time"}},
        ),
    ],
)
def test_how_tools_are_chosen(choice: Any, claude: Any, gemini: Any, converse: Any) -> None:
    assert anthropic(tools=TOOLS, tool_choice=choice)["tool_choice"] == claude
    assert google(tools=TOOLS, tool_choice=choice)["toolConfig"] == {"functionCallingConfig": gemini}
    assert sent(CONVERSE, tools=TOOLS, tool_choice=choice)["toolConfig"]["toolChoice"] == converse


def test_tools_may_be_forbidden() -> None:
    assert anthropic(tools=TOOLS, tool_choice="none")["tool_choice"] == {"type": "none"}
    assert google(tools=TOOLS, tool_choice="none")["toolConfig"] == {"functionCallingConfig": {"mode": "NONE"}}
    assert "toolConfig" not in sent(CONVERSE, tools=TOOLS, tool_choice="none")
    assert refused(CONVERSE, messages=CONVERSATION, tools=TOOLS, tool_choice="none").startswith("tool_choice")


def test_only_some_tools_may_be_allowed() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "time"}}]}
    made = anthropic(tools=TOOLS, tool_choice={"type": "allowed_tools", "allowed_tools": allowed})
    assert [tool["name"] for tool in made["tools"]] == ["time"]
    assert made["tool_choice"] == {"type": "any"}


def test_one_call_at_a_time() -> None:
    made = anthropic(tools=TOOLS, parallel_tool_calls=False)
    assert made["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
    for model in (GEMINI, CONVERSE):
        assert refused(model, tools=TOOLS, parallel_tool_calls=False).startswith("parallel_tool_calls")


def test_settings_for_anthropic() -> None:
    made = anthropic(
        temperature=0.2, top_p=0.9, top_k=5, stop="END", max_completion_tokens=77, max_tokens=5, user="u1", stream=True
    )
    assert made["max_tokens"] == 77
    assert (made["temperature"], made["top_p"], made["top_k"]) == (0.2, 0.9, 5)
    assert made["stop_sequences"] == ["END"]
    assert made["metadata"] == {"user_id": "u1"}
    assert made["stream"] is True


@pytest.mark.parametrize("temperature", [1, 1.0, 1.7])
def test_temperatures_of_1_and_above_are_anthropics_own(temperature: float) -> None:
    assert "temperature" not in anthropic(temperature=temperature, top_p=1)
    assert google(temperature=temperature)["generationConfig"]["temperature"] == temperature


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("claude-3-haiku-20240307", 4096),
        ("claude-3-5-haiku-latest", 8192),
        ("claude-3-7-sonnet-latest", 64_000),
        ("claude-opus-4-1-20250805", 32_000),
        ("claude-opus-4-20250514", 32_000),
        ("claude-sonnet-4.5", 64_000),
        ("claude-opus-5-5", 64_000),
    ],
)
def test_anthropic_is_told_the_models_own_limit(model: str, limit: int) -> None:
    assert sent(f"anthropic/{model}")["max_tokens"] == limit


def test_settings_for_google() -> None:
    made = google(
        temperature=0,
        top_p=0.5,
        max_tokens=9,
        stop=["a", "b"],
        seed=4,
        n=3,
        presence_penalty=0.1,
        frequency_penalty=0.2,
        logprobs=True,
        top_logprobs=2,
    )
    assert made["generationConfig"] == {
        "temperature": 0,
        "topP": 0.5,
        "maxOutputTokens": 9,
        "stopSequences": ["a", "b"],
        "seed": 4,
        "candidateCount": 3,
        "presencePenalty": 0.1,
        "frequencyPenalty": 0.2,
        "responseLogprobs": True,
        "logprobs": 2,
    }


def test_settings_for_bedrock() -> None:
    made = sent(NOVA, temperature=0.5, top_p=0.5, max_tokens=9, stop="x", top_k=3)
    assert made["inferenceConfig"] == {"maxTokens": 9, "temperature": 0.5, "topP": 0.5, "stopSequences": ["x"]}
    assert made["additionalModelRequestFields"] == {"inferenceConfig": {"topK": 3}}
    assert "inferenceConfig" not in sent(CONVERSE)


SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False}
JSON_SCHEMA = {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}}


def test_answers_in_a_schema() -> None:
    assert anthropic(response_format=JSON_SCHEMA)["output_config"] == {
        "format": {"type": "json_schema", "schema": SCHEMA}
    }
    made = google(response_format=JSON_SCHEMA)["generationConfig"]
    assert made == {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA}
    assert google(response_format={"type": "json_object"})["generationConfig"] == {
        "responseMimeType": "application/json"
    }
    made = sent(CONVERSE, response_format=JSON_SCHEMA)["outputConfig"]["textFormat"]
    assert made["type"] == "json_schema"
    assert orjson.loads(made["structure"]["jsonSchema"]["schema"]) == SCHEMA
    for model in TRANSLATED:
        assert sent(model, response_format={"type": "text"}) == sent(model)
    assert refused("anthropic/claude-3-7-sonnet-latest", response_format=JSON_SCHEMA).startswith("response_format")
    for model in (CLAUDE, CONVERSE):
        assert refused(model, response_format={"type": "json_object"}).startswith("response_format.type")


def test_reasoning_of_claude_has_a_budget_or_an_effort() -> None:
    made = anthropic(reasoning_effort="medium")
    assert made["thinking"] == {"type": "enabled", "budget_tokens": 8192}
    made = anthropic(reasoning_effort="high", max_completion_tokens=5000)
    assert made["thinking"] == {"type": "enabled", "budget_tokens": 3976}
    made = sent("anthropic/claude-opus-4.8", reasoning_effort="xhigh", response_format=JSON_SCHEMA)
    assert made["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert made["output_config"] == {"effort": "xhigh", "format": {"type": "json_schema", "schema": SCHEMA}}
    made = sent(CONVERSE, reasoning_effort="low")
    assert made["additionalModelRequestFields"] == {"thinking": {"type": "enabled", "budget_tokens": 2048}}
    assert made["inferenceConfig"] == {"maxTokens": 64_000}
    assert refused(CLAUDE, reasoning_effort="low", max_tokens=1500).startswith("reasoning_effort")
    assert refused(CLAUDE, reasoning_effort="low", temperature=0.5).startswith("temperature")
    assert refused("anthropic/claude-3-5-haiku-latest", reasoning_effort="low").startswith("reasoning_effort")
    assert refused(NOVA, reasoning_effort="low").startswith("reasoning_effort")


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-sonnet-4-5", None),
        ("claude-opus-4-8", None),
        ("claude-opus-5", {"type": "disabled"}),
        ("claude-haiku-5-5", {"type": "disabled"}),
        ("claude-sonnet-5-5", {"type": "between_tools"}),
    ],
)
def test_reasoning_of_claude_is_switched_off(model: str, thinking: Any) -> None:
    assert sent(f"anthropic/{model}", reasoning_effort="none").get("thinking") == thinking


def test_what_always_thinks_says_so() -> None:
    assert refused("anthropic/claude-opus-5-5", reasoning_effort="none") == (
        "reasoning_effort: claude-opus-5-5 always thinks"
    )


def test_reasoning_of_gemini_has_a_budget_or_a_level() -> None:
    made = google(reasoning_effort="high")["generationConfig"]
    assert made == {"thinkingConfig": {"thinkingBudget": 24_576, "includeThoughts": True}}
    assert google(reasoning_effort="none")["generationConfig"] == {"thinkingConfig": {"thinkingBudget": 0}}
    made = sent(GEMINI_3, reasoning_effort="low")["generationConfig"]
    assert made == {"thinkingConfig": {"thinkingLevel": "low", "includeThoughts": True}}
    assert refused(GEMINI_3, reasoning_effort="none").startswith("reasoning_effort")


def test_signatures_of_gemini_come_back() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "time", "arguments": "{}"}}
    signed = {**call, "extra_content": {"google": {"thought_signature": "c2ln"}}}
    for calls, expected in (([signed], "c2ln"), ([call], "skip_thought_signature_validator")):
        messages = [*HI, {"role": "assistant", "content": "", "tool_calls": calls}]
        (part,) = google(GEMINI_3, messages=messages)["contents"][1]["parts"]
        assert part["thoughtSignature"] == expected
        (part,) = sent(GEMINI, messages=messages)["contents"][1]["parts"]
        assert part.get("thoughtSignature") == ("c2ln" if calls == [signed] else None)


def test_signed_thinking_comes_back_to_claude() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "EqQB"}
    messages = [*HI, {"role": "assistant", "content": "Hello", "thinking_blocks": [thought]}]
    assert anthropic(messages=messages)["messages"][1]["content"] == [thought, {"type": "text", "text": "Hello"}]
    assert sent(CONVERSE, messages=messages)["messages"][1]["content"][0] == {
        "reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "EqQB"}}
    }


def picture(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def user(*content: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(content)}]


def test_pictures_by_address() -> None:
    webp = picture("https://pictures.example/a.webp?x=1")
    assert anthropic(messages=user(webp))["messages"][0]["content"] == [
        {"type": "image", "source": {"type": "url", "url": "https://pictures.example/a.webp?x=1"}}
    ]
    assert google(messages=user(webp))["contents"][0]["parts"] == [
        {"fileData": {"fileUri": "https://pictures.example/a.webp?x=1", "mimeType": "image/webp"}}
    ]
    assert refused(CONVERSE, messages=user(webp)).startswith("messages[0].content[0].image_url.url")
    assert sent(NOVA, messages=user(picture("s3://bucket/a.gif")))["messages"][0]["content"] == [
        {"image": {"format": "gif", "source": {"s3Location": {"uri": "s3://bucket/a.gif"}}}}
    ]


def test_files_and_sound() -> None:
    pdf = {"type": "file", "file": {"filename": "a b_c.pdf", "file_data": PDF}}
    (made,) = anthropic(messages=user(pdf))["messages"][0]["content"]
    assert made["source"] == {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}
    (made,) = google(messages=user(pdf))["contents"][0]["parts"]
    assert made == {"inlineData": {"mimeType": "application/pdf", "data": "JVBERi0="}}
    (made,) = sent(CONVERSE, messages=user(pdf))["messages"][0]["content"]
    assert made["document"] == {"format": "pdf", "name": "a b c pdf", "source": {"bytes": "JVBERi0="}}
    sound = {"type": "input_audio", "input_audio": {"data": "UklG", "format": "wav"}}
    (made,) = google(messages=user(sound))["contents"][0]["parts"]
    assert made == {"inlineData": {"mimeType": "audio/wav", "data": "UklG"}}
    for model in (CLAUDE, CONVERSE):
        assert refused(model, messages=user(sound)).startswith("messages[0].content[0]")
    kept = {"type": "file", "file": {"file_id": "file-1"}}
    for model in TRANSLATED:
        assert refused(model, messages=user(kept)).startswith("messages[0].content[0].file.file_id")


def test_cache_marks() -> None:
    marked = {"type": "text", "text": "long", "cache_control": {"type": "ephemeral"}}
    assert anthropic(messages=user(marked))["messages"][0]["content"] == [marked]
    assert sent(CONVERSE, messages=user(marked))["messages"][0]["content"] == [
        {"text": "long"},
        {"cachePoint": {"type": "default"}},
    ]


NOBODY = {"type": "function", "function": {"name": "nope"}}
BROKEN_CALL = {"id": "c", "function": {"name": "f", "arguments": "{"}}
NOT_SAID: list[tuple[str, Any, tuple[str, ...]]] = [
    ("n", 2, (CLAUDE, CONVERSE)),
    ("logprobs", True, (CLAUDE, CONVERSE)),
    ("top_logprobs", 3, TRANSLATED),
    ("seed", 1, (CLAUDE, CONVERSE)),
    ("presence_penalty", 0.5, (CLAUDE, CONVERSE)),
    ("frequency_penalty", -0.5, (CLAUDE, CONVERSE)),
    ("logit_bias", {"50256": -100}, TRANSLATED),
    ("prediction", {"type": "content", "content": "x"}, TRANSLATED),
    ("modalities", ["text", "audio"], TRANSLATED),
    ("audio", {"voice": "ash", "format": "wav"}, TRANSLATED),
    ("web_search_options", {}, TRANSLATED),
    ("functions", [{"name": "f"}], TRANSLATED),
    ("verbosity", "high", TRANSLATED),
    ("service_tier", "flex", TRANSLATED),
    ("thinking", {"type": "adaptive"}, (GEMINI,)),
]


@pytest.mark.parametrize(("field", "value", "models"), NOT_SAID)
def test_what_a_provider_cannot_say_is_refused_by_name(field: str, value: Any, models: tuple[str, ...]) -> None:
    for model in models:
        assert refused(model, **{field: value}).startswith(f"{field}: ")


@pytest.mark.parametrize("model", TRANSLATED)
def test_values_that_ask_for_nothing_are_accepted(model: str) -> None:
    nothing = {
        "n": 1,
        "logprobs": False,
        "presence_penalty": 0,
        "frequency_penalty": 0.0,
        "logit_bias": {},
        "modalities": ["text"],
        "service_tier": "auto",
        "parallel_tool_calls": True,
        "seed": None,
        "store": True,
        "metadata": {"a": "b"},
        "prompt_cache_key": "k",
        "verbosity": "medium",
    }
    plain = sent(model)
    made = sent(model, **nothing)
    zeros = ("presencePenalty", "frequencyPenalty")
    config = {name: value for name, value in made.pop("generationConfig", {}).items() if name not in zeros}
    assert (made, config) == (plain, {})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"temperture": 1}, "Object contains unknown field `temperture`"),
        ({"messages": "hi"}, "messages: Expected `array`, got `str`"),
        ({"messages": []}, "messages: "),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages: "),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role: "),
        ({"messages": [{"content": "x"}]}, "messages[0]: "),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "messages[0].content[0].type: "),
        ({"messages": [{"role": "function", "name": "f", "content": "x"}]}, "messages[0].role: "),
        (
            {"messages": [*HI, {"role": "system", "content": [PICTURE]}]},
            "messages[1].content[0]",
        ),
        ({"temperature": "hot"}, "temperature: Expected `float | null`, got `str`"),
        ({"max_tokens": 0}, "max_tokens: "),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type: "),
        ({"tools": TOOLS, "tool_choice": "sometimes"}, "tool_choice: "),
        ({"tool_choice": "required"}, "tool_choice: "),
        (
            {"tools": TOOLS, "tool_choice": {"type": "function", "function": {"name": "nope"}}},
            "tool_choice.function.name: ",
        ),
        (
            {"messages": user({"type": "image_url", "image_url": {"url": "data:image/png,abc"}})},
            "messages[0].content[0].image_url.url: ",
        ),
        (
            {"messages": user({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}})},
            "messages[0].content[0].image_url.url: ",
        ),
        (
            {
                "messages": [
                    *HI,
                    {"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{"}}]},
                ]
            },
            "messages[1].tool_calls[0].function.arguments: ",
        ),
    ],
)
@pytest.mark.parametrize("model", TRANSLATED)
def test_mistakes_are_named(model: str, body: dict[str, Any], said: str) -> None:
    assert refused(model, **body).startswith(said)


def test_google_must_know_what_a_result_answers() -> None:
    messages = [*HI, {"role": "tool", "tool_call_id": "c9", "content": "x"}]
    assert refused(GEMINI, messages=messages).startswith("messages[1].tool_call_id")
