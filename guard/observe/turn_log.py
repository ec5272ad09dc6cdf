"""One line for each turn, one for each check; never text."""

import structlog

from guard.core.job import Job
from guard.core.outcome import Fate, Outcome, flags_of
from guard.core.reading import Reading
from guard.core.settlement import Settlement
from guard.core.verdict import Kind

_QUIET = frozenset((Fate.DELIVERED, Fate.REJECTED, Fate.DISCONNECTED))


class TurnLog:
    """Writes outcomes and settled checks to the log."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("coolhead")

    def turn(self, outcome: Outcome) -> None:
        """Write one outcome."""
        reading, decision = outcome.reading, outcome.decision
        write = self._log.info if outcome.fate in _QUIET else self._log.warning
        write(
            "turn",
            turn_id=outcome.turn_id,
            fate=outcome.fate.value,
            status=outcome.status,
            route=outcome.route,
            mode=outcome.mode.value,
            model=outcome.model[:100],
            stream=outcome.stream,
            flags=flags_of(reading),
            undetected=None if isinstance(reading, Reading) or reading is None else reading.value,
            arm=outcome.arm.value,
            pi=decision.pi if decision else None,
            check=outcome.check,
            verdict="pending" if outcome.check == "sampled" else None,
            ms_total=_ms(outcome.total),
            ms_first_byte=_ms(outcome.first_byte),
            ms_upstream_head=_ms(outcome.upstream_head),
            ms_held=_ms(outcome.held),
            ms_waited=_ms(outcome.waited),
            text_length=outcome.text_length,
            text_digest=outcome.text_digest,
            answer_bytes=outcome.answer_length,
        )

    def check(self, job: Job, settlement: Settlement) -> None:
        """Write one settled check."""
        verdict = settlement.verdict
        write = self._log.warning if verdict.kind is Kind.UNABLE else self._log.info
        write(
            "check",
            turn_id=job.turn_id,
            verdict=verdict.kind.value,
            reason=verdict.reason,
            action=settlement.action.value,
            action_failed=settlement.action_failed,
            claims=len(verdict.claims),
            flags=flags_of(job.reading),
            arm=job.decision.arm.value,
            pi=job.decision.pi,
            ms=verdict.milliseconds,
            tokens=verdict.tokens,
        )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
