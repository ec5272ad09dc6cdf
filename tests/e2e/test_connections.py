"""Connections as clients and upstreams really use them: kept, closed, pipelined, many at once, with odd headers."""

import http.client
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests import client
from tests.conftest import Start
from tests.coolhead import Coolhead
from tests.upstreams.scripted import ScriptedUpstream


def wire(port: int, data: bytes, timeout: float = 20.0) -> bytes:
    """Send bytes; all that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(data)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def request(model: str, version: str = "1.1", **more: Any) -> bytes:
    """A chat request as bytes; the last one on its connection."""
    body = client.chat_body(model, **more)
    head = f"POST /v1/chat/completions HTTP/{version}\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def test_connection_is_kept(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """A client's connection serves one request after the other, and the upstream's is used again too."""
    client.chat(coolhead.base_url, "plain")
    before = upstream.connections
    connection = http.client.HTTPConnection("127.0.0.1", coolhead.port, timeout=30)
    for index in range(20):
        body = client.chat_body("plain", stream=bool(index % 2))
        client.send(connection, f"{coolhead.base_url}/chat/completions", body, [client.JSON])
        if index == 0:
            used = connection.sock
        assert connection.sock is used
        assert connection.getresponse().read()
    connection.close()

    assert upstream.connections - before <= 2


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_last_request_on_a_connection(coolhead: Coolhead, version: str) -> None:
    """HTTP/1.0 and `Connection: close` get the whole answer and then the end of the connection."""
    answer = wire(coolhead.port, request("plain", version, stream=True))

    assert b" 200 " in answer.splitlines()[0]
    assert b"data: [DONE]\n\n" in answer


def test_pipelined_requests(coolhead: Coolhead) -> None:
    """Requests that are sent without waiting are answered one after the other, in order."""
    kept = request("error-429").replace(b"Connection: close\r\n", b"")

    answer = wire(coolhead.port, kept + request("plain"))

    assert re.findall(rb"HTTP/1.1 (\d+) ", answer) == [b"429", b"200"]


def test_upstream_that_ends_a_body_by_closing(coolhead: Coolhead) -> None:
    """An upstream without length or chunks, as HTTP/1.0 servers answer, is read to the end."""
    whole = client.chat(coolhead.base_url, "until-close")
    streamed = client.chat(coolhead.base_url, "until-close", stream=True)

    assert whole.json["object"] == "chat.completion"
    assert streamed.body.endswith(b"data: [DONE]\n\n")


def test_headers_that_are_long_or_not_ascii(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Headers of 30 kB and UTF-8 in headers pass both ways."""
    long, odd = "v" * 30_000, "caf\xe9 \u65e5".encode().decode("latin-1")

    answer = client.chat(coolhead.base_url, "odd-headers", headers=[("X-Long", long), ("X-Odd", odd)])

    assert upstream.the_request().header("x-long") == long
    assert upstream.the_request().header("x-odd") == odd
    assert answer.header("x-long") == long
    assert answer.header("x-odd") == odd


def test_large_body_is_refused_readably(start: Start, upstream: ScriptedUpstream) -> None:
    """Who sends far too much gets to read why, and is not just cut off."""
    coolhead = start(max_request_bytes="1000")

    answer = client.chat(coolhead.base_url, "plain", "x" * 8_000_000)

    assert (answer.status, answer.json["error"]["code"]) == (413, "request_too_large")
    assert upstream.requests == []


def test_many_at_once(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """Sixty streams at a time each get their own answer, whole and in order."""
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _: client.chat(coolhead.base_url, "paced", stream=True), range(60)))

    direct = client.chat(upstream.url, "paced", stream=True)
    assert {answer.body for answer in answers} == {direct.body}
    assert len({answer.turn_id for answer in answers}) == 60


def test_not_http(coolhead: Coolhead, upstream: ScriptedUpstream) -> None:
    """What is not HTTP gets a 400 and harms nobody."""
    assert b" 400 " in wire(coolhead.port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").splitlines()[0]
    assert client.chat(coolhead.base_url, "plain").status == 200


@pytest.mark.parametrize(
    "path", ["/chat/completions/", "//chat/completions", "/chat%2Fcompletions", "/%63hat/completions"]
)
def test_other_spellings_of_the_guarded_path(coolhead: Coolhead, upstream: ScriptedUpstream, path: str) -> None:
    """However the path is written it reaches the upstream as it was written."""
    client.call(coolhead.base_url + path, client.chat_body("plain"), [client.JSON])

    assert upstream.the_request().target == "/v1" + path
