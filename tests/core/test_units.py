"""Units of measure."""

import pytest

from guard.core.units import CURRENCIES, RATES, UNITS


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("kg", "g", 1000),
        ("mg", "mcg", 1000),
        ("l", "ml", 1000),
        ("hours", "minutes", 60),
        ("weeks", "days", 7),
        ("years", "months", 12),
        ("km", "cm", 100_000),
        ("ft", "inches", 12),
        ("lbs", "oz", 16),
    ],
)
def test_units_of_one_dimension(one: str, other: str, factor: float) -> None:
    """One unit is as many of the other as everyone learns at school."""
    assert UNITS[one].dimension == UNITS[other].dimension
    assert UNITS[one].factor / UNITS[other].factor == pytest.approx(factor, rel=1e-6)


def test_temperatures_have_an_offset() -> None:
    """Water freezes at 32 °F."""
    fahrenheit = UNITS["°f"]

    assert 32 * fahrenheit.factor + fahrenheit.offset == pytest.approx(0)


def test_names_are_lower_case() -> None:
    """Look-ups are by lower-case name; every currency symbol is a unit."""
    assert all(name == name.lower() for name in (*UNITS, *RATES))
    assert UNITS.keys() >= CURRENCIES
