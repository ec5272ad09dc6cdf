"""What the pipeline asks of its stores."""

from typing import Protocol

from guard.core.job import Job


class Checks(Protocol):
    """The bounded queue of checks to do."""

    def put(self, job: Job) -> bool:
        """Queue a check; False when the queue is full. Never waits."""
        ...


class Verdicts(Protocol):
    """Verdict documents by turn id, as JSON bytes. Old ones are forgotten."""

    def put(self, turn_id: str, document: bytes) -> None:
        """Keep the document, in place of an earlier one. Never waits."""
        ...

    async def get(self, turn_id: str) -> bytes | None:
        """The document, or None when there is none (any more)."""
        ...
