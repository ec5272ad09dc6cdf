"""When the upstream fails, the client learns it in OpenAI's error shape, and the turn has the right fate."""

import contextlib
import http.client
import json

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead, free_port
from tests.upstreams.scripted import ScriptedUpstream

BROKEN = ["fault-close", "fault-reset", "fault-garbage"]


def assert_error(answer: client.Answer, status: int, code: str) -> None:
    """The whole answer is an error of ours about the upstream."""
    assert answer.status == status
    assert answer.header("content-type") == "application/json"
    error = answer.json["error"]
    assert (error["type"], error["code"], error["param"]) == ("upstream_error", code, None)
    assert error["message"]
    assert "127.0.0.1" not in error["message"]


def events(body: bytes) -> list[str]:
    """The data of each event in a stream that must consist of whole events."""
    assert body.endswith(b"\n\n"), body[-80:]
    return [part.removeprefix("data: ") for part in body.decode().split("\n\n")[:-1]]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", BROKEN)
def test_no_answer(coolhead: Coolhead, upstream: ScriptedUpstream, model: str, stream: bool) -> None:
    """An upstream that closes, resets or speaks no HTTP is a 502, whether or not a stream was asked for."""
    answer = client.chat(coolhead.base_url, model, stream=stream)

    assert_error(answer, 502, "upstream_broken")
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_broken"
    # On a connection kept from another test it may be the connection's fault: docs/decisions/001-hot-path.md.
    assert len(upstream.requests) <= 3, "a chat request is sent again at most twice, and only on kept connections"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_nobody_listens(start: Start, stream: bool) -> None:
    """An upstream that refuses connections is a 502 with a code of its own, on every route."""
    coolhead = start(upstream_url=f"http://127.0.0.1:{free_port()}/v1")

    answer = client.chat(coolhead.base_url, "whole", stream=stream)
    other = client.call(f"{coolhead.base_url}/models", method="GET")

    assert_error(answer, 502, "upstream_unreachable")
    assert_error(other, 502, "upstream_unreachable")
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_unreachable"


def test_unknown_host(start: Start) -> None:
    """A host name that does not exist is an unreachable upstream too."""
    coolhead = start(upstream_url="http://no-such-host.invalid/v1")

    assert_error(client.chat(coolhead.base_url, "whole"), 502, "upstream_unreachable")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_silence(start: Start, upstream: ScriptedUpstream, stream: bool) -> None:
    """An upstream that never answers is a 504 after the time that the operator set, and is let go."""
    coolhead = start(upstream_timeout="0.5")

    answer = client.chat(coolhead.base_url, "hang", stream=stream)

    assert_error(answer, 504, "upstream_timeout")
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_timeout"
    upstream.wait(lambda request: request.left is not None)


def test_body_shorter_than_promised(coolhead: Coolhead) -> None:
    """Half an answer is not handed out as a whole one: it is a 502."""
    answer = client.chat(coolhead.base_url, "fault-short-body")

    assert_error(answer, 502, "upstream_broken")


@pytest.mark.parametrize("model", ["fault-mid-event", "fault-mid-event-ended", "fault-no-finish"])
def test_stream_that_breaks_off(coolhead: Coolhead, model: str) -> None:
    """What came before stays readable, the torn event is left out, and an error event says what happened."""
    answer = client.chat(coolhead.base_url, model, stream=True)

    assert answer.status == 200
    *before, last = map(json.loads, events(answer.body))
    assert len(before) == 3
    assert all(chunk["choices"] for chunk in before)
    assert (last["error"]["type"], last["error"]["code"]) == ("upstream_error", "upstream_broken")
    assert b"[DONE]" not in answer.body, "a broken answer must not look finished"
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_broken"


def test_stream_without_events(coolhead: Coolhead) -> None:
    """A stream that ends before its first event is an error, not an empty answer."""
    answer = client.chat(coolhead.base_url, "fault-empty", stream=True)

    assert [json.loads(data)["error"]["code"] for data in events(answer.body)] == ["upstream_broken"]


def test_stream_that_falls_silent(start: Start) -> None:
    """A stream that stalls ends with an error event after the time that the operator set."""
    coolhead = start(upstream_timeout="0.5")

    answer = client.chat(coolhead.base_url, "fault-stall", stream=True)

    *before, last = map(json.loads, events(answer.body))
    assert len(before) == 3
    assert (last["error"]["type"], last["error"]["code"]) == ("upstream_error", "upstream_timeout")
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_timeout"


def test_compressed_stream_that_breaks_off(coolhead: Coolhead) -> None:
    """Where no error event can be read the response is cut, so that no client takes it for whole."""
    with pytest.raises(http.client.IncompleteRead):
        client.chat(coolhead.base_url, "fault-short-gzip", stream=True)


def test_error_that_the_upstream_reports_inside_a_stream(coolhead: Coolhead) -> None:
    """It passes as it came and counts as the upstream's error."""
    answer = client.chat(coolhead.base_url, "error-event", stream=True)

    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_error"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_rate_limits_reach_the_client(coolhead: Coolhead, stream: bool) -> None:
    """A 429 comes with the headers that clients wait by, also when a stream was asked for."""
    answer = client.chat(coolhead.base_url, "error-429", stream=stream)

    assert answer.status == 429
    assert answer.header("retry-after") == "7"
    assert answer.header("x-ratelimit-remaining-requests") == "0"
    assert answer.header("x-request-id") == "req_scripted"
    assert answer.json["error"]["provider_note"] == "kept"
    assert coolhead.turn(answer.turn_id)["fate"] == "upstream_error"


def test_connections_that_the_upstream_closes_between_requests(coolhead: Coolhead) -> None:
    """An upstream that drops idle connections costs no request an error."""
    statuses = [client.chat(coolhead.base_url, "keep-alive-lost").status for _ in range(20)]

    assert statuses == [200] * 20


@pytest.mark.parametrize("model", BROKEN)
def test_faults_of_other_routes(coolhead: Coolhead, model: str) -> None:
    """Passed-through routes report a broken upstream in the same shape."""
    answer = client.call(f"{coolhead.base_url}/scenario", client.chat_body(model), [client.JSON])

    assert_error(answer, 502, "upstream_broken")


def test_other_routes_that_break_off(coolhead: Coolhead) -> None:
    """A passed-through body that breaks off is cut, so that no client takes it for whole."""
    with pytest.raises(http.client.IncompleteRead):
        client.call(f"{coolhead.base_url}/scenario", client.chat_body("fault-short-body"), [client.JSON])


def test_upstream_is_whole_again_after_faults(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """After every kind of fault the next request is answered as if nothing had been."""
    for model in [*BROKEN, "fault-mid-event", "fault-short-body", "fault-short-gzip"]:
        with contextlib.suppress(http.client.IncompleteRead):
            client.chat(coolhead.base_url, model, stream=True)
        assert client.chat(coolhead.base_url, "whole").status == 200
