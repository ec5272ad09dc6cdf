"""Checks asked for and settled: the queue, the verdict documents and what is counted."""

from dataclasses import replace
from typing import Any, Protocol

import msgspec

from guard.core.job import Job
from guard.core.outcome import flags_of
from guard.core.settlement import Action, Settlement
from guard.core.verdict import Unable, Verdict
from guard.stores.base import Checks, Verdicts

SCHEMA = "coolhead.verdict/1"


class Sink(Protocol):
    """Takes settled checks. Never waits."""

    def check(self, job: Job, settlement: Settlement) -> None:
        """Take one settled check."""
        ...


class Findings:
    """Every check that is asked for here is settled here, once."""

    def __init__(self, checks: Checks, verdicts: Verdicts, sinks: tuple[Sink, ...], version: str = "00000000") -> None:
        """`version` is that of prompts, rules and models, for the documents."""
        self._checks = checks
        self._verdicts = verdicts
        self._sinks = sinks
        self._version = version

    def ask(self, job: Job) -> str:
        """Queue a check; `sampled`, or why it was dropped: then it is settled as unable."""
        self._verdicts.put(job.turn_id, msgspec.json.encode(pending(job)))
        if self._checks.put(job):
            return "sampled"
        self.settle(job, Verdict.unable(Unable.QUEUE_FULL))
        return "dropped_queue_full"

    def later(self, job: Job) -> Settlement:
        """Queue a check that an answer cannot wait for any longer; what the answer says about it."""
        if not self._checks.put(job):
            return self.settled(job, Settlement(Verdict.unable(Unable.QUEUE_FULL)))
        document = msgspec.json.encode(pending(job))
        self._verdicts.put(job.turn_id, document)
        return Settlement(Verdict.unable(Unable.DEADLINE), pending=True, extra=document)

    def settle(self, job: Job, verdict: Verdict) -> None:
        """Write the verdict on an answer that went out as it was."""
        self.settled(job, Settlement(verdict, Action.NONE))

    def settled(self, job: Job, settlement: Settlement) -> Settlement:
        """Write how a check ended; the settlement with its document, for the answer."""
        found = done(job, settlement) | {"check_version": self._version}
        document = msgspec.json.encode(found)
        self._verdicts.put(job.turn_id, document)
        for sink in self._sinks:
            sink.check(job, settlement)
        if settlement.action is Action.BLOCKED:
            # What was held back does not go out as a quote.
            document = msgspec.json.encode(found | {"claims": ()})
        return replace(settlement, extra=document)


def pending(job: Job) -> dict[str, Any]:
    """The document of a check that is still to be done."""
    decision = job.decision
    return {
        "schema": SCHEMA,
        "turn_id": job.turn_id,
        "status": "pending",
        "verdict": None,
        "flags": flags_of(job.reading).split(", "),
        "sampling": {"arm": decision.arm, "flagged": decision.flagged, "pi": decision.pi},
    }


def done(job: Job, settlement: Settlement) -> dict[str, Any]:
    """The document of a check that was done (CHECK.md, 1.11). Offsets are code points of the upstream's answer."""
    verdict = settlement.verdict
    return pending(job) | {
        "status": "done",
        "verdict": verdict.kind,
        "reason": verdict.reason,
        "p_error": verdict.p_error,
        "p_error_calibrated": False,
        "p_differs": verdict.p_differs,
        "basis": verdict.basis,
        "coverage": verdict.coverage,
        "claims": verdict.claims,
        "neutralisation": verdict.neutralisation,
        "neutral_question": verdict.neutral_question,
        "neutral_answer": verdict.neutral_answer,
        "cached": verdict.cached,
        "second_opinion": verdict.second_opinion,
        "reference": {"model": verdict.reference_model},
        "mode": job.decision.mode,
        "action": settlement.action,
        "action_failed": settlement.action_failed,
        "ms": verdict.milliseconds,
        "usage": verdict.tokens,
    }
