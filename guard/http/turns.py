"""The outermost layer: every response carries the id of its turn."""

import os

from guard.http.asgi import App, Message, Receive, Scope, Send
from guard.wire.headers import TURN_ID

KEY = "coolhead_turn_id"


_AHEAD = 256


class TurnIds:
    """Random ids that cannot be guessed.

    Many are drawn at once: with each draw the interpreter may go to the classifier's thread, and be missed.
    """

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def next(self) -> str:
        """An id that was never given out: 32 hexadecimal digits."""
        if not self._drawn:
            digits = os.urandom(16 * _AHEAD).hex()
            self._drawn = [digits[i : i + 32] for i in range(0, len(digits), 32)]
        return self._drawn.pop()


def with_turn_id(app: App) -> App:
    """`app`, each of whose responses has an x-coolhead-turn-id."""

    ids = TurnIds()

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        turn_id = ids.next()
        scope["state"][KEY] = turn_id
        header = (TURN_ID, turn_id.encode())

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], header]
            await send(message)

        await app(scope, receive, sending)

    return wrapped


def turn_id_of(scope: Scope) -> str:
    """The id that this request's response carries."""
    return str(scope["state"][KEY])
