"""The circuit breaker around a reference."""

import asyncio

import pytest

from guard.pipeline.breaker import Breaker
from guard.pipeline.reference import (
    Ask,
    ReferenceDown,
    ReferenceRejects,
    ReferenceTimeout,
    ReferenceTooSmall,
    Reply,
)
from tests.pipeline.scripted_reference import Said

ASK = Ask("m", "s", "u", 5)


class Told:
    """Says or raises what it is told, and counts."""

    def __init__(self, *said: Said) -> None:
        self.said = list(said)
        self.asked = 0

    async def complete(self, ask: Ask) -> Reply:
        """The next of what it was told, the last one for good."""
        self.asked += 1
        await asyncio.sleep(0)
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(said, Exception):
            raise said
        return Reply(said) if isinstance(said, str) else said


async def ask(breaker: Breaker, times: int, fault: type[Exception]) -> None:
    """Ask so often, and fail each time."""
    for _ in range(times):
        with pytest.raises(fault):
            await breaker.complete(ASK)


@pytest.mark.parametrize("fault", [ReferenceDown(), ReferenceTimeout()])
async def test_it_opens_and_heals(fault: Exception) -> None:
    """After failures in a row nobody is asked for a while; then one reply closes it."""
    reference = Told(fault, fault, fault, "fine")
    breaker = Breaker(reference, failures=3, seconds=0.05)
    await ask(breaker, 3, type(fault))

    await ask(breaker, 5, ReferenceDown)
    assert (breaker.is_open, reference.asked) == (True, 3)
    await asyncio.sleep(0.06)
    assert (await breaker.complete(ASK)).text == "fine"
    assert not breaker.is_open


async def test_it_opens_again_at_once() -> None:
    """The first failure after the pause opens it again."""
    reference = Told(ReferenceDown())
    breaker = Breaker(reference, failures=2, seconds=0.05)
    await ask(breaker, 2, ReferenceDown)
    await asyncio.sleep(0.06)

    await ask(breaker, 4, ReferenceDown)

    assert reference.asked == 3


@pytest.mark.parametrize("fault", [ReferenceRejects(), ReferenceTooSmall()])
async def test_one_callers_fault_opens_nothing(fault: Exception) -> None:
    """A wrong key or a long question of one caller does not take the reference from the others."""
    reference = Told(fault)
    breaker = Breaker(reference, failures=2)

    await ask(breaker, 9, type(fault))

    assert (breaker.is_open, reference.asked) == (False, 9)


async def test_what_says_nothing_changes_nothing() -> None:
    """Refused requests and cancelled calls between failures neither count nor heal."""
    reference = Told(ReferenceDown(), ReferenceRejects(), ReferenceDown())
    breaker = Breaker(reference, failures=2)
    await ask(breaker, 2, ReferenceDown)
    call = asyncio.ensure_future(breaker.complete(ASK))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not breaker.is_open

    await ask(breaker, 1, ReferenceDown)

    assert breaker.is_open


async def test_a_reply_between_failures() -> None:
    """Only failures in a row count."""
    reference = Told(ReferenceDown(), "fine", ReferenceDown())
    breaker = Breaker(reference, failures=2)
    await ask(breaker, 1, ReferenceDown)
    await breaker.complete(ASK)
    await ask(breaker, 1, ReferenceDown)

    assert not breaker.is_open
