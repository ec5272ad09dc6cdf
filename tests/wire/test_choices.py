"""Answers with choices, whole and streamed."""

import json
from typing import Any

import pytest

from guard.wire.formats import CHAT
from guard.wire.pieces import Part, Piece
from tests.wire.streams import chunk, delta, recorded


def one(event: bytes) -> Piece:
    """The only piece of an event."""
    (piece,) = CHAT.pieces(event)
    return piece


def data(event: bytes) -> Any:
    """The data of an event of one line."""
    return json.loads(event.removeprefix(b"data: "))


def test_a_recorded_stream() -> None:
    """llama.cpp: the role first, then text, the finish, the usage without choices, the end mark."""
    pieces = CHAT.pieces(recorded("chat.sse"))

    assert [Part.OTHER, *[Part.TEXT] * 3, Part.FINISH, Part.OTHER, Part.END] == [piece.part for piece in pieces]
    assert ["", "Hello", "!", " I", "", "", ""] == [piece.text for piece in pieces]


@pytest.mark.parametrize(
    ("event", "part", "text"),
    [
        (b": ping\n\n", Part.OTHER, ""),
        (b": ping\n", Part.OTHER, ""),
        (b"data: {broken\n\n", Part.OTHER, ""),
        (b'data: {"error": {"message": "x"}}\n\n', Part.OTHER, ""),
        (b'data: {"choices": null}\n\n', Part.OTHER, ""),
        (b"data:[DONE]\r\n\r\n", Part.END, ""),
        (b'event: x\r\ndata: {"choices":\r\ndata: [{"delta":{"content":"a"}}]}\r\n\r\n', Part.TEXT, "a"),
        (chunk(delta(role="assistant", content="")), Part.OTHER, ""),
        (chunk(delta(reasoning_content="Hm.")), Part.OTHER, ""),
        (chunk(delta(reasoning="Hm.", content=None)), Part.OTHER, ""),
        (chunk(delta(tool_calls=[{"index": 0}])), Part.OTHER, ""),
        (chunk(delta(refusal="No.")), Part.TEXT, "No."),
        (chunk(delta(content="a", finish="")), Part.TEXT, "a"),
        (chunk(delta(content="a", finish="stop")), Part.FINISH, "a"),
        (chunk(delta(1, content="b")), Part.OTHER, ""),
        (chunk(delta(1, finish="stop")), Part.OTHER, ""),
        (chunk(delta(1, content="b"), delta(content="a")), Part.TEXT, "a"),
        (chunk(delta(content="a"), delta(1, finish="stop")), Part.TEXT, "a"),
    ],
)
def test_parts(event: bytes, part: Part, text: str) -> None:
    """Only what people read of the first choice is text, and only its finish is one."""
    assert Piece(event, part, text) == one(event)


def test_another_text_in_an_event() -> None:
    """All else of the chunk stays: other choices, other members, white space, line ends."""
    choices = b'[{"index":1,"delta":{"content":"a"}}, {"delta":{"content" : "a"}}]'
    event = b': c\r\nid: 1\r\ndata: { "choices":' + choices + b" }\r\n\r\n"

    assert event.replace(b' : "a"', ' : "é"'.encode()) == CHAT.delta(one(event), "é")


def test_a_choice_in_pieces() -> None:
    """Text of one choice in two places of a chunk is replaced once."""
    event = chunk(delta(content="a"), delta(content="b"))

    assert "new" == one(CHAT.delta(one(event), "new")).text


def test_an_event_that_finishes_with_text() -> None:
    """Servers that put the last text onto the finish chunk keep it there."""
    event = chunk(delta(content="end", finish="stop"))

    assert event.replace(b'"end"', b'"new"') == CHAT.delta(one(event), "new")


def test_a_refusal_is_replaced_where_it_is() -> None:
    """The new text stands where the client looks for the old one."""
    event = chunk(delta(content=None, refusal="No."))

    assert event.replace(b'"No."', b'"Yes."') == CHAT.delta(one(event), "Yes.")


def test_finish() -> None:
    """`coolhead` goes onto the finish chunk and nowhere else; the reason stays."""
    pieces = CHAT.pieces(recorded("chat.sse"))

    done = [CHAT.finish(piece, text="new", extra=b'{"v":1}', shift=3) for piece in pieces]

    changed = [(new, piece.raw) for new, piece in zip(done, pieces, strict=True) if new != piece.raw]
    assert [(pieces[4].raw.replace(b"}\n\n", b',"coolhead":{"v":1}}\n\n'), pieces[4].raw)] == changed


@pytest.mark.parametrize(
    "like",
    [
        chunk(delta(content="a", tool_calls=[{"index": 0}], role="assistant"), usage={"total_tokens": 9}),
        chunk(delta(finish="stop"), usage={"total_tokens": 9}),
        chunk(usage={"total_tokens": 9}),
    ],
)
def test_a_note_brings_text_only(like: bytes) -> None:
    """A further event repeats neither tool calls nor usage nor the finish; the ids are the stream's."""
    note = data(CHAT.note(one(like), "By the way."))

    assert [{"index": 0, "delta": {"content": "By the way."}, "finish_reason": None}] == note["choices"]
    assert note["usage"] is None
    assert ("chatcmpl-1", "m", 1764000000) == (note["id"], note["model"], note["created"])


def test_a_note_beside_a_comment() -> None:
    """There is no chunk to make one of."""
    assert b"" == CHAT.note(one(b": ping\n\n"), "x")


def test_whole_answers() -> None:
    """Exactly the text is exchanged, and `coolhead` is added at the top."""
    body = recorded("chat.json")

    assert body.replace(b"Hello! I", b"new") == CHAT.with_text(body, "new")
    assert body[:-1] + b',"coolhead":{"v":1}}' == CHAT.with_extra(body, b'{"v":1}')


def test_answers_of_two_coolheads() -> None:
    """The one that is nearer to the client speaks."""
    assert b'{"coolhead":{"v":2}}' == CHAT.with_extra(b'{"coolhead":{"v":1}}', b'{"v":2}')


@pytest.mark.parametrize("body", [b'{"choices":[{"message":{"content":null}}]}', b"{}", b"<html>", b"[]"])
def test_no_text_to_replace(body: bytes) -> None:
    """Tool calls, errors and pages of a proxy come back as they are."""
    assert body == CHAT.with_text(body, "new")


def test_view_of_choices_and_refusals() -> None:
    """How many choices there are, and whether the first is a refusal, is seen whole and streamed."""
    refused = json.dumps({"choices": [{"message": {"refusal": "No."}}, {"index": 1, "message": {}}]}).encode()
    whole = CHAT.read_answer(refused)
    streamed = CHAT.read_stream(chunk(delta(refusal="N")) + chunk(delta(refusal="o.")) + chunk(delta(1)))

    assert whole is not None
    for view in (whole, streamed):
        assert ("No.", True, 2) == (view.text, view.refusal, view.choices)


def test_an_empty_finish_reason_finishes_nothing() -> None:
    """Some servers send one with every chunk."""
    assert not CHAT.read_stream(chunk(delta(content="a", finish=""))).finished


def test_legacy_function_calls() -> None:
    """The old way to call a function is a tool call, too."""
    assert CHAT.read_stream(chunk(delta(function_call={"name": "f"}))).tool_calls
