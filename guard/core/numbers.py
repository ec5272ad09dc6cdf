"""Quantities in text, and whether two texts give different ones for the same dimension."""

import re
from dataclasses import dataclass
from enum import StrEnum

from guard.core.units import BARE, CURRENCIES, RATES, UNITS

TOLERANCE = 0.02
"""Relative; for numbers without a unit it is 0, since it would make 1945 equal 1946."""

TELLING = 13
"""Bare numbers below it are too often counts of something else to be held against anyone."""

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = (
    {word: value for value, word in enumerate(_SMALL)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {"twice": 2, "dozen": 12}
)
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "k": 1e3}

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = "|".join(sorted((re.escape(unit) for unit in UNITS.keys() - CURRENCIES), key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[\s-](?P<ones>{'|'.join(_SMALL[1:10])})|(?P<word>{'|'.join(_WORDS)}))\b",
    re.IGNORECASE,
)
_AN = re.compile(r"\b(?:an?|one) (?=(?:hundred|thousand|million|billion)\b)", re.IGNORECASE)
_DECADE = re.compile(r"\b(\d{2}|\d{4})s\b")
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_BETWEEN = re.compile(rf"\b(between\s{_NUMBER})\sand\s(?={_NUMBER})", re.IGNORECASE)
_QUANTITY = re.compile(
    # Neither inside a word or number, nor behind the hyphen of a name: covid-19.
    r"(?<![\w.,])(?<![a-z]-)(?P<currency>[$€£])?\s?"
    rf"(?P<minus>(?<!\d)[-−])?(?P<low>{_NUMBER})"
    rf"(?:\s?(?:-|–|to)\s?(?P<high>{_NUMBER}))?"
    rf"(?:[\s-]?(?P<times>{'|'.join(_TIMES)})\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?!\w|/(?!(?:{'|'.join(RATES)})\b)))?"
    rf"(?:\s?(?:/|per|an?|each|every)\s?(?P<per>{'|'.join(RATES)})\b|\s(?P<often>daily|weekly|monthly|hourly|yearly)\b)?"
    r"(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or range in base units of its dimension; the dimension of a bare number is empty."""

    dimension: str
    low: float
    high: float
    text: str
    per: str | None = None
    """`day` in "4 g a day"."""


class Match(StrEnum):
    """How a quantity of one text stands to another text."""

    SAME = "same"
    CONFLICT = "conflict"
    ABSENT = "absent"


def quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order."""
    text = _AN.sub("1 ", _DECADE.sub(r"\1", _DATE.sub(r"\1 \2 \3", text)))
    text = _BETWEEN.sub(r"\1-", _IN_WORDS.sub(_digits, text))
    return [_quantity(match) for match in _QUANTITY.finditer(text)]


def compare(candidate: str, reference: str, given: str = "") -> list[tuple[Quantity, Match]]:
    """Each quantity of the candidate against those of the same dimension in the reference.

    Quantities of the question (`given`) may be repeated by anyone. A conflict is a hint, never proof: the
    two may be about different things of one dimension.
    """
    known, said = quantities(reference), quantities(given)
    return [(quantity, _match(quantity, known, said)) for quantity in quantities(candidate)]


def conflicts(candidate: str, reference: str, given: str = "") -> list[Quantity]:
    """The telling quantities of the candidate that the reference gives otherwise."""
    return [
        quantity
        for quantity, match in compare(candidate, reference, given)
        if match is Match.CONFLICT and (quantity.dimension or quantity.high >= TELLING)
    ]


def same_numbers(before: str, after: str) -> bool:
    """Do two texts hold the same quantities, in any order? For rewrites, which must keep them all."""
    return _bag(before) == _bag(after)


def _digits(words: re.Match[str]) -> str:
    if words["tens"]:
        return str(_WORDS[words["tens"].lower()] + _WORDS[words["ones"].lower()])
    return str(_WORDS[words["word"].lower()])


def _quantity(match: re.Match[str]) -> Quantity:
    low = _value(match["low"])
    high = _value(match["high"]) if match["high"] else low
    if match["minus"]:
        low, high = -low, high if match["high"] else -high
    unit = UNITS.get((match["currency"] or match["unit"] or "").lower(), BARE)
    factor = unit.factor * _TIMES.get((match["times"] or "").lower(), 1.0)
    ends = (low * factor + unit.offset, high * factor + unit.offset)
    per = RATES.get((match["per"] or match["often"] or "").lower())
    return Quantity(unit.dimension, min(ends), max(ends), match[0].strip(), per)


def _value(digits: str) -> float:
    return float(digits.replace(",", ""))


def _match(quantity: Quantity, known: list[Quantity], given: list[Quantity]) -> Match:
    comparable = [other for other in known if _comparable(quantity, other)]
    if any(_overlaps(quantity, other) for other in comparable):
        return Match.SAME
    if not comparable or any(_comparable(quantity, other) and _overlaps(quantity, other) for other in given):
        return Match.ABSENT
    return Match.CONFLICT


def _comparable(one: Quantity, other: Quantity) -> bool:
    same_rate = one.per is None or other.per is None or one.per == other.per
    return one.dimension == other.dimension and same_rate


def _overlaps(one: Quantity, other: Quantity) -> bool:
    tolerance = TOLERANCE * max(abs(one.high), abs(other.high)) if one.dimension else 0.0
    return one.low <= other.high + tolerance and other.low <= one.high + tolerance


def _bag(text: str) -> list[tuple[str, float, float]]:
    return sorted((q.dimension, q.low, q.high) for q in quantities(text))
