"""The guarded routes: POST /v1/chat/completions, /v1/responses and /v1/completions."""

from guard.core.outcome import Fate
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
from guard.http.turns import turn_id_of
from guard.observe.metrics import Metrics
from guard.pipeline.exchange import CLIENT_LEFT, Exchange
from guard.pipeline.inquiry import Inquiry
from guard.wire.errors import CoolheadError
from guard.wire.formats import Format


class AnswerRoute:
    """Takes a request for an answer in, lets the answer out."""

    def __init__(self, format: Format, exchange: Exchange, metrics: Metrics, max_bytes: int) -> None:
        self._format = format
        self._exchange = exchange
        self._metrics = metrics
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        client = Client(receive)
        with self._metrics.in_flight.labels(self._format.name).track_inprogress():
            turn_id, headers = turn_id_of(scope), headers_of(scope)
            try:
                body = await client.read(headers, self._max_bytes)
            except CoolheadError as error:
                self._exchange.refused(turn_id, error.status, Fate.REJECTED, self._format.name)
                await refuse(send, error)
            except ClientLeft:
                self._exchange.refused(turn_id, CLIENT_LEFT, Fate.DISCONNECTED, self._format.name)
            else:
                inquiry = Inquiry(turn_id, target_of(scope), headers, body, client.has_left, self._format)
                await self._answer(inquiry, client, send)

    async def _answer(self, inquiry: Inquiry, client: Client, send: Send) -> None:
        begun = False
        try:
            async with client.present(), self._exchange.answering(inquiry) as delivery:
                begun = True
                await start(send, delivery.status, delivery.headers)
                async for part in delivery.pieces:
                    await piece(send, part)
                if not delivery.body.cut:
                    await end(send)
        except CoolheadError as error:
            if begun:
                raise
            await refuse(send, error)
        except ClientLeft:
            return
