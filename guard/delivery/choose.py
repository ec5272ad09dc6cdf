"""Which delivery a mode means."""

from guard.core.policy import Mode
from guard.delivery.direct import Direct
from guard.delivery.format import EventFormat
from guard.delivery.hold import Hold
from guard.delivery.tail import Tail


def delivery_for(
    mode: Mode, *, format: EventFormat, seconds: float, lead: bool = True, closed: bool = False
) -> Direct | Tail | Hold:
    """A new delivery for one answer that waits at most so many seconds for its check.

    `lead` lets the opening of a held answer out (correct only); `closed` keeps held text back when the answer breaks
    off or its check is late. What a crisis asks for is not decided here: its mode is observe.
    """
    match mode:
        case Mode.OFF | Mode.OBSERVE:
            return Direct()
        case Mode.ANNOTATE:
            return Tail(format, seconds)
        case Mode.CORRECT:
            return Hold(format, seconds, lead=lead, closed=closed)
        case Mode.BLOCK:
            return Hold(format, seconds, lead=False, closed=closed)
