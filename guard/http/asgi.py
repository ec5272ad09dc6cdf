"""Small pieces around ASGI: reading a body, answering, noticing that the client left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from guard.wire.errors import CoolheadError, TooLarge
from guard.wire.headers import Headers, find

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class ClientLeft(Exception):
    """The client closed the connection."""


class Client:
    """The client of one request; `left` turns true when it closes the connection early."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._served = False
        self._body_read = asyncio.Event()
        self.left = False

    def has_left(self) -> bool:
        """Did the client leave before it was served?"""
        return self.left

    async def read(self, headers: Headers, limit: int) -> bytes:
        """The whole body.

        Raises:
            TooLarge: it is longer than `limit` bytes.
            ClientLeft: the client went away while sending it.
        """
        if int(find(headers, b"content-length") or 0) > limit:
            raise _too_large(limit)
        parts, size = [], 0
        async for part in self.body():
            size += len(part)
            if size > limit:
                raise _too_large(limit)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def body(self) -> AsyncIterator[bytes]:
        """The body in pieces.

        Raises:
            ClientLeft: the client went away while sending it.
        """
        while True:
            message = await self._receive()
            part, more = _part(message)
            if part is None:
                self.left = True
                raise ClientLeft
            if not more:
                self._body_read.set()
            if part:
                yield part
            if not more:
                return

    def no_body(self) -> None:
        """The request has none to read."""
        self._body_read.set()

    @asynccontextmanager
    async def present(self) -> AsyncIterator[None]:
        """Cancels the block at once when the client leaves; watches as soon as the body was read.

        Raises:
            ClientLeft: it did.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                watcher = tasks.create_task(self._watch())
                yield
                self._served = True
                watcher.cancel()
        except BaseExceptionGroup as group:
            raise _only(group) from None

    async def _watch(self) -> None:
        await self._body_read.wait()
        while True:
            if (await self._receive())["type"] == "http.disconnect" and not self._served:
                self.left = True
                raise ClientLeft


def _part(message: Message) -> tuple[bytes | None, bool]:
    if message["type"] == "http.disconnect":
        return None, False
    return message.get("body", b""), message.get("more_body", False)


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the block: the block's own if there is one."""
    errors = list(group.exceptions)
    return next((error for error in errors if not isinstance(error, ClientLeft)), errors[0])


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request body is larger than {limit} bytes, the limit that COOLHEAD_MAX_REQUEST_BYTES sets.")


def headers_of(scope: Scope) -> Headers:
    """The request's header lines; ASGI gives names in lower case."""
    return list(scope["headers"])


def target_of(scope: Scope, root: bytes = b"/v1") -> str:
    """Path and query below `root`, exactly as they came."""
    raw = bytes(scope["raw_path"]).partition(b"?")[0].removeprefix(root)
    query = scope["query_string"]
    return (raw + (b"?" + query if query else b"")).decode("latin-1")


async def start(send: Send, status: int, headers: Headers) -> None:
    """Send the head of a response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def piece(send: Send, body: bytes) -> None:
    """Send one piece of a body; more follows."""
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def end(send: Send) -> None:
    """End a body."""
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def refuse(send: Send, error: CoolheadError) -> None:
    """Send an error as a whole response."""
    body = error.body()
    await start(
        send,
        error.status,
        [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
