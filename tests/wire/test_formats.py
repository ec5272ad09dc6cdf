"""What holds for all formats, as OpenAI's own SDK sees it."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from guard.wire.formats import CHAT, COMPLETIONS, FORMATS, RESPONSES, Format
from guard.wire.pieces import Part, Piece
from guard.wire.sse import data_of
from tests.wire.streams import chunk, delta, message, recorded, response, responses_stream

STREAMS: list[tuple[Format, bytes]] = [
    (CHAT, recorded("chat.sse")),
    (COMPLETIONS, recorded("completions.sse")),
    (RESPONSES, recorded("responses.sse")),
    (RESPONSES, responses_stream("Hello", "!", " I")),
]
EXTRA = b'{"verdict":"contradicted"}'


def whole_answer(format: Format, text: str, ascii: bool, indent: int | None) -> bytes:
    """An answer in OpenAI's full shape."""
    ids = {"id": "x", "created": 1764000000, "model": "m"}
    chat = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    plain = {"index": 0, "finish_reason": "stop", "logprobs": None, "text": text}
    body = {
        CHAT.name: ids | {"object": "chat.completion", "choices": [chat]},
        COMPLETIONS.name: ids | {"object": "text_completion", "choices": [plain]},
        RESPONSES.name: response(message(text)),
    }[format.name]
    return json.dumps(body, ensure_ascii=ascii, indent=indent).encode()


def rewritten(format: Format, stream: bytes, text: str, note: str) -> bytes:
    """The stream with another text, put into the first text event, a note after the last, and `coolhead`."""
    pieces = format.pieces(stream)
    texts = [at for at, piece in enumerate(pieces) if piece.part is Part.TEXT]
    out = [piece.raw for piece in pieces[: texts[0]]]
    out += [format.delta(pieces[at], text if at == texts[0] else "") for at in texts]
    out.append(format.note(pieces[texts[-1]], note))
    for piece in pieces[texts[-1] + 1 :]:
        whole = text + note if piece.part is Part.FINISH else None
        out.append(format.finish(piece, text=whole, extra=EXTRA, shift=1))
    return b"".join(out)


def test_paths() -> None:
    """Each route below /v1 has its own format."""
    assert {"chat/completions": CHAT, "completions": COMPLETIONS, "responses": RESPONSES} == FORMATS
    assert 3 == len({format.name for format in FORMATS.values()})


@pytest.mark.parametrize(("format", "stream"), STREAMS)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_pieces_are_the_stream(format: Format, stream: bytes, ending: bytes) -> None:
    """Joined they are what came in, whatever ends the lines, and their texts are the answer's."""
    stream = (b": ping\n\n" + stream + b"data: cut off").replace(b"\n", ending)

    pieces = format.pieces(stream)

    assert stream == b"".join(piece.raw for piece in pieces)
    assert format.read_stream(stream).text == "".join(piece.text for piece in pieces)


EVENTS = st.sampled_from(
    [
        *(event for format, stream in STREAMS for event in (piece.raw for piece in format.pieces(stream))),
        chunk(delta(content="a"), delta(1, content="b")),
        b'data: {"choices":\r\ndata: []}\r\n\r\n',
        b"data: {broken\n\n",
        b": ping\n\n",
        b"event: x\rdata: 3\r\r",
        b"data: \xff\n\n",
    ]
)


@given(st.lists(EVENTS), st.sampled_from(list(FORMATS.values())))
def test_any_events(events: list[bytes], format: Format) -> None:
    """Each event is one piece, known or not, and an event that is not changed stays as it is."""
    pieces = format.pieces(b"".join(events))

    assert events == [piece.raw for piece in pieces]
    assert events == [format.finish(piece, text=None, extra=None) for piece in pieces]
    assert events == [
        format.delta(piece, piece.text) if piece.text.isascii() and piece.text else piece.raw for piece in pieces
    ]


@given(st.binary(), st.sampled_from(list(FORMATS.values())))
def test_any_bytes(stream: bytes, format: Format) -> None:
    """Nothing that an upstream sends is an error of ours, or gets lost."""
    assert stream == b"".join(piece.raw for piece in format.pieces(stream))
    format.read_stream(stream)
    format.read_answer(stream)
    assert stream == format.with_text(stream, "new")


@given(
    st.sampled_from(list(FORMATS.values())), st.text(min_size=1), st.text(), st.booleans(), st.sampled_from([None, 2])
)
def test_only_the_text_of_a_whole_answer_changes(
    format: Format, old: str, new: str, ascii: bool, indent: int | None
) -> None:
    """Whatever the text, its escapes and the layout, all bytes around it stay, and it reads back as the new one."""
    old_literal = json.dumps("MARK" + old, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    body = whole_answer(format, "MARK" + old, ascii, indent)
    before, _, after = body.partition(old_literal)

    changed = format.with_text(body, new)
    view = format.read_answer(changed)

    assert changed.startswith(before)
    assert changed.endswith(after)
    assert new == json.loads(changed[len(before) : len(changed) - len(after)])
    assert view is not None
    assert new == view.text


def completion_of(body: bytes) -> str:
    """The text that the SDK's strict models find, and `coolhead` with it."""
    kinds: dict[str, Callable[[bytes], Any]] = {
        "chat.completion": ChatCompletion.model_validate_json,
        "text_completion": Completion.model_validate_json,
        "response": Response.model_validate_json,
    }
    parsed = kinds[json.loads(body)["object"]](body)
    assert {"verdict": "contradicted"} == parsed.coolhead
    if isinstance(parsed, Response):
        return parsed.output_text
    choice = parsed.choices[0]
    return choice.text if isinstance(parsed, Completion) else choice.message.content or ""


@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
def test_the_sdk_reads_a_whole_answer(format: Format) -> None:
    """Its strict models accept the changed answer and keep `coolhead`."""
    body = format.with_extra(format.with_text(whole_answer(format, "Old.", False, None), "New é."), EXTRA)

    assert "New é." == completion_of(body)


def test_the_sdk_reads_every_changed_event() -> None:
    """Its strict models accept each event, with the ids of the stream."""
    event: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    openai_chat = chunk(delta(role="assistant", content="")) + chunk(delta(content="Hi")) + chunk(delta(finish="stop"))

    chunks = [
        ChatCompletionChunk.model_validate_json(data) for data in data_of(rewritten(CHAT, openai_chat, "New.", " PS"))
    ]
    events = [
        event.validate_json(data) for data in data_of(rewritten(RESPONSES, responses_stream("Hi"), "New.", " PS"))
    ]

    assert {"chatcmpl-1"} == {item.id for item in chunks}
    assert "New. PS" == "".join(item.choices[0].delta.content or "" for item in chunks)
    assert list(range(len(events))) == [item.sequence_number for item in events]
    assert {"msg_1"} == {item.item_id for item in events if item.type == "response.output_text.delta"}
    assert "New. PS" == events[-1].response.output_text


def client(stream: bytes) -> openai.OpenAI:
    """OpenAI's SDK in front of a stream."""
    answer = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
    )
    http: Any = httpx.Client(transport=answer)  # the SDK is typed for a fork of httpx, and takes both
    return openai.OpenAI(base_url="http://upstream/v1", api_key="k", http_client=http)


@pytest.mark.parametrize("stream", [recorded("responses.sse"), responses_stream("Hello", "!")])
def test_the_sdk_iterates_over_a_changed_response(stream: bytes) -> None:
    """Deltas, closing events and the finished response say the same, and the response has `coolhead`."""
    with client(rewritten(RESPONSES, stream, "New.", " PS")) as sdk:
        events: list[Any] = list(sdk.responses.create(model="m", input="Hi", stream=True))

    assert "New. PS" == "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert "New. PS" == next(event.text for event in events if event.type == "response.output_text.done")
    assert "New. PS" == events[-1].response.output_text
    assert {"verdict": "contradicted"} == events[-1].response.coolhead


def test_the_sdk_accumulates_a_changed_response() -> None:
    """So does its helper that puts the events together."""
    with client(rewritten(RESPONSES, responses_stream("Hello", "!"), "New.", " PS")) as sdk:
        with sdk.responses.stream(model="m", input="Hi") as stream:
            final: Any = stream.get_final_response()

    assert ("New. PS", {"verdict": "contradicted"}) == (final.output_text, final.coolhead)


@pytest.mark.parametrize(("format", "name"), [(CHAT, "chat.sse"), (COMPLETIONS, "completions.sse")])
def test_the_sdk_iterates_over_changed_chunks(format: Format, name: str) -> None:
    """The text is the new one, the finish chunk has `coolhead`, and the usage comes once."""
    with client(rewritten(format, recorded(name), "New.", " PS")) as sdk:
        chunks: list[Any]
        if format is CHAT:
            chunks = list(sdk.chat.completions.create(model="m", messages=[], stream=True))
        else:
            chunks = list(sdk.completions.create(model="m", prompt="Hi", stream=True))

    choices = [item.choices[0] for item in chunks if item.choices]
    assert "New. PS" == "".join((c.delta.content if format is CHAT else c.text) or "" for c in choices)
    assert 1 == sum(item.usage is not None for item in chunks)
    (finish,) = [item for item in chunks if item.choices and item.choices[0].finish_reason]
    assert {"verdict": "contradicted"} == finish.coolhead


def test_pieces_are_what_delivery_takes() -> None:
    """The types fit: a format gives what a delivery is told."""
    assert [Piece(b"data: [DONE]\n\n", Part.END)] == CHAT.pieces(b"data: [DONE]\n\n")
