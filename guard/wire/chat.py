"""Typed views of a chat request, completion and stream: the few fields that we read.

Requests and responses stay bytes; these views are decoded beside them and nothing is built anew.
"""

import json  # noqa: TID251  # reads what msgspec refuses and lenient servers accept
from collections.abc import Iterable
from typing import Any

import msgspec

from guard.wire.errors import InvalidJson
from guard.wire.sse import data_of

DONE = b"[DONE]"


class Part(msgspec.Struct):
    """One part of a multimodal message."""

    type: str = ""
    text: str | None = None


class Message(msgspec.Struct):
    """One message of a request."""

    role: str = ""
    content: str | list[Part] | None = None


class ChatRequest(msgspec.Struct):
    """A chat request."""

    model: str = ""
    messages: list[Message] = []
    stream: bool | None = None


class _Content(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    message: _Content | None = None
    delta: _Content | None = None
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] = []
    error: Any = None


class AnswerView(msgspec.Struct):
    """The first choice of an answer, whole or put together from its chunks."""

    text: str = ""
    tool_calls: bool = False
    finished: bool = False
    """A finish reason or the end mark was seen."""
    error: bool = False
    """The upstream reported an error inside the stream."""
    chunks: int = 0
    """Chunks with choices."""


_request = msgspec.json.Decoder(ChatRequest)
_completion = msgspec.json.Decoder(_Completion)


def read_request(body: bytes) -> ChatRequest | None:
    """The view of a request body; None when it is JSON that we do not understand.

    Raises:
        InvalidJson: the body is not JSON.
    """
    try:
        return _request.decode(body)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = str(error)
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidJson(f"The request body is not JSON: {reason}.") from None
    return None


def user_texts(messages: Iterable[Message]) -> tuple[list[str], bool]:
    """The texts of all user messages, oldest first, and whether the newest carries more than text."""
    texts: list[str] = []
    media = False
    for message in messages:
        if message.role != "user":
            continue
        if isinstance(message.content, list):
            texts.append("\n".join(part.text for part in message.content if part.text))
            media = any(part.type != "text" for part in message.content)
        else:
            texts.append(message.content or "")
            media = False
    return texts, media


def read_completion(body: bytes) -> AnswerView | None:
    """The first choice of a whole completion; None when it is not one."""
    view = AnswerView()
    try:
        _take(_completion.decode(body), view)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    view.finished = True
    return view


def read_stream(stream: bytes) -> AnswerView:
    """The first choice of a streamed answer; chunks that are not understood are skipped."""
    view = AnswerView()
    parts: list[str] = []
    for data in data_of(stream):
        if data.strip() == DONE:
            view.finished = True
            break
        try:
            chunk = _completion.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        view.text = ""
        _take(chunk, view)
        parts.append(view.text)
    view.text = "".join(parts)
    return view


def _take(completion: _Completion, view: AnswerView) -> None:
    if completion.error is not None:
        view.error = True
    view.chunks += bool(completion.choices)
    for choice in completion.choices:
        if choice.finish_reason is not None:
            view.finished = True
        content = choice.message or choice.delta
        if choice.index == 0 and content is not None:
            view.text += content.content or content.refusal or ""
            view.tool_calls = view.tool_calls or bool(content.tool_calls)
