"""The outputs of the model, and GoEmotions' labels among them."""

from guard.core.reading import DOMAINS, EMOTIONS
from guard.training.labels import EKMAN, FINE, GOEMOTIONS, HEADS, OUTPUTS, SERVED, STATES, WIDTH, columns


def test_heads_lie_side_by_side() -> None:
    """Each head's columns are its labels, and together they are all outputs."""
    served = [EMOTIONS, DOMAINS, ("belief",), ("crisis",)]

    assert [OUTPUTS[columns(head)] for head in HEADS] == [*served, (*EMOTIONS, "neutral")]
    assert sum((OUTPUTS[columns(head)] for head in HEADS), ()) == OUTPUTS


def test_what_is_served_comes_first() -> None:
    """A reading takes the first outputs; the benchmark's head and the fine labels lie behind them."""
    assert list(HEADS)[: len(SERVED)] == list(SERVED)
    assert columns(GOEMOTIONS).stop == len(OUTPUTS)
    assert len(OUTPUTS) + len(FINE) == WIDTH


def test_every_fine_emotion_has_one_group() -> None:
    """The 28 labels of GoEmotions are each in exactly one of the paper's groups."""
    assert len(FINE) == len(set(FINE)) == 28
    assert set(EKMAN) == {*EMOTIONS, "neutral"}


def test_states_are_part_of_their_group() -> None:
    """The served head means less than the benchmark, never something else; opinions and curiosity are no states."""
    assert set(STATES) == set(EMOTIONS)
    assert all(set(fine) <= set(EKMAN[label]) for label, fine in STATES.items())
    states = {fine for found in STATES.values() for fine in found}
    assert not states & {"curiosity", "confusion", "approval", "disapproval", "neutral"}
