"""Raw servers that answer with exactly the bytes they are given."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Raw:
    """A running raw server and what it received."""

    url: str
    requests: list[bytes] = field(default_factory=list)
    client_left: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def raw_server(*pieces: bytes, pause: float = 0.0, hang: bool = False) -> AsyncIterator[Raw]:
    """Answers each request with `pieces`, `pause` seconds apart, then closes; or hangs instead of closing."""
    server = Raw("")
    open_now: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            server.requests.append(await _request(reader))
            await _send(writer, pieces, pause)
            if hang:
                while await reader.read(1 << 16):
                    pass
                server.client_left.set()
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 24)
    server.url = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        running.close()
        for writer in open_now:
            writer.transport.abort()
        await asyncio.sleep(0.01)


async def _send(writer: asyncio.StreamWriter, pieces: Sequence[bytes], pause: float) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + (await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b"")


def whole(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole response."""
    lines = [b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def chunked(*headers: bytes) -> bytes:
    """The head of a chunked response."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", *headers, b"transfer-encoding: chunked", b"", b""])


def chunk(data: bytes) -> bytes:
    """One chunk; of no data the last."""
    return b"%x\r\n%s\r\n" % (len(data), data)
