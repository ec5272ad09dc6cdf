"""Requests that are wrong in a way that is ours to judge: a clear 4xx, and the upstream never hears of them."""

import http.client

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead
from tests.upstreams.scripted import ScriptedUpstream


def assert_refused(answer: client.Answer, upstream: ScriptedUpstream, status: int, code: str) -> str:
    """The answer is an error about the request, which went nowhere; its message."""
    assert answer.status == status
    assert answer.header("content-type") == "application/json"
    error = answer.json["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
    assert upstream.requests == []
    assert answer.turn_id
    return str(error["message"])


@pytest.mark.parametrize("body", [b"", b"{", b'{"model":"whole",}', b"\xff\xfe", b"model=whole", b'{"a":"\x01"'])
def test_not_json(coolhead: Coolhead, upstream: ScriptedUpstream, body: bytes) -> None:
    """A body that is not JSON is refused with the reason."""
    answer = client.call(f"{coolhead.base_url}/chat/completions", body, [client.JSON])

    message = assert_refused(answer, upstream, 400, "invalid_json")
    assert "not JSON" in message
    assert coolhead.turn(answer.turn_id)["fate"] == "rejected"


def test_no_body(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A POST without a body is refused like one that is not JSON."""
    answer = client.call(f"{coolhead.base_url}/chat/completions")

    assert_refused(answer, upstream, 400, "invalid_json")


def test_too_large(start: Start, upstream: ScriptedUpstream) -> None:
    """A body beyond the operator's limit is a 413 that names the limit and its setting; one below passes."""
    coolhead = start(max_request_bytes="1000")

    answer = client.chat(coolhead.base_url, "whole", "x" * 2000)

    message = assert_refused(answer, upstream, 413, "request_too_large")
    assert "1000" in message
    assert "COOLHEAD_MAX_REQUEST_BYTES" in message
    assert client.chat(coolhead.base_url, "whole", "x" * 500).status == 200


def test_too_large_without_a_length(start: Start, upstream: ScriptedUpstream) -> None:
    """The limit holds for chunked bodies as well, which do not say how long they are."""
    coolhead = start(max_request_bytes="1000")
    connection = http.client.HTTPConnection("127.0.0.1", coolhead.port, timeout=30)
    connection.request("POST", "/v1/chat/completions", iter([b"x" * 600, b"x" * 600]))
    response = connection.getresponse()

    answer = client.Answer(response.status, response.getheaders(), response.read())
    assert_refused(answer, upstream, 413, "request_too_large")
    connection.close()


@pytest.mark.parametrize("mode", ["correct", "block", "on", "", "observe, off"])
def test_modes_that_do_not_exist(coolhead: Coolhead, upstream: ScriptedUpstream, mode: str) -> None:
    """A mode that is not available is refused, so that nobody believes an answer to be checked that is not."""
    answer = client.chat(coolhead.base_url, "whole", headers=[("X-Coolhead-Mode", mode)])

    message = assert_refused(answer, upstream, 400, "invalid_mode")
    assert "'off'" in message
    assert "'observe'" in message
    assert answer.json["error"]["param"] == "x-coolhead-mode"


@pytest.mark.parametrize("path", ["/../admin", "/files/%2e%2e/%2E%2E/admin", "/a/..%2fb"])
def test_paths_that_leave_the_api(coolhead: Coolhead, upstream: ScriptedUpstream, path: str) -> None:
    """No path climbs out of the base URL that the operator gave."""
    answer = client.call(coolhead.base_url + path, method="GET")

    assert answer.status in (400, 404)
    assert answer.json["error"]["type"] == "invalid_request_error"
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("POST", "/chat/completions", 404, "not_found"),
        ("GET", "/metrics", 404, "not_found"),
        ("GET", "/coolhead/v1/verdicts/unknown", 404, "not_found"),
        ("GET", "/coolhead/v1/classify", 405, "method_not_allowed"),
    ],
)
def test_addresses_of_ours(
    coolhead: Coolhead, upstream: ScriptedUpstream, method: str, path: str, status: int, code: str
) -> None:
    """What is not below /v1 never reaches the upstream, and the answer says so in OpenAI's shape."""
    answer = client.call(coolhead.root + path, method=method)

    assert_refused(answer, upstream, status, code)
