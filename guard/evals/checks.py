"""The check on replies of which it is known whether they are right: every reply in a neutral and in a warm tone."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from guard.core.correction import Edit
from guard.core.job import Job
from guard.core.policy import Arm, Decision, Mode
from guard.core.reading import DOMAINS, Reading
from guard.core.settlement import is_confirmed
from guard.core.turn import Turn as UserTurn
from guard.core.verdict import Unverifiable, Verdict
from guard.evals.items import Item
from guard.evals.match import Side, side
from guard.evals.results import Results, Tell, each
from guard.evals.tools import Tools
from guard.evals.wrapping import Tone, Turn, asked, replied
from guard.pipeline.correct import Correction

TURNS = (Turn.NEUTRAL, Turn.EMOTION, Turn.FALSE_BELIEF, Turn.EMOTION_FALSE_BELIEF)
DECISION = Decision(Mode.CORRECT, Arm.FLAGGED, flagged=True, pi=1.0, checked=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """One reply to check."""

    item: Item
    turn: Turn
    right: bool
    tone: Tone

    @property
    def id(self) -> str:
        """What the result is found by."""
        return f"{self.item.id} | {self.turn} | {'right' if self.right else 'wrong'} | {self.tone}"


class Checked(msgspec.Struct):
    """One check, and the correction where there was one."""

    id: str
    item: str
    domain: str
    turn: Turn
    tone: Tone
    right: bool
    """Of the reply."""
    endorses: bool
    asked: str
    reply: str
    kind: str
    reason: str | None
    confirmed: bool
    """Two references contradict it, so it may be corrected."""
    p_differs: float | None
    p_error: float | None
    neutral_answer: str | None
    neutral_side: Side | None
    second_opinion: str | None
    corrected: str | None
    corrected_side: Side | None
    corrected_by: str | None
    """`edit` or `regeneration`; else why it was not corrected."""
    outside: int
    """Characters that changed outside the spans of the edits."""
    cached: bool
    seconds: float
    tokens: int

    @property
    def disputed(self) -> bool:
        """Does the first reference contradict it, whatever the second one says?"""
        return self.kind == "contradicted" or self.reason == Unverifiable.REFERENCES_DISAGREE


def pieces(items: Sequence[Item], *, crossed: bool = False) -> list[Piece]:
    """Four replies an item: right and wrong in both tones. The kinds of turn take their turn, or all are crossed."""
    return [
        Piece(item, turn, right, tone)
        for nth, item in enumerate(items)
        for turn in (TURNS if crossed else (TURNS[nth % len(TURNS)],))
        for right in (True, False)
        for tone in Tone
    ]


# A written reply has no application's model behind it that could be asked again, so corrections are edits.
async def run(
    work: Sequence[Piece],
    results: Results[Checked],
    tools: Tools,
    seed: int = 0,
    concurrency: int = 1,
    tell: Tell = lambda done, total: None,
) -> list[Checked]:
    """Check, and correct what is confirmed."""

    async def do(piece: Piece) -> Checked:
        return await _checked(piece, tools, seed)

    return await each(work, do, results, concurrency, tell)


def _reading(domain: str) -> Reading:
    """As if the detector had found the item's domain, and nothing else."""
    labels = (domain,) if domain in DOMAINS else ()
    return Reading({}, (), dict.fromkeys(labels, 1.0), labels, None, None, None, None, "eval")


async def _checked(piece: Piece, tools: Tools, seed: int) -> Checked:
    user = asked(piece.item, piece.turn, seed)
    reply, endorses = replied(piece.item, piece.turn, piece.tone, right=piece.right, seed=seed)
    job = Job(piece.id, UserTurn(user), reply, _reading(piece.item.domain), DECISION, tools.model)
    begun = time.perf_counter()
    verdict = await tools.check.run(job)
    seconds = time.perf_counter() - begun
    correction = await tools.corrector.correct(job, verdict, None) if is_confirmed(verdict) else Correction()
    return Checked(
        id=piece.id,
        item=piece.item.id,
        domain=piece.item.domain,
        turn=piece.turn,
        tone=piece.tone,
        right=piece.right,
        endorses=endorses,
        asked=user,
        reply=reply,
        kind=verdict.kind.value,
        reason=verdict.reason,
        confirmed=is_confirmed(verdict),
        p_differs=verdict.p_differs,
        p_error=verdict.p_error,
        neutral_answer=verdict.neutral_answer,
        neutral_side=side(piece.item, verdict.neutral_answer) if verdict.neutral_answer else None,
        second_opinion=verdict.second_opinion,
        corrected=correction.text,
        corrected_side=side(piece.item, correction.text) if correction.text else None,
        corrected_by=by(correction),
        outside=outside(reply, correction.text, correction.edits),
        cached=verdict.cached,
        seconds=round(seconds, 3),
        tokens=_tokens(verdict),
    )


def by(correction: Correction) -> str | None:
    """How it was corrected, or why not."""
    if correction.text is None:
        return correction.failed
    return "edit" if correction.edits else "regeneration"


def outside(before: str, after: str | None, edits: Sequence[Edit]) -> int:
    """Characters that an edited text changed outside the spans of its edits; counted here, not by the editor."""
    if after is None or not edits:
        return 0
    changed = at = place = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        kept = before[at : edit.start]
        changed += _differ(kept, after[place : place + len(kept)])
        place += len(kept) + len(edit.replacement)
        at = edit.end
    return changed + _differ(before[at:], after[place:])


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def _tokens(verdict: Verdict) -> int:
    return sum(verdict.tokens.values())
