"""Does the queued checks beside the service, off every request's path."""

import asyncio
import time
from typing import Protocol

import structlog

from guard.core.job import Job
from guard.core.verdict import Unable, Verdict
from guard.observe.metrics import Metrics
from guard.pipeline.findings import Findings
from guard.stores.memory import MemoryChecks

_log = structlog.get_logger("coolhead")


class Checker(Protocol):
    """One check, from job to verdict."""

    async def run(self, job: Job) -> Verdict:
        """The verdict; foreseeable faults are `unable`."""
        ...


class Worker:
    """A fixed number of loops that take checks from the queue and settle each exactly once."""

    def __init__(
        self,
        checks: MemoryChecks,
        checker: Checker,
        findings: Findings,
        metrics: Metrics,
        *,
        concurrency: int,
        deadline: float,
    ) -> None:
        self._checks = checks
        self._checker = checker
        self._findings = findings
        self._metrics = metrics
        self._concurrency = concurrency
        self._deadline = deadline
        self.alive = 0
        """Loops that run; fewer than asked for means that a bug ended one."""

    @property
    def is_alive(self) -> bool:
        """Do all loops run?"""
        return self.alive == self._concurrency

    async def run(self) -> None:
        """Work until cancelled; then settle what is left as unable(shutdown)."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._concurrency):
                    tasks.create_task(self._loop())
        finally:
            for job in self._checks.drain():
                self._findings.settle(job, Verdict.unable(Unable.SHUTDOWN))

    async def _loop(self) -> None:
        self.alive += 1
        try:
            while True:
                job, waited = await self._checks.take()
                self._metrics.queue_wait.observe(waited)
                with self._metrics.checks_in_flight.track_inprogress(), self._metrics.check_duration.time():
                    await self._settle(job)
        finally:
            self.alive -= 1

    async def _settle(self, job: Job) -> None:
        verdict = Verdict.unable(Unable.SHUTDOWN)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._deadline):
                verdict = await self._checker.run(job)
        except TimeoutError:
            verdict = Verdict.unable(Unable.DEADLINE)
        except Exception as error:
            verdict = Verdict.unable(Unable.INTERNAL)
            _log.error("check_failed", turn_id=job.turn_id, kind=type(error).__name__, exc_info=_without_text(error))
        finally:
            verdict.milliseconds.setdefault("total", round((time.perf_counter() - started) * 1000))
            self._findings.settle(job, verdict)


def _without_text(error: Exception) -> tuple[type[Exception], Exception, object]:
    """The error with its place but without its message, which could hold words of a prompt or an answer."""
    return type(error), type(error)(), error.__traceback__
