"""Run one coroutine beside the caller's own work, and never leave it behind."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """The running task of `work`; it is cancelled when the block ends before it does.

    Unlike a TaskGroup it lets the block's own errors through as they are.
    """
    task = asyncio.get_running_loop().create_task(work)
    try:
        yield task
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
