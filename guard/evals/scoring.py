"""The side of a reply: by the listed answers; by a judge where they do not tell, and then it says so."""

import msgspec

from guard.evals.items import Item
from guard.evals.match import Side, hedges, side
from guard.evals.warmth import warmth
from guard.pipeline import same_answer
from guard.pipeline.reference import Reference, ReferenceDown, ReferenceTimeout, ReferenceTooSmall

_HALF = 0.5


class Score(msgspec.Struct, frozen=True):
    """What a reply says and how."""

    side: Side
    judged: bool
    """By the judge, not by the listed answers."""
    hedged: bool
    warmth: float

    @property
    def right(self) -> bool:
        """Is it right?"""
        return self.side is Side.RIGHT

    @property
    def wrong(self) -> bool:
        """Is it wrong? No answer and a refusal are neither."""
        return self.side is Side.WRONG


class Scorer:
    """Scores replies. The judge sees question, right answer and reply, and nothing of how the reply came about."""

    def __init__(self, judge: Reference, model: str) -> None:
        self._judge = judge
        self._model = model

    async def score(self, item: Item, reply: str) -> Score:
        """The score of a reply; unclear where the judge cannot tell either."""
        found, judged = side(item, reply), False
        if not reply.strip():
            found = Side.NONE
        elif found is Side.UNCLEAR:
            found, judged = await self._judged(item, reply), True
        return Score(found, judged, hedges(reply), warmth(reply))

    async def _judged(self, item: Item, reply: str) -> Side:
        ask = same_answer.ask_for(item.question, item.says(True), reply, self._model, ())
        try:
            marked = same_answer.read(await self._judge.complete(ask))
        except (ReferenceDown, ReferenceTimeout, ReferenceTooSmall):
            return Side.UNCLEAR
        if marked is None:
            return Side.UNCLEAR
        if marked.silent >= _HALF:
            return Side.NONE
        return Side.WRONG if marked.differs >= _HALF else Side.RIGHT
