"""From probabilities, claims and numbers to one verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guard.core.claims import DIFFERS, SAME, settle
from guard.core.sentences import split
from guard.core.verdict import Claim, Kind, Unverifiable


def claim(label: str, quote: str = "it") -> Claim:
    """A claim of the judge."""
    return Claim("s1", quote, 0, len(quote), "other", label, "medium", None)


DISPUTED, SILENT = claim("contradicted"), claim("not_covered")


@pytest.mark.parametrize(
    ("p_differs", "claims", "kind", "reason"),
    [
        (0.0, [], Kind.CONSISTENT, None),
        (SAME, [], Kind.CONSISTENT, None),
        ((SAME + DIFFERS) / 2, [], Kind.UNVERIFIABLE, Unverifiable.UNDECIDED),
        (DIFFERS, [], Kind.CONTRADICTED, None),
        (1.0, [DISPUTED], Kind.CONTRADICTED, None),
        (0.0, [DISPUTED], Kind.UNVERIFIABLE, Unverifiable.UNDECIDED),
        (0.0, [claim("endorses_user_error")], Kind.UNVERIFIABLE, Unverifiable.UNDECIDED),
        (0.0, [SILENT], Kind.UNVERIFIABLE, Unverifiable.NOT_COVERED),
    ],
)
def test_verdicts(p_differs: float, claims: list[Claim], kind: Kind, reason: Unverifiable | None) -> None:
    """Two signals that disagree decide nothing; to pass, all must be well."""
    found = settle(p_differs, claims, split("It is so."), "It is so.", "Is it?")

    assert (kind, reason) == (found.kind, found.reason)


@given(
    p_differs=st.floats(0, 1),
    claims=st.lists(st.sampled_from([DISPUTED, SILENT, claim("contradicted", "5 g")]), max_size=3),
    amount=st.integers(1, 9),
)
def test_what_never_happens(p_differs: float, claims: list[Claim], amount: int) -> None:
    """Nothing passes with a claim or another number; nothing is contradicted by numbers alone; claims are kept."""
    found = settle(p_differs, claims, split(f"Take {amount} g."), "Take 4 g.", "How much?")

    if found.kind is Kind.CONSISTENT:
        assert (claims, amount, p_differs <= SAME) == ([], 4, True)
    if found.kind is Kind.CONTRADICTED:
        assert p_differs >= DIFFERS or any(c.label == "contradicted" for c in claims)
        assert found.claims
    assert set(claims) <= set(found.claims)


def test_the_sentence_with_the_other_number_is_quoted() -> None:
    """When nobody says where an answer differs, the sentence with another number is shown."""
    answer = "It is a common drug. Take 8 g a day. Be well."

    found = settle(0.9, [], split(answer), "At most 4 g a day.", "How much?")

    assert ["Take 8 g a day."] == [answer[c.start : c.end] for c in found.claims]
    assert (found.numbers, found.p_error) == (True, 0.8)


def test_p_error_is_a_table() -> None:
    """The probability of error is a fixed value by verdict, until audits calibrate it."""

    def p_error(p_differs: float) -> float | None:
        return settle(p_differs, [], split("It is so."), "It is so.", "Is it?").p_error

    assert (p_error(0.0), p_error((SAME + DIFFERS) / 2), p_error(1.0)) == (0.05, 0.2, 0.5)
