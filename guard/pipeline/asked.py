"""What `coolhead classify --jsonl` and POST /coolhead/v1/classify are asked: a text or a conversation."""

from typing import Any

import msgspec

from guard.core.turn import Turn
from guard.wire import chat
from guard.wire.errors import BadRequest


class ClassifyRequest(msgspec.Struct):
    """Either `text` or `messages`; `id` comes back as it was."""

    id: Any = None
    text: str | None = None
    messages: list[chat.Message] | None = None


_decoder = msgspec.json.Decoder(ClassifyRequest)


def read(body: bytes) -> ClassifyRequest:
    """The request of a body or line.

    Raises:
        BadRequest: it is not understood.
    """
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The request body is not understood: {error}.") from None


def turn_of(request: ClassifyRequest) -> Turn:
    """The turn of a request.

    Raises:
        BadRequest: it has neither text nor messages, or both.
    """
    if (request.text is None) == (request.messages is None):
        raise BadRequest("Give either 'text' or 'messages'.", param="text")
    if request.text is not None:
        return Turn.of([request.text])
    texts, media = chat.user_texts(request.messages or [])
    return Turn.of(texts, has_media=media)
