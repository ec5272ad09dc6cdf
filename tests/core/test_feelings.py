"""Clauses that only feel, and sentences without them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.clauses import parts_of
from guard.core.feelings import content, has_fact, is_feeling, plain, without_feelings
from guard.core.numbers import same_numbers


@pytest.mark.parametrize(
    ("text", "stays", "goes"),
    [
        ("You're amazing, my mother broke her hip yesterday.", "my mother broke her hip yesterday.", 1),
        ("She shouted at me and locked the door.", "locked the door.", 1),
        ("The lease ended in May, and I'm so bitter.", "The lease ended in May", 1),
        ("It's been hell since the stroke.", "since the stroke.", 0),
        ("We moved to Leeds, I miss him, we never married.", "We moved to Leeds, I miss him, we never married.", 0),
        ("No, I'm not diabetic.", "No, I'm not diabetic.", 0),
        ("Be straight with me: is it legal?", "is it legal?", 1),
        ("Is it legal, I'm losing it?", "Is it legal?", 1),
        ("He's over the moon, so am I!", "so am I!", 1),
        ("I could cry, you legend.", "you legend.", 1),
    ],
)
def test_without_feelings(text: str, stays: str, goes: int) -> None:
    """Feelings go from the start and the end of a sentence; its middle, its answer and its question mark stay."""
    kept, gone = without_feelings(text)

    assert kept == stays
    assert len(gone) == goes


@pytest.mark.parametrize(
    "text",
    [
        "I have been anxious for three weeks.",
        "I'm so ashamed of it every night.",
        "I'm terrified of the surgery.",
        "My husband is angry since the head injury.",
        "My heart races at night.",
        "I can't go on the pill.",
        "My OCD is ruining my life.",
        "He betrayed us over 4,000 pounds.",
        "My landlord will fire me.",
        "You told me to take aspirin.",
    ],
)
def test_facts_are_no_feelings(text: str) -> None:
    """A feeling that lasts or stands beside a finding is a symptom; numbers, names and deeds are facts."""
    assert not is_feeling(text, plain(text))
    assert parts_of(text).facts


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Google has me in tears.",
        "My uncle ruined Thanksgiving again.",
        "My therapist dumped me by email.",
        "You've been more help than any doctor I've seen.",
        "Worst night of my life!",
        "My aunt is so disappointed in us.",
        "I swear you get me better than he does.",
        "That thought haunts me.",
    ],
)
def test_feelings_leave_nothing(text: str) -> None:
    """Moods, quarrels, flattery and figures of speech are dropped whole."""
    parts = parts_of(text)

    assert (parts.facts, parts.questions, parts.beliefs) == ([], [], [])
    assert parts.dropped


def test_a_late_question_is_heard() -> None:
    """What is asked behind a colon is a question without its mark, too; talk around it goes."""
    parts = parts_of("so i need to know lol: can they keep my deposit")

    assert parts.questions == ["can they keep my deposit"]


@pytest.mark.parametrize("asked", ["You and I both know sharks never sleep, don't we?", "Surely sharks never sleep?"])
def test_shared_beliefs(asked: str) -> None:
    """A belief the other one is drawn into is a belief."""
    assert parts_of(asked).beliefs == ["sharks never sleep"]


def test_reported_shouting() -> None:
    """What somebody shouted is a claim; that it was shouted is not told."""
    parts = parts_of("My dad screamed at me that sharks never sleep.")

    assert (parts.beliefs, parts.facts) == (["sharks never sleep"], [])


def test_names_and_shouting() -> None:
    """An acronym is a name; a shouted word, a feast and an oath are none."""
    assert has_fact("my OCD")
    assert has_fact("he lives in Leeds")
    assert not has_fact("I AM SO ANGRY")
    assert not has_fact("it spoilt Christmas")


def test_content_and_plain() -> None:
    """What is left of an opening feeling, fillers and smileys are the telling words."""
    assert plain("I'm so sad, it broke lol 😭!!") == "it broke ."
    assert content("I am so sad about the broken lease") == {"lease"}


@given(st.lists(st.sampled_from("I'm you me so sad, and 5 12% my boss hates : ; no can't ? lol".split())).map(" ".join))
def test_pieces_hold_the_numbers(text: str) -> None:
    """What stays and what goes together hold every number of the sentence."""
    kept, gone = without_feelings(text)

    assert same_numbers(text, " . ".join((kept, *gone)))


def test_speed() -> None:
    """Words made to run the patterns away take milliseconds."""
    start = time.perf_counter()
    for text in ("i " * 240, "you my " * 60, "so and but " * 40, "my best friend " * 30):
        parts_of(text)

    assert time.perf_counter() - start < 0.5
