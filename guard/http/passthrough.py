"""All other /v1 routes and methods: bytes in, bytes out."""

import time
from collections.abc import AsyncIterator

from guard.http.asgi import (
    Client,
    ClientLeft,
    Receive,
    Scope,
    Send,
    end,
    headers_of,
    piece,
    refuse,
    start,
    target_of,
)
from guard.observe.metrics import Metrics
from guard.pipeline.exchange import CLIENT_LEFT
from guard.upstream.client import Outgoing, Upstream
from guard.wire.errors import CoolheadError, UpstreamFault
from guard.wire.headers import find, to_upstream

ROUTE = "passthrough"
_SMALL = 64 << 10
"""Bytes of a body that is taken in whole first: passing it on in pieces costs a task."""


class PassthroughRoute:
    """Forwards a request and its answer, both as they come."""

    def __init__(self, upstream: Upstream, metrics: Metrics) -> None:
        self._upstream = upstream
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; exactly one count on every way out."""
        started = time.perf_counter()
        client = Client(receive)
        status, fault = 500, "coolhead"
        with self._metrics.in_flight.labels(ROUTE).track_inprogress():
            try:
                status = await self._forward(scope, client, send)
                fault = "none" if status < 400 else "client" if status < 500 else "upstream"
            except CoolheadError as error:
                status = error.status
                fault = "upstream" if isinstance(error, UpstreamFault) else "client"
            except ClientLeft:
                status, fault = CLIENT_LEFT, "client"
                self._metrics.disconnects.labels(ROUTE).inc()
            finally:
                self._metrics.request(ROUTE, status, fault)
                self._metrics.request_duration.labels(ROUTE, "false").observe(time.perf_counter() - started)

    async def _forward(self, scope: Scope, client: Client, send: Send) -> int:
        """The status that went out.

        Raises:
            CoolheadError: it was sent as the response, or the response broke off and was cut.
            ClientLeft: the client went away.
        """
        headers = headers_of(scope)
        body: bytes | AsyncIterator[bytes] | None
        length = find(headers, b"content-length")
        if find(headers, b"transfer-encoding") is None and length in (None, "0"):
            client.no_body()
            body = b"" if length else None
        elif length is not None and int(length) <= _SMALL:
            body = await client.read(headers, _SMALL)
        else:
            body = client.body()
        passed = to_upstream(headers, self._upstream.config.api_key)
        outgoing = Outgoing(str(scope["method"]), target_of(scope), passed, body, ROUTE)
        begun = False
        try:
            async with client.present():
                answer = await self._upstream.open(outgoing)
                try:
                    begun = True
                    await start(send, answer.status, answer.headers)
                    async for chunk in answer.chunks():
                        await piece(send, chunk)
                    await end(send)
                finally:
                    answer.close()
        except CoolheadError as error:
            if client.left:
                raise ClientLeft from error
            if not begun:
                await refuse(send, error)
            raise
        return answer.status
