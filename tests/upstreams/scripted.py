"""The scripted upstream: a real HTTP server on a thread of its own that plays scenarios and records all it gets."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.upstreams import bodies, faults, planted, scenarios
from tests.upstreams.http1 import Call, Headers, Received, read_request

__all__ = ["CHECKER", "FILE", "ScriptedUpstream", "faults"]

FILE = bytes(range(256)) * 40
"""The content of every file: all byte values."""

CHECKER = "/checker"
"""Below this root it plays the model that checks, and what it gets is recorded apart."""


class ScriptedUpstream:
    """Use as a context manager. `requests` holds what came in since `forget`."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.checks: list[Received] = []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)
        self._server: asyncio.Server | None = None
        self._port = 0

    def __enter__(self) -> "ScriptedUpstream":
        self._thread.start()
        self._port = self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def checker_url(self) -> str:
        """The base URL of the model that checks."""
        return f"http://127.0.0.1:{self._port}{CHECKER}/v1"

    def forget(self) -> None:
        """Start a new record."""
        self.requests = []

    def the_request(self) -> Received:
        """The one request that came in."""
        (request,) = self.requests
        return request

    def wait(self, met: Callable[[Received], bool], timeout: float = 10.0) -> Received:
        """The first request that meets a condition, as soon as there is one.

        Raises:
            TimeoutError: there is none in time.
        """
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            for request in list(self.requests):
                if met(request):
                    return request
            time.sleep(0.01)
        raise TimeoutError(f"no such request among {[(r.method, r.target, r.model) for r in self.requests]}")

    def _run(self, work: Coroutine[Any, Any, int]) -> int:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=64 << 20, backlog=512)
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> int:
        if self._server is not None:
            self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(tasks)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (received := await read_request(reader)) is not None:
                call = Call(received, writer)
                is_check = received.target.startswith(CHECKER)
                (self.checks if is_check else self.requests).append(received)
                if received.left is not None or not await self._serve(call, reader) or not call.keep_alive:
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            with suppress(ConnectionError, RuntimeError):
                writer.close()

    async def _serve(self, call: Call, reader: asyncio.StreamReader) -> bool:
        """Play the scenario until its end, or until the other side leaves; was it the end?"""
        playing = asyncio.ensure_future(route(call))
        try:
            while not playing.done():
                await asyncio.wait((playing,), timeout=0.005)
                if not playing.done() and (reader.at_eof() or reader.exception()):
                    break
            if playing.done() and not playing.cancelled() and not isinstance(playing.exception(), ConnectionError):
                call.received.finished = True
                playing.result()
                return True
            call.received.left = time.monotonic()
            return False
        finally:
            playing.cancel()


async def route(call: Call) -> None:
    """The answer to a request, by its path; scenarios are also played on a path that is not guarded."""
    received = call.received
    path = urlsplit(received.target).path.removeprefix(CHECKER).removeprefix("/v1")
    if received.method == "POST" and planted.plays(received.model):
        await planted.play(call, path)
    elif received.method == "POST" and path in ("/chat/completions", "/scenario"):
        await scenarios.play(call)
    elif path.startswith("/files/") and path.endswith("/content"):
        await call.respond(200, [(b"Content-Type", b"application/octet-stream"), (b"ETag", b'"f"')], FILE)
    elif path == "/models":
        await call.respond(200, scenarios.JSON, bodies.encoded({"object": "list", "data": [_MODEL]}))
    elif path == "/embeddings":
        vector = {"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": [vector], "model": "embed", "usage": usage}
        await call.respond(200, scenarios.JSON, bodies.encoded(answer))
    elif path == "/nothing":
        await call.head(204, [(b"X-Request-Id", b"req_scripted")])
    elif path == "/moved":
        await call.respond(307, [(b"Location", b"https://elsewhere.example/v1/models?a=1")], b"")
    elif path == "/responses" and received.streamed:
        await scenarios.stream(call, [b"event: response.created\ndata: {}\n\n", b"event: response.done\ndata: {}\n\n"])
    else:
        await _echo(call, path)


_MODEL = {"id": "scripted", "object": "model", "created": 1764000000, "owned_by": "tests"}


async def _echo(call: Call, path: str) -> None:
    """Any other path: what came in, as JSON."""
    received = call.received
    headers: Headers = [*scenarios.JSON, (b"Allow", b"GET, POST"), (b"X-Method", received.method.encode())]
    seen = {"method": received.method, "target": received.target, "path": unquote(path), "bytes": len(received.body)}
    await call.respond(201 if received.method == "POST" else 200, headers, bodies.encoded(seen))
