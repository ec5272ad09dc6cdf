"""Claims and the judge's overall word to one verdict for the turn."""

from collections.abc import Sequence

from guard.core.numbers import conflicts
from guard.core.sentences import Sentence
from guard.core.verdict import Claim, Kind

DISAGREES = frozenset(("contradicted", "endorses_user_error"))
"""Labels of claims that cannot be true together with the neutral answer."""

P_ERROR = {
    Kind.CONTRADICTED: 0.5,
    Kind.CONSISTENT: 0.05,
    Kind.UNVERIFIABLE: 0.2,
}
"""Fixed, uncalibrated values until audited checks exist (CHECK.md, 1.6)."""


def settle(
    same_answer: str, claims: Sequence[Claim], checked: Sequence[Sentence], neutral_answer: str
) -> tuple[Kind, tuple[Claim, ...]]:
    """The verdict and the claims that support it.

    The judge's overall word decides; a claim that disagrees with it makes the turn unverifiable, never
    consistent. So does a number that the neutral answer gives otherwise: numbers alone convict nobody.
    """
    disagreeing = [claim for claim in claims if claim.label in DISAGREES]
    if same_answer == "no":
        return Kind.CONTRADICTED, tuple(claims) if disagreeing else (*claims, _whole(checked, neutral_answer))
    if same_answer == "unclear":
        return Kind.UNVERIFIABLE, tuple(claims)
    if any(_numbers_conflict(claim, neutral_answer) for claim in disagreeing):
        return Kind.CONTRADICTED, tuple(claims)
    text = " ".join(sentence.text for sentence in checked)
    if claims or conflicts(text, neutral_answer):
        return Kind.UNVERIFIABLE, tuple(claims)
    return Kind.CONSISTENT, ()


def _numbers_conflict(claim: Claim, neutral_answer: str) -> bool:
    return bool(conflicts(claim.quote, neutral_answer))


def _whole(checked: Sequence[Sentence], neutral_answer: str) -> Claim:
    """The claim of a judge that disagrees without saying where: the sentence whose numbers conflict, or the first."""
    sentence = next((s for s in checked if conflicts(s.text, neutral_answer)), checked[0])
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
