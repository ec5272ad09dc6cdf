"""Disputed claims before the second reference: confirmed one by one, or the references disagree."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from guard.core.checkable import plain
from guard.core.claims import DISAGREES, Settled
from guard.core.job import Job
from guard.core.neutral import NeutralQuestion
from guard.core.sentences import Sentence
from guard.core.verdict import Claim, Kind, Unverifiable
from guard.pipeline.calls import Spent
from guard.pipeline.second import Asks, Dispute, Opinion, opinion

MAX_DISPUTED = 3
"""Claims that are put before the second reference."""


async def confirm(
    job: Job,
    asks: Asks,
    settled: Settled,
    sentences: Sequence[Sentence],
    question: NeutralQuestion,
    key: str,
    spent: Spent,
) -> tuple[Settled, Opinion]:
    """The contradiction, with what is confirmed marked; unverifiable where the references disagree.

    What it cannot tell stays a single disagreement.
    """
    disputed = [claim for claim in settled.claims if claim.label in DISAGREES][:MAX_DISPUTED]

    async def ask(claim: Claim) -> Opinion:
        dispute = Dispute(question.text, _statement(claim, sentences, question.beliefs), key)
        return await opinion(asks, dispute, spent, f"{job.turn_id} {claim.id}")

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(ask(claim)) for claim in disputed]
    opinions = dict(zip(disputed, (task.result() for task in asked), strict=True))
    claims = tuple(replace(claim, confirmed=opinions.get(claim) is Opinion.REFERENCE) for claim in settled.claims)
    if any(claim.confirmed for claim in claims):
        return replace(settled, claims=claims), Opinion.REFERENCE
    against = next((found for found in opinions.values() if found.disagrees), None)
    if against:
        return Settled(Kind.UNVERIFIABLE, Unverifiable.REFERENCES_DISAGREE, claims), against
    return replace(settled, claims=claims), next(iter(opinions.values()))


def _statement(claim: Claim, sentences: Sequence[Sentence], beliefs: Sequence[str]) -> str:
    """The sentence of a claim, plain: nothing in it shows that it was said kindly."""
    sentence = next((s.text for s in sentences if s.start <= claim.start < s.end), claim.quote)
    return plain(sentence, beliefs)
