"""Only the end waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.settlement import Settlement
from guard.delivery.tail import Tail
from guard.wire.pieces import Piece
from tests.delivery.playbook import (
    COMMENT,
    DONE,
    FORMAT,
    Play,
    blocked,
    corrected,
    finish,
    in_words,
    late,
    other,
    read,
    settlement,
    text,
)
from tests.delivery.streams import Stream, numbered, plain, raw, said, streams

NOTE = " (4 g)"


def play() -> Play:
    """An annotated answer."""
    return Play(Tail(FORMAT, 2.5))


@pytest.mark.parametrize("end", [settlement(), late()])
def test_the_end_waits_and_carries_the_verdict(end: Settlement) -> None:
    """Text goes out at once; the finish and all after it waits, also for a verdict that says that there is none."""
    tail = play()

    assert tail.takes(other(), COMMENT, text("8 g"), text(" a day.")) == ["role", "comment", "text 8 g", "text  a day."]
    assert tail.takes(finish(), COMMENT, other("usage"), DONE) == []
    assert tail.ends() == ["waits 2.5"]
    assert tail.settles(end) == ["finish coolhead", "comment", "usage", "done"]
    assert not any(tail.pauses)


def test_a_note_comes_before_the_finish() -> None:
    """Text after a finish reason is lost on some clients."""
    tail = play()

    out = tail.runs([text("8 g"), finish(), DONE], settlement(note=NOTE))

    assert out == ["text 8 g", "waits 2.5", f"note {NOTE}", "finish coolhead", "done"]


def test_a_note_where_the_finish_itself_has_text() -> None:
    """It follows that text, in the same event."""
    tail = play()

    out = tail.runs([text("8 g"), finish(" bye"), DONE], settlement(note=NOTE))

    assert out == ["text 8 g", "waits 2.5", f"finish  bye{NOTE} coolhead", "done"]


def test_a_note_in_numbered_events() -> None:
    """Numbers after it move on, and events that repeat the text repeat the note."""
    tail = play()
    stream = [text("8 g", n=0), finish(whole="8 g", n=1), other("item", n=2), finish(whole="8 g", n=3)]

    out = tail.runs(stream, settlement(note=NOTE))

    assert out == [
        "0: text 8 g",
        "waits 2.5",
        f"1: note {NOTE}",
        f"2: finish whole=8 g{NOTE} coolhead",
        "3: item",
        f"4: finish whole=8 g{NOTE} coolhead",
    ]


@pytest.mark.parametrize("stream", [[finish(), DONE], [other("tool"), finish(), DONE], [text(""), finish(), DONE]])
def test_no_text_no_note(stream: list[Piece]) -> None:
    """An empty answer or tool calls only: the verdict goes out, the note does not, and that is told."""
    tail = Tail(FORMAT, 2.5)

    out = Play(tail).runs(stream, settlement(note=NOTE))

    assert out[-2:] == ["finish coolhead", "done"]
    assert len(out) == len(stream) + 1
    assert tail.undeliverable


def test_text_that_goes_on_after_a_finish() -> None:
    """An answer of several texts: none of them waits for the end of all, and a note has no place in it."""
    tail = Tail(FORMAT, 2.5)
    now = Play(tail)

    assert now.takes(text("A"), finish(whole="A"), text("B")) == ["text A", "finish whole=A", "text B"]
    assert now.takes(finish(whole="B")) == []
    assert now.ends() == ["waits 2.5"]
    assert now.settles(settlement(note=NOTE)) == ["finish whole=B coolhead"]
    assert tail.undeliverable


@pytest.mark.parametrize("end", [corrected("No."), blocked("Safe.")])
def test_what_is_out_is_not_taken_back(end: Settlement) -> None:
    """A settlement with another text changes nothing, claims nothing, and is told."""
    tail = Tail(FORMAT, 2.5)

    assert Play(tail).runs([text("8 g"), finish(), DONE], end) == ["text 8 g", "waits 2.5", "finish", "done"]
    assert tail.undeliverable


def test_an_answer_without_an_end() -> None:
    """There is nothing to wait for if nothing can carry the verdict."""
    tail = play()

    assert tail.runs([other(), text("8 g")], settlement()) == ["role", "text 8 g"]
    assert tail.waits == []


def test_what_comes_after_all_goes_out() -> None:
    """A late comment after the settlement is not lost."""
    tail = play()
    tail.runs([text("8 g"), finish()], settlement())

    assert tail.takes(COMMENT) == ["comment"]


@given(streams())
def test_every_byte_without_a_settlement(stream: Stream) -> None:
    """Late for good: what came in goes out, byte for byte."""
    tail = play()
    tail.runs(stream, None)

    assert tail.bytes == raw(stream)


@given(streams(), st.data())
def test_every_byte_when_it_breaks(stream: Stream, data: st.DataObject) -> None:
    """Broken anywhere: what came in before goes out."""
    tail = play()
    at = data.draw(st.integers(0, len(stream)))
    tail.takes(*stream[:at])
    tail.breaks()

    assert tail.bytes == raw(stream[:at])


@given(streams())
def test_only_the_finish_changes(stream: Stream) -> None:
    """With a verdict, as many events go out, and only closing ones differ."""
    tail = play()
    tail.runs(stream, settlement())

    assert len(tail.raw) == len(stream)
    changed = [piece.part for piece, out in zip(stream, tail.raw, strict=True) if piece.raw != out]
    assert changed == [piece.part for piece in stream if piece.part == "finish"]


@given(plain())
def test_a_note_adds_only_itself(stream: Stream) -> None:
    """The text is the answer's and the note, in one event more, or in the finish that has text itself."""
    tail = Tail(FORMAT, 2.5)
    now = Play(tail)
    now.runs(stream, settlement(note=NOTE))
    fits = bool(now.waits) and not tail.undeliverable

    assert now.text == said(stream) + (NOTE if fits else "")
    assert len(now.raw) == len(stream) + sum(in_words(out).startswith("note") for out in now.raw)


@given(numbered())
def test_numbers_stay_in_order(stream: Stream) -> None:
    """A note leaves no number out and uses none twice."""
    tail = play()
    tail.runs(stream, settlement(note=NOTE))

    assert [read(out)["n"] for out in tail.raw] == list(range(len(tail.raw)))
