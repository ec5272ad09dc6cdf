"""Modes and their deliveries."""

import pytest

from guard.core.policy import Mode
from guard.delivery.choose import delivery_for
from guard.delivery.direct import Direct
from guard.delivery.hold import Hold
from guard.delivery.tail import Tail
from tests.delivery.playbook import FORMAT, Play, finish, settlement, text

ANSWER = [text("I'm so sorry."), text(" Take 8 g."), finish()]


@pytest.mark.parametrize(
    ("mode", "machine"),
    [
        (Mode.OFF, Direct),
        (Mode.OBSERVE, Direct),
        (Mode.ANNOTATE, Tail),
        (Mode.CORRECT, Hold),
        (Mode.BLOCK, Hold),
    ],
)
def test_every_mode_has_its_delivery(mode: Mode, machine: type) -> None:
    """Only modes that wait hold anything back."""
    chosen = delivery_for(mode, format=FORMAT, seconds=6)

    assert type(chosen) is machine
    assert bool(Play(chosen).runs(ANSWER, settlement()).count("waits 6")) == mode.waits


@pytest.mark.parametrize(
    ("mode", "lead", "out"), [(Mode.CORRECT, True, 1), (Mode.CORRECT, False, 0), (Mode.BLOCK, True, 0)]
)
def test_who_gets_a_lead(mode: Mode, lead: bool, out: int) -> None:
    """Correct alone lets an opening out, and only if asked."""
    play = Play(delivery_for(mode, format=FORMAT, seconds=6, lead=lead))

    assert len(play.takes(*ANSWER)) == out


@pytest.mark.parametrize("mode", [Mode.CORRECT, Mode.BLOCK])
@pytest.mark.parametrize(("closed", "words"), [(True, ""), (False, " Take 8 g.")])
def test_closed_is_passed_on(mode: Mode, closed: bool, words: str) -> None:
    """A broken answer stays back where the policy says so."""
    play = Play(delivery_for(mode, format=FORMAT, seconds=6, closed=closed))
    play.takes(*ANSWER)
    play.breaks()

    assert play.text.endswith(" Take 8 g.") == bool(words)
