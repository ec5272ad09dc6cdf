"""The chat API, /v1/chat/completions: typed views of the few fields that we read.

Requests and responses stay bytes; these views are decoded beside them and nothing is built anew.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from guard.wire.choices import ChoicesFormat
from guard.wire.decoding import forces_tools, is_structured, more_than_one
from guard.wire.views import RequestView


class Part(msgspec.Struct):
    """One part of a multimodal message."""

    type: str = ""
    text: str | None = None


class Message(msgspec.Struct):
    """One message of a request."""

    role: str = ""
    content: str | list[Part] | None = None


class ChatRequest(msgspec.Struct):
    """A chat request. What only some answers depend on is read leniently."""

    model: str = ""
    messages: list[Message] = []
    stream: bool | None = None
    n: Any = None
    logprobs: Any = None
    audio: Any = None
    modalities: Any = None
    response_format: Any = None
    tool_choice: Any = None
    function_call: Any = None
    grammar: Any = None
    json_schema: Any = None
    guided_json: Any = None
    guided_choice: Any = None
    guided_regex: Any = None
    guided_grammar: Any = None
    structured_outputs: Any = None


class _Chat(ChoicesFormat[ChatRequest]):
    name = "chat_completions"
    request = msgspec.json.Decoder(ChatRequest)

    def _view(self, request: ChatRequest) -> RequestView:
        texts, media = user_texts(request.messages)
        return RequestView(
            model=request.model,
            stream=bool(request.stream),
            texts=texts,
            has_media=media,
            tool_texts=[_text_of(message) for message in request.messages if message.role in ("tool", "function")],
            observe_only=_observe_only(request),
        )

    def _choice_with(self, text: bytes) -> bytes:
        return b'{"index":0,"delta":{"content":' + text + b'},"finish_reason":null}'


CHAT = _Chat()


def user_texts(messages: Iterable[Message]) -> tuple[list[str], bool]:
    """The texts of all user messages, oldest first, and whether the newest carries more than text."""
    texts: list[str] = []
    media = False
    for message in messages:
        if message.role == "user":
            texts.append(_text_of(message))
            media = isinstance(message.content, list) and any(part.type != "text" for part in message.content)
    return texts, media


def _text_of(message: Message) -> str:
    if isinstance(message.content, list):
        return "\n".join(part.text for part in message.content if part.text)
    return message.content or ""


def _observe_only(request: ChatRequest) -> str | None:
    if more_than_one(request.n):
        return "n"
    if request.logprobs:
        return "logprobs"
    if request.audio or (isinstance(request.modalities, list) and "audio" in request.modalities):
        return "audio"
    constraints = (
        request.grammar,
        request.json_schema,
        request.guided_json,
        request.guided_choice,
        request.guided_regex,
        request.guided_grammar,
        request.structured_outputs,
    )
    if is_structured(request.response_format) or any(constraints):
        return "structured_output"
    if forces_tools(request.tool_choice) or forces_tools(request.function_call):
        return "tools_only"
    return None
