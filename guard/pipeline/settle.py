"""A check that an answer waits for: verdict, what the mode makes of it, and what goes out."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

import structlog

from guard.core.job import Job
from guard.core.policy import Mode, Policy, fails_closed
from guard.core.settlement import Action, Settlement, is_confirmed
from guard.core.verdict import Kind, Unable, Verdict
from guard.pipeline.correct import Correction, Regenerate
from guard.pipeline.findings import Findings
from guard.pipeline.neutral import Neutral

_log = structlog.get_logger("coolhead")

NOTE = "\n\n---\nA note on one detail: {fact}"


class Checker(Protocol):
    """One check, from job to verdict."""

    async def run(self, job: Job, neutral: Awaitable[Neutral | None] | None = None) -> Verdict:
        """The verdict; foreseeable faults are `unable`."""
        ...


class Editor(Protocol):
    """Changes facts in an answer, and nothing else."""

    async def correct(self, job: Job, verdict: Verdict, regenerate: Regenerate | None) -> Correction:
        """The new text, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class SettleConfig:
    """How long answers wait, and what takes their place."""

    seconds: dict[Mode, float]
    safe_text: str
    note: bool = False
    """Append a note to contradicted answers in mode annotate."""


class Settler:
    """Checks answers while they wait. Whatever goes wrong here, the answer goes out by the policy's rule."""

    def __init__(
        self, config: SettleConfig, policy: Policy, checker: Checker, editor: Editor, findings: Findings
    ) -> None:
        self._config = config
        self._policy = policy
        self._checker = checker
        self._editor = editor
        self._findings = findings

    async def settle(
        self, job: Job, neutral: Awaitable[Neutral | None] | None, regenerate: Regenerate | None, sent: str = ""
    ) -> Settlement:
        """The settlement of one answer, within its mode's time; `sent` is the text that is out already."""
        mode = job.decision.mode
        verdict: Verdict | None = None
        failed, text = None, None
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(self._config.seconds[mode]):
                verdict = await self._checker.run(job, neutral)
                if mode is Mode.CORRECT and is_confirmed(verdict):
                    failed = "deadline"
                    correction = await self._editor.correct(job, verdict, regenerate)
                    text, failed = correction.text, correction.failed
        except TimeoutError:
            if verdict is None and not mode.acts:
                return self._findings.later(job)
        except Exception as error:
            if verdict is None:
                verdict = Verdict.unable(Unable.INTERNAL)
            failed = "internal" if failed else None
            _log.error("check_failed", turn_id=job.turn_id, kind=type(error).__name__)
        verdict = verdict or Verdict.unable(Unable.DEADLINE)
        verdict.milliseconds.setdefault("total", round((time.perf_counter() - begun) * 1000))
        if text is not None and not text.startswith(sent):
            text = f"{sent.rstrip()} {text}"
        return self._findings.settled(job, self._settlement(job, verdict, text, failed))

    def _settlement(self, job: Job, verdict: Verdict, text: str | None, failed: str | None) -> Settlement:
        mode = job.decision.mode
        if mode.acts and verdict.kind is Kind.UNABLE and fails_closed(job.reading, self._policy):
            return Settlement(verdict, Action.BLOCKED, self._config.safe_text)
        if mode is Mode.BLOCK and is_confirmed(verdict):
            return Settlement(verdict, Action.BLOCKED, self._config.safe_text)
        if text is not None:
            return Settlement(verdict, Action.CORRECTED, text)
        note = self._note(verdict) if mode is Mode.ANNOTATE and self._config.note else None
        return Settlement(verdict, Action.ANNOTATED, note=note, action_failed=failed)

    def _note(self, verdict: Verdict) -> str | None:
        """What is appended to an answer that two references contradict."""
        if not is_confirmed(verdict):
            return None
        fact = next((claim.correct_fact for claim in verdict.claims if claim.confirmed and claim.correct_fact), None)
        return NOTE.format(fact=fact or verdict.neutral_answer)
