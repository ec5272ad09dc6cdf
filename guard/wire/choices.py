"""What the chat and the completions API share: answers with `choices`, streamed as chunks of the same shape."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from guard.wire.base import JsonFormat
from guard.wire.decoding import answer_of
from guard.wire.edit import Path, edited, encoded
from guard.wire.pieces import Part, Piece
from guard.wire.sse import DONE, data_of, event_data, with_data
from guard.wire.views import AnswerView

R = TypeVar("R")


class _Content(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None
    function_call: Any = None


class _Choice(msgspec.Struct):
    index: int = 0
    message: _Content | None = None
    delta: _Content | None = None
    text: str | None = None
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    error: Any = None
    usage: Any = None


_completion = msgspec.json.Decoder(_Completion)


class ChoicesFormat(JsonFormat[R]):
    """Everything but the request."""

    @abstractmethod
    def _choice_with(self, text: bytes) -> bytes:
        """A streamed choice with this text, a JSON string."""

    def read_answer(self, body: bytes) -> AnswerView | None:
        """The first choice of a whole answer; None when it is not one."""
        completion = answer_of(_completion, body)
        if completion is None:
            return None
        view = AnswerView()
        _take(completion, view)
        view.finished = True
        return view

    def read_stream(self, stream: bytes) -> AnswerView:
        """The first choice of a streamed answer; chunks that are not understood are skipped."""
        view = AnswerView()
        parts: list[str] = []
        for data in data_of(stream):
            if data.strip() == DONE:
                view.finished = True
                break
            if (chunk := answer_of(_completion, data)) is not None:
                view.text = ""
                _take(chunk, view)
                parts.append(view.text)
        view.text = "".join(parts)
        return view

    def with_text(self, body: bytes, text: str) -> bytes:
        """The body with the first choice's text replaced; one without text comes back as it is."""
        completion = answer_of(_completion, body)
        return edited(body, _texts_replaced(completion, text)) if completion else body

    def delta(self, like: Piece, text: str) -> bytes:
        """The event `like` with another text in place of its own; without one, a text event beside it."""
        if not like.text:
            return self.note(like, text)
        return with_data(like.raw, self.with_text(event_data(like.raw), text))

    def finish(self, piece: Piece, *, text: str | None, extra: bytes | None, shift: int = 0) -> bytes:
        """The event once more, with `coolhead` on it. Chunks repeat no text and carry no numbers."""
        if piece.part is not Part.FINISH or extra is None:
            return piece.raw
        return with_data(piece.raw, self.with_extra(event_data(piece.raw), extra))

    def note(self, like: Piece, text: str) -> bytes:
        """A further text event, with the ids of `like` and nothing else of it; empty when `like` is no chunk."""
        data = event_data(like.raw)
        chunk = answer_of(_completion, data)
        if chunk is None:
            return b""
        changes: dict[Path, bytes] = {("choices",): b"[" + self._choice_with(encoded(text)) + b"]"}
        if chunk.usage is not None:  # some clients add up the usage of all chunks
            changes[("usage",)] = b"null"
        return with_data(like.raw, edited(data, changes))

    def _piece(self, raw: bytes, data: bytes) -> Piece:
        chunk = answer_of(_completion, data)
        text, finishes = "", False
        for _, choice in _first(chunk) if chunk is not None else ():
            text += _text_of(choice)
            finishes = finishes or bool(choice.finish_reason)
        return Piece(raw, Part.FINISH if finishes else Part.TEXT if text else Part.OTHER, text)


def _take(completion: _Completion, view: AnswerView) -> None:
    if completion.error is not None:
        view.error = True
    for choice in completion.choices or ():
        view.choices = max(view.choices, choice.index + 1)
        view.finished = view.finished or bool(choice.finish_reason)
    view.chunks += bool(completion.choices)
    for _, choice in _first(completion):
        view.text += _text_of(choice)
        content = choice.message or choice.delta
        if content is not None:
            view.refusal = view.refusal or bool(content.refusal)
            view.tool_calls = view.tool_calls or bool(content.tool_calls or content.function_call)


def _first(completion: _Completion) -> Iterator[tuple[int, _Choice]]:
    """The choice with index 0, and its position. It may stand in pieces in one chunk."""
    for position, choice in enumerate(completion.choices or ()):
        if choice.index == 0:
            yield position, choice


def _text_of(choice: _Choice) -> str:
    content = choice.message or choice.delta
    return (choice.text if content is None else content.content or content.refusal) or ""


def _texts_replaced(completion: _Completion, text: str) -> dict[Path, bytes]:
    """The new text goes where the first bit of the old one is; further bits become empty."""
    changes: dict[Path, bytes] = {}
    for position, choice in _first(completion):
        if _text_of(choice):
            changes["choices", position, *_place(choice)] = b'""' if changes else encoded(text)
    return changes


def _place(choice: _Choice) -> Path:
    content = choice.message or choice.delta
    if content is None:
        return ("text",)
    return ("message" if choice.message else "delta", "content" if content.content else "refusal")
