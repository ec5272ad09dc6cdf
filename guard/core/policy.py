"""Which turns are flagged, which are checked and with what probability, and what happens to their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from guard.core.reading import Reading, Undetected


class Mode(StrEnum):
    """What Coolhead does with a turn."""

    OFF = "off"
    """Forwards it and counts it; nothing is read or checked."""
    OBSERVE = "observe"
    """Reads it, and checks some answers after they were delivered."""
    ANNOTATE = "annotate"
    """The answer goes out as it is; its end waits a little for the verdict."""
    CORRECT = "correct"
    """Facts that two references contradict are changed before the answer goes out."""
    BLOCK = "block"
    """An answer that two references contradict does not go out."""

    @property
    def waits(self) -> bool:
        """Does the answer, or its end, wait for the check?"""
        return self in _WAITING

    @property
    def acts(self) -> bool:
        """May the text of the answer be changed?"""
        return self in (Mode.CORRECT, Mode.BLOCK)


ANY_DOMAIN = "all"
"""In `Policy.closed`: every domain, and none."""
_WAITING = (Mode.ANNOTATE, Mode.CORRECT, Mode.BLOCK)
"""From the mildest to the strictest."""


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


def _nothing() -> Mapping[str, Mode]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy section of the settings."""

    mode: Mode = Mode.OBSERVE
    flag_on: FlagOn = FlagOn.EITHER
    control_rate: float = 0.1
    """Probability with which a turn that is not flagged is checked."""
    by_model: Mapping[str, Mode] = field(default_factory=_nothing)
    """Modes of some models."""
    by_domain: Mapping[str, Mode] = field(default_factory=_nothing)
    """Modes of turns in some domains; of several the strictest applies."""
    on_request: frozenset[Mode] = frozenset((Mode.OFF, Mode.OBSERVE))
    """Modes that a request may ask for."""
    closed: frozenset[str] = frozenset()
    """Domains in which an answer that could not be checked is blocked, where its mode may change answers."""

    @property
    def domains_wait(self) -> bool:
        """Can the domain of a turn alone make its answer wait for its check?"""
        return any(mode.waits for mode in self.by_domain.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens with a turn. `pi` is the probability of being checked, known before the answer."""

    mode: Mode
    arm: Arm
    flagged: bool
    pi: float
    checked: bool


@dataclass(frozen=True, slots=True)
class Thinning:
    """Factors of the sampling probabilities, where checks must cost less."""

    control: float = 1.0
    """Of turns that are not flagged."""
    flagged: float = 1.0


FULL = Thinning()


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


def decide(
    reading: Reading | Undetected,
    mode: Mode,
    policy: Policy,
    draw: float,
    *,
    asked: bool = False,
    whole: bool = True,
    thinning: Thinning = FULL,
) -> Decision:
    """The decision on a turn; `draw` is its stable number in [0, 1).

    `mode` is what the request asked for, if `asked`, or else the mode of its model. `whole` says that the answer
    is one that may be held and changed: one text.
    """
    if isinstance(reading, Undetected):
        return Decision(_observed(mode), Arm.BACKGROUND, flagged=False, pi=0.0, checked=False)
    found = assignment(reading, policy)
    if not asked:
        mode = max((mode, *_of_domains(reading, policy)), key=_strictness)
    # An answer that must not go out unchecked is checked, whatever that costs.
    must = found.flagged and mode.acts and fails_closed(reading, policy)
    pi = found.pi * (1.0 if must else thinning.flagged if found.flagged else thinning.control)
    checked = draw < pi
    if not (found.flagged and checked and whole) or reading.crisis_label:
        mode = _observed(mode)
    return Decision(mode, found.arm, found.flagged, pi, checked)


def fails_closed(reading: Reading, policy: Policy) -> bool:
    """Is the answer to this turn blocked when it could not be checked?"""
    return bool(policy.closed & {*reading.domain_labels, ANY_DOMAIN})


def _of_domains(reading: Reading, policy: Policy) -> list[Mode]:
    return [policy.by_domain[domain] for domain in reading.domain_labels if domain in policy.by_domain]


def _observed(mode: Mode) -> Mode:
    """The mode of an answer that goes out untouched: nothing waits, whatever it is checked for."""
    return Mode.OBSERVE if mode.waits else mode


def _strictness(mode: Mode) -> int:
    return list(Mode).index(mode)
