"""The cache of neutral answers."""

import asyncio

import pytest

from guard.pipeline.answers import AnswerCache, may_be_kept


class Asked:
    """Answers with its count, after a moment; the first `failing` times it fails."""

    def __init__(self, failing: int = 0) -> None:
        self.count = 0
        self.failing = failing

    async def __call__(self) -> str:
        """The next answer."""
        self.count += 1
        count = self.count
        await asyncio.sleep(0.01)
        if count <= self.failing:
            raise ValueError(count)
        return str(count)


async def test_it_is_asked_once() -> None:
    """The same question has the same answer for a while, and another question another one."""
    cache, asked = AnswerCache(10, 60, b"k"), Asked()

    assert [await cache.get(("q",), asked), await cache.get(("q",), asked), await cache.get(("r",), asked)] == [
        ("1", False),
        ("1", True),
        ("2", False),
    ]


async def test_those_at_the_same_time_share_one_call() -> None:
    """However many ask at once, the reference is asked once."""
    cache, asked = AnswerCache(10, 60, b"k"), Asked()

    found = await asyncio.gather(*(cache.get(("q",), asked) for _ in range(20)))

    assert asked.count == 1
    assert sorted(found) == [("1", False)] + [("1", True)] * 19


async def test_a_failure_is_nobody_elses() -> None:
    """Who fails gets the fault, the next in line asks for itself, and no failure is kept."""
    cache, asked = AnswerCache(10, 60, b"k"), Asked(failing=2)

    found = await asyncio.gather(*(cache.get(("q",), asked) for _ in range(5)), return_exceptions=True)

    assert [type(one).__name__ for one in found] == ["ValueError", "ValueError", "tuple", "tuple", "tuple"]
    assert asked.count == 3


async def test_a_cancelled_first_is_nobody_elses() -> None:
    """Where the one that asks is cancelled, the others get their answer all the same."""
    cache, asked = AnswerCache(10, 60, b"k"), Asked()
    first = asyncio.ensure_future(cache.get(("q",), asked))
    others = [asyncio.ensure_future(cache.get(("q",), asked)) for _ in range(3)]
    await asyncio.sleep(0.002)

    first.cancel()

    assert await asyncio.gather(*others) == [("2", False), ("2", True), ("2", True)]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_it_forgets() -> None:
    """After its time, and when it is full."""
    brief, small, asked = AnswerCache(10, 0.01, b"k"), AnswerCache(1, 60, b"k"), Asked()

    await brief.get(("q",), asked)
    await asyncio.sleep(0.02)
    assert await brief.get(("q",), asked) == ("2", False)
    for question, answer in (("q", "3"), ("r", "4"), ("q", "5")):
        assert await small.get((question,), asked) == (answer, False)


async def test_parts_are_not_run_together() -> None:
    """Model and question cannot be moved into each other."""
    cache, asked = AnswerCache(10, 60, b"k"), Asked()

    assert (await cache.get(("ab", "c"), asked))[0] != (await cache.get(("a", "bc"), asked))[0]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Facts: The person's son (4) drank 20 ml of syrup.\nWhat should the person do?", True),
        ("Is 1,642 metres deep?", True),
        ("Did a.person@example.org win?", False),
        ("Is +49 30 1234567 a landline?", False),
        ("What is on https://example.org/me?", False),
    ],
)
def test_what_tells_who_asked_is_not_kept(question: str, kept: bool) -> None:
    """Addresses and long numbers keep a question out of the cache; amounts do not."""
    assert kept == may_be_kept(question)
