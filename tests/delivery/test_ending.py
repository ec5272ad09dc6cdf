"""Deliveries with the formats of the real APIs."""

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.policy import Mode
from guard.core.settlement import Settlement
from guard.core.verdict import Kind
from guard.delivery.choose import delivery_for
from guard.delivery.hold import Hold
from guard.delivery.steps import Release
from guard.delivery.whole import apply_whole
from guard.wire.formats import CHAT, COMPLETIONS, RESPONSES, Format
from guard.wire.pieces import Part
from tests.delivery.playbook import EXTRA, corrected, settlement
from tests.delivery.streams import WORDS

TEXTS = st.lists(WORDS, min_size=1, max_size=8)
NOTE = "\n\nA note: 4 g."
FORMATS = [CHAT, COMPLETIONS, RESPONSES]


@dataclass
class Out:
    """What came of an answer."""

    raw: list[bytes]
    undeliverable: bool
    sent: str = ""

    @property
    def stream(self) -> bytes:
        """All of it."""
        return b"".join(self.raw)


def chat(texts: list[str]) -> bytes:
    """A streamed chat answer with a role, keep-alives, usage and an end mark."""
    deltas = [{"role": "assistant", "content": ""}, *({"content": text} for text in texts), {}]
    chunks = [
        {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}]}
        for delta in deltas
    ]
    usage = {"id": "c", "choices": [], "usage": {"total_tokens": 9}}
    return b": hello\n\n" + b"".join(map(sse, [*chunks, usage])) + b"data: [DONE]\n\n"


def completions(texts: list[str]) -> bytes:
    """A streamed completion whose last words come with the finish reason."""
    chunks = [{"choices": [{"index": 0, "text": text, "finish_reason": None}]} for text in texts]
    chunks[-1]["choices"][0]["finish_reason"] = "stop"
    return b"".join(map(sse, chunks)) + b"data: [DONE]\n\n"


def responses(texts: list[str]) -> bytes:
    """A streamed response, in numbered events of which four repeat the text."""
    whole = "".join(texts)
    part = {"type": "output_text", "text": whole, "annotations": []}
    item = {"id": "m", "type": "message", "role": "assistant", "content": [part]}
    at = {"item_id": "m", "output_index": 0, "content_index": 0}
    events: list[dict[str, object]] = [
        {"type": "response.created", "response": {"id": "r", "output": []}},
        {"type": "response.content_part.added", **at, "part": part | {"text": ""}},
        *({"type": "response.output_text.delta", **at, "delta": text} for text in texts),
        {"type": "response.output_text.done", **at, "text": whole},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {"id": "r", "status": "completed", "output": [item]}},
    ]
    return b"".join(sse(event | {"sequence_number": n}, event["type"]) for n, event in enumerate(events))


def sse(content: object, name: object = None) -> bytes:
    """An event."""
    return (f"event: {name}\n".encode() if name else b"") + b"data: " + msgspec.json.encode(content) + b"\n\n"


def upstream(format: Format, texts: list[str]) -> bytes:
    """An answer as the upstream streams it."""
    return {"chat.completions": chat, "responses": responses}.get(format.name, completions)(texts)


def delivered(mode: Mode, format: Format, stream: bytes, end: Settlement | None, rest: str | None = None) -> Out:
    """What goes out in this mode; with `rest`, the settlement is a correction to what is out and this."""
    machine = delivery_for(mode, format=format, seconds=1)
    steps = [step for piece in format.pieces(stream) for step in machine.piece(piece)] + machine.end()
    sent = machine.sent if isinstance(machine, Hold) else ""
    steps += machine.settled(end if rest is None else corrected(sent + rest))
    raw = [step.raw for step in steps if isinstance(step, Release)]
    return Out(raw, machine.undeliverable, sent)


def data(raw: bytes) -> dict[str, object]:
    """The content of an event."""
    return msgspec.json.decode(raw[raw.index(b"data: ") + 6 :], type=dict[str, object])


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@given(texts=TEXTS)
def test_every_byte(mode: Mode, format: Format, texts: list[str]) -> None:
    """No settlement: each mode lets each API's answer through byte for byte."""
    stream = upstream(format, texts)

    assert delivered(mode, format, stream, None).stream == stream


@pytest.mark.parametrize("mode", [Mode.CORRECT, Mode.BLOCK])
@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@given(texts=TEXTS, rest=st.text(st.sampled_from('ab .é薬\n"'), min_size=1, max_size=40))
def test_another_text(mode: Mode, format: Format, texts: list[str], rest: str) -> None:
    """Read again, the answer is the settlement's text, in as many events, with `coolhead` once."""
    stream = upstream(format, texts)

    out = delivered(mode, format, stream, None, rest)

    assert not out.undeliverable
    assert format.read_stream(out.stream).text == out.sent + rest
    assert format.read_stream(out.stream).finished
    assert len(out.raw) == len(format.pieces(stream))
    assert out.stream.count(b'"coolhead":' + EXTRA) == 1


@pytest.mark.parametrize("mode", [Mode.ANNOTATE, Mode.CORRECT])
@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@given(texts=TEXTS)
def test_a_note(mode: Mode, format: Format, texts: list[str]) -> None:
    """Read again, the answer is its text and the note; the finish reason comes after it."""
    out = delivered(mode, format, upstream(format, texts), settlement(Kind.CONTRADICTED, note=NOTE))

    parts = [piece.part for piece in format.pieces(out.stream)]
    assert not out.undeliverable
    assert format.read_stream(out.stream).text == "".join(texts) + NOTE
    assert Part.TEXT not in parts[parts.index(Part.FINISH) :]
    assert out.stream.count(b'"coolhead":' + EXTRA) == 1


@given(texts=TEXTS, note=st.sampled_from([None, NOTE]), rest=st.sampled_from([None, " No."]))
def test_responses_stay_whole(texts: list[str], note: str | None, rest: str | None) -> None:
    """Numbers without a gap, and every event that repeats the text repeats what the deltas said."""
    out = delivered(Mode.BLOCK, RESPONSES, responses(texts), settlement(text=rest, note=note))

    events = [data(raw) for raw in out.raw]
    said = "".join(str(event.get("delta", "")) for event in events)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert said == ("".join(texts) if rest is None else rest) + (note or "")
    repeated = [msgspec.json.encode(event) for event in events[-4:]]
    assert all(msgspec.json.encode(said) in event for event in repeated)


@pytest.mark.parametrize(
    ("end", "text"),
    [(settlement(), "8 g."), (corrected("4 g."), "4 g."), (settlement(note=NOTE), "8 g." + NOTE)],
)
def test_whole_and_streamed_say_the_same(end: Settlement, text: str) -> None:
    """One rule for both ways."""
    body = msgspec.json.encode({"choices": [{"index": 0, "message": {"content": "8 g."}, "finish_reason": "stop"}]})
    whole = apply_whole(CHAT, body, end)
    streamed = delivered(Mode.BLOCK, CHAT, chat(["8", " g."]), end).stream

    answer = CHAT.read_answer(whole)
    assert answer is not None
    assert answer.text == CHAT.read_stream(streamed).text == text
    assert EXTRA in whole
