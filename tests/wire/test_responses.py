"""The Responses API."""

import json
from typing import Any

import pytest

from guard.wire.errors import InvalidJson
from guard.wire.formats import RESPONSES
from guard.wire.pieces import Part, Piece
from guard.wire.sse import data_of
from tests.wire.streams import REASONING, message, named, recorded, response, responses_stream


def request(**fields: Any) -> bytes:
    """A request body."""
    return json.dumps({"model": "m", "input": "Hi", **fields}).encode()


@pytest.mark.parametrize(
    ("given", "texts", "media"),
    [
        ("Hi", ["Hi"], False),
        ([{"role": "user", "content": "Hi"}], ["Hi"], False),
        ([{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}], ["Hi"], False),
        ([{"role": "developer", "content": "Be kind"}, {"role": "user", "content": "Hi"}], ["Hi"], False),
        ([{"role": "user", "content": "A"}, message("B"), {"role": "user", "content": "C"}], ["A", "C"], False),
        ([{"role": "user", "content": [{"type": "input_image"}, {"type": "input_text", "text": "Q"}]}], ["Q"], True),
        ([{"role": "user", "content": [{"type": "input_file"}]}, {"role": "user", "content": "Q"}], ["", "Q"], False),
        ([REASONING, {"type": "item_reference", "id": "x"}], [], False),
        (None, [], False),
    ],
)
def test_user_texts(given: Any, texts: list[str], media: bool) -> None:
    """The input is a text or items; only users speak for users."""
    view = RESPONSES.read_request(request(input=given, stream=True))

    assert view is not None
    assert ("m", True, texts, media) == (view.model, view.stream, view.texts, view.has_media)


def test_tool_results() -> None:
    """What tools answered is kept apart."""
    view = RESPONSES.read_request(
        request(input=[{"type": "function_call_output", "call_id": "c", "output": "21 °C"}, {"role": "user"}])
    )

    assert view is not None
    assert (["21 °C"], [""]) == (view.tool_texts, view.texts)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, None),
        ({"background": False, "top_logprobs": 0, "text": {"format": {"type": "text"}}, "include": []}, None),
        ({"tools": [{"type": "function", "name": "f"}], "tool_choice": "auto"}, None),
        ({"background": True}, "background"),
        ({"top_logprobs": 1}, "logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "logprobs"),
        ({"text": {"format": {"type": "json_schema", "name": "s", "schema": {}}}}, "structured_output"),
        ({"tool_choice": "required"}, "tools_only"),
    ],
)
def test_what_must_not_be_changed(fields: dict[str, Any], reason: str | None) -> None:
    """Some requests depend on the exact answer."""
    view = RESPONSES.read_request(request(**fields))

    assert view is not None
    assert reason == view.observe_only


def test_refuses_what_is_not_json() -> None:
    """As the chat API does."""
    with pytest.raises(InvalidJson):
        RESPONSES.read_request(b"{")
    assert RESPONSES.read_request(request(input=3)) is None


def kinds(pieces: list[Piece]) -> list[Part]:
    """The parts, one of each run."""
    parts = [piece.part for piece in pieces]
    return [part for at, part in enumerate(parts) if at == 0 or parts[at - 1] is not part]


@pytest.mark.parametrize(
    ("stream", "text"), [(recorded("responses.sse"), "Hello! I"), (responses_stream("A", "b"), "Ab")]
)
def test_streams(stream: bytes, text: str) -> None:
    """llama.cpp's and OpenAI's: heads, reasoning, text, and events that close text, item and response."""
    pieces = RESPONSES.pieces(stream)
    view = RESPONSES.read_stream(stream)

    assert [Part.OTHER, Part.TEXT, Part.FINISH] == kinds(pieces)
    assert 4 == sum(piece.part is Part.FINISH for piece in pieces)
    assert text == "".join(piece.text for piece in pieces) == view.text
    assert (True, False, False, 1) == (view.finished, view.error, view.tool_calls, view.choices)
    assert not RESPONSES.read_stream(b"".join(piece.raw for piece in pieces[:-1])).finished


@pytest.mark.parametrize("stream", [recorded("responses.sse"), responses_stream("Hello! ", "I")])
def test_every_event_that_repeats_the_text(stream: bytes) -> None:
    """Once the text is another one, no event still has the old one, and nothing but the text differs."""
    pieces = RESPONSES.pieces(stream)
    old = "Hello! I"

    edited = [RESPONSES.finish(piece, text="New.", extra=None) for piece in pieces]

    assert [piece.raw.replace(f'"{old}"'.encode(), b'"New."') for piece in pieces] == edited
    assert 4 == sum(b'"New."' in event for event in edited)


def test_coolhead_is_on_the_response() -> None:
    """It is put onto the finished response, and on no other event."""
    pieces = RESPONSES.pieces(responses_stream("A"))

    done = [RESPONSES.finish(piece, text=None, extra=b'{"v":1}') for piece in pieces]

    assert [piece.raw for piece in pieces[:-1]] == done[:-1]
    assert {"v": 1} == json.loads(next(data_of(done[-1])))["response"]["coolhead"]


def test_a_note_moves_the_numbers() -> None:
    """With a note in it, the stream's numbers still go up by one."""
    pieces = RESPONSES.pieces(responses_stream("A", "b"))
    last = max(at for at, piece in enumerate(pieces) if piece.part is Part.TEXT)
    head = b"".join(piece.raw for piece in pieces[: last + 1])
    rest = b"".join(RESPONSES.finish(piece, text="Ab PS", extra=None, shift=1) for piece in pieces[last + 1 :])

    stream = head + RESPONSES.note(pieces[last], " PS") + rest

    numbers = [json.loads(data)["sequence_number"] for data in data_of(stream)]
    assert list(range(len(pieces) + 1)) == numbers
    assert "Ab PS" == RESPONSES.read_stream(stream).text


def test_servers_without_numbers() -> None:
    """llama.cpp numbers no events; none are made up."""
    text = next(piece for piece in RESPONSES.pieces(recorded("responses.sse")) if piece.part is Part.TEXT)

    assert text.raw == RESPONSES.finish(text, text=None, extra=None, shift=1)
    assert b"sequence_number" not in RESPONSES.note(text, "PS")


def test_only_text_events_carry_text() -> None:
    """There is no text event to make of another one."""
    (piece,) = RESPONSES.pieces(b": ping\n\n")

    assert b"" == RESPONSES.note(piece, "x") == RESPONSES.delta(piece, "x")


@pytest.mark.parametrize("end", ["failed", "incomplete"])
def test_other_ends(end: str) -> None:
    """A response that failed or was cut short is finished, too; only one that failed is an error."""
    stream = named({"type": f"response.{end}", "response": response(message("A"), status=end)})
    view = RESPONSES.read_stream(stream)

    assert ("A", True, end == "failed") == (view.text, view.finished, view.error)
    assert [Part.FINISH] == kinds(RESPONSES.pieces(stream))


def test_an_error_event() -> None:
    """The upstream's error inside the stream is seen."""
    assert RESPONSES.read_stream(b'event: error\ndata: {"type":"error","message":"x"}\n\n').error


def test_tools_of_the_application() -> None:
    """A call that the application must answer is a tool call; a search that the upstream runs is none."""
    call = {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"}
    search = {"type": "web_search_call", "id": "ws", "status": "completed"}

    for item, expected in ((call, True), (search, False)):
        whole = RESPONSES.read_answer(json.dumps(response(item)).encode())
        streamed = RESPONSES.read_stream(named({"type": "response.output_item.done", "item": item}))
        assert whole is not None
        assert expected == whole.tool_calls == streamed.tool_calls


def test_several_texts() -> None:
    """The first text part is read, and it shows that there are more."""
    body = json.dumps(response(message("First"), message("Second"))).encode()
    view = RESPONSES.read_answer(body)

    assert view is not None
    assert ("First", 2) == (view.text, view.choices)
    assert body.replace(b"First", b"New") == RESPONSES.with_text(body, "New")


def test_refusals() -> None:
    """A refusal is text, as in the chat API."""
    item = message("x") | {"content": [{"type": "refusal", "refusal": "No."}]}
    whole = RESPONSES.read_answer(json.dumps(response(item)).encode())
    stream = named(
        {"type": "response.refusal.delta", "delta": "No."},
        {"type": "response.refusal.done", "refusal": "No."},
        {"type": "response.content_part.done", "part": item["content"][0]},
        {"type": "response.output_item.done", "item": item},
        {"type": "response.completed", "response": response(item)},
    )
    pieces = RESPONSES.pieces(stream)

    assert whole is not None
    assert ("No.", True) == (whole.text, whole.refusal)
    assert ("No.", True) == (RESPONSES.read_stream(stream).text, RESPONSES.read_stream(stream).refusal)
    assert [Part.TEXT, Part.FINISH] == kinds(pieces)
    assert not any(b"No." in RESPONSES.finish(piece, text="Yes", extra=None) for piece in pieces[1:])


def test_whole_answers() -> None:
    """Exactly the text is exchanged, also where a server repeats it at the top."""
    body = recorded("responses.json")
    helpful = json.dumps(response(message("Hello")) | {"output_text": "Hello"}).encode()

    assert body.replace(b"Hello! I", b"new") == RESPONSES.with_text(body, "new")
    assert helpful.replace(b"Hello", b"new") == RESPONSES.with_text(helpful, "new")
    assert body[:-1] + b',"coolhead":{"v":1}}' == RESPONSES.with_extra(body, b'{"v":1}')
