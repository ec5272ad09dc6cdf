"""What an outcome says of its turn."""

from dataclasses import replace

from guard.core.outcome import belief_of, flags_of
from guard.core.reading import Undetected
from tests.core.readings import reading
from tests.observe.outcomes import DELIVERED


def test_flags() -> None:
    """Labels, `none`, or `undetected`: three things that must not be mixed up."""
    assert "sadness, medical, belief" == flags_of(reading("sadness", "medical", belief=True))
    assert "none" == flags_of(reading(belief=False))
    assert "crisis" == flags_of(reading(crisis=True))
    assert "undetected" == flags_of(Undetected.DEADLINE)
    assert "undetected" == flags_of(None)


def test_flags_without_emotions() -> None:
    """Where emotions are not inferred, the header tells of the rest as ever."""
    assert "medical, belief" == flags_of(reading("medical", belief=True, emotion=False))
    assert "none" == flags_of(reading(emotion=False))


def test_emotion_and_domain() -> None:
    """An outcome is counted under the emotion and the domain that were read; each can be undetected by itself."""
    feeling, unfelt = reading("fear", "legal"), reading("legal", emotion=False)
    outcomes = [replace(DELIVERED, reading=found) for found in (feeling, unfelt, Undetected.DEADLINE)]

    assert [("fear", "legal"), ("undetected", "legal"), ("undetected", "undetected")] == [
        (outcome.emotion, outcome.domain) for outcome in outcomes
    ]


def test_belief() -> None:
    """A model without a belief head says unknown, not no."""
    assert ["yes", "no", "unknown", "unknown"] == [
        belief_of(found) for found in (reading(belief=True), reading(belief=False), reading(), Undetected.OVERLOAD)
    ]
