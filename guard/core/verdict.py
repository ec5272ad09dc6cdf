"""What a check found: the verdict document and its vocabulary."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The five verdicts. A disagreement is not an error, and consistent is not true."""

    CONSISTENT = "consistent"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"
    NOT_APPLICABLE = "not_applicable"
    UNABLE = "unable"


class Unable(StrEnum):
    """Why a check could not be done. Never a pass."""

    DEADLINE = "deadline"
    QUEUE_FULL = "queue_full"
    SHUTDOWN = "shutdown"
    REFERENCE_DOWN = "reference_down"
    REFERENCE_REFUSED = "reference_refused"
    PARSE = "parse"
    CONTEXT = "context"
    LENGTH = "length"
    INJECTION_SUSPECTED = "injection_suspected"
    INTERNAL = "internal"


class NotApplicable(StrEnum):
    """Why there was nothing to check."""

    NO_CLAIMS = "no_claims"
    NOT_ASKABLE = "not_askable"
    REFUSAL = "refusal"
    TOOL_CALLS = "tool_calls"


class Unverifiable(StrEnum):
    """Why neither agreement nor disagreement could be said."""

    STALE = "stale"
    """The question asks for what changes from day to day."""
    NO_ANSWER = "no_answer"
    """The answer does not answer the question."""
    REFERENCE_UNSURE = "reference_unsure"
    UNDECIDED = "undecided"
    """Overall neither the same answer nor another one, or the signals disagree."""
    NOT_COVERED = "not_covered"
    """The same answer, with facts on which the neutral answer is silent."""
    REFERENCES_DISAGREE = "references_disagree"
    """A second reference does not find what the first one says."""
    NUMBERS = "numbers"
    """The same answer, but a number in it differs from the neutral answer's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer that does not agree with the neutral answer.

    `start` and `end` are code point offsets of `quote` in the delivered answer, end exclusive.
    """

    id: str
    quote: str
    start: int
    end: int
    kind: str
    label: str
    severity: str
    correct_fact: str | None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sentences the answer has, how many can be checked, how many were."""

    sentences: int = 0
    checkable: int = 0
    checked: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one check; what it means for the turn as a whole and claim by claim."""

    kind: Kind
    reason: str | None = None
    claims: tuple[Claim, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    p_error: float | None = None
    p_differs: float | None = None
    """Probability, by the reference, that the answer is another one than the neutral answer."""
    basis: tuple[str, ...] = ()
    neutralisation: str | None = None
    neutral_question: str | None = None
    neutral_answer: str | None = None
    key: str | None = None
    """The part of the neutral answer that the answer was marked by."""
    beliefs: tuple[str, ...] = ()
    """What the user stated as fact."""
    second_opinion: str | None = None
    """What the second reference said of the disputed point; None when it was not asked."""
    cached: bool = False
    """The neutral answer had been given before."""
    reference_model: str | None = None
    milliseconds: dict[str, int] = field(default_factory=dict)
    """Time of each step: neutral, judge, total."""
    tokens: dict[str, int] = field(default_factory=dict)
    """Tokens the check itself used: prompt, completion."""

    @classmethod
    def unable(cls, reason: Unable) -> "Verdict":
        """No verdict, and why."""
        return cls(Kind.UNABLE, reason)
