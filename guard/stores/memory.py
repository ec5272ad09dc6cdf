"""The stores inside the process."""

import asyncio
import time

from cachetools import TTLCache

from guard.core.job import Job


class MemoryChecks:
    """A bounded queue of checks; remembers when each was queued."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._queue: asyncio.Queue[tuple[float, Job]] = asyncio.Queue(capacity)
        self._queued_at: dict[str, float] = {}

    def put(self, job: Job) -> bool:
        """Queue a check; False when the queue is full."""
        now = time.monotonic()
        try:
            self._queue.put_nowait((now, job))
        except asyncio.QueueFull:
            return False
        self._queued_at[job.turn_id] = now
        return True

    async def take(self) -> tuple[Job, float]:
        """The next check and how many seconds it waited."""
        queued_at, job = await self._queue.get()
        self._queued_at.pop(job.turn_id, None)
        return job, time.monotonic() - queued_at

    def drain(self) -> list[Job]:
        """Take out all that wait."""
        jobs = []
        while not self._queue.empty():
            jobs.append(self._queue.get_nowait()[1])
        self._queued_at.clear()
        return jobs

    @property
    def depth(self) -> int:
        """How many checks wait."""
        return self._queue.qsize()

    @property
    def oldest_age(self) -> float:
        """Seconds that the oldest waiting check has waited; 0 when none waits."""
        oldest = next(iter(self._queued_at.copy().values()), None)
        return 0.0 if oldest is None else time.monotonic() - oldest


class MemoryVerdicts:
    """Verdict documents, the newest `capacity` of them, for `ttl` seconds."""

    def __init__(self, capacity: int, ttl: float) -> None:
        self._documents: TTLCache[str, bytes] = TTLCache(capacity, ttl)

    def put(self, turn_id: str, document: bytes) -> None:
        """Keep the document, in place of an earlier one."""
        self._documents[turn_id] = document

    async def get(self, turn_id: str) -> bytes | None:
        """The document, or None when there is none (any more)."""
        return self._documents.get(turn_id)
