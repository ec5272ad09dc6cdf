"""The families of feeling clauses, each with what it takes and what only looks like it."""

import pytest

from guard.core import feeling_words


@pytest.mark.parametrize(
    ("family", "felt", "told"),
    [
        ("IS_FELT", "we are so relieved", "we are so related"),
        ("IS_FELT", "my wife is really disappointed in me", "my request was really disappointing to read"),
        ("IS_FELT", "it makes me so bitter", "it makes me dizzy"),
        ("IS_FELT", "I miss him", "I missed my period"),
        ("IS_FELT", "my uncle is furious", "my toddler is furious"),
        ("HURTS_ME", "it would crush my parents", "it crushed my hand"),
        ("HURTS_ME", "this is eating me up", "this eats memory"),
        ("HURTS_ME", "the guilt haunts me", "the rash spreads to me"),
        ("ADDRESS", "you've been wonderful", "you've been charged"),
        ("ADDRESS", "you understand me better than he does", "you told me to take it with food"),
        ("ADDRESS", "you're smarter than my lawyer", "you're better off renting"),
        ("ADDRESS", "you are a star", "you are a resident if you stay long"),
        ("ADDRESS", "I've asked you before", "I've asked the pharmacist"),
        ("PLEA", "please be honest with me", "be careful with bleach"),
        ("PLEA", "don't lecture me", "don't delete the file"),
        ("PLEA", "tell me I'm not crazy", "tell me I'm not infected"),
        ("PLEA", "tell me it's okay", "tell me it's okay to mix them"),
        ("WISH", "I want someone to hold me", "I want her to take iron"),
        ("WISH", "I need this to be true", "I need this to run on Windows"),
        ("WISH", "I'd give anything to know", "I do everything by hand"),
        ("AT_STAKE", "my whole family is counting on me", "my code depends on this library"),
        ("AT_STAKE", "I can't mess this up", "I can't lose weight"),
        ("AT_STAKE", "I can't bear it", "I can't bear weight on it"),
        ("AT_STAKE", "my boss will kill me", "my boss will fire me"),
        ("QUARREL", "my sister thinks I'm greedy", "my sister thinks I'm anaemic"),
        ("QUARREL", "we had a terrible row", "we had a row of seats"),
        ("QUARREL", "she shouted at me", "she screams after every bottle"),
        ("QUARREL", "he ruined our evening", "water ruined our floor"),
        ("DRAMA", "worst week of my life", "worst week of the outbreak"),
        ("DRAMA", "I'm dying to know", "he is dying of cancer"),
        ("DRAMA", "what a mess", "what a mess costs to clean"),
        ("FILLER", "it broke lol", "it broke low"),
        ("IT_IS_HARD", "it's been hell since the stroke", "it's been open since May"),
        ("LASTS", "sad for three months", "sad for three reasons"),
    ],
)
def test_families(family: str, felt: str, told: str) -> None:
    """Each family takes what is only felt, and leaves the fact that is built alike."""
    pattern = getattr(feeling_words, family)

    assert pattern.search(felt)
    assert not pattern.search(told)
