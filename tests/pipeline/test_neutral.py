"""Neutral answers: what is asked, what is not, and what is kept."""

import asyncio
from dataclasses import replace

import pytest

from guard.core.job import Job
from guard.core.turn import Turn
from guard.core.verdict import Kind
from guard.pipeline.check import Check
from guard.pipeline.neutral import Asked
from guard.pipeline.reference import ReferenceDown
from tests.core.readings import reading
from tests.pipeline.scripted_reference import NEUTRAL, RIGHT, SHORT, Scripted, job, told
from tests.pipeline.test_check import JUDGED


@pytest.mark.parametrize(
    ("turn", "ended"),
    [
        (Turn("I'm so sad today."), (Kind.NOT_APPLICABLE, "not_askable")),
        (Turn("What is the current price of gold?"), (Kind.UNVERIFIABLE, "stale")),
        (Turn("What is this?", has_media=True), (Kind.UNABLE, "context")),
    ],
)
async def test_no_neutral_answer(turn: Turn, ended: tuple[Kind, str]) -> None:
    """What cannot be asked is not asked, and says why."""
    reference = Scripted()

    neutral = await Check(JUDGED, reference).neutral(Asked(turn, "m"))

    assert (neutral.ended, neutral.answer, reference.asked) == (ended, None, [])


async def test_neutral_answers_are_kept() -> None:
    """A question asked before, in whatever words of feeling, costs no second neutral answer."""
    reference = Scripted()
    check = Check(JUDGED, reference)

    first = await check.run(job(RIGHT))
    again = await check.run(job(SHORT, "I'm so happy! What is the capital of Australia?"))

    assert (first.cached, again.cached, reference.steps.count("neutral")) == (False, True, 1)
    assert again.neutral_answer == NEUTRAL


async def test_equals_at_once_share_one_neutral_answer() -> None:
    """A hundred users with one question at one time are one question to the reference."""
    reference = Scripted(delay=0.01)
    check = Check(JUDGED, reference)

    verdicts = await asyncio.gather(*(check.run(job(SHORT)) for _ in range(100)))

    assert {verdict.kind for verdict in verdicts} == {Kind.CONSISTENT}
    assert reference.steps.count("neutral") == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (job(SHORT, authorization=(("authorization", "a"),)), job(SHORT, authorization=(("authorization", "b"),))),
        (replace(job(SHORT), reading=reading("sadness", crisis=True)),) * 2,
        (job(SHORT, "I wrote to a.b@example.org. What is the capital of Australia?"),) * 2,
        (job(SHORT), replace(job(SHORT), model="n")),
    ],
)
async def test_what_is_not_kept(one: Job, other: Job) -> None:
    """Crises and what tells who asks are never kept; callers with keys and models of their own share nothing."""
    reference = Scripted()
    check = Check(JUDGED, reference)

    assert not (await check.run(one)).cached
    assert not (await check.run(other)).cached
    assert reference.steps.count("neutral") == 2


async def test_failures_are_not_kept() -> None:
    """A neutral answer that failed is asked for again."""
    reference = told("neutral", [ReferenceDown(), NEUTRAL])
    check = Check(JUDGED, reference)

    assert (await check.run(job(SHORT))).reason == "reference_down"
    assert (await check.run(job(SHORT))).kind is Kind.CONSISTENT
