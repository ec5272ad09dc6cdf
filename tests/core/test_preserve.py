"""What a rewrite keeps, loses and adds."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guard.core.preserve import Broken, broken, leaks

COUGH = "I'm so scared, my son (4) drank 20 ml of cough syrup. What should I do?"
PREGNANT = "I'm not diabetic. I am 34 weeks pregnant. Is it safe to fly to Peru?"
HUND = "Ich habe solche Angst. Mein Hund hat 100 g Schokolade gefressen. Ist das gefährlich?"


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (COUGH, "A son aged 4 drank 20 ml of cough syrup. What should a person do?", None),
        (PREGNANT, "The person is not diabetic and 34 weeks pregnant. Is it safe to fly to Peru?", None),
        ("I can't cope. How far is the Moon?", "How far is the Moon?", None),
        ("Estoy muy triste. ¿Cuál es la capital de Australia?", "¿Cuál es la capital de Australia?", None),
        (HUND, "Ein Hund hat 100 g Schokolade gefressen. Ist das gefährlich?", HUND.partition(". ")[2]),
        ("My Anna left me. Is 5 km far?", "Is 5 km far?", "Is 5 km far?"),
    ],
)
def test_good_rewrites(before: str, after: str, kept: str | None) -> None:
    """Feelings may go, a stranger may stand for the person, and words may be put in another form."""
    assert broken(before, after, kept) == ()


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (COUGH, "A son drank 20 ml of cough syrup. What should a person do?", Broken.NUMBERS),
        (COUGH, "A son aged 4 drank 20 l of cough syrup. What should a person do?", Broken.NUMBERS),
        (COUGH, "A son aged 4 drank 20 ml of cough syrup 2 hours ago. What to do?", Broken.NUMBERS),
        (PREGNANT, "The person is diabetic and 34 weeks pregnant. Is it safe to fly to Peru?", Broken.NEGATION),
        (PREGNANT, "The person is 34 weeks pregnant. Is it safe to fly to Peru?", Broken.NEGATION),
        (PREGNANT, "The person is not diabetic, not 34 weeks pregnant. Is it safe to fly to Peru?", Broken.NEGATION),
        (PREGNANT, "The person is not diabetic and 34 weeks pregnant. Is it safe to fly?", Broken.NAMES),
        ("How high is the tower in town?", "How high is the Eiffel tower in town?", Broken.ADDED),
        ("How high is it?", "Which mountain range of Asia has the highest peak?", Broken.ADDED),
        ("Is it?", "Is it? " * 30, Broken.LENGTH),
        ("Сколько километров до Луны?", "How many kilometres to the Moon?", Broken.LANGUAGE),
        (HUND, "A dog ate 100 g of chocolate. Is it dangerous?", Broken.ADDED),
        ("Mein Kind hat kein Fieber, 3 Jahre.", "Ein Kind hat Fieber, 3 Jahre.", Broken.NEGATION),
    ],
)
def test_bad_rewrites(before: str, after: str, problem: Broken) -> None:
    """What is lost or added is named."""
    assert problem in broken(before, after)


@given(st.text(max_size=120))
@example("Is:A_0 so?")
@example("My uncle Jean-Luc lives in l'Aquila.")
def test_any_words(text: str) -> None:
    """Words are always a good rewrite of themselves."""
    assert broken(text, text) == ()


@pytest.mark.parametrize(
    ("asked", "own", "leaked"),
    [
        ("What is the capital of Australia?", "What is the capital of Australia?", False),
        ("Is Sydney the capital of Australia?", "What is the capital of Australia?", True),
        ("Is Sydney the capital of Australia?", "Is Sydney the capital of Australia?", False),
    ],
)
def test_beliefs_do_not_leak(asked: str, own: str, leaked: bool) -> None:
    """A question that gives a belief away is found out; what the user asked in so many words is no leak."""
    assert leaked == bool(leaks(asked, ["Sydney is the capital"], own))
