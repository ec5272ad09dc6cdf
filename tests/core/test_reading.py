"""Readings."""

from tests.core.readings import reading


def test_main_labels() -> None:
    """A turn is counted under its most probable label, or as neutral and general."""
    found = reading("fear", "sadness", "legal")

    assert ("fear", "legal") == (found.main_emotion, found.main_domain)
    assert ("neutral", "general") == (reading().main_emotion, reading().main_domain)
