"""Work beside work."""

import asyncio

import pytest

from guard.pipeline.beside import beside


async def test_the_result_is_there() -> None:
    """The block sees the task's result."""
    async with beside(asyncio.sleep(0, "done")) as task:
        assert await task == "done"


async def test_nothing_is_left_behind() -> None:
    """Work that is not finished with the block is cancelled; the block's error comes out as it is."""
    with pytest.raises(KeyError):
        async with beside(asyncio.sleep(60)) as task:
            raise KeyError

    assert task.cancelled()
