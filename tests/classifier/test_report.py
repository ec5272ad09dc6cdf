"""The object that people and programs get for a reading."""

from dataclasses import replace

import pytest

from guard.classifier.report import detailed, report
from guard.core.reading import Reading, Undetected

FIELDS = [
    *("id", "detected", "reason", "emotion", "emotion_labels", "domain", "domain_labels"),
    *("belief", "belief_label", "crisis", "crisis_label", "flagged", "model"),
]
READING = Reading(
    emotion={"sadness": 0.9, "anger": 0.1},
    emotion_labels=("sadness",),
    domain={"medical": 0.2},
    domain_labels=(),
    belief=0.3,
    belief_label=False,
    crisis=None,
    crisis_label=None,
    model="small@01234567",
    truncated=True,
)


def test_a_reading_has_exactly_the_documented_fields() -> None:
    """Others build on these names; a head that the model does not have is null."""
    found = report(READING, "a-1", flagged=True)
    assert list(found) == FIELDS
    assert found["emotion"] == {"sadness": 0.9, "anger": 0.1}
    assert (found["id"], found["detected"], found["reason"]) == ("a-1", True, None)
    assert (found["emotion_labels"], found["domain_labels"]) == (["sadness"], [])
    assert (found["belief"], found["crisis"], found["crisis_label"], found["flagged"]) == (0.3, None, None, True)


def test_an_undetected_turn_has_a_reason_and_no_probability() -> None:
    """Nothing in it can be mistaken for a neutral reading."""
    found = report(Undetected.OVERLOAD, 7, flagged=False)
    assert list(found) == FIELDS
    assert (found["id"], found["detected"], found["reason"]) == (7, False, "overload")
    assert (found["emotion"], found["domain"], found["belief"], found["model"]) == ({}, {}, None, None)


@pytest.mark.parametrize("reason", Undetected)
def test_every_reason_is_told_by_its_name(reason: Undetected) -> None:
    """A turn in a foreign language, one too many, one without words: programs can tell them apart."""
    found = report(reason, 7, flagged=True)
    assert (found["reason"], found["detected"], found["flagged"]) == (reason.value, False, False)


def test_what_is_not_inferred_is_empty() -> None:
    """Where no emotional state is inferred the object has no emotion, while the rest is there."""
    found = report(replace(READING, emotion={}, emotion_labels=(), crisis=0.9, crisis_label=True), "a-1", flagged=True)
    assert list(found) == FIELDS
    assert (found["detected"], found["emotion"], found["emotion_labels"]) == (True, {}, [])
    assert (found["domain"], found["crisis"], found["crisis_label"]) == ({"medical": 0.2}, 0.9, True)


def test_details_tell_thresholds_and_timing() -> None:
    """A single text also gets what is needed to understand its labels."""
    found = detailed(READING, None, True, thresholds={"emotion": {"sadness": 0.4}}, timing_ms=1.23456)
    assert list(found) == [*FIELDS, "thresholds", "truncated", "timing_ms"]
    assert found["thresholds"] == {"emotion": {"sadness": 0.4}}
    assert (found["truncated"], found["timing_ms"]) == (True, 1.235)
