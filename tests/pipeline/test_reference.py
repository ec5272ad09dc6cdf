"""The reference behind a real HTTP endpoint: what is sent, what comes back, and how it fails."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from guard.pipeline.reference import (
    Ask,
    EndpointReference,
    ReferenceDown,
    ReferenceRejects,
    ReferenceTimeout,
    ReferenceTooSmall,
    Reply,
)
from guard.upstream.client import Upstream, UpstreamConfig
from guard.upstream.completions import Completions
from tests.upstream.servers import Raw, raw_server, whole

ASK = Ask("m", "be short", "what?", 20, credentials=(("authorization", "Bearer k"),))
JSON = (b"content-type: application/json", b"connection: close")


class Uncounted:
    """Counts nothing."""

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Count nothing."""


def completion(**given: Any) -> bytes:
    """A chat completion with these fields in its choice."""
    choice = {"message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"} | given
    body = {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}
    return whole(msgspec.json.encode(body), *JSON)


def complaint(message: str, status: bytes = b"400 Bad Request") -> bytes:
    """An error of the endpoint."""
    return whole(msgspec.json.encode({"error": {"message": message}}), *JSON, status=status)


@asynccontextmanager
async def reference(*pieces: bytes, timeout: float = 5.0, **given: Any) -> AsyncIterator[tuple[EndpointReference, Raw]]:
    """A reference behind a server that says `pieces`."""
    async with raw_server(*pieces, **given) as server:
        config = UpstreamConfig("checker", server.url, timeout=timeout)
        async with Upstream(config, Uncounted()) as upstream:
            yield EndpointReference(Completions(upstream)), server


def sent(server: Raw, number: int = 0) -> Any:
    """The body of a request that the server got."""
    return msgspec.json.decode(server.requests[number].partition(b"\r\n\r\n")[2])


async def test_a_reply() -> None:
    """Text and tokens used come back; temperature is 0, and the caller's credentials go along."""
    async with reference(completion()) as (asked, server):
        assert await asked.complete(ASK) == Reply("Yes", prompt_tokens=7, completion_tokens=2)

    body = sent(server)
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("m", 0, 20)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert b"Bearer k" in server.requests[0]
    assert not {"logprobs", "response_format", "stream"} & body.keys()


async def test_examples_schema_and_first_token() -> None:
    """Examples are turns, the schema is strict, and the first token's candidates come back."""
    tops = [{"token": "Yes", "logprob": -0.1}, {"token": "No", "logprob": -2.5}]
    logprobs = {"content": [{"token": "Yes", "logprob": -0.1, "top_logprobs": tops}]}
    ask = Ask("m", "s", "u", 20, schema={"type": "object"}, examples=(("a", "b"),), first_token=True)

    async with reference(completion(logprobs=logprobs)) as (asked, server):
        reply = await asked.complete(ask)

    assert reply.first_token == (("Yes", -0.1), ("No", -2.5))
    body = sent(server)
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert (body["response_format"]["type"], body["response_format"]["json_schema"]["strict"]) == ("json_schema", True)
    assert (body["logprobs"], body["top_logprobs"]) == (True, 10)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"finish_reason": "length"}, {"cut_off": True}),
        ({"finish_reason": "content_filter"}, {"refused": True}),
        ({"message": {"content": None, "refusal": "No."}}, {"text": "", "refused": True}),
        ({"logprobs": {"content": []}}, {"first_token": ()}),
        ({"logprobs": None}, {"first_token": ()}),
        ({"message": {"content": "<think>\nIs it? Yes.</think>\n\nNo"}}, {"text": "\n\nNo"}),
        ({"message": {"content": "<think>\nIs it"}, "finish_reason": "length"}, {"text": "", "cut_off": True}),
    ],
)
async def test_ends_of_a_reply(choice: dict[str, Any], expected: dict[str, Any]) -> None:
    """Cut off and refused are told apart from a reply; missing log-probabilities are no fault."""
    async with reference(completion(**choice)) as (asked, _):
        reply = await asked.complete(ASK)

    assert {name: getattr(reply, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("pieces", "fault"),
    [
        (complaint("no key", b"401 Unauthorized"), ReferenceDown),
        (complaint("slow down", b"429 Too Many Requests"), ReferenceDown),
        (complaint("oops", b"500 Internal Server Error"), ReferenceDown),
        (complaint("the request exceeds the available context size"), ReferenceTooSmall),
        (complaint("This model's maximum context length is 4096 tokens."), ReferenceTooSmall),
        (complaint("bad model"), ReferenceDown),
        (whole(b"<html>", *JSON), ReferenceDown),
        (whole(b'{"choices":[]}', *JSON), ReferenceDown),
        (whole(b'{"choices":[{"message":{"content":"caf\xe9"}}]}', *JSON), ReferenceDown),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", ReferenceDown),
    ],
)
async def test_faults(pieces: bytes, fault: type[Exception]) -> None:
    """Every answer that is no completion is a fault of its kind, never an empty reply."""
    async with reference(pieces) as (asked, _):
        with pytest.raises(fault):
            await asked.complete(ASK)


@pytest.mark.parametrize(
    ("status", "credentials", "rejects"),
    [
        (b"400 Bad Request", False, True),
        (b"404 Not Found", False, True),
        (b"401 Unauthorized", True, True),
        (b"429 Too Many Requests", True, True),
        (b"401 Unauthorized", False, False),
        (b"429 Too Many Requests", False, False),
        (b"500 Internal Server Error", True, False),
    ],
)
async def test_whose_fault(status: bytes, credentials: bool, rejects: bool) -> None:
    """What a request or a caller's key causes is told apart from what ails the reference."""
    ask = ASK if credentials else replace(ASK, credentials=())
    async with reference(complaint("no", status)) as (asked, _):
        with pytest.raises(ReferenceDown) as raised:
            await asked.complete(ask)

    assert isinstance(raised.value, ReferenceRejects) == rejects


async def test_silence_is_a_timeout() -> None:
    """An endpoint that says nothing is given up."""
    async with reference(b"", timeout=0.2, hang=True) as (asked, _):
        with pytest.raises(ReferenceTimeout):
            await asked.complete(ASK)


async def test_nobody_there() -> None:
    """A closed port is a reference that is down."""
    async with Upstream(UpstreamConfig("checker", "http://127.0.0.1:9/v1"), Uncounted()) as upstream:
        with pytest.raises(ReferenceDown):
            await EndpointReference(Completions(upstream)).complete(ASK)
