"""Which turns are flagged, which are checked, and with what probability."""

from dataclasses import dataclass
from enum import StrEnum

from guard.core.reading import Reading, Undetected


class Mode(StrEnum):
    """What Coolhead does with a turn."""

    OFF = "off"
    """Forwards it and counts it; nothing is read or checked."""
    OBSERVE = "observe"
    """Reads it, and checks some answers after they were delivered."""


class FlagOn(StrEnum):
    """What flags a turn."""

    EMOTION = "emotion"
    DOMAIN = "domain"
    EITHER = "either"
    BOTH = "both"


class Arm(StrEnum):
    """The group of a turn in every rate; it follows from what was read, never from the answer."""

    FLAGGED = "flagged"
    """An emotional turn that the policy flags."""
    CONTROL = "control"
    """A neutral turn, or one whose emotion was not looked for."""
    BACKGROUND = "background"
    """The rest: not read, or emotional and not flagged by the policy."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy section of the settings."""

    mode: Mode = Mode.OBSERVE
    flag_on: FlagOn = FlagOn.EITHER
    control_rate: float = 0.1
    """Probability with which a turn that is not flagged is checked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens with a turn. `pi` is the probability of being checked, known before the answer."""

    mode: Mode
    arm: Arm
    flagged: bool
    pi: float
    checked: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the policy says of all turns that were read alike."""

    arm: Arm
    flagged: bool
    pi: float


def assign(policy: Policy, *, emotional: bool, high_stakes: bool, crisis: bool = False) -> Assignment:
    """Arm, flag and probability of being checked. Crisis always flags.

    A neutral turn that is flagged for its domain alone is in the control arm with probability 1:
    it is what the emotional turns of the same domain are compared with. A turn whose emotion was not looked for is
    never emotional.
    """
    flagged = crisis or _flags(policy.flag_on, emotional, high_stakes)
    if not emotional:
        return Assignment(Arm.CONTROL, flagged, 1.0 if flagged else policy.control_rate)
    if flagged:
        return Assignment(Arm.FLAGGED, flagged, 1.0)
    return Assignment(Arm.BACKGROUND, flagged, 0.0)


def _flags(flag_on: FlagOn, emotional: bool, high_stakes: bool) -> bool:
    match flag_on:
        case FlagOn.EMOTION:
            return emotional
        case FlagOn.DOMAIN:
            return high_stakes
        case FlagOn.EITHER:
            return emotional or high_stakes
        case FlagOn.BOTH:
            return emotional and high_stakes


def assignment(reading: Reading, policy: Policy) -> Assignment:
    """What the policy says of a turn that was read so."""
    return assign(
        policy,
        emotional=bool(reading.emotion_labels),
        high_stakes=bool(reading.domain_labels),
        crisis=bool(reading.crisis_label),
    )


def is_flagged(reading: Reading, policy: Policy) -> bool:
    """Does the policy flag this reading?"""
    return assignment(reading, policy).flagged


def decide(reading: Reading | Undetected, mode: Mode, policy: Policy, draw: float) -> Decision:
    """The decision on a turn; `draw` is its stable number in [0, 1)."""
    if isinstance(reading, Undetected):
        return Decision(mode, Arm.BACKGROUND, flagged=False, pi=0.0, checked=False)
    found = assignment(reading, policy)
    return Decision(mode, found.arm, found.flagged, found.pi, checked=draw < found.pi)
