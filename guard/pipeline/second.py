"""A second opinion on one disputed point: two anonymous statements, and which of them can stand."""

import asyncio
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guard.core.checkable import refuses, unsure
from guard.pipeline import same_answer
from guard.pipeline.calls import ATTEMPTS, ROOM, Ends, Spent, complete
from guard.pipeline.prompts import OPENLY, OPENLY_EXAMPLES, SECOND, SECOND_EXAMPLES, second_material
from guard.pipeline.reference import Ask, Reference, Reply

MARGIN = 0.2
"""How much more likely than its rival a statement must be, of both together; below it, it cannot be told."""

AGAINST = 0.5
"""The same for the answer's statement, against the first reference: who leans that way is asked openly first."""

AGREES = 0.3
"""Up to this probability of another answer, what is said openly agrees with a statement."""

_MAX_TOKENS = 3
_OPEN_TOKENS = 60
_ENOUGH = 0.3
"""Below this probability of the letters together the word itself is read."""

_SURE = 0.5
"""From this probability on, it is one of the answers that favour neither statement."""


class Opinion(StrEnum):
    """Which statement can stand."""

    ANSWER = "answer"
    """The answer's, against the neutral answer."""
    REFERENCE = "reference"
    """The neutral answer's: the dispute is confirmed."""
    BOTH = "both"
    NEITHER = "neither"
    CANNOT_TELL = "cannot_tell"
    UNABLE = "unable"
    """There was no reply, or none that could be read."""

    @property
    def disagrees(self) -> bool:
        """Does the second reference contradict the first one?"""
        return self in (Opinion.ANSWER, Opinion.BOTH, Opinion.NEITHER)


_LETTERS = "ABCDE"
_REST = {"C": Opinion.BOTH, "D": Opinion.NEITHER, "E": Opinion.CANNOT_TELL}


@dataclass(frozen=True, slots=True)
class Dispute:
    """The point: what is asked, what the answer says, what the neutral answer says; a plain sentence each."""

    question: str
    answer: str
    neutral: str


@dataclass(frozen=True, slots=True)
class Asks:
    """Who is asked: the second reference, its model, and the caller's credentials where it is the caller's upstream."""

    reference: Reference
    model: str
    credentials: tuple[tuple[str, str], ...] = ()


async def opinion(asks: Asks, dispute: Dispute, spent: Spent, seed: str) -> Opinion:
    """The second reference's word. It never learns which statement is whose.

    What it cannot tell by choosing, it is asked openly, and its answer is compared with both statements.
    It is asked in both orders, the first one by `seed`: models lean towards a place (docs/check.md), and a word that
    hangs on the order is no word.
    """
    first = hashlib.blake2b(seed.encode()).digest()[0] % 2 == 0
    orders = (first, not first)
    try:
        async with asyncio.TaskGroup() as tasks:
            found = [tasks.create_task(_ask(asks, dispute, spent, order)) for order in orders]
    except ExceptionGroup as group:
        if group.split(Ends)[1] is not None:
            raise
        return Opinion.UNABLE
    marks = [task.result() for task in found]
    read = [mark for mark in marks if mark is not None]
    if len(read) < len(orders):
        return Opinion.UNABLE
    picked = _pick(read)
    return await _openly(asks, dispute, spent) if picked is Opinion.CANNOT_TELL else picked


async def _openly(asks: Asks, dispute: Dispute, spent: Spent) -> Opinion:
    """Which statement the second reference's own blind answer agrees with, if with one of them only."""
    ask = Ask(
        asks.model,
        OPENLY,
        dispute.question,
        _OPEN_TOKENS,
        examples=OPENLY_EXAMPLES,
        credentials=asks.credentials,
    )
    try:
        said = (await complete(asks.reference, "second", ask, spent)).text.strip()
        if not said or unsure(said) or refuses(said):
            return Opinion.CANNOT_TELL
        marks = []
        for statement in (dispute.answer, dispute.neutral):
            compared = same_answer.ask_for(dispute.question, statement, said, asks.model, asks.credentials)
            marks.append(same_answer.read(await complete(asks.reference, "second", compared, spent)))
    except Ends:
        return Opinion.CANNOT_TELL
    answer, neutral = (mark is not None and mark.silent < _SURE and mark.differs <= AGREES for mark in marks)
    if answer == neutral:
        return Opinion.CANNOT_TELL
    return Opinion.ANSWER if answer else Opinion.REFERENCE


async def _ask(asks: Asks, dispute: Dispute, spent: Spent, answer_first: bool) -> dict[str, float] | None:
    """Probabilities of the letters as if the answer's statement were A."""
    pair = (dispute.answer, dispute.neutral) if answer_first else (dispute.neutral, dispute.answer)
    for attempt in range(ATTEMPTS):
        ask = Ask(
            asks.model,
            SECOND,
            second_material(dispute.question, *pair),
            _MAX_TOKENS + attempt * ROOM,
            examples=SECOND_EXAMPLES,
            first_token=True,
            credentials=asks.credentials,
        )
        if marks := _marks(await complete(asks.reference, "second", ask, spent)):
            return marks if answer_first else marks | {"A": marks["B"], "B": marks["A"]}
    return None


def _marks(reply: Reply) -> dict[str, float] | None:
    found = dict.fromkeys(_LETTERS, 0.0)
    for token, logprob in reply.first_token:
        if (letter := token.strip(" .*()\n")) in found:
            found[letter] += math.exp(logprob)
    total = sum(found.values())
    if total > _ENOUGH:
        return {letter: probability / total for letter, probability in found.items()}
    letter = reply.text.strip().splitlines()[-1].strip(" .*()")[:1] if reply.text.strip() else ""
    said = reply.text.strip(" .*()\n") == letter or reply.text.strip().startswith((f"{letter}.", f"{letter})"))
    return dict.fromkeys(_LETTERS, 0.0) | {letter: 1.0} if letter in found and said else None


def _pick(marks: list[dict[str, float]]) -> Opinion:
    mean: Mapping[str, float] = {letter: math.fsum(mark[letter] for mark in marks) / len(marks) for letter in _LETTERS}
    rest = max(_REST, key=mean.__getitem__)
    if sum(mean[letter] for letter in _REST) > _SURE:
        return _REST[rest]
    lead = (mean["B"] - mean["A"]) / ((mean["A"] + mean["B"]) or 1.0)
    if -AGAINST <= lead <= MARGIN:
        return Opinion.CANNOT_TELL
    return Opinion.REFERENCE if lead > 0 else Opinion.ANSWER
