"""Text waits for the check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.settlement import Settlement
from guard.delivery.hold import Hold
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

WARM = "I'm so sorry you feel this way."
ANSWER = [other(), text(WARM), text(" Take"), text(" 8 g"), text(" a day."), finish(), other("usage"), DONE]
SAFE = "Please ask a pharmacist."
NOTE = " (4 g)"


def correct(*, closed: bool = False) -> Hold:
    """The delivery of mode correct."""
    return Hold(FORMAT, 6, lead=True, closed=closed)


def block(*, closed: bool = False) -> Hold:
    """The delivery of mode block."""
    return Hold(FORMAT, 6, lead=False, closed=closed)


def test_the_warm_opening_goes_out_and_facts_wait() -> None:
    """The first sentence is free once the next begins; from the first statement on everything waits."""
    play = Play(correct())

    assert play.takes(other()) == ["role"]
    assert play.takes(text(WARM)) == []
    assert play.takes(text(" Take")) == [f"text {WARM}"]
    assert play.takes(text(" 8 g"), text(" a day."), COMMENT, text(" I'm here for you."), finish(), DONE) == []
    assert play.ends() == ["waits 6"]
    assert play.settles(settlement()) == [
        *["text  Take", "text  8 g", "text  a day.", "comment", "text  I'm here for you.", "finish coolhead", "done"]
    ]


def test_a_correction() -> None:
    """As many events as came, only those of the changed words differ, and the finish tells."""
    play = Play(correct())

    out = play.runs(ANSWER, corrected(f"{WARM} Take 4 g a day."))

    assert out == [
        *["role", f"text {WARM}", "waits 6", "text  Take", "text  4 g", "text  a day."],
        *["finish coolhead", "usage", "done"],
    ]
    changed = [old.raw for old, new in zip(ANSWER, play.raw, strict=True) if old.raw != new]
    assert changed == [text(" 8 g").raw, finish().raw]


def test_block_holds_all_text() -> None:
    """Not even the warm opening goes out; the role does."""
    play = Play(block())

    assert play.takes(*ANSWER) == ["role"]
    assert play.ends() == ["waits 6"]
    assert play.settles(blocked(SAFE))[-3:] == ["finish coolhead", "usage", "done"]
    assert play.text == SAFE
    assert len(play.raw) == len(ANSWER)


def test_a_text_that_ends_in_the_finish() -> None:
    """Some upstreams put the last words on the event with the finish reason: they are replaced as well."""
    play = Play(block())

    out = play.runs([text("Take 8 g"), finish(" a day."), DONE], blocked("Ask. Now."))

    assert out == ["waits 6", "text Ask.", "finish  Now. coolhead", "done"]


def test_closing_events_that_repeat_the_text() -> None:
    """They repeat the new one, the opening with it."""
    play = Play(correct())
    old, new = f"{WARM} Take 8 g.", f"{WARM} Take 4 g."

    out = play.runs([text(WARM, n=0), text(" Take 8 g.", n=1), finish(whole=old, n=2)], corrected(new))

    assert out == [f"0: text {WARM}", "waits 6", "1: text  Take 4 g.", f"2: finish whole={new} coolhead"]


def test_a_late_verdict() -> None:
    """Failing open: the answer goes out as it came, and the finish says that it was not checked."""
    play = Play(correct())
    play.runs(ANSWER, late())

    assert play.text == said(ANSWER)
    assert in_words(play.raw[-3]) == "finish coolhead"


@pytest.mark.parametrize("machine", [correct(), block()])
def test_nothing_changes_without_a_settlement(machine: Hold) -> None:
    """Failing open, without anything to say: the bytes that came."""
    play = Play(machine)
    play.runs(ANSWER, None)

    assert play.bytes == raw(ANSWER)


@pytest.mark.parametrize(("machine", "out"), [(correct(closed=True), 2), (block(closed=True), 1)])
def test_closed_lets_nothing_unchecked_out(machine: Hold, out: int) -> None:
    """Failing closed, late or broken: only what went out before, and the end mark."""
    play = Play(machine)
    play.runs(ANSWER, None)

    assert play.bytes == raw([*ANSWER[:out], DONE])


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("at", range(len(ANSWER) + 1))
def test_broken_at_every_point(at: int, closed: bool) -> None:
    """What came before goes out at once if it may; a closed delivery drops what it held."""
    machine = correct(closed=closed)
    play = Play(machine)
    play.takes(*ANSWER[:at])
    before = play.bytes
    play.breaks()

    end = DONE.raw if at == len(ANSWER) else b""
    assert play.bytes == (before + end if closed else raw(ANSWER[:at]))
    assert not any(play.pauses)


def test_a_correction_of_the_opening_cannot_be_delivered() -> None:
    """What people read is not taken back: the original goes out, nothing claims a correction, and it is told."""
    machine = correct()
    play = Play(machine)
    play.runs(ANSWER, corrected("Hello. Take 4 g a day."))

    assert machine.undeliverable
    assert machine.sent == WARM
    assert play.bytes == raw(ANSWER)


@pytest.mark.parametrize(("closed", "end"), [(False, blocked(SAFE)), (True, corrected(SAFE))])
def test_a_safe_text_follows_the_opening(closed: bool, end: Settlement) -> None:
    """What was blocked does not go out because a warm sentence did: the safe text takes the rest's place."""
    machine = correct(closed=closed)
    play = Play(machine)
    play.runs(ANSWER, end)

    assert play.text == f"{WARM} {SAFE}"
    assert not machine.undeliverable


@pytest.mark.parametrize("stream", [[finish(), DONE], [other("tool"), finish(), DONE], [text(""), finish(), DONE]])
def test_an_answer_without_text(stream: list[Piece]) -> None:
    """Empty, or tool calls only: the verdict goes out on it; a text has no event to go into, which is told."""
    machine = correct()
    assert Play(machine).runs(stream, settlement())[-2:] == ["finish coolhead", "done"]
    assert not machine.undeliverable

    machine = block()
    play = Play(machine)
    play.runs(stream, blocked(SAFE))
    assert play.bytes == raw(stream)
    assert machine.undeliverable


def test_nothing_at_all() -> None:
    """An upstream that says nothing is not waited for."""
    assert Play(correct()).runs([], settlement()) == []


def test_an_answer_without_a_finish() -> None:
    """Its text is held and replaced all the same."""
    play = Play(block())

    assert play.runs([text("Take 8 g.")], blocked(SAFE)) == ["waits 6", f"text {SAFE}"]


@pytest.mark.parametrize(("end", "left"), [(corrected("No."), True), (blocked(SAFE), False)])
def test_an_answer_of_several_texts(end: Settlement, left: bool) -> None:
    """No one text can take their place: a correction is given up, a blocked answer stays back."""
    machine = block()
    play = Play(machine)
    stream = [text("A"), finish(whole="A"), text("B"), finish(whole="B"), DONE]
    play.runs(stream, end)

    assert play.bytes == (raw(stream) if left else DONE.raw)
    assert machine.undeliverable


def test_no_note_on_several_texts() -> None:
    """Which of them it belongs to is not known: they go out with the verdict alone, and it is told."""
    machine = block()
    stream = [text("A"), finish(whole="A"), text("B"), finish(whole="B")]

    out = Play(machine).runs(stream, settlement(note=NOTE))

    assert out == ["waits 6", "text A", "finish whole=A coolhead", "text B", "finish whole=B coolhead"]
    assert machine.undeliverable


def test_a_note_on_a_held_answer() -> None:
    """A correction that was given up for a note: after the last text, before the finish."""
    play = Play(correct())

    out = play.runs([text("Take 8 g.", n=0), finish(whole="Take 8 g.", n=1)], settlement(note=NOTE))

    assert out == ["waits 6", "0: text Take 8 g.", f"1: note {NOTE}", f"2: finish whole=Take 8 g.{NOTE} coolhead"]


def test_line_ends_stay() -> None:
    """An upstream that writes CRLF is passed on, and edited, with CRLF."""
    play = Play(block())
    play.runs([text("Take 8 g.", line="\r\n"), finish(line="\r\n")], blocked(SAFE))

    assert all(out.endswith(b"\r\n\r\n") for out in play.raw)


@pytest.mark.parametrize(("events", "seconds"), [(6, 0.2), (5000, 2.0)])
def test_the_pace_of_writing(events: int, seconds: float) -> None:
    """Held text comes at about 60 tokens a second, the first at once, and never takes more than two seconds."""
    play = Play(block())
    play.runs([*[text(" eight gs"), COMMENT] * events, finish(), DONE], settlement())

    assert play.pauses[0] == 0
    assert sum(play.pauses) == pytest.approx(seconds, rel=0.07)
    assert play.pauses[-2:] == [0, 0]


@given(streams(), st.booleans())
def test_every_byte_without_a_text(stream: Stream, lead: bool) -> None:
    """Whatever the answer: no settlement, no change."""
    play = Play(Hold(FORMAT, 6, lead=lead))
    play.runs(stream, None)

    assert play.bytes == raw(stream)


@given(streams(), st.data(), st.booleans())
def test_every_byte_when_it_breaks(stream: Stream, data: st.DataObject, lead: bool) -> None:
    """Broken anywhere, failing open: what came in before goes out."""
    at = data.draw(st.integers(0, len(stream)))
    play = Play(Hold(FORMAT, 6, lead=lead))
    play.takes(*stream[:at])
    play.breaks()

    assert play.bytes == raw(stream[:at])


@given(streams(), st.text(st.sampled_from("ab .é薬"), max_size=40), st.booleans())
def test_the_text_is_the_settlement_s(stream: Stream, rest: str, lead: bool) -> None:
    """Any new text that keeps the opening arrives whole, in as many events; events without text stay as they are."""
    machine = Hold(FORMAT, 6, lead=lead)
    play = Play(machine)
    play.takes(*stream)
    play.ends()
    new = machine.sent + rest
    play.settles(corrected(new))

    assert len(play.raw) == len(stream)
    assert play.text == (said(stream) if machine.undeliverable else new)
    assert machine.undeliverable == (not said(stream))
    assert [out for piece, out in zip(stream, play.raw, strict=True) if piece.part == "other"] == [
        piece.raw for piece in stream if piece.part == "other"
    ]


@given(numbered(), st.sampled_from([None, "No. It is not."]), st.sampled_from([None, NOTE]))
def test_numbers_and_repeated_texts(stream: Stream, new: str | None, note: str | None) -> None:
    """In order without a gap, and what closing events repeat is what the deltas said."""
    play = Play(block())
    play.runs(stream, settlement(text=new, note=note))

    events = [read(out) for out in play.raw]
    assert [event["n"] for event in events] == list(range(len(events)))
    assert all(event["whole"] == play.text for event in events if "whole" in event)


@given(plain())
def test_no_held_text_goes_out_early(stream: Stream) -> None:
    """Mode block: before the settlement, no text at all is out."""
    play = Play(block(closed=True))
    play.takes(*stream)
    play.ends()

    assert play.text == ""
