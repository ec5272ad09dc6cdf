"""The HTTP client towards the upstream: whole and streamed answers, bytes as they come."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace, TracebackType
from typing import Protocol

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from guard.wire.errors import Broken, InvalidPath, TimedOut, Unreachable, UpstreamFault
from guard.wire.headers import Headers, to_client

_LARGE = 1 << 20
_LONG_LINE = 1 << 16
"""Bytes of one header that an upstream may send: cookies and policies grow beyond aiohttp's 8 kB."""
_SENT_AGAIN = ("chat", "check")
"""Purposes whose requests change nothing at the upstream; others may upload or delete."""
_SET_BY_US = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """Where the upstream is and how long it may be silent."""

    name: str
    """What it is called in metrics: main or checker."""
    url: str
    """Base URL, with /v1."""
    api_key: str | None = None
    """Sent in place of the caller's Authorization."""
    timeout: float = 600.0
    """Seconds without a byte after which it counts as timed out."""
    connect_timeout: float = 5.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to the upstream. `target` is path and query below the base URL, as bytes came."""

    method: str
    target: str
    headers: Headers
    body: bytes | AsyncIterator[bytes] | None
    purpose: str = "chat"
    """What it is counted under: chat, passthrough or check."""


class Observer(Protocol):
    """Counts calls to an upstream."""

    def upstream_call(self, upstream: str, purpose: str, outcome: str, seconds: float) -> None:
        """Count one call; `seconds` until the head of the answer was in, or the fault."""
        ...


class Answer:
    """An answer of which the head has come in; the body comes in with `chunks`."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = to_client(response.raw_headers)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, each piece as soon as it is in; what came before a fault comes out before it.

        Raises:
            UpstreamFault: it broke off or stopped.
        """
        content = self._response.content
        with _faults():
            try:
                async for chunk in content.iter_any():
                    yield chunk
            except (aiohttp.ClientError, OSError):
                if rest := _unread(content):
                    yield rest
                raise

    async def read(self) -> bytes:
        """The whole body.

        Raises:
            UpstreamFault: it broke off or stopped.
        """
        with _faults():
            return await self._response.read()

    def close(self) -> None:
        """Give the connection back, or cut it when the body was not read to its end."""
        self._response.close() if not self._response.content.at_eof() else self._response.release()


class Upstream:
    """One upstream and its connections. Use as an async context manager."""

    def __init__(self, config: UpstreamConfig, observer: Observer) -> None:
        self.config = config
        self._observer = observer
        self._base = config.url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Upstream":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=_LONG_LINE,
            max_field_size=_LONG_LINE,
            skip_auto_headers=_SET_BY_US,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self.config.connect_timeout, sock_read=self.config.timeout
            ),
            trace_configs=[_noticing_reuse()],
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def open(self, request: Outgoing) -> Answer:
        """Send the request and wait for the head of the answer.

        Raises:
            UpstreamFault: there is none.
            InvalidPath: the target leaves the base URL.
        """
        if self._session is None:
            raise RuntimeError("Upstream is not entered")
        if _leaves_root(request.target):
            raise InvalidPath("The path must not contain '..' segments.")
        sent, outcome = time.perf_counter(), "cancelled"
        try:
            with _faults():
                response = await self._send(self._session, request)
            outcome = _outcome_of(response.status)
        except UpstreamFault as fault:
            outcome = fault.code.removeprefix("upstream_")
            raise
        finally:
            self._observer.upstream_call(self.config.name, request.purpose, outcome, time.perf_counter() - sent)
        return Answer(response)

    async def _send(self, session: aiohttp.ClientSession, request: Outgoing) -> aiohttp.ClientResponse:
        """The answer's head. A chat request that met a kept connection just as the upstream closed it is sent again.

        Browsers do the same: nothing of an answer had come in, and without it every upstream that closes its
        connections early would cost the application an error now and then.
        """
        headers = CIMultiDict((k.decode("latin-1"), _text(v)) for k, v in request.headers)
        if isinstance(request.body, bytes):
            headers["Content-Length"] = str(len(request.body))
        url = URL(self._base + request.target, encoded=True)
        for last in (False, False, True):
            body = request.body
            if isinstance(body, bytes) and len(body) > _LARGE:
                body = _pieces(body)
            connection = _Connection()
            try:
                return await session.request(
                    request.method, url, headers=headers, data=body, allow_redirects=False, trace_request_ctx=connection
                )
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                if last or not connection.kept or request.purpose not in _SENT_AGAIN:
                    raise
        raise AssertionError


@dataclass(slots=True)
class _Connection:
    """What is known of the connection of one request."""

    kept: bool = False
    """It had served another request before."""


def _noticing_reuse() -> aiohttp.TraceConfig:
    async def reused(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.kept = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_reuseconn.append(reused)
    return tracing


def _text(value: bytes) -> str:
    """A header's value such that aiohttp, which writes UTF-8, writes the same bytes."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _unread(content: aiohttp.StreamReader) -> bytes:
    """What came in before the fault: aiohttp raises the fault first and would never hand it out."""
    content.set_exception(None)  # type: ignore[arg-type]
    return content.read_nowait()


def _outcome_of(status: int) -> str:
    if status < 400:
        return "ok"
    if status == 429:
        return "rate_limited"
    return "http_4xx" if status < 500 else "http_5xx"


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """A large body in pieces, so that writing it does not hold up the event loop."""
    for start in range(0, len(body), _LARGE):
        yield body[start : start + _LARGE]


def _leaves_root(target: str) -> bool:
    path = target.partition("?")[0].lower().replace("%2e", ".").replace("%2f", "/").replace("\\", "/")
    return ".." in path.split("/")


@contextmanager
def _faults() -> Iterator[None]:
    """Every way in which aiohttp says that the upstream failed, as our errors.

    The messages are ours: aiohttp's own name the upstream's address.
    """
    try:
        yield
    except (aiohttp.ConnectionTimeoutError, aiohttp.SocketTimeoutError, TimeoutError) as error:
        raise TimedOut("The upstream did not answer in time.") from error
    except aiohttp.ClientConnectorError as error:
        raise Unreachable("The upstream could not be reached.") from error
    except (aiohttp.ClientError, asyncio.IncompleteReadError, OSError) as error:
        raise Broken("The upstream's answer broke off or was not HTTP.") from error
