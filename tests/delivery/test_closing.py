"""Nothing waits; a line that is missing comes after the text."""

from collections.abc import Mapping

import msgspec
import pytest

from guard.delivery.closing import Closing
from guard.delivery.steps import Await
from guard.wire.formats import CHAT, RESPONSES, Format
from guard.wire.pieces import Part
from tests.delivery.playbook import COMMENT, DONE, FORMAT, Play, finish, other, text

LINE = "\n\nCall 112."


def play(line: str | None = LINE) -> Play:
    """An answer to somebody at risk."""
    return Play(Closing(FORMAT, lambda said: None if "112" in said else line))


def test_the_line_comes_before_the_finish_and_nothing_waits() -> None:
    """Each event goes out as it comes in."""
    closing = play()

    assert closing.takes(other(), COMMENT, text("I am here.")) == ["role", "comment", "text I am here."]
    assert closing.takes(finish(), other("usage"), DONE) == [f"note {LINE}", "finish", "usage", "done"]
    assert closing.ends() == []


@pytest.mark.parametrize("line", [None, LINE])
def test_an_answer_that_names_the_number_stays_as_it_is(line: str | None) -> None:
    """Byte for byte."""
    pieces = [text("Call 112", n=1), finish(n=2, whole="Call 112"), DONE]
    closing = Closing(FORMAT, lambda said: None if "112" in said else line)
    out = [step for piece in pieces for step in closing.piece(piece)]

    assert not any(isinstance(step, Await) for step in out)
    assert [step.raw for step in out if not isinstance(step, Await)] == [piece.raw for piece in pieces]


def test_an_answer_without_text_gets_none() -> None:
    """Tool calls only: there is nothing to append to."""
    assert play().takes(other("tools"), finish(), DONE) == ["tools", "finish", "done"]


def events(*contents: Mapping[str, object]) -> bytes:
    """A stream of these."""
    return b"".join(b"data: " + msgspec.json.encode(content) + b"\n\n" for content in contents)


CHUNK = {"id": "c", "choices": [{"index": 0, "delta": {"content": "Stay."}, "finish_reason": None}]}
LAST = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
DELTA = {"type": "response.output_text.delta", "delta": "Stay.", "content_index": 0, "sequence_number": 1}
PART = {"type": "response.output_text.done", "text": "Stay.", "content_index": 0, "sequence_number": 2}
OUTPUT = [{"type": "message", "content": [{"type": "output_text", "text": "Stay."}]}]
END = {"type": "response.completed", "response": {"output": OUTPUT}, "sequence_number": 3}


@pytest.mark.parametrize(
    ("format", "stream"),
    [(CHAT, events(CHUNK, LAST)), (RESPONSES, events(DELTA, PART, END))],
    ids=["chat", "responses"],
)
def test_real_formats_stay_whole(format: Format, stream: bytes) -> None:
    """The text that clients put together has the line, and so has every event that repeats it; numbers go on."""
    closing = Closing(format, lambda said: None if "112" in said else LINE)
    steps = [step for piece in format.pieces(stream) for step in closing.piece(piece)]
    out = b"".join(step.raw for step in steps if not isinstance(step, Await))
    found = format.pieces(out)
    numbers = [msgspec.json.decode(piece.raw.removeprefix(b"data: ")).get("sequence_number") for piece in found]

    assert "".join(piece.text for piece in found if piece.part is Part.TEXT) == "Stay." + LINE
    assert format.read_stream(out).text == "Stay." + LINE
    assert numbers in ([1, 2, 3, 4], [None] * 3)
    assert out.count(b"Stay.\\n\\nCall 112.") == (2 if format is RESPONSES else 0)
