"""What the pipeline asks of a classifier."""

from typing import Protocol

from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn


class Classifier(Protocol):
    """Reads turns without blocking the event loop."""

    @property
    def revision(self) -> str:
        """Name and first checksum digits of the model."""
        ...

    async def read(self, turn: Turn) -> Reading | Undetected:
        """The reading, or why there is none: no text, overload, error. Never raises."""
        ...

    def close(self) -> None:
        """End the worker thread."""
        ...
