"""The outermost layer: every response carries the id of its turn."""

import uuid

from guard.http.asgi import App, Message, Receive, Scope, Send
from guard.wire.headers import TURN_ID

KEY = "coolhead_turn_id"


def with_turn_id(app: App) -> App:
    """`app`, each of whose responses has an x-coolhead-turn-id."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        turn_id = uuid.uuid4().hex
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
