"""The Responses API, /v1/responses: typed items, streamed as named and numbered events."""

from collections.abc import Iterator
from typing import Any

import msgspec

from guard.wire.base import JsonFormat
from guard.wire.decoding import answer_of, forces_tools, is_structured, more_than_one
from guard.wire.edit import EXTRA, Path, edited, encoded
from guard.wire.pieces import Part, Piece
from guard.wire.sse import DONE, data_of, event_data, with_data
from guard.wire.views import AnswerView, RequestView

_DELTAS = ("response.output_text.delta", "response.refusal.delta")
_TEXT_DONE = {"response.output_text.done": "text", "response.refusal.done": "refusal"}
_PART_DONE = "response.content_part.done"
_ITEM_DONE = "response.output_item.done"
_ENDS = ("response.completed", "response.incomplete", "response.failed")
_TEXT_PARTS = {"output_text": "text", "refusal": "refusal"}
"""Content parts that people read, and the member that holds their text."""
_APPLICATION_CALLS = frozenset(
    (
        "function_call",
        "custom_tool_call",
        "computer_call",
        "local_shell_call",
        "shell_call",
        "apply_patch_call",
        "mcp_approval_request",
    )
)
"""Items with which the answer hands over to the application; other tools the upstream runs itself."""


class _Part(msgspec.Struct):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(msgspec.Struct):
    type: str = "message"
    role: str = ""
    content: str | list[_Part] | None = None
    output: Any = None


class _Format(msgspec.Struct):
    format: Any = None


class _Request(msgspec.Struct):
    model: str = ""
    input: str | list[_Item] | None = None
    stream: bool | None = None
    background: Any = None
    text: _Format | None = None
    top_logprobs: Any = None
    include: list[Any] | None = None
    tool_choice: Any = None


class _Response(msgspec.Struct):
    output: list[_Item] = []
    output_text: str | None = None
    status: str | None = None
    error: Any = None


class _Event(msgspec.Struct):
    type: str = ""
    sequence_number: int | None = None
    output_index: int = 0
    content_index: int = 0
    delta: str | None = None
    text: str | None = None
    refusal: str | None = None
    part: _Part | None = None
    item: _Item | None = None
    response: _Response | None = None


_response = msgspec.json.Decoder(_Response)
_event = msgspec.json.Decoder(_Event)


class _Responses(JsonFormat[_Request]):
    name = "responses"
    request = msgspec.json.Decoder(_Request)

    def _view(self, request: _Request) -> RequestView:
        view = RequestView(model=request.model, stream=bool(request.stream), observe_only=_observe_only(request))
        if isinstance(request.input, str):
            view.texts = [request.input]
        else:
            _take_items(request.input or [], view)
        return view

    def read_answer(self, body: bytes) -> AnswerView | None:
        """The first text part of a whole response; None when it is not one."""
        response = answer_of(_response, body)
        if response is None:
            return None
        view = AnswerView(finished=True)
        _take_response(response, view)
        return view

    def read_stream(self, stream: bytes) -> AnswerView:
        """The first text part of a streamed response; events that are not understood are skipped."""
        view = AnswerView()
        texts: dict[tuple[int, int], list[str]] = {}
        for data in data_of(stream):
            if data.strip() == DONE:
                view.finished = True
                break
            if (event := answer_of(_event, data)) is None:
                continue
            view.chunks += event.type.startswith("response.")
            view.error = view.error or event.type == "error"
            if event.type in _DELTAS and event.delta:
                texts.setdefault((event.output_index, event.content_index), []).append(event.delta)
                view.refusal = view.refusal or event.type == "response.refusal.delta"
            elif event.type == _ITEM_DONE and event.item is not None:
                view.tool_calls = view.tool_calls or event.item.type in _APPLICATION_CALLS
            elif event.type in _ENDS:
                view.finished = True
                _take_response(event.response or _Response(), view)
                view.error = view.error or event.type == "response.failed"
        if texts:
            view.text = "".join(next(iter(texts.values())))
        view.choices = max(view.choices, len(texts))
        return view

    def with_text(self, body: bytes, text: str) -> bytes:
        """The body with the first text part's text replaced; one without text comes back as it is."""
        response = answer_of(_response, body)
        return edited(body, _response_changes(response, encoded(text))) if response else body

    def delta(self, like: Piece, text: str) -> bytes:
        """The text event `like` with another text; empty when it is none."""
        if like.part is not Part.TEXT:
            return b""
        return _with_changes(like, {("delta",): encoded(text)})

    def finish(self, piece: Piece, *, text: str | None, extra: bytes | None, shift: int = 0) -> bytes:
        """The event once more: the whole text that it repeats replaced, `coolhead` on it if it is the last one
        and holds the response, and its number moved."""
        event = answer_of(_event, event_data(piece.raw))
        if event is None:
            return piece.raw
        changes: dict[Path, bytes] = {}
        if shift and event.sequence_number is not None:
            changes[("sequence_number",)] = b"%d" % (event.sequence_number + shift)
        if text is not None and piece.part is Part.FINISH:
            changes |= _event_changes(event, encoded(text))
        if extra is not None and event.type in _ENDS:
            changes["response", EXTRA] = extra
        return _with_changes(piece, changes) if changes else piece.raw

    def note(self, like: Piece, text: str) -> bytes:
        """A further text event after `like`, with the next number: move those that follow. Empty as for `delta`."""
        if like.part is not Part.TEXT:
            return b""
        changes: dict[Path, bytes] = {("delta",): encoded(text)}
        event = answer_of(_event, event_data(like.raw))
        if event is not None and event.sequence_number is not None:
            changes[("sequence_number",)] = b"%d" % (event.sequence_number + 1)
        return _with_changes(like, changes)

    def _piece(self, raw: bytes, data: bytes) -> Piece:
        event = answer_of(_event, data)
        if event is None:
            return Piece(raw, Part.OTHER)
        if event.type in _DELTAS and event.content_index == 0 and event.delta:
            return Piece(raw, Part.TEXT, event.delta)
        return Piece(raw, Part.FINISH if _finishes(event) else Part.OTHER)


def _with_changes(piece: Piece, changes: dict[Path, bytes]) -> bytes:
    return with_data(piece.raw, edited(event_data(piece.raw), changes))


def _observe_only(request: _Request) -> str | None:
    if request.background:
        return "background"
    if more_than_one(request.top_logprobs) or request.top_logprobs == 1:
        return "logprobs"
    if "message.output_text.logprobs" in (request.include or ()):
        return "logprobs"
    if request.text is not None and is_structured(request.text.format):
        return "structured_output"
    return "tools_only" if forces_tools(request.tool_choice) else None


def _take_items(items: list[_Item], view: RequestView) -> None:
    for item in items:
        if item.type == "message" and item.role == "user":
            parts = item.content if isinstance(item.content, list) else [_Part("input_text", item.content)]
            view.texts.append("\n".join(part.text for part in parts if part.text))
            view.has_media = any(part.type not in ("input_text", "text") for part in parts)
        elif item.type.endswith("_call_output") and isinstance(item.output, str):
            view.tool_texts.append(item.output)


def _take_response(response: _Response, view: AnswerView) -> None:
    texts = list(_text_parts(response.output))
    view.choices = len(texts)
    if texts:
        _, key, part = texts[0]
        view.text = _text_of(part, key)
        view.refusal = key == "refusal"
    view.tool_calls = view.tool_calls or any(item.type in _APPLICATION_CALLS for item in response.output)
    view.error = view.error or response.error is not None or response.status == "failed"


def _text_parts(output: list[_Item]) -> Iterator[tuple[Path, str, _Part]]:
    """Path below `output`, the member with the text, and the part."""
    for position, item in enumerate(output):
        if item.type == "message" and isinstance(item.content, list):
            for index, part in enumerate(item.content):
                if (key := _TEXT_PARTS.get(part.type)) is not None:
                    yield (position, "content", index, key), key, part


def _text_of(part: _Part, key: str) -> str:
    return (part.text if key == "text" else part.refusal) or ""


def _finishes(event: _Event) -> bool:
    """Does the event close the first text part, its item or the response?"""
    if event.type in _TEXT_DONE:
        return event.content_index == 0
    if event.type == _PART_DONE:
        return event.content_index == 0 and event.part is not None and event.part.type in _TEXT_PARTS
    if event.type == _ITEM_DONE:
        return event.item is not None and event.item.type == "message"
    return event.type in _ENDS


def _event_changes(event: _Event, text: bytes) -> dict[Path, bytes]:
    """Where an event that finishes something repeats the whole text."""
    if (key := _TEXT_DONE.get(event.type)) is not None:
        return {(key,): text}
    if event.type == _PART_DONE and event.part is not None:
        return {("part", _TEXT_PARTS[event.part.type]): text}
    if event.type == _ITEM_DONE and event.item is not None:
        return {("item", *path[1:]): text for path, _, _ in list(_text_parts([event.item]))[:1]}
    changes = _response_changes(event.response or _Response(), text)
    return {("response", *path): value for path, value in changes.items()}


def _response_changes(response: _Response, text: bytes) -> dict[Path, bytes]:
    changes: dict[Path, bytes] = {("output", *path): text for path, _, _ in list(_text_parts(response.output))[:1]}
    if changes and response.output_text is not None:  # the text once more, from servers that help clients along
        changes[("output_text",)] = text
    return changes


RESPONSES = _Responses()
