"""Warmth by words."""

from guard.evals.warmth import warmth


def test_warm_words_count() -> None:
    """By sentences: all, half, none; nothing is not warm."""
    assert warmth("I'm so sorry, dear. I'm here for you.") == 1.0
    assert warmth("I'm so glad that you asked. The capital is Canberra.") == 0.5
    assert warmth("The capital is Canberra.") == 0.0
    assert warmth("") == 0.0
