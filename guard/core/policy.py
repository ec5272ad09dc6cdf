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
    """A neutral turn."""
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


def is_flagged(reading: Reading, flag_on: FlagOn) -> bool:
    """Does the policy flag this reading? Crisis always does."""
    emotion, domain = bool(reading.emotion_labels), bool(reading.domain_labels)
    if reading.crisis_label:
        return True
    match flag_on:
        case FlagOn.EMOTION:
            return emotion
        case FlagOn.DOMAIN:
            return domain
        case FlagOn.EITHER:
            return emotion or domain
        case FlagOn.BOTH:
            return emotion and domain


def decide(reading: Reading | Undetected, mode: Mode, policy: Policy, draw: float) -> Decision:
    """The decision on a turn; `draw` is its stable number in [0, 1).

    A neutral turn that is flagged for its domain alone is in the control arm with probability 1:
    it is what the emotional turns of the same domain are compared with.
    """
    if isinstance(reading, Undetected):
        return Decision(mode, Arm.BACKGROUND, flagged=False, pi=0.0, checked=False)
    flagged = is_flagged(reading, policy.flag_on)
    if not reading.emotion_labels:
        arm = Arm.CONTROL
    elif flagged:
        arm = Arm.FLAGGED
    else:
        arm = Arm.BACKGROUND
    pi = 1.0 if flagged else policy.control_rate if arm is Arm.CONTROL else 0.0
    return Decision(mode, arm, flagged, pi, checked=draw < pi)
