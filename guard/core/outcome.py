"""The fate of a turn: the record that leaves, exactly one for each."""

from dataclasses import dataclass
from enum import StrEnum

from guard.core.policy import Arm, Decision, Mode
from guard.core.reading import UNDETECTED, Reading, Undetected


class Fate(StrEnum):
    """How a turn ended."""

    DELIVERED = "delivered"
    """The answer went out to its end."""
    UPSTREAM_ERROR = "upstream_error"
    """The upstream answered with an error, which went out."""
    UPSTREAM_UNREACHABLE = "upstream_unreachable"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    UPSTREAM_BROKEN = "upstream_broken"
    """The answer broke off or was not HTTP."""
    REJECTED = "rejected"
    """The request was wrong and was not forwarded."""
    DISCONNECTED = "disconnected"
    """The client left before the end."""
    CUT = "cut"
    """The service stopped before the end."""
    INTERNAL = "internal"
    """A bug of ours."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one turn. Times are in seconds."""

    turn_id: str
    fate: Fate
    mode: Mode
    """The mode that applied."""
    model: str
    stream: bool
    status: int
    reading: Reading | Undetected | None
    decision: Decision | None
    check: str
    """not_sampled, sampled, or why a sampled turn was dropped."""
    total: float
    first_byte: float | None
    """From the request's end to the first byte of the answer's body that went out."""
    upstream_head: float | None
    """From sending the upstream request to the head of its answer."""
    before_upstream: float | None
    """From the request's end to the start of the upstream request."""
    held: float
    """How long the ready head waited for the reading."""
    detection: float | None
    """From asking for the reading to having it, or to going on without it."""
    waited: float | None = None
    """How long the complete answer waited for its check."""
    route: str = "chat_completions"
    text_length: int = 0
    text_digest: str = ""
    answer_length: int = 0

    @property
    def is_answered(self) -> bool:
        """Was there an answer that counts: delivered, or checked before the client left?"""
        return self.fate is Fate.DELIVERED or self.check != "not_sampled"

    @property
    def emotion(self) -> str:
        """The emotion this turn is counted under."""
        return self.reading.main_emotion if isinstance(self.reading, Reading) else UNDETECTED

    @property
    def domain(self) -> str:
        """The domain this turn is counted under."""
        return self.reading.main_domain if isinstance(self.reading, Reading) else UNDETECTED

    @property
    def belief(self) -> str:
        """Does the user state a belief: yes, no or unknown."""
        return belief_of(self.reading)

    @property
    def arm(self) -> Arm:
        """The arm this turn is counted in."""
        return self.decision.arm if self.decision else Arm.BACKGROUND


def belief_of(reading: Reading | Undetected | None) -> str:
    """`yes`, `no`, or `unknown` where the model does not say."""
    if not isinstance(reading, Reading) or reading.belief_label is None:
        return "unknown"
    return "yes" if reading.belief_label else "no"


def flags_of(reading: Reading | Undetected | None) -> str:
    """The value of the x-coolhead-flags header: labels, `none` or `undetected`."""
    if not isinstance(reading, Reading):
        return UNDETECTED
    flags = [*reading.emotion_labels, *reading.domain_labels]
    flags += ["belief"] * bool(reading.belief_label) + ["crisis"] * bool(reading.crisis_label)
    return ", ".join(flags) or "none"
