"""Calibration, thresholds and memory make a reading of what the model says, as the manifest rules."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from guard.classifier.labelling import Labelling, Probabilities
from guard.classifier.manifest import Manifest, Output

MEMORY = {"emotion": (1.0, 0.7, 0.49), "crisis": (1.0, 0.7, 0.49)}
HEADS = {
    "emotion": (Output("sadness", 0.5), Output("anger", 0.5)),
    "domain": (Output("medical", 0.5), Output("legal", 0.5)),
    "belief": (Output("belief", 0.5),),
    "crisis": (Output("crisis", 0.5),),
}


def manifest(heads: Mapping[str, tuple[Output, ...]], **more: Any) -> Manifest:
    """Of a model with these heads."""
    return Manifest("", "small", ("en",), {"model.onnx": "0123456789"}, 96, 256, heads, **more)


def message(**found: float) -> Probabilities:
    """What was found in one message, by label of HEADS; of the rest little."""
    labels = [output.label for outputs in HEADS.values() for output in outputs]
    return np.array([found.get(label, 0.01) for label in labels])


@pytest.fixture
def labelling() -> Labelling:
    """With all heads, and a memory of two messages."""
    return Labelling(manifest(HEADS, memory=MEMORY))


def test_scale_and_shift_make_the_probability() -> None:
    """Probabilities are calibrated as the manifest says, of one text as of many."""
    labelling = Labelling(manifest({"emotion": (Output("sadness", 0.5), Output("anger", 0.5, scale=2.0, shift=1.0))}))
    found = labelling.probabilities(np.array([[0.0, -0.6], [3.0, -0.5]], dtype=np.float32))

    np.testing.assert_allclose(found, [[0.5, 1 / (1 + np.exp(0.2))], [1 / (1 + np.exp(-3.0)), 0.5]], rtol=1e-6)
    np.testing.assert_array_equal(found[0], labelling.probabilities(np.array([0.0, -0.6], dtype=np.float32)))


def test_a_label_begins_at_its_threshold() -> None:
    """A probability that reaches the threshold is a label, one just below is none, and each label has its own."""
    outputs = {"domain": (Output("medical", 0.3), Output("legal", 0.3), Output("financial", 0.8))}
    reading = Labelling(manifest(outputs)).reading([np.array([0.3, 0.2999, 0.7])])

    assert reading.domain == {"medical": 0.3, "legal": 0.2999, "financial": 0.7}
    assert reading.domain_labels == ("medical",)


def test_a_missing_head_is_unknown() -> None:
    """What a model was not made to find is unknown, which is not the same as absent."""
    labelling = Labelling(manifest({"domain": (Output("medical", 0.5),)}))
    reading = labelling.reading([np.array([0.9])])

    assert (reading.emotion, reading.emotion_labels) == ({}, ())
    assert (reading.belief, reading.belief_label) == (None, None)
    assert (reading.crisis, reading.crisis_label) == (None, None)
    assert labelling.crisis is None


def test_each_head_gets_its_own_outputs(labelling: Labelling) -> None:
    """Every probability stands under its label, with the revision of the model that gave it."""
    reading = labelling.reading([np.array([0.9, 0.1, 0.2, 0.8, 0.3, 0.7])], truncated=True)

    assert (reading.emotion, reading.emotion_labels) == ({"sadness": 0.9, "anger": 0.1}, ("sadness",))
    assert (reading.domain, reading.domain_labels) == ({"medical": 0.2, "legal": 0.8}, ("legal",))
    assert (reading.belief, reading.belief_label) == (0.3, False)
    assert (reading.crisis, reading.crisis_label) == (0.7, True)
    assert (reading.model, reading.truncated) == ("small@01234567", True)
    assert list(labelling.labels.values()) == ["sadness", "anger", "medical", "legal", "belief", "crisis"]


def test_outputs_that_are_not_served_are_left_out() -> None:
    """A head that only measurements look at never reaches a reading."""
    served = {"emotion": (Output("sadness", 0.5), Output("anger", 0.6))}
    labelling = Labelling(manifest(served, unserved={"extra": (Output("extra", 0.1),)}))
    found = labelling.probabilities(np.array([0.0, 0.0, 9.0], dtype=np.float32))

    assert labelling.reading([found]).emotion == {"sadness": 0.5, "anger": 0.5}


def test_a_feeling_of_an_earlier_message_decays_and_does_not_vanish(labelling: Labelling) -> None:
    """Who was sad a message ago still is, a little less; two messages ago less again, until it is no label."""
    sad, calm = message(sadness=0.9), message()
    now, before, long_before = (labelling.reading(row) for row in ([sad], [calm, sad], [calm, calm, sad]))

    assert now.emotion["sadness"] > before.emotion["sadness"] > long_before.emotion["sadness"] > calm[0]
    assert before.emotion["sadness"] == pytest.approx(0.63)
    assert (before.emotion_labels, long_before.emotion_labels) == (("sadness",), ())


def test_a_new_feeling_stands_beside_the_old_one(labelling: Labelling) -> None:
    """The newest message counts in full, whatever was felt before; memory only adds."""
    reading = labelling.reading([message(anger=0.8, sadness=0.2), message(sadness=0.9)])

    assert reading.emotion == pytest.approx({"sadness": 0.63, "anger": 0.8})
    assert labelling.reading([message(sadness=0.9), message(sadness=0.95)]).emotion["sadness"] == 0.9


def test_a_crisis_is_remembered(labelling: Labelling) -> None:
    """Somebody in danger is still in danger with the next message."""
    assert labelling.reading([message(), message(crisis=1.0)]).crisis_label


def test_the_newest_message_decides_the_domain(labelling: Labelling) -> None:
    """What is asked now counts: a medical question of before does not make this one medical, nor does a belief."""
    now = message(legal=0.9)
    reading = labelling.reading([now, message(medical=0.99, belief=0.99)])

    assert reading.domain_labels == ("legal",)
    assert reading.domain == labelling.reading([now]).domain
    assert reading.belief_label is False


def test_only_what_is_remembered_is_looked_at(labelling: Labelling) -> None:
    """A model with a memory of two messages reads three, one without reads the newest only."""
    forgetful = Labelling(manifest(HEADS))

    assert (labelling.turns, forgetful.turns) == (3, 1)
    assert forgetful.reading([message(), message(sadness=0.9)]) == forgetful.reading([message()])


def test_without_emotion_nothing_is_said_of_feelings() -> None:
    """Where emotional states must not be inferred there is none, not even a low one; all else is read as before."""
    silent = Labelling(manifest(HEADS, memory=MEMORY), emotion=False)
    messages = [message(sadness=0.9, medical=0.8), message(anger=0.9, crisis=1.0)]
    reading, usual = silent.reading(messages), Labelling(manifest(HEADS, memory=MEMORY)).reading(messages)

    assert (reading.emotion, reading.emotion_labels) == ({}, ())
    assert (reading.domain, reading.domain_labels) == (usual.domain, ("medical",))
    assert (reading.belief, reading.crisis) == (usual.belief, usual.crisis)
    assert "sadness" not in silent.labels.values()


def test_a_gate_gives_the_strongest_label_when_only_the_sum_is_plain() -> None:
    """A turn that surely shows a feeling, and leaves open which, is not taken for a calm one."""
    labelling = Labelling(manifest(HEADS, gates={"emotion": 0.6}))
    reading = labelling.reading([message(sadness=0.45, anger=0.4)])

    assert reading.emotion_labels == ("sadness",)
    assert reading.domain_labels == ()


def test_a_closed_gate_gives_nothing() -> None:
    """The limit of false flags is kept, whatever a single threshold says; other heads are not concerned."""
    labelling = Labelling(manifest(HEADS, gates={"emotion": 0.8}))
    reading = labelling.reading([message(sadness=0.6, medical=0.6)])

    assert reading.emotion_labels == ()
    assert reading.emotion["sadness"] == 0.6
    assert reading.domain_labels == ("medical",)


def test_thresholds_tell_the_gate() -> None:
    """Who reads the thresholds sees the gate beside them."""
    found = manifest(HEADS, gates={"emotion": 0.8}).thresholds

    assert found["emotion"] == {"sadness": 0.5, "anger": 0.5, "any": 0.8}
    assert found["belief"] == {"belief": 0.5}
