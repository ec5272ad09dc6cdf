"""POST /v1/chat/completions on a real socket."""

import asyncio

import aiohttp
import pytest

from guard.core.outcome import Fate
from tests.http.served import served
from tests.pipeline.parts import SAD, SSE, completion, event
from tests.upstream.servers import chunk, chunked, raw_server

PATH = "/v1/chat/completions"


async def test_an_answer() -> None:
    """The answer carries a turn id, what was found, and the mode."""
    async with raw_server(completion()) as upstream, served(upstream.url) as service:
        async with service.client.post(service.url + PATH, json=SAD) as answer:
            assert 200 == answer.status
            assert ("sadness, medical", "observe") == (
                answer.headers["x-coolhead-flags"],
                answer.headers["x-coolhead-mode"],
            )
        (outcome,) = service.sink.outcomes
        assert outcome.turn_id == answer.headers["x-coolhead-turn-id"]


@pytest.mark.parametrize("chunked_body", [False, True])
async def test_too_large(chunked_body: bool) -> None:
    """A body beyond the limit is refused with 413, whether its length is announced or not; nothing is forwarded."""
    async with raw_server(completion()) as upstream, served(upstream.url, max_bytes=1000) as service:

        async def pieces() -> object:
            for _ in range(20):
                yield b" " * 100

        body = pieces() if chunked_body else b" " * 2000
        async with service.client.post(service.url + PATH, data=body) as answer:
            problem = (await answer.json())["error"]

        assert (413, "request_too_large") == (answer.status, problem["code"])
        assert "COOLHEAD_MAX_REQUEST_BYTES" in problem["message"]
        assert [Fate.REJECTED] == [outcome.fate for outcome in service.sink.outcomes]
    assert [] == upstream.requests


@pytest.mark.parametrize("pieces", [(), (chunked(SSE), chunk(event("No, ")))])
async def test_a_client_that_leaves_frees_the_upstream(pieces: tuple[bytes, ...]) -> None:
    """Before the head and inside the stream: the upstream is closed at once, one outcome says disconnected."""
    async with raw_server(*pieces, hang=True) as upstream, served(upstream.url) as service:
        timeout = aiohttp.ClientTimeout(total=0.5)
        with pytest.raises(TimeoutError):
            async with service.client.post(service.url + PATH, json={**SAD, "stream": True}, timeout=timeout) as answer:
                await answer.read()

        await asyncio.wait_for(upstream.client_left.wait(), 5)
        await asyncio.sleep(0.05)
        assert [(Fate.DISCONNECTED, 499)] == [(o.fate, o.status) for o in service.sink.outcomes]


async def test_other_methods_pass_through() -> None:
    """Listing stored completions is not a turn: it goes to the upstream as it is."""
    async with raw_server(completion()) as upstream, served(upstream.url) as service:
        async with service.client.get(service.url + PATH + "?limit=2") as answer:
            assert 200 == answer.status
            assert "x-coolhead-flags" not in answer.headers
        assert [] == service.sink.outcomes
    assert upstream.requests[0].startswith(b"GET /v1/chat/completions?limit=2 ")
