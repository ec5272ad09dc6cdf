"""Everything at once."""

import pytest
from hypothesis import given

from guard.core.settlement import Settlement
from guard.delivery.direct import Direct
from tests.delivery.playbook import COMMENT, DONE, Play, blocked, corrected, finish, late, other, settlement, text
from tests.delivery.streams import Stream, streams


@pytest.mark.parametrize("end", [None, settlement(), corrected("Other."), blocked("Safe."), late()])
def test_nothing_waits_whatever_is_found(end: Settlement | None) -> None:
    """Each event goes out when it comes in; no settlement changes or adds anything."""
    play = Play(Direct())

    assert play.takes(other()) == ["role"]
    assert play.takes(text("No")) == ["text No"]
    assert play.takes(COMMENT, finish(), other("usage"), DONE) == ["comment", "finish", "usage", "done"]
    assert play.ends() == []
    assert play.settles(end) == []
    assert play.breaks() == []


@given(streams())
def test_never_holds(stream: Stream) -> None:
    """Crisis turns come this way: after each event, all that came in has gone out, without a pause."""
    play = Play(Direct())
    for at, piece in enumerate(stream, 1):
        play.takes(piece)
        assert play.raw == [piece.raw for piece in stream[:at]]
    assert play.ends() == []
    assert not any(play.pauses)
