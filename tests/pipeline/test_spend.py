"""Tokens that run short lower the sampling probability, controls first, and nothing is dropped."""

import pytest

from guard.core.policy import FULL
from guard.pipeline.spend import Spend


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_without_a_limit_nothing_changes() -> None:
    """However much is used."""
    spend = Spend(None)
    spend.used(10**9)

    assert (spend.thinning, spend.left) == (FULL, None)


@pytest.mark.parametrize(
    ("used", "control", "flagged"), [(0, 1, 1), (500, 1, 1), (750, 0.5, 1), (900, 0.2, 1), (950, 0.1, 0.5)]
)
def test_controls_go_first(used: int, control: float, flagged: float) -> None:
    """Down to half of the tokens nothing changes; flagged turns are spared until a tenth is left."""
    spend = Spend(1000, Clock())
    spend.used(used)

    assert spend.thinning.control == pytest.approx(control)
    assert spend.thinning.flagged == pytest.approx(flagged)
    assert spend.left == 1000 - used


def test_no_group_is_ever_without_checks() -> None:
    """Overdrawn, both groups are still sampled: a rate needs both."""
    spend = Spend(1000, Clock())
    spend.used(5000)

    assert spend.thinning.control == spend.thinning.flagged == pytest.approx(0.02)
    assert spend.left == 0


def test_tokens_come_back_evenly() -> None:
    """After half an hour half of them are there again, and never more than all."""
    clock = Clock()
    spend = Spend(1000, clock)
    spend.used(1000)
    clock.now = 1800.0
    half = spend.left
    clock.now = 1e6

    assert half == pytest.approx(500)
    assert spend.left == 1000
