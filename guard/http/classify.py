"""POST /coolhead/v1/classify: a reading on its own, with the same fields as `coolhead classify --jsonl`."""

from typing import Any

import msgspec
from litestar import Request, post
from litestar.handlers import HTTPRouteHandler

from guard.classifier.base import Classifier
from guard.classifier.report import report
from guard.core.policy import Policy, is_flagged
from guard.core.reading import Reading
from guard.core.turn import Turn
from guard.wire import chat
from guard.wire.errors import BadRequest


class ClassifyRequest(msgspec.Struct):
    """Either `text` or `messages`; `id` comes back as it was."""

    id: str | int | None = None
    text: str | None = None
    messages: list[chat.Message] | None = None


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


def classify_route(classifier: Classifier, policy: Policy) -> HTTPRouteHandler:
    """The route, reading with `classifier`."""

    @post("/coolhead/v1/classify", status_code=200)
    async def classify(request: Request[Any, Any, Any]) -> dict[str, Any]:
        try:
            asked = msgspec.json.decode(await request.body(), type=ClassifyRequest)
        except msgspec.DecodeError as error:
            raise BadRequest(f"The request body is not understood: {error}.") from None
        reading = await classifier.read(turn_of(asked))
        flagged = isinstance(reading, Reading) and is_flagged(reading, policy)
        return report(reading, asked.id, flagged)

    return classify
