"""A plain HTTP client that sends and shows exactly what is on the wire: no header, decoding or retry of its own."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

Headers = Iterable[tuple[str, str]]
JSON: tuple[str, str] = ("Content-Type", "application/json")


class Answer:
    """A whole response."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = [(name.lower(), value) for name, value in headers]
        self.body = body

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def turn_id(self) -> str:
        """The id of the turn."""
        found = self.header("x-coolhead-turn-id")
        if found is None:
            raise AssertionError(f"no x-coolhead-turn-id among {self.headers}")
        return found

    @property
    def theirs(self) -> list[tuple[str, str]]:
        """The headers, without those of Coolhead and of the connection."""
        skipped = ("x-coolhead-", "transfer-encoding", "connection", "keep-alive")
        return [(name, value) for name, value in self.headers if not name.startswith(skipped)]


def chat_body(model: str, text: str = "What is the boiling point of water?", **more: Any) -> bytes:
    """The body of a chat request."""
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}], **more}).encode()


@contextmanager
def opened(
    url: str, body: bytes | None, headers: Headers = (), method: str = "POST", timeout: float = 30.0
) -> Iterator[tuple[HTTPConnection, HTTPResponse]]:
    """A connection whose request is sent and the head of whose answer is in."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        send(connection, url, body, headers, method)
        yield connection, connection.getresponse()
    finally:
        connection.close()


def send(connection: HTTPConnection, url: str, body: bytes | None, headers: Headers, method: str = "POST") -> None:
    """Send a request with these headers, Host and Content-Length, and no other."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)


def call(
    url: str, body: bytes | None = None, headers: Headers = (), method: str = "POST", timeout: float = 30.0
) -> Answer:
    """A request and its whole answer."""
    with opened(url, body, headers, method, timeout) as (_, response):
        content = response.read()
        return Answer(response.status, response.getheaders(), content)


def chat(
    base_url: str, model: str, text: str = "What is the boiling point of water?", headers: Headers = (), **more: Any
) -> Answer:
    """A chat request and its whole answer."""
    return call(f"{base_url}/chat/completions", chat_body(model, text, **more), [JSON, *headers])


def pieces(response: HTTPResponse) -> Iterator[tuple[float, bytes]]:
    """What comes in, with the time of its arrival."""
    while piece := response.read1(65536):
        yield time.monotonic(), piece
