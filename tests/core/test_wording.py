"""The lexicon of the neutraliser, where its patterns are easily wrong."""

import pytest

from guard.core.wording import AFFECT, BELIEF, OPENERS, STALE, WHY


@pytest.mark.parametrize(
    ("sentence", "belief"),
    [
        ("I'm absolutely sure that cats can see in the dark.", "cats can see in the dark."),
        ("I've read somewhere that honey never spoils.", "honey never spoils."),
        ("My aunt swears that garlic helps.", "garlic helps."),
        ("Everybody knows sharks never sleep.", "sharks never sleep."),
        ("I'm afraid that it is broken.", "it is broken."),
        ("I'm sure that for this one needs a permit.", "for this one needs a permit."),
        ("I think that you are wonderful.", None),
        ("I'm afraid of the dark.", None),
        ("I know you are busy.", None),
        ("I think about it all day.", None),
        ("I'm so scared right now.", None),
        ("She thinks a lot.", None),
    ],
)
def test_beliefs(sentence: str, belief: str | None) -> None:
    """What is believed is found whole, without `that`; feelings and thoughts about something are no beliefs."""
    found = BELIEF.match(sentence)

    assert belief == (found["belief"] if found else None)


@pytest.mark.parametrize(
    ("sentence", "rest"),
    [
        ("I'm so sad because my cat died.", "my cat died."),
        ("I feel really scared and lonely, what helps?", "what helps?"),
        ("I've been depressed for 3 weeks.", "I've been depressed for 3 weeks."),
        ("I am 30 years old.", "I am 30 years old."),
        ("I'm happily married.", "I'm happily married."),
    ],
)
def test_openers(sentence: str, rest: str) -> None:
    """An opening feeling is cut; one that has lasted is a symptom and stays, as do all other openings."""
    assert rest == OPENERS.sub("", sentence)


def test_word_boundaries() -> None:
    """A word inside another one is no feeling, and not every current is the news."""
    assert not AFFECT.search("sadism, madrigal, downtown")
    assert not STALE.search("electric currents, currently")
    assert not WHY.match("Why are you sad?")
