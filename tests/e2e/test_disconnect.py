"""Clients that leave: the upstream stops at once, and the turn is counted exactly once."""

import socket
import time

import pytest

from tests import client
from tests.coolhead import Coolhead, eventually
from tests.upstreams.scripted import ScriptedUpstream

OUTCOMES = "coolhead_turn_outcomes_total"
SOON = 2.0
"""Seconds; in practice it takes milliseconds."""


def test_client_leaves_a_stream(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """The upstream's stream is closed at once and the turn ends as disconnected, once."""
    before = coolhead.total(OUTCOMES, fate="disconnected")
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("endless", stream=True)
    with client.opened(url, body, [client.JSON]) as (_, response):
        turn_id = response.getheader("x-coolhead-turn-id")
        assert response.read1(100)
    gone = time.monotonic()

    request = upstream.wait(lambda request: request.left is not None)
    assert (request.left or 0) - gone < SOON
    assert coolhead.turn(turn_id)["fate"] == "disconnected"
    eventually(lambda: coolhead.total(OUTCOMES, fate="disconnected") == before + 1)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_client_leaves_while_the_model_thinks(coolhead: Coolhead, upstream: ScriptedUpstream, stream: bool) -> None:
    """A client that gives up before the first byte stops the upstream as well."""
    before = coolhead.total(OUTCOMES, fate="disconnected")
    body = client.chat_body("hang", stream=stream)
    with socket.create_connection(("127.0.0.1", coolhead.port)) as connection:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        upstream.wait(lambda request: request.model == "hang")
    gone = time.monotonic()

    request = upstream.wait(lambda request: request.left is not None)
    assert (request.left or 0) - gone < SOON
    eventually(lambda: coolhead.total(OUTCOMES, fate="disconnected") == before + 1)


def test_client_leaves_while_it_sends(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Half a request reaches nobody and is counted as disconnected."""
    before = coolhead.total(OUTCOMES, fate="disconnected")
    with socket.create_connection(("127.0.0.1", coolhead.port)) as connection:
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
        time.sleep(0.1)

    eventually(lambda: coolhead.total(OUTCOMES, fate="disconnected") == before + 1)
    assert upstream.requests == []


def test_client_leaves_another_route(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Passed-through requests are given up in the same way."""
    before = coolhead.total("coolhead_client_disconnects_total", route="passthrough")
    body = client.chat_body("hang")
    with socket.create_connection(("127.0.0.1", coolhead.port)) as connection:
        head = f"POST /v1/scenario HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        upstream.wait(lambda request: request.target == "/v1/scenario")

    upstream.wait(lambda request: request.left is not None)
    eventually(lambda: coolhead.total("coolhead_client_disconnects_total", route="passthrough") == before + 1)


def test_many_clients_leave(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Forty clients that leave are forty outcomes, and nothing stays under way."""
    before = coolhead.total(OUTCOMES, fate="disconnected")
    url, body = f"{coolhead.base_url}/chat/completions", client.chat_body("endless", stream=True)
    for _ in range(40):
        with client.opened(url, body, [client.JSON]) as (_, response):
            response.read1(100)

    eventually(lambda: sum(request.left is not None for request in upstream.requests) == 40)
    eventually(lambda: coolhead.total(OUTCOMES, fate="disconnected") == before + 40)
    eventually(lambda: coolhead.total("coolhead_http_requests_in_flight") == 0)


def test_client_closes_after_the_last_byte(coolhead: Coolhead) -> None:
    """A client that closes as soon as it has the answer was served: that is no disconnect."""
    turn_ids = [client.chat(coolhead.base_url, "whole", stream=stream).turn_id for stream in (False, True) * 10]

    assert {coolhead.turn(turn_id)["fate"] for turn_id in turn_ids} == {"delivered"}
