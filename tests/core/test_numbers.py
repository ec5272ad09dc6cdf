"""Quantities and their comparison."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guard.core.numbers import Match, compare, conflicts, quantities, same_numbers
from guard.core.units import UNITS

PAIRS = [
    ("You can take 6 g a day.", "At most 4000 mg per day.", Match.CONFLICT),
    ("Stay below 4 g daily.", "The limit is 4,000 mg a day.", Match.SAME),
    ("A dose is 1 g.", "At most 4 g a day.", Match.CONFLICT),
    ("A dose is 1 g per dose.", "At most 4 g a day.", Match.ABSENT),
    ("0.25 mg in the evening", "250 mcg", Match.SAME),
    ("25 mcg", "25 mg", Match.CONFLICT),
    ("every 4-6 hours", "every 5 hours", Match.SAME),
    ("every two hours", "every 4 to 6 hours", Match.CONFLICT),
    ("between 4 and 6 hours", "5 h", Match.SAME),
    ("within 21 days", "within three weeks", Match.SAME),
    ("within 10 days", "within three weeks", Match.CONFLICT),
    ("It takes 24 months.", "It takes 2 years.", Match.SAME),
    ("it cost $2.5 million", "$2,500,000", Match.SAME),
    ("it cost €300", "$300", Match.ABSENT),
    ("rates rose by 5%", "rates rose by 15 percent", Match.CONFLICT),
    ("12 mg/kg", "15 mg/kg", Match.CONFLICT),
    ("water boils at 212 °F", "water boils at 100 degrees Celsius", Match.SAME),
    ("a fever of 39 °C", "a fever starts at 38 °C", Match.CONFLICT),
    ("it was -5 °C", "it was 5 °C", Match.CONFLICT),
    ("in 1914", "in 1918", Match.CONFLICT),
    ("in 1914", "in 1914, in July", Match.SAME),
    ("twenty-five players", "25 players", Match.SAME),
    ("a hundred dollars", "100 dollars", Match.SAME),
    ("150 pounds", "68 kg", Match.ABSENT),
    ("150 lbs", "68 kg", Match.SAME),
    ("no number here", "4 g", None),
]


@pytest.mark.parametrize(("candidate", "reference", "expected"), PAIRS)
def test_pairs(candidate: str, reference: str, expected: Match | None) -> None:
    """Units are converted, ranges overlap, rates are kept apart, and numbers without unit must be the same."""
    found = [match for _, match in compare(candidate, reference)]

    assert ([expected] if expected else []) == found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("covid-19 and b12 and v1.2.3", []),
        ("the 1990s", [1990]),
        ("on 2024-05-06", [2024, 5, 6]),
        ("3 to 5", [3]),
        ("$5k", [5000]),
        ("1,234.5", [1234.5]),
        ("stage 4.", [4]),
        ("half a dozen", [12]),
    ],
)
def test_what_is_a_number(text: str, values: list[float]) -> None:
    """Parts of names are no numbers; decades, dates, thousands and large amounts are read as meant."""
    assert values == [quantity.low for quantity in quantities(text)]


def test_numbers_of_the_question_convict_nobody() -> None:
    """Who repeats the amount that was asked about does not contradict an answer that names another one."""
    assert conflicts("800 mg is too much", "at most 400 mg a dose", given="Can a person take 800 mg?") == []
    assert ["900 mg"] == [q.text for q in conflicts("900 mg", "at most 400 mg a dose", given="Can one take 800 mg?")]


def test_small_counts_are_not_telling() -> None:
    """`One of the reasons` is not held against `three reasons`; a year is held against a year."""
    assert conflicts("There are two of them.", "There are three of them.") == []
    assert ["1918"] == [quantity.text for quantity in conflicts("It began in 1918.", "It began in 1914.")]


patient = settings(deadline=None, max_examples=60)
NUMBERS = st.integers(1, 10**7).map(lambda n: n / 100)
NAMES = st.sampled_from([name for name in UNITS if name.isalpha() and name.isascii() and len(name) > 1])


def written(value: float) -> str:
    """A number as people write it."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@patient
@given(value=NUMBERS, unit=NAMES)
def test_a_quantity_agrees_with_itself(value: float, unit: str) -> None:
    """However large and in whatever unit, a quantity is read, and is the same as itself."""
    text = f"about {written(value)} {unit} of it"

    assert [Match.SAME] == [match for _, match in compare(text, text)]
    assert [UNITS[unit].dimension] == [quantity.dimension for quantity in quantities(text)]


@patient
@given(value=NUMBERS)
def test_units_of_one_dimension_are_converted(value: float) -> None:
    """Grams written as milligrams are the same amount, and ten times as much is another one."""
    grams, milligrams = f"{written(value)} g", f"{written(value * 1000)} mg"

    assert conflicts(grams, milligrams) == conflicts(milligrams, grams) == []
    assert len(conflicts(grams, f"{written(value * 10_000)} mg")) == 1


@patient
@given(low=st.integers(1, 500), width=st.integers(0, 500), inside=st.floats(0, 1))
def test_ranges_hold_what_is_inside(low: int, width: int, inside: float) -> None:
    """Any value inside a range agrees with it, in both directions; a value far outside does not."""
    value = round(low + inside * width)
    around = f"{low} to {low + width} hours"

    assert conflicts(f"{value} hours", around) == conflicts(around, f"{value} hours") == []
    assert conflicts(f"{(low + width) * 2} hours", around)


@patient
@given(one=st.integers(1000, 2999), other=st.integers(1000, 2999))
def test_bare_numbers_are_exact(one: int, other: int) -> None:
    """Two years agree when they are the same year and never otherwise."""
    assert bool(conflicts(f"in {one}", f"in {other}")) == (one != other)


@patient
@given(st.lists(st.tuples(NUMBERS, NAMES), max_size=5), st.randoms())
def test_same_numbers_in_any_order(found: list[tuple[float, str]], random: object) -> None:
    """A rewrite that moves numbers keeps them; one that loses a number does not."""
    parts = [f"it has {written(value)} {unit}" for value, unit in found]
    shuffled = sorted(parts, key=lambda _: random.random())  # type: ignore[attr-defined]

    assert same_numbers("; ".join(parts), "; ".join(shuffled))
    assert not parts or not same_numbers("; ".join(parts), "; ".join(parts[1:]))


@patient
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Whatever is in a text, it can be read, and it has the numbers that it has."""
    assert same_numbers(text, text)
    assert not any(match is Match.CONFLICT for _, match in compare(text, text))
