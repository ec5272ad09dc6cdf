"""Endpoints that evaluations ask."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from guard.evals.endpoints import Endpoint, EndpointFault, application, opened
from guard.pipeline.reference import Ask


class Server:
    """A chat model that keeps what it was asked, until it breaks down."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.headers: list[str] = []
        self.status = 200

    async def complete(self, request: web.Request) -> web.Response:
        """Says hello."""
        self.asked.append(await request.json())
        self.headers.append(request.headers.get("authorization", ""))
        message = {"role": "assistant", "content": " Hello. "}
        return web.json_response({"choices": [{"message": message}]}, status=self.status)


@pytest.fixture
async def server() -> Server:
    """A server."""
    return Server()


@pytest.fixture
async def endpoint(server: Server) -> AsyncIterator[Endpoint]:
    """Where it is."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    async with TestServer(app) as running:
        yield Endpoint(str(running.make_url("/v1")), "m", "secret")


async def test_an_endpoint_that_is_down_is_told_at_once() -> None:
    """By the option that names it and with what to look at, before any work is done."""
    with pytest.raises(
        EndpointFault, match=r"--second-url http://127.0.0.1:9/v1 gave no answer for model m: .*server up"
    ):
        async with opened(Endpoint("http://127.0.0.1:9/v1", "m", option="--second-url")):
            raise AssertionError("it is not open")


async def test_an_endpoint_is_asked_with_its_key(server: Server, endpoint: Endpoint) -> None:
    """Once when it is opened, then as a check asks."""
    async with opened(endpoint) as reference:
        reply = await reference.complete(Ask("m", "You answer.", "Hello?", 5))

    assert reply.text.strip() == "Hello."
    assert [len(server.asked), server.asked[-1]["max_tokens"], server.headers[-1]] == [2, 5, "Bearer secret"]


async def test_an_application_is_asked_as_users_ask(server: Server, endpoint: Endpoint) -> None:
    """System prompt and words; a private note comes last, as the service sends it."""
    async with application(endpoint) as model:
        assert await model.answer("Be warm.", "I am sad.") == "Hello."
        await model.answer("Be warm.", "I am sad.", "The fact.")

    plain, noted = (asked["messages"] for asked in server.asked[-2:])
    assert plain == [{"role": "system", "content": "Be warm."}, {"role": "user", "content": "I am sad."}]
    assert noted == [*plain, {"role": "system", "content": "The fact."}]
    assert server.asked[-1]["temperature"] == 0


async def test_an_application_that_breaks_down_is_told(server: Server, endpoint: Endpoint) -> None:
    """A run stops there and can go on: an answer that failed is no answer."""
    async with application(endpoint) as model:
        server.status = 500
        with pytest.raises(EndpointFault, match="status 500"):
            await model.answer("Be warm.", "I am sad.")
