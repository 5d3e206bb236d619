"""The REST surface: paths, bodies, envelopes, headers (spec workers-ai §1)."""

from __future__ import annotations

import json

import pytest

from tests.support.wire import ACCOUNT, CHAT, EMBED, RUN, Local

PROMPT = {"prompt": "hello"}


@pytest.mark.parametrize(
    "path",
    [
        CHAT,
        CHAT.replace("/", "%2F"),
        CHAT.replace("/", "%2F").replace("@", "%40"),
        CHAT.replace("@", "%40"),
        CHAT.upper(),
        CHAT + "/",
    ],
)
def test_a_model_id_is_found_however_it_is_written_in_the_path(server: Local, path: str) -> None:
    response = server.client.post(RUN + path, json=PROMPT)
    assert response.status_code == 200
    assert "llama-3.1-8b-instruct" in response.json()["result"]["response"]


def test_an_answer_is_enveloped_and_says_who_gave_it(server: Local) -> None:
    response = server.run("@cf/meta/llama-3.2-1b-instruct", PROMPT)
    body = response.json()
    assert set(body) == {"result", "success", "errors", "messages"}
    assert (body["success"], body["errors"], body["messages"]) == (True, [], [])
    assert set(body["result"]) >= {"response", "usage"}
    assert response.headers["content-type"] == "application/json"
    assert response.headers["groundfog-source"] == "echo"
    assert response.headers["groundfog-engine"] == "echo"
    assert len(response.headers["cf-ai-req-id"]) == 36


def test_every_request_has_an_id_of_its_own(server: Local) -> None:
    ids = {server.run(CHAT, PROMPT).headers["cf-ai-req-id"] for _ in range(3)}
    assert len(ids) == 3


def test_embeddings_have_the_model_s_dimensions(server: Local) -> None:
    result = server.run(EMBED, {"text": ["a", "b"]}).json()["result"]
    assert result["shape"] == [2, 768]
    assert [len(vector) for vector in result["data"]] == [768, 768]


@pytest.mark.parametrize(
    "header", ["application/x-www-form-urlencoded", "text/plain", "application/octet-stream", None]
)
def test_json_is_json_whatever_the_header_says(server: Local, header: str) -> None:
    headers = {"content-type": header} if header else {}
    response = server.client.post(RUN + CHAT, content=json.dumps(PROMPT).encode(), headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize("content", [b'{"prompt": "a', b"[1, 2", b'{"prompt": NaN}'])
def test_broken_json_is_5006(server: Local, content: bytes) -> None:
    response = server.client.post(RUN + CHAT, content=content)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == 5006
    assert "not valid JSON" in response.json()["errors"][0]["message"]


def test_json_that_is_no_object_is_5006(server: Local) -> None:
    response = server.client.post(RUN + CHAT, content=b"[1]")
    assert "Type mismatch of '/', 'array' not in 'object'" in response.json()["errors"][0]["message"]


def test_an_empty_body_is_3003(server: Local) -> None:
    response = server.client.post(RUN + CHAT)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, 3003)


def test_an_unknown_model_is_5007_in_the_observed_form(server: Local) -> None:
    response = server.run("@cf/no/such", PROMPT)
    request_id = response.headers["cf-ai-req-id"]
    assert response.status_code == 400
    assert response.json() == {
        "errors": [{"message": f"AiError: No such model @cf/no/such or task ({request_id})", "code": 5007}],
        "success": False,
        "result": {},
        "messages": [],
    }
    assert response.content.index(b'"message"') < response.content.index(b'"code"')


def test_a_schema_violation_names_the_field(server: Local) -> None:
    response = server.run(CHAT, {"prompt": "x", "max_tokens": "many"})
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (400, 5006)
    assert "/max_tokens" in error["message"]
    assert error["message"].startswith("AiError: Bad input: Error: ")


def test_an_error_says_what_to_do_next(server: Local) -> None:
    assert "groundfog models" in server.run("@cf/no/such", PROMPT).headers["groundfog-hint"]


def test_a_deprecated_model_works_and_says_so(server: Local) -> None:
    found = server.platform.catalog.deprecation(server.platform.catalog.find(CHAT))
    assert found is not None
    response = server.run(CHAT, PROMPT)
    assert response.headers["deprecation"] == found.date
    assert response.json()["deprecation"]["date"] == found.date
    current = server.run(EMBED, {"text": "x"})
    assert "deprecation" not in current.headers
    assert "deprecation" not in current.json()


@pytest.mark.parametrize("path", ["/nope", ACCOUNT + "/ai/nope", "/client/v4/accounts/a/ai/run/", "//"])
def test_an_unknown_path_is_7003_with_a_null_result(server: Local, path: str) -> None:
    response = server.client.get(path)
    assert response.json()["errors"][0]["code"] in (7001, 7003)
    assert response.json()["result"] is None
    assert "cf-ai-req-id" not in response.headers


def test_a_wrong_method_is_405(server: Local) -> None:
    for method, path in (("GET", RUN + CHAT), ("PUT", RUN + CHAT), ("POST", ACCOUNT + "/ai/models/search")):
        response = server.client.request(method, path)
        assert response.status_code == 405
        assert response.json()["errors"][0]["message"] == f"Method {method} not available for that URI."
        assert response.headers["allow"] in ("GET", "POST")


def test_trailing_slashes_are_tolerated(server: Local) -> None:
    assert server.client.get(ACCOUNT + "/ai/finetunes/").json()["result"] == []


def test_the_unified_route_takes_model_and_input(server: Local) -> None:
    response = server.client.post(
        ACCOUNT + "/ai/run", json={"model": CHAT, "input": PROMPT}, headers={"cf-aig-gateway-id": "default"}
    )
    assert response.json()["result"]["response"] == server.run(CHAT, PROMPT).json()["result"]["response"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"model": CHAT}, "required properties at '/' are 'input'"),
        ({"input": {}}, "required properties at '/' are 'model'"),
        ({"model": 1, "input": {}}, "'/model'"),
        ({"model": CHAT, "input": "hello"}, "'/input'"),
    ],
)
def test_the_unified_route_names_what_is_missing(server: Local, body: dict[str, object], words: str) -> None:
    response = server.client.post(ACCOUNT + "/ai/run", json=body)
    assert response.json()["errors"][0]["code"] == 5006
    assert words in response.json()["errors"][0]["message"]


def test_a_stream_is_events_without_an_envelope_and_ends_with_done(server: Local) -> None:
    whole = server.run(CHAT, {**PROMPT, "seed": 1}).json()["result"]
    with server.client.stream("POST", RUN + CHAT, json={**PROMPT, "seed": 1, "stream": True}) as response:
        events = [line.removeprefix("data: ") for line in response.iter_lines() if line]
    assert response.headers["content-type"] == "text/event-stream"
    assert response.headers["groundfog-source"] == "echo"
    assert events[-1] == "[DONE]"
    parts = [json.loads(event) for event in events[:-1]]
    assert "".join(part.get("response") or "" for part in parts) == whole["response"]
    assert parts[-1]["usage"] == whole["usage"]


def test_an_error_before_the_first_token_has_a_status(server: Local) -> None:
    response = server.run(CHAT, {"prompt": "x", "stream": True, "max_tokens": 1_000_000})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (413, 5021)


def test_request_options_are_no_inputs(server: Local) -> None:
    response = server.run(CHAT, {**PROMPT, "options": {"rejectIfBusy": True}})
    assert response.status_code == 200
    assert server.run(CHAT, PROMPT, params={"rejectIfBusy": "true", "someVendorOption": "1"}).status_code == 200


@pytest.mark.parametrize("tags", ["a,b,c,d,e,f", "x" * 51, "white space", ""])
def test_bad_tags_are_refused(server: Local, tags: str) -> None:
    response = server.run(CHAT, PROMPT, params={"tags": tags})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, 5006)


def test_good_tags_are_taken(server: Local) -> None:
    assert server.run(CHAT, PROMPT, params={"tags": "team:a,env:prod,a/b,a.b,x@y,team:a"}).status_code == 200


@pytest.mark.parametrize("request_", [{"params": {"queueRequest": "true"}}, {"options": {"queueRequest": True}}])
def test_the_asynchronous_queue_is_refused_in_words(server: Local, request_: dict[str, object]) -> None:
    options = {"options": request_["options"]} if "options" in request_ else {}
    response = server.run(CHAT, {**PROMPT, **options}, params=request_.get("params"))
    assert (response.status_code, response.json()["errors"][0]["code"]) == (501, 3047)
    assert "queueRequest" in response.json()["errors"][0]["message"]


def test_polling_for_an_unknown_batch_says_so(server: Local) -> None:
    response = server.run(CHAT, {"request_id": "abc"})
    assert response.status_code == 404
    assert "abc" in response.json()["errors"][0]["message"]


def test_raw_bytes_are_the_model_s_binary_input(server: Local) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(64)
    response = server.client.post(
        RUN + "@cf/microsoft/resnet-50", content=picture, headers={"content-type": "image/png"}
    )
    assert response.status_code == 200
    assert {"label", "score"} <= set(response.json()["result"][0])


def test_a_binary_model_answers_raw_bytes(server: Local) -> None:
    response = server.run("@cf/stabilityai/stable-diffusion-xl-base-1.0", {"prompt": "a tree"})
    assert response.headers["content-type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert response.headers["groundfog-source"] == "echo"


def test_models_search_pages_until_an_empty_page(server: Local) -> None:
    seen: list[str] = []
    page = 1
    while True:
        body = server.client.get(ACCOUNT + "/ai/models/search", params={"per_page": 40, "page": page}).json()
        assert body["result_info"]["page"] == page
        assert body["result_info"]["count"] == len(body["result"])
        if not body["result"]:
            break
        seen += [row["name"] for row in body["result"]]
        page += 1
    assert len(seen) == len(set(seen)) == body["result_info"]["total_count"] > 40


def test_models_search_filters_by_task(server: Local) -> None:
    rows = server.client.get(ACCOUNT + "/ai/models/search", params={"task": "Text Embeddings"}).json()["result"]
    assert EMBED in [row["name"] for row in rows]
    assert CHAT not in [row["name"] for row in rows]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "two"},
        {"page": "0"},
        {"page": "99999999999999999999"},
        {"per_page": "0"},
        {"per_page": "1001"},
        {"source": "x"},
        {"hide_experimental": "perhaps"},
    ],
)
def test_models_search_refuses_what_it_cannot_read(server: Local, query: dict[str, str]) -> None:
    response = server.client.get(ACCOUNT + "/ai/models/search", params=query)
    assert response.status_code == 400
    assert next(iter(query)) in response.json()["errors"][0]["message"]


def test_openrouter_s_format_has_no_envelope(server: Local) -> None:
    body = server.client.get(ACCOUNT + "/ai/models/search", params={"format": "openrouter", "per_page": 5}).json()
    assert set(body) == {"data"}
    assert len(body["data"]) == 5


def test_a_model_s_schemas_are_served(server: Local) -> None:
    schemas = server.client.get(ACCOUNT + "/ai/models/schema", params={"model": EMBED}).json()["result"]
    assert set(schemas) == {"input", "output"}
    missing = server.client.get(ACCOUNT + "/ai/models/schema")
    assert (missing.status_code, missing.json()["success"]) == (400, False)


def test_tasks_and_authors_end(server: Local) -> None:
    for name in ("tasks", "authors"):
        path = f"{ACCOUNT}/ai/{name}/search"
        assert server.client.get(path).json()["result"]
        assert server.client.get(path, params={"page": 2}).json()["result"] == []


def test_fine_tunes_are_empty_and_uploads_refused_in_words(server: Local) -> None:
    assert server.client.get(ACCOUNT + "/ai/finetunes/public").json()["result"] == []
    response = server.client.post(ACCOUNT + "/ai/finetunes", json={"model": CHAT, "name": "x"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (501, 3047)


@pytest.mark.parametrize(("method", "path"), [("POST", "/ai/tomarkdown"), ("GET", "/ai/tomarkdown/supported")])
def test_what_is_not_here_yet_says_so(server: Local, method: str, path: str) -> None:
    response = server.client.request(method, ACCOUNT + path)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (501, 3047)
    assert "toMarkdown is not available" in response.text


def test_what_wrangler_s_whoami_asks_is_answered(server: Local) -> None:
    base = "/client/v4"
    assert server.client.get(base + "/user/tokens/verify").json()["result"]["status"] == "active"
    assert "email" in server.client.get(base + "/user").json()["result"]
    assert server.client.get(base + "/accounts", params={"page": 1}).json()["result"][0]["id"] == "local"
    assert server.client.get(base + "/memberships", params={"page": 2}).json()["result"] == []


def test_inputs_beside_raw_bytes_stand_in_the_query(server: Local) -> None:
    audio = b"RIFF" + bytes(64)
    headers = {"content-type": "audio/wav"}
    path = RUN + "@cf/deepgram/nova-3"
    good = [("detect_language", "true"), ("keyterm", "fog"), ("keyterm", "mist"), ("tags", "team:a")]
    assert server.client.post(path, content=audio, headers=headers, params=good).status_code == 200
    bad = server.client.post(path, content=audio, headers=headers, params={"detect_language": "perhaps"})
    assert (bad.status_code, bad.json()["errors"][0]["code"]) == (400, 5006)
    assert "detect_language" in bad.json()["errors"][0]["message"]
