"""The client towards the upstream, against servers that misbehave byte by byte."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from guard.upstream.client import Answer, Outgoing, Upstream, UpstreamConfig
from guard.wire.errors import Broken, InvalidPath, TimedOut, Unreachable, UpstreamFault
from tests.upstream.servers import chunk, chunked, raw_server, whole


class Calls:
    """Remembers how calls ended."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Take one call."""
        assert (upstream, purpose) == ("main", "chat")
        assert seconds >= 0
        self.outcomes.append(outcome)


@asynccontextmanager
async def upstream(url: str, timeout: float = 5.0) -> AsyncIterator[tuple[Upstream, Calls]]:
    """A client of `url`."""
    calls = Calls()
    async with Upstream(UpstreamConfig("main", url, timeout=timeout), calls) as client:
        yield client, calls


def post(body: bytes = b"{}", target: str = "/chat/completions") -> Outgoing:
    """A request."""
    return Outgoing("POST", target, [(b"content-type", b"application/json"), (b"x-a", b"1")], body)


async def test_a_whole_answer() -> None:
    """Status, headers and body come as they are; the request has only the headers it was given."""
    answer_bytes = whole(b"no!", b"X-Request-Id: r1", b"Retry-After: 3", status=b"429 Too Many")
    async with raw_server(answer_bytes) as server, upstream(server.url) as (client, calls):
        answer = await client.open(post(b'{"a": 1}', "/chat/completions?x=%2F"))

        assert 429 == answer.status
        assert [(b"x-request-id", b"r1"), (b"retry-after", b"3"), (b"content-length", b"3")] == answer.headers
        assert b"no!" == await answer.read()
        answer.close()

    assert ["rate_limited"] == calls.outcomes
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat/completions?x=%2F HTTP/1.1\r\n")
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert {b"host", b"content-type", b"content-length", b"x-a"} == names
    assert b'{"a": 1}' == body


async def test_pieces_come_as_they_are_sent() -> None:
    """Each chunk is there before the next is sent."""
    pieces = [chunked(b"content-type: text/event-stream"), chunk(b"data: 1\n\n"), chunk(b"data: 2\n\n"), chunk(b"")]
    async with raw_server(*pieces, pause=0.05) as server, upstream(server.url) as (client, _):
        answer = await client.open(post())

        assert [b"data: 1\n\n", b"data: 2\n\n"] == [piece async for piece in answer.chunks()]
        answer.close()


async def test_nobody_listens() -> None:
    """A refused connection is `unreachable`, in words without the upstream's address."""
    async with raw_server() as server:
        url = server.url
    async with upstream(url) as (client, calls):
        with pytest.raises(Unreachable) as refused:
            await client.open(post())

    assert "127.0.0.1" not in refused.value.message
    assert ["unreachable"] == calls.outcomes


async def test_silence_times_out() -> None:
    """An upstream that says nothing is `timeout`; before the head and inside the body."""
    async with raw_server(hang=True) as server, upstream(server.url, timeout=0.2) as (client, calls):
        with pytest.raises(TimedOut):
            await client.open(post())
    assert ["timeout"] == calls.outcomes

    async with raw_server(chunked(), chunk(b"x"), hang=True) as server, upstream(server.url, 0.2) as (client, _):
        answer = await client.open(post())
        with pytest.raises(TimedOut):
            await answer.read()


@pytest.mark.parametrize(
    "answer_bytes",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        chunked() + chunk(b"x"),
        chunked() + b"zz\r\n",
    ],
)
async def test_answers_that_break_off(answer_bytes: bytes) -> None:
    """An answer that is no HTTP, or ends too early, is never taken for a whole one."""
    async with raw_server(answer_bytes) as server, upstream(server.url) as (client, _):
        with pytest.raises(UpstreamFault) as fault:
            await (await client.open(post())).read()

    assert isinstance(fault.value, Broken)


async def test_what_came_before_a_fault_is_not_lost() -> None:
    """Pieces that came in before the connection broke come out before the fault, however late they are read."""
    got = []

    async def read(answer: Answer) -> None:
        async for piece in answer.chunks():
            got.append(piece)  # noqa: PERF401  # what came before the fault is what counts

    pieces = chunked() + chunk(b"data: 1\n\n") + chunk(b"data: 2\n\n")
    async with raw_server(pieces) as server, upstream(server.url) as (client, _):
        answer = await client.open(post())
        await asyncio.sleep(0.2)  # the fault is known before anything is read
        with pytest.raises(Broken):
            await read(answer)
        answer.close()

    assert b"data: 1\n\ndata: 2\n\n" == b"".join(got)


async def test_closing_early_cuts_the_connection() -> None:
    """An answer that nobody wants any more is not read to its end: the upstream notices."""
    async with raw_server(chunked(), chunk(b"x"), hang=True) as server, upstream(server.url) as (client, _):
        answer = await client.open(post())
        answer.close()

        await asyncio.wait_for(server.client_left.wait(), 5)


async def test_a_large_body_arrives_whole() -> None:
    """A body of megabytes is sent with its length, not re-chunked."""
    body = bytes(range(256)) * (1 << 14)
    async with raw_server(whole(b"ok")) as server, upstream(server.url) as (client, _):
        await (await client.open(post(body))).read()

    assert server.requests[0].endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("target", ["/../secret", "/a/%2e%2E/b", "/a/..%2Fb", "/..\\b?x"])
async def test_paths_stay_below_the_base_url(target: str) -> None:
    """Nobody reaches another part of the upstream's host with the operator's key."""
    async with raw_server(whole(b"ok")) as server, upstream(server.url) as (client, _):
        with pytest.raises(InvalidPath):
            await client.open(post(target=target))

    assert [] == server.requests


async def test_a_kept_connection_that_is_closed_costs_nothing() -> None:
    """An upstream that closes its connection right after an answer does not cost the next chat request an error."""
    async with raw_server(whole(b"ok")) as server, upstream(server.url) as (client, calls):
        for _ in range(5):
            answer = await client.open(post())
            assert b"ok" == await answer.read()
            answer.close()

    assert ["ok"] * 5 == calls.outcomes


async def test_a_new_connection_that_is_closed_is_not_tried_again() -> None:
    """An upstream that dies of a request does not get it twice."""
    async with raw_server(b"") as server, upstream(server.url) as (client, _):
        with pytest.raises(Broken):
            await client.open(post())

    assert len(server.requests) == 1
