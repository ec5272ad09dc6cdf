"""What an outcome says of its turn."""

from guard.core.outcome import belief_of, flags_of
from guard.core.reading import Undetected
from tests.core.readings import reading


def test_flags() -> None:
    """Labels, `none`, or `undetected`: three things that must not be mixed up."""
    assert "sadness, medical, belief" == flags_of(reading("sadness", "medical", belief=True))
    assert "none" == flags_of(reading(belief=False))
    assert "crisis" == flags_of(reading(crisis=True))
    assert "undetected" == flags_of(Undetected.DEADLINE)
    assert "undetected" == flags_of(None)


def test_belief() -> None:
    """A model without a belief head says unknown, not no."""
    assert ["yes", "no", "unknown", "unknown"] == [
        belief_of(found) for found in (reading(belief=True), reading(belief=False), reading(), Undetected.OVERLOAD)
    ]
