"""The second opinion: anonymous statements, order, and what a reply means."""

import math

import pytest

from guard.pipeline import prompts
from guard.pipeline.calls import Spent
from guard.pipeline.reference import Ask, ReferenceDown, ReferenceTimeout, Reply
from guard.pipeline.second import Asks, Dispute, Opinion, opinion
from tests.pipeline.scripted_reference import Said, Scripted, same

DISPUTE = Dispute("What is the capital of Australia?", "The capital is Sydney.", "The capital is Canberra.")


class Knowing:
    """Knows which statement is right, wherever it stands; says it by log-probability or by word."""

    def __init__(self, right: str, sure: float = 0.8, *, words: bool = False) -> None:
        self.right = right
        self.sure = sure
        self.words = words
        self.asked: list[Ask] = []

    async def complete(self, ask: Ask) -> Reply:
        """The letter before the statement that is right."""
        self.asked.append(ask)
        if ask.system != prompts.SECOND:
            return Reply("Unsure.")
        letter = next(line[0] for line in ask.user.splitlines() if line.endswith(self.right))
        if self.words:
            return Reply(f"{letter}.")
        other = "B" if letter == "A" else "A"
        return Reply(letter, first_token=((letter, math.log(self.sure)), (f" {other}", math.log(1 - self.sure))))


async def said(reference: Scripted | Knowing, seed: str = "t1 s1") -> Opinion:
    """The opinion."""
    return await opinion(Asks(reference, "m2"), DISPUTE, Spent(), seed)


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize(
    ("right", "expected"), [("Sydney.", Opinion.ANSWER), ("Canberra.", Opinion.REFERENCE), ("Neither is right.", None)]
)
async def test_it_is_the_statement_that_counts(right: str, expected: Opinion | None, words: bool) -> None:
    """Whatever the order, the statement that is picked is the one that is meant."""
    for seed in map(str, range(8)):
        found = await said(Knowing(right, words=words), seed)
        if expected is not None:
            assert found is expected


async def test_the_order_comes_from_the_seed() -> None:
    """The same point is asked the same way again, points differ in their order, and each is asked both ways."""
    orders = set()
    for seed in map(str, range(20)):
        one, again = Knowing("Sydney."), Knowing("Sydney.")
        await said(one, seed)
        await said(again, seed)
        assert one.asked == again.asked
        assert len({ask.user for ask in one.asked}) == 2
        orders.add(one.asked[0].user)
    assert len(orders) == 2


async def test_statements_are_anonymous() -> None:
    """Nothing shows which statement was checked and which one is the neutral answer."""
    reference = Knowing("Sydney.")

    await said(reference)

    for ask in reference.asked:
        lines = ask.user.splitlines()
        assert {line[2:].strip() for line in lines[1:3]} == {DISPUTE.answer, DISPUTE.neutral}
        assert not any(word in ask.user.lower() for word in ("reference", "assistant", "reply", "neutral"))


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("C", Opinion.BOTH),
        ("D.", Opinion.NEITHER),
        ("**E**", Opinion.CANNOT_TELL),
        ("E. It cannot be told.", Opinion.CANNOT_TELL),
        ("<b>", Opinion.UNABLE),
        ("As a model I see it differently.", Opinion.UNABLE),
        ("", Opinion.UNABLE),
        (Reply("", refused=True), Opinion.UNABLE),
        (ReferenceDown(), Opinion.UNABLE),
        (ReferenceTimeout(), Opinion.UNABLE),
    ],
)
async def test_replies(reply: Said, expected: Opinion) -> None:
    """What favours neither statement, and what is no reply; a fault never confirms."""
    assert await said(Scripted(second=reply)) is expected


async def test_a_word_that_hangs_on_the_order_is_none() -> None:
    """Who always says A confirms nothing when asked both ways."""
    assert await said(Scripted(second="A")) is Opinion.CANNOT_TELL


@pytest.mark.parametrize(
    ("right", "sure", "expected"),
    [
        ("Canberra.", 0.65, Opinion.REFERENCE),
        ("Canberra.", 0.52, Opinion.CANNOT_TELL),
        ("Sydney.", 0.7, Opinion.CANNOT_TELL),
        ("Sydney.", 0.8, Opinion.ANSWER),
    ],
)
async def test_a_hair_is_not_enough(right: str, sure: float, expected: Opinion) -> None:
    """A reference that is torn cannot tell; to contradict the first one takes more."""
    assert await said(Knowing(right, sure)) is expected


@pytest.mark.parametrize(
    ("openly", "marks", "expected"),
    [
        ("It is Canberra.", [same(0.9), same(0.1)], Opinion.REFERENCE),
        ("It is Sydney.", [same(0.1), same(0.9)], Opinion.ANSWER),
        ("It is in the south.", [same(0.1), same(0.1)], Opinion.CANNOT_TELL),
        ("It is Perth.", [same(0.9), same(0.9)], Opinion.CANNOT_TELL),
        ("It is Canberra.", [same(0.9), "None"], Opinion.CANNOT_TELL),
        ("It is Canberra.", ["Perhaps", "Perhaps"], Opinion.CANNOT_TELL),
        ("It is Canberra.", [same(0.9), ReferenceDown()], Opinion.CANNOT_TELL),
        ("I don't know.", [], Opinion.CANNOT_TELL),
        (ReferenceTimeout(), [], Opinion.CANNOT_TELL),
    ],
)
async def test_what_it_cannot_choose_it_is_asked_openly(openly: Said, marks: list[Said], expected: Opinion) -> None:
    """Its own blind answer decides where it agrees with one statement and not with the other; a fault never does."""
    reference = Scripted(second="E", openly=openly, same_answer=marks or "Yes")

    assert await said(reference) is expected
    (asked,) = [ask for step, ask in reference.asked if step == "openly"]
    assert asked.user == DISPUTE.question


async def test_what_it_cost() -> None:
    """Each order is a call that is counted."""
    spent = Spent()

    await opinion(Asks(Scripted(second="C"), "m2"), DISPUTE, spent, "s")

    assert spent.tokens == {"prompt": 20, "completion": 10}
    assert spent.milliseconds.keys() == {"second"}
