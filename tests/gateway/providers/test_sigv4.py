"""Signatures are those that AWS's own library makes."""

from __future__ import annotations

import datetime
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from groundfog.gateway.providers.sigv4 import AwsKey, sign
from groundfog.gateway.request import Headers

NOW = 1_790_000_000.0
HOST = "https://bedrock-runtime.eu-west-1.amazonaws.com"


def reference(
    monkeypatch: pytest.MonkeyPatch, method: str, url: str, headers: Headers, body: bytes, key: AwsKey, service: str
) -> dict[str, str]:
    moment = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: moment)
    given = {name.decode(): value.decode() for name, value in headers}
    request = AWSRequest(method=method, url=url, headers=given, data=body)
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token)
    botocore.auth.SigV4Auth(credentials, service, key.region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize("service", ["bedrock", "bedrock-mantle"])
@pytest.mark.parametrize("token", [None, "session/token+=="])
@pytest.mark.parametrize(
    ("method", "url", "headers", "body"),
    [
        (
            "POST",
            "/model/amazon.nova-lite-v1:0/converse",
            [(b"content-type", b"application/json")],
            b'{"a":"\xc3\xbc"}',
        ),
        ("POST", "/model/us.anthropic.claude-v1%3A0/invoke", [(b"x-b", b"2"), (b"accept", b"*/*")], b"{}"),
        ("POST", "/model/arn%3Aaws%3Abedrock%2Fx/converse-stream", [(b"x-amzn-a", b"a   b  ")], b""),
        ("GET", "/foundation-models?byProvider=a%20b&x=&b=1&a=2", [], b""),
        ("GET", "", [], b""),
        ("POST", "/anthropic/v1/messages", [(b"anthropic-version", b"2023-06-01"), (b"user-agent", b"x")], b"{}"),
    ],
)
def test_the_signature_is_botocores(
    monkeypatch: pytest.MonkeyPatch, method: str, url: str, headers: Any, body: bytes, token: str | None, service: str
) -> None:
    key = AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-west-1", token)
    wanted = reference(monkeypatch, method, HOST + url, headers, body, key, service)
    added = {
        name.decode(): value.decode()
        for name, value in sign(method, HOST + url, headers, body, key, service, "eu-west-1", NOW)
    }
    assert added["authorization"] == wanted["authorization"]
    assert added["x-amz-date"] == wanted["x-amz-date"]
    assert added.get("x-amz-security-token") == wanted.get("x-amz-security-token")
