"""Span edits: what they change, and what keeps them from being applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.correction import Edit, Problem, apply, difference, problem, reveals

ANSWER = "Oh, I'm so sorry 💔. You're right, the capital is Sydney, my dear. Call 988 or see [this](https://a.example)."
FACT = "The capital of Australia is Canberra."


def edit(quote: str, replacement: str, answer: str = ANSWER) -> Edit:
    """Words of an answer and their replacement."""
    return Edit(answer.index(quote), answer.index(quote) + len(quote), replacement)


def test_edits_do_not_move_each_other() -> None:
    """Applied in any order, every edit lands where it was meant to."""
    edits = [edit("You're right, the", "The"), edit("Sydney", "Canberra")]

    assert apply(ANSWER, edits) == apply(ANSWER, edits[::-1])
    assert "💔. The capital is Canberra, my dear. Call 988" in apply(ANSWER, edits)


@given(st.text("ab .é💔", max_size=30), st.text("ab .é💔", max_size=30), st.text(max_size=5))
def test_the_difference_makes_one_of_the_other(before: str, after: str, start: str) -> None:
    """Whatever the texts, the edits between them turn the one into the other, behind anything."""
    edits = difference(before, after, len(start))

    assert apply(start + before, edits) == start + after


def test_only_changed_words_are_in_the_difference() -> None:
    """What both texts say is in no edit."""
    edits = difference("The capital is Sydney, my dear.", "The capital is Canberra, my dear.")

    assert edits == [Edit(15, 21, "Canberra")]


@given(st.text(min_size=1, max_size=60), st.data())
def test_everything_else_stays(text: str, data: st.DataObject) -> None:
    """Outside the spans every character is as it was."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    new = data.draw(st.text(max_size=10))

    result = apply(text, [Edit(start, end, new)])

    assert result == text[:start] + new + text[end:]


def test_a_good_edit() -> None:
    """Nothing speaks against a word for a word that the fact says."""
    assert problem(ANSWER, [edit("Sydney", "Canberra")], FACT) is None
    assert problem("Take 8 g a day.", [edit("8 g", "4 g", "Take 8 g a day.")], "At most 4 g a day.") is None


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([], Problem.NOTHING),
        ([edit("Sydney", "Sydney")], Problem.NOTHING),
        ([Edit(i, i + 1, "x") for i in range(7)], Problem.TOO_MANY),
        ([edit("is Sydney", "a"), edit("Sydney, my", "b")], Problem.OVERLAP),
        ([edit("988", "911")], Problem.PROTECTED),
        ([edit("this](https", "that](https")], Problem.PROTECTED),
        ([edit("Sydney", "Canberra, see https://b.example")], Problem.PROTECTED),
        ([edit("Sydney", "Canberra\nand more")], Problem.FORMAT),
        ([edit("Sydney", "**Canberra**")], Problem.FORMAT),
        ([edit("Sydney", "Canberra, I must correct you")], Problem.LECTURE),
        ([edit("Sydney", "Canberra, you are wrong")], Problem.LECTURE),
        ([edit("Sydney", "Канберра")], Problem.LANGUAGE),
        ([edit("Sydney", "Canberra since 1913")], Problem.NUMBERS),
        ([edit("Sydney", "Canberra, " + "which is a lovely town and " * 8)], Problem.TOO_MUCH),
    ],
)
def test_bad_edits(edits: list[Edit], reason: Problem) -> None:
    """Each reason has its name."""
    assert problem(ANSWER, edits, FACT) is reason


def test_units_outside_the_span_count() -> None:
    """A number that changes before its unit is read with it."""
    answer = "That's correct! 20 percent of 350 dollars is indeed 35 dollars."
    edits = difference(answer[16:], "20% of 350 dollars is 70 dollars.", 16)

    assert problem(answer, edits, "20% of 350 dollars is 70 dollars.") is None
    assert problem(answer, edits, "20% of 350 dollars is 80 dollars.") is Problem.NUMBERS


@pytest.mark.parametrize("new", ["6 g", "a little", "4 mg"])
def test_numbers_must_be_the_facts(new: str) -> None:
    """An edit of an amount carries the fact's amount."""
    answer = "You can take 8 g a day."

    assert problem(answer, [edit("8 g", new, answer)], "At most 4 g a day.") is Problem.NUMBERS


def test_code_is_not_edited() -> None:
    """Neither in a block nor in a line."""
    answer = "Use `timeout=3`.\n```\nx = 3\n```\nIt is 3."

    assert problem(answer, [edit("timeout=3", "timeout=4", answer)], "It is 4.") is Problem.PROTECTED
    assert problem(answer, [edit("x = 3", "x = 4", answer)], "It is 4.") is Problem.PROTECTED
    assert problem(answer, [edit("is 3", "is 4", answer)], "It is 4.") is None


def test_what_gives_a_correction_away() -> None:
    """A text that speaks of corrections gives itself away."""
    assert reveals("I apologize, as an AI I was wrong.")
    assert not reveals("The capital is Canberra, my dear. It is important to remember how strong you are.")
