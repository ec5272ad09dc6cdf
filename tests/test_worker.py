"""The worker: each check is settled exactly once, whatever happens to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from structlog.testing import capture_logs

from guard.core.job import Job
from guard.core.policy import Policy
from guard.core.verdict import Kind, Verdict
from guard.observe.metrics import Metrics
from guard.pipeline.findings import Findings
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from guard.worker import Worker
from tests.observe.outcomes import job, reading
from tests.pipeline.parts import Sink

Run = Callable[[Job], Awaitable[Verdict]]


class Checker:
    """Runs what it is given."""

    def __init__(self, run: Run) -> None:
        self.run = run


@asynccontextmanager
async def working(run: Run, deadline: float = 5.0) -> AsyncIterator[tuple[MemoryChecks, Sink, Worker]]:
    """A worker of two loops over a queue."""
    checks, sink = MemoryChecks(10), Sink()
    findings = Findings(checks, MemoryVerdicts(10, 60), (sink,))
    worker = Worker(checks, Checker(run), findings, Metrics(Policy()), concurrency=2, deadline=deadline)  # type: ignore[arg-type]
    task = asyncio.ensure_future(worker.run())
    await asyncio.sleep(0)
    try:
        yield checks, sink, worker
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def settled(sink: Sink, count: int) -> list[tuple[str, str | None]]:
    """Verdicts and reasons, once there are `count`."""
    async with asyncio.timeout(5):
        while len(sink.settled) < count:
            await asyncio.sleep(0.005)
    return [(verdict.kind, verdict.reason) for _, verdict in sink.settled]


async def test_checks_are_done_two_at_a_time() -> None:
    """As many as are configured run at once, no more."""
    running, most = 0, 0

    async def run(_: Job) -> Verdict:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return Verdict(Kind.CONSISTENT)

    async with working(run) as (checks, sink, worker):
        for _ in range(6):
            checks.put(job(reading("sadness")))
        assert [("consistent", None)] * 6 == await settled(sink, 6)
        assert (2, True) == (most, worker.is_alive)


async def test_the_deadline() -> None:
    """A check that takes too long is unable(deadline)."""

    async def run(_: Job) -> Verdict:
        await asyncio.sleep(60)
        raise AssertionError

    async with working(run, deadline=0.02) as (checks, sink, _):
        checks.put(job(reading("sadness")))
        assert [("unable", "deadline")] == await settled(sink, 1)


async def test_a_bug_is_unable_and_the_worker_goes_on() -> None:
    """A check that raises is unable(internal); its words do not reach the log; the next one is done."""

    async def run(asked: Job) -> Verdict:
        if asked.answer == "bad":
            raise RuntimeError("PROMPT WORDS")
        return Verdict(Kind.CONSISTENT)

    with capture_logs() as lines:
        async with working(run) as (checks, sink, worker):
            checks.put(job(reading("sadness"), answer="bad"))
            checks.put(job(reading("sadness")))
            assert [("unable", "internal"), ("consistent", None)] == await settled(sink, 2)
            assert worker.is_alive
    assert "PROMPT" not in str(lines)
    assert "RuntimeError" in str(lines)


async def test_shutdown_settles_everything() -> None:
    """What runs and what waits at the end is unable(shutdown): nothing stays pending for ever."""

    async def run(_: Job) -> Verdict:
        await asyncio.sleep(60)
        raise AssertionError

    async with working(run) as (checks, sink, _):
        for _ in range(5):
            checks.put(job(reading("sadness")))
        await asyncio.sleep(0.05)

    assert [("unable", "shutdown")] * 5 == [(verdict.kind, verdict.reason) for _, verdict in sink.settled]
