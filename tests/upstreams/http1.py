"""HTTP/1.1 by hand: what comes in is kept exactly as it came, what goes out is exactly what a scenario says."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

Headers = list[tuple[bytes, bytes]]


@dataclass
class Received:
    """A request as it arrived, and what became of it."""

    method: str
    target: str
    headers: Headers
    """In order, names as they were written."""
    body: bytes
    arrived: float = field(default_factory=time.monotonic)
    sent: list[float] = field(default_factory=list)
    """When each piece of the answer was written."""
    finished: bool = False
    """The scenario ran to its end."""
    left: float | None = None
    """When the other side closed the connection before the end."""

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == name.encode()), None)

    def header_values(self, name: str) -> list[str]:
        """All values of a header, in order."""
        return [v.decode("latin-1") for k, v in self.headers if k.lower() == name.encode()]

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is not one."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def model(self) -> str:
        """The model asked for: it names the scenario."""
        return str(self.json.get("model", ""))

    @property
    def streamed(self) -> bool:
        """Was a stream asked for?"""
        return bool(self.json.get("stream"))


class Call:
    """One request under way, with the means to answer it."""

    def __init__(self, received: Received, writer: asyncio.StreamWriter) -> None:
        self.received = received
        self._writer = writer
        self.keep_alive = True

    async def raw(self, data: bytes) -> None:
        """Write bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()
        self.received.sent.append(time.monotonic())

    async def head(self, status: int, headers: Headers) -> None:
        """Write a status line and headers."""
        lines = [b"HTTP/1.1 %d Scripted" % status, *(name + b": " + value for name, value in headers)]
        self._writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
        await self._writer.drain()

    async def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer with a body of known length."""
        await self.head(status, [*headers, (b"Content-Length", str(len(body)).encode())])
        await self.raw(b"" if self.received.method == "HEAD" else body)

    async def start_stream(self, headers: Headers) -> None:
        """Start an answer in chunks."""
        await self.head(200, [*headers, (b"Transfer-Encoding", b"chunked")])

    async def chunk(self, data: bytes) -> None:
        """Write one chunk."""
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def end(self) -> None:
        """End an answer in chunks."""
        await self.raw(b"0\r\n\r\n")

    def hang_up(self) -> None:
        """Close the connection after what was written."""
        self.keep_alive = False

    def reset(self) -> None:
        """Cut the connection at once."""
        self.keep_alive = False
        self._writer.transport.abort()


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """The next request on a connection; None when there is none."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head[:-4].split(b"\r\n")
    method, target, _ = first.decode("latin-1").split(" ")
    headers = [(name, value.strip(b" ")) for name, _, value in (line.partition(b":") for line in lines)]
    arrived = time.monotonic()
    received = Received(method, target, headers, b"", arrived)
    try:
        if (received.header("transfer-encoding") or "") == "chunked":
            received.body = await _chunked(reader)
        else:
            received.body = await reader.readexactly(int(received.header("content-length") or 0))
    except (asyncio.IncompleteReadError, ConnectionError):
        received.left = time.monotonic()
    return received


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return body
