"""Completions for our own questions: what is given up when an endpoint does not know it."""

from typing import Any

import msgspec
import pytest

from guard.upstream.client import Upstream, UpstreamConfig
from guard.upstream.completions import BadStatus, Completions, TooLong
from tests.upstream.servers import raw_server, whole

JSON = (b"content-type: application/json", b"connection: close")
BODY: dict[str, Any] = {
    "model": "m",
    "messages": [],
    "max_tokens": 5,
    "temperature": 0,
    "logprobs": True,
    "top_logprobs": 10,
    "response_format": {"type": "json_schema"},
}


class Uncounted:
    """Counts nothing."""

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Count nothing."""


async def asked(answer: bytes, api_key: str | None = None) -> tuple[list[bytes], BaseException | None]:
    """The requests that one question led to, and how it failed."""
    async with raw_server(answer) as server:
        async with Upstream(UpstreamConfig("checker", server.url, api_key), Uncounted()) as upstream:
            try:
                await Completions(upstream).ask(BODY, (("authorization", "Bearer caller"),))
            except BadStatus as error:
                return server.requests, error
        return server.requests, None


def body(request: bytes) -> dict[str, Any]:
    """The JSON of a request."""
    found: dict[str, Any] = msgspec.json.decode(request.partition(b"\r\n\r\n")[2])
    return found


def complaint(message: str, status: bytes = b"400 Bad Request") -> bytes:
    """An error of the endpoint."""
    return whole(msgspec.json.encode({"error": {"message": message}}), *JSON, status=status)


@pytest.mark.parametrize(
    ("message", "gone", "come"),
    [
        ("Unknown parameter: 'logprobs'", {"logprobs", "top_logprobs"}, set()),
        ("response_format is not supported", {"response_format"}, set()),
        ("temperature must be 1", {"temperature"}, set()),
        ("Use 'max_completion_tokens' instead.", {"max_tokens", "temperature"}, {"max_completion_tokens"}),
    ],
)
async def test_what_an_endpoint_does_not_know_is_left_out(message: str, gone: set[str], come: set[str]) -> None:
    """A complaint about one of our fields is met by one request without it; the next one is a fault."""
    requests, error = await asked(complaint(message))

    first, second = map(body, requests)
    assert (first.keys() - second.keys(), second.keys() - first.keys()) == (gone, come)
    assert isinstance(error, BadStatus)


@pytest.mark.parametrize(
    "message",
    ["the request exceeds the available context size", "This model's maximum context length is 4096 tokens."],
)
async def test_too_long(message: str) -> None:
    """A question that does not fit the model is told apart from other faults, and not asked again."""
    requests, error = await asked(complaint(message))

    assert (len(requests), type(error)) == (1, TooLong)


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"429 Too Many Requests", b"500 Internal Server Error"])
async def test_other_faults_are_not_repeated(status: bytes) -> None:
    """An endpoint that refuses or fails is asked once, whatever its words."""
    requests, error = await asked(complaint("logprobs", status))

    assert (len(requests), type(error)) == (1, BadStatus)


async def test_whose_key() -> None:
    """The caller's key goes along unless the operator set one: then only that does."""
    (callers,), _ = await asked(complaint("no", b"500 Internal Server Error"))
    (operators,), _ = await asked(complaint("no", b"500 Internal Server Error"), api_key="ours")

    assert b"Bearer caller" in callers
    assert b"Bearer ours" in operators
    assert b"caller" not in operators
