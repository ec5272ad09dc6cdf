"""Outcomes and jobs to test with."""

from dataclasses import replace

from guard.core.job import Job
from guard.core.outcome import Fate, Outcome
from guard.core.policy import Mode, Policy, decide
from guard.core.reading import Reading
from guard.core.turn import Turn
from tests.core.readings import reading

DELIVERED = Outcome(
    turn_id="t1",
    fate=Fate.DELIVERED,
    mode=Mode.OBSERVE,
    model="m",
    stream=True,
    status=200,
    reading=None,
    decision=None,
    check="not_sampled",
    total=0.5,
    first_byte=0.3,
    upstream_head=0.25,
    before_upstream=0.001,
    held=0.002,
    detection=0.01,
    text_length=12,
    text_digest="00",
    answer_length=34,
)


def delivered(found: Reading, policy: Policy | None = None, check: str = "sampled") -> Outcome:
    """The outcome of an answered turn that was read so."""
    decision = decide(found, Mode.OBSERVE, policy or Policy(), draw=0.0)
    return replace(DELIVERED, reading=found, decision=decision, check=check)


def job(found: Reading, policy: Policy | None = None, text: str = "Why?", answer: str = "Because.") -> Job:
    """The check of a turn that was read so."""
    decision = decide(found, Mode.OBSERVE, policy or Policy(), draw=0.0)
    return Job("t1", Turn(text), answer, found, decision, "m", (("authorization", "Bearer secret-key"),))


__all__ = ["DELIVERED", "delivered", "job", "reading"]
