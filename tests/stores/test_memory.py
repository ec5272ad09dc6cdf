"""The stores inside the process."""

import asyncio

from guard.core.job import Job
from guard.core.policy import Arm, Decision, Mode
from guard.core.turn import Turn
from guard.stores.memory import MemoryChecks, MemoryVerdicts
from tests.core.readings import reading


def job(turn_id: str) -> Job:
    """A check of a flagged turn."""
    decision = Decision(Mode.OBSERVE, Arm.FLAGGED, flagged=True, pi=1.0, checked=True)
    return Job(turn_id, Turn("Why?"), "Because.", reading("sadness"), decision, "m")


async def test_the_queue_is_bounded() -> None:
    """A full queue says so at once and takes nothing."""
    checks = MemoryChecks(2)

    assert [True, True, False] == [checks.put(job(i)) for i in "abc"]
    assert checks.depth == 2


async def test_first_in_first_out() -> None:
    """Checks come out in order, with the time they waited."""
    checks = MemoryChecks(2)
    checks.put(job("a"))
    await asyncio.sleep(0.02)
    checks.put(job("b"))

    assert checks.oldest_age >= 0.02
    (first, waited), (second, _) = await checks.take(), await checks.take()
    assert ("a", "b") == (first.turn_id, second.turn_id)
    assert waited >= 0.02
    assert (0, 0.0) == (checks.depth, checks.oldest_age)


async def test_drain() -> None:
    """What waits at the end can be settled at the end."""
    checks = MemoryChecks(5)
    for i in "abc":
        checks.put(job(i))

    assert ["a", "b", "c"] == [waiting.turn_id for waiting in checks.drain()]
    assert (0, 0.0) == (checks.depth, checks.oldest_age)


async def test_verdicts_are_kept_for_a_while() -> None:
    """The newest document of a turn is read; old turns go when there is no room, or time is up."""
    verdicts = MemoryVerdicts(capacity=2, ttl=0.2)
    verdicts.put("a", b"pending")
    verdicts.put("a", b"done")
    assert b"done" == await verdicts.get("a")

    verdicts.put("b", b"1")
    verdicts.put("c", b"1")
    assert await verdicts.get("a") is None
    assert b"1" == await verdicts.get("c")

    await asyncio.sleep(0.25)
    assert await verdicts.get("c") is None
