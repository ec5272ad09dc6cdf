"""A deferred check, as it is queued."""

from dataclasses import dataclass

from guard.core.policy import Decision
from guard.core.reading import Reading
from guard.core.turn import Turn


@dataclass(frozen=True, slots=True)
class Job:
    """All that a check needs once the answer was delivered."""

    turn_id: str
    turn: Turn
    answer: str
    reading: Reading
    decision: Decision
    model: str
    """Model name of the request, as the upstream knows it."""
    authorization: tuple[tuple[str, str], ...] = ()
    """The caller's credentials for a check on the same upstream; never logged or stored."""
    tool_calls: bool = False
    """The answer is a tool call and has no text to check."""
