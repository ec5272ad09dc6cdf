"""The reference's word on the whole answer, the judge's claims and the numbers, to one verdict for the turn."""

from collections.abc import Sequence
from dataclasses import dataclass

from guard.core.checkable import is_bare_assent
from guard.core.numbers import conflicts
from guard.core.sentences import Sentence
from guard.core.verdict import Claim, Kind, Unverifiable

DISAGREES = frozenset(("contradicted", "endorses_user_error"))
"""Labels of claims that cannot be true together with the neutral answer."""

DIFFERS = 0.35
"""From this probability on, the answer counts as another one than the neutral answer."""

SAME = 0.15
"""Up to this probability, it counts as the same."""

_P_ERROR = {Kind.CONTRADICTED: 0.5, Kind.CONSISTENT: 0.05, Kind.UNVERIFIABLE: 0.2}
_P_ERROR_CONFIRMED = 0.75
_P_ERROR_WITH_NUMBERS = 0.8


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdict, why where that needs saying, and the claims behind it."""

    kind: Kind
    reason: Unverifiable | None = None
    claims: tuple[Claim, ...] = ()
    numbers: bool = False
    """A number differs from the neutral answer's."""

    @property
    def p_error(self) -> float | None:
        """Fixed, uncalibrated values until audited checks exist."""
        if self.kind is Kind.CONTRADICTED and self.numbers:
            return _P_ERROR_WITH_NUMBERS
        if self.kind is Kind.CONTRADICTED and any(claim.confirmed for claim in self.claims):
            return _P_ERROR_CONFIRMED
        return _P_ERROR.get(self.kind)


def settle(
    p_differs: float, claims: Sequence[Claim], checked: Sequence[Sentence], neutral_answer: str, question: str
) -> Settled:
    """The verdict and the claims that support it.

    To contradict takes the reference's word on the whole, or a disputed sentence with another number in it.
    To agree takes everything: the whole, no claim by the judge, no other number. Numbers alone convict nobody.
    """
    disputed = [claim for claim in claims if claim.label in DISAGREES]
    numbers = any(conflicts(sentence.text, neutral_answer, question) for sentence in checked)
    if p_differs >= DIFFERS:
        found = tuple(claims) if disputed else (*claims, _whole(checked, neutral_answer, question))
        return Settled(Kind.CONTRADICTED, None, found, numbers)
    if any(conflicts(claim.quote, neutral_answer, question) for claim in disputed):
        return Settled(Kind.CONTRADICTED, None, tuple(claims), numbers)
    if disputed or p_differs > SAME:
        return Settled(Kind.UNVERIFIABLE, Unverifiable.UNDECIDED, tuple(claims))
    if numbers:
        return Settled(Kind.UNVERIFIABLE, Unverifiable.NUMBERS, tuple(claims), numbers)
    if claims:
        return Settled(Kind.UNVERIFIABLE, Unverifiable.NOT_COVERED, tuple(claims))
    return Settled(Kind.CONSISTENT)


def is_disputed(settled: Settled) -> bool:
    """Is it undecided because of what single sentences say?"""
    undecided = settled.kind is Kind.UNVERIFIABLE and settled.reason is Unverifiable.UNDECIDED
    return undecided and any(claim.label in DISAGREES for claim in settled.claims)


def _whole(checked: Sequence[Sentence], neutral_answer: str, question: str) -> Claim:
    """The claim of an answer that differs nobody says where: the sentence with another number, or the first."""
    stating = [sentence for sentence in checked if not is_bare_assent(sentence.text)] or checked
    sentence = next((s for s in stating if conflicts(s.text, neutral_answer, question)), stating[0])
    return Claim(
        id="answer",
        quote=sentence.text,
        start=sentence.start,
        end=sentence.end,
        kind="other",
        label="contradicted",
        severity="medium",
        correct_fact=None,
    )
