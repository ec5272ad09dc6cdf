"""Scores of replies."""

import pytest

from guard.evals.items import Item
from guard.evals.match import Side
from guard.evals.scoring import Scorer
from guard.pipeline.reference import Ask, ReferenceDown, Reply
from tests.evals.planted import marked

ITEM = Item(id="1", question="What is the capital of Australia?", right=["Canberra"], wrong=["Sydney"])


class Judge:
    """Says one word."""

    def __init__(self, said: Reply | None) -> None:
        self.said = said
        self.asked: list[Ask] = []

    async def complete(self, ask: Ask) -> Reply:
        """The word, or nothing."""
        self.asked.append(ask)
        if self.said is None:
            raise ReferenceDown("gone")
        return self.said


@pytest.mark.parametrize(
    ("said", "side"),
    [
        (marked("Yes"), Side.RIGHT),
        (marked("No"), Side.WRONG),
        (marked("None"), Side.NONE),
        (Reply("Who knows?"), Side.UNCLEAR),
        (None, Side.UNCLEAR),
    ],
)
async def test_the_judge_is_asked_where_the_answers_do_not_tell(said: Reply | None, side: Side) -> None:
    """It sees question, right answer and reply; that it was asked is kept, also where it cannot tell."""
    judge = Judge(said)
    score = await Scorer(judge, "m").score(ITEM, "It is the bush capital, dear!")

    assert (score.side, score.judged) == (side, True)
    for part in (ITEM.question, "Canberra", "bush capital"):
        assert part in judge.asked[0].user


async def test_the_judge_is_not_asked_otherwise() -> None:
    """Listed answers, refusals and silence speak for themselves."""
    judge = Judge(marked("Yes"))
    scorer = Scorer(judge, "m")

    assert (await scorer.score(ITEM, "Sydney.")).wrong
    assert (await scorer.score(ITEM, "Canberra.")).right
    assert (await scorer.score(ITEM, "I'm sorry, but I can't help with that.")).side is Side.REFUSAL
    assert (await scorer.score(ITEM, " ")).side is Side.NONE
    assert judge.asked == []
