"""Quantities in text, and whether two texts give different ones for the same dimension."""

import re
from dataclasses import dataclass
from enum import StrEnum

_DAY = 86_400.0
_UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("kg", "kilograms", "kilogram"), ("mass", 1e3)),
    **dict.fromkeys(("g", "grams", "gram"), ("mass", 1.0)),
    **dict.fromkeys(("mg", "milligrams", "milligram"), ("mass", 1e-3)),
    **dict.fromkeys(("mcg", "µg", "μg", "ug", "micrograms"), ("mass", 1e-6)),
    **dict.fromkeys(("l", "liters", "litres", "liter", "litre"), ("volume", 1.0)),
    **dict.fromkeys(("ml", "cc", "milliliters", "millilitres"), ("volume", 1e-3)),
    "dl": ("volume", 0.1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), ("time", 3600.0)),
    **dict.fromkeys(("min", "minute", "minutes"), ("time", 60.0)),
    **dict.fromkeys(("s", "sec", "second", "seconds"), ("time", 1.0)),
    **dict.fromkeys(("day", "days"), ("time", _DAY)),
    **dict.fromkeys(("week", "weeks"), ("time", 7 * _DAY)),
    **dict.fromkeys(("month", "months"), ("time", 30.436875 * _DAY)),
    **dict.fromkeys(("year", "years", "yrs"), ("time", 365.2425 * _DAY)),
    **dict.fromkeys(("%", "percent", "per cent"), ("percent", 1.0)),
    "iu": ("iu", 1.0),
    "mmol/l": ("mmol/l", 1.0),
    "mg/dl": ("mg/dl", 1.0),
    "mg/kg": ("mg/kg", 1.0),
    "mcg/kg": ("mg/kg", 1e-3),
    **dict.fromkeys(("$", "usd", "dollars", "dollar"), ("usd", 1.0)),
    **dict.fromkeys(("€", "eur", "euros", "euro"), ("eur", 1.0)),
    **dict.fromkeys(("£", "gbp", "pounds"), ("gbp", 1.0)),
    **dict.fromkeys(("°c", "celsius"), ("celsius", 1.0)),
    **dict.fromkeys(("°f", "fahrenheit"), ("fahrenheit", 1.0)),
    "km": ("length", 1e3),
    **dict.fromkeys(("m", "meters", "metres", "meter", "metre"), ("length", 1.0)),
    "cm": ("length", 1e-2),
    "mm": ("length", 1e-3),
    **dict.fromkeys(("mile", "miles"), ("length", 1609.344)),
}
_WORDS = {
    **{
        word: i
        for i, word in enumerate(
            ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
        )
    },
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "hundred": 100,
    "twice": 2,
}
_TIMES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNIT = "|".join(sorted((re.escape(unit) for unit in _UNITS if unit not in "$€£"), key=len, reverse=True))
_WORD = re.compile(r"\b(" + "|".join(_WORDS) + r")\b", re.IGNORECASE)
_QUANTITY = re.compile(
    rf"(?<![\w.])(?P<currency>[$€£])?\s?(?P<low>{_NUMBER})"
    rf"(?:\s?(?:-|–|to)\s?(?P<high>{_NUMBER}))?"
    rf"(?:\s?(?P<times>thousand|million|billion|bn)\b)?"
    rf"(?:[\s-]?(?P<unit>{_UNIT})(?![\w/]))?(?![\w])",
    re.IGNORECASE,
)

TOLERANCE = 0.02
"""Relative; for numbers without a unit it is 0, since it would make 1945 equal 1946."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value or range in base units of its dimension; the dimension of a bare number is empty."""

    dimension: str
    low: float
    high: float
    text: str


class Match(StrEnum):
    """How a quantity of one text stands to another text."""

    SAME = "same"
    CONFLICT = "conflict"
    ABSENT = "absent"


def quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order."""
    digits = _WORD.sub(lambda word: str(_WORDS[word[0].lower()]), text)
    return [_quantity(match) for match in _QUANTITY.finditer(digits)]


def _quantity(match: re.Match[str]) -> Quantity:
    low = _value(match["low"])
    high = _value(match["high"]) if match["high"] else low
    dimension, factor = _UNITS.get((match["currency"] or match["unit"] or "").lower(), ("", 1.0))
    factor *= _TIMES.get((match["times"] or "").lower(), 1.0)
    return Quantity(dimension, min(low, high) * factor, max(low, high) * factor, match[0].strip())


def _value(digits: str) -> float:
    return float(digits.replace(",", ""))


def compare(candidate: str, reference: str) -> list[tuple[Quantity, Match]]:
    """Each quantity of the candidate against those of the same dimension in the reference.

    A conflict is a hint, never proof: the two may be about different things of one dimension.
    """
    known = quantities(reference)
    return [(quantity, _match(quantity, known)) for quantity in quantities(candidate)]


def conflicts(candidate: str, reference: str) -> list[Quantity]:
    """The quantities with a unit in the candidate that the reference gives otherwise."""
    return [q for q, match in compare(candidate, reference) if match is Match.CONFLICT and q.dimension]


def _match(quantity: Quantity, known: list[Quantity]) -> Match:
    comparable = [other for other in known if other.dimension == quantity.dimension]
    if not comparable:
        return Match.ABSENT
    tolerance = TOLERANCE if quantity.dimension else 0.0
    overlaps = any(
        quantity.low <= other.high * (1 + tolerance) and quantity.high >= other.low * (1 - tolerance)
        for other in comparable
    )
    return Match.SAME if overlaps else Match.CONFLICT


def same_numbers(before: str, after: str) -> bool:
    """Do two texts hold the same quantities, in any order? For rewrites, which must keep them all."""
    return _bag(before) == _bag(after)


def _bag(text: str) -> list[tuple[str, float, float]]:
    return sorted((q.dimension, q.low, q.high) for q in quantities(text))
