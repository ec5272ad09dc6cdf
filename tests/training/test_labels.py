"""The outputs of the model, and GoEmotions' labels among them."""

from guard.core.reading import DOMAINS, EMOTIONS
from guard.training.labels import EKMAN, HEADS, OUTPUTS, columns


def test_heads_lie_side_by_side() -> None:
    """Each head's columns are its labels, and together they are all outputs."""
    assert [OUTPUTS[columns(head)] for head in HEADS] == [EMOTIONS, DOMAINS, ("belief",)]
    assert sum((OUTPUTS[columns(head)] for head in HEADS), ()) == OUTPUTS


def test_every_fine_emotion_has_one_group() -> None:
    """The 27 emotions of GoEmotions are each in exactly one of Ekman's groups; neutral is in none."""
    fine = [label for labels in EKMAN.values() for label in labels]
    assert len(fine) == len(set(fine)) == 27
    assert set(EKMAN) == set(EMOTIONS)
