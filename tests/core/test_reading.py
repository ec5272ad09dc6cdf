"""Readings."""

from tests.core.readings import reading


def test_main_labels() -> None:
    """A turn is counted under its most probable label, or as neutral and general."""
    found = reading("fear", "sadness", "legal")

    assert ("fear", "legal") == (found.main_emotion, found.main_domain)
    assert ("neutral", "general") == (reading().main_emotion, reading().main_domain)


def test_an_emotion_that_was_not_looked_for_is_not_neutral() -> None:
    """Where emotions are not inferred, a turn is counted as undetected; its domain still is what it is."""
    found = reading("legal", emotion=False)

    assert ("undetected", "legal") == (found.main_emotion, found.main_domain)


def test_scores() -> None:
    """Every probability stands under its head and label; what was not read has none, rather than zero."""
    scores = reading("legal", belief=True, emotion=False).scores

    assert ["emotion", "domain", "belief", "crisis"] == list(scores)
    assert ({}, 0.9, {"belief": 1.0}, {}) == (
        *(scores["emotion"], scores["domain"]["legal"]),
        *(scores["belief"], scores["crisis"]),
    )
