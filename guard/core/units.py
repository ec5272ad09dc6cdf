"""Units of measure as they are written in chats, and what they are in the base unit of their dimension."""

from typing import NamedTuple


class Unit(NamedTuple):
    """`value * factor + offset` is the value in the base unit."""

    dimension: str
    factor: float = 1.0
    offset: float = 0.0


_DAY = 86_400.0
_TABLE: tuple[tuple[str, Unit], ...] = (
    ("kg|kilogram|kilograms|kilo|kilos", Unit("mass", 1e3)),
    ("g|gram|grams", Unit("mass")),
    ("mg|milligram|milligrams", Unit("mass", 1e-3)),
    ("mcg|µg|μg|ug|microgram|micrograms", Unit("mass", 1e-6)),
    ("ng|nanogram|nanograms", Unit("mass", 1e-9)),
    ("lb|lbs", Unit("mass", 453.59237)),
    ("oz|ounce|ounces", Unit("mass", 28.349523)),
    ("l|liter|liters|litre|litres", Unit("volume")),
    ("dl", Unit("volume", 0.1)),
    ("ml|cc|milliliter|milliliters|millilitre|millilitres", Unit("volume", 1e-3)),
    ("h|hr|hrs|hour|hours", Unit("time", 3600.0)),
    ("min|mins|minute|minutes", Unit("time", 60.0)),
    ("sec|secs|second|seconds", Unit("time")),
    ("day|days", Unit("time", _DAY)),
    ("week|weeks", Unit("time", 7 * _DAY)),
    ("month|months", Unit("time", 365.2425 / 12 * _DAY)),
    ("year|years|yrs", Unit("time", 365.2425 * _DAY)),
    ("%|percent|per cent", Unit("percent")),
    ("percentage points|percentage point|pp", Unit("percentage points")),
    ("iu", Unit("iu")),
    ("units|unit", Unit("units")),
    ("tablets|tablet|pills|pill", Unit("tablets")),
    ("mmol/l", Unit("mmol/l")),
    ("mg/dl", Unit("mg/dl")),
    ("mmhg", Unit("mmhg")),
    ("bpm", Unit("bpm")),
    ("kcal|calories", Unit("kcal")),
    ("$|usd|dollar|dollars|us dollars", Unit("usd")),
    ("€|eur|euro|euros", Unit("eur")),
    ("£|gbp|pounds sterling", Unit("gbp")),
    # Weight in one country, money in another: pounds are compared with pounds only.
    ("pounds|pound", Unit("pounds")),
    ("°c|degrees celsius|degree celsius|celsius", Unit("temperature")),
    ("°f|degrees fahrenheit|fahrenheit", Unit("temperature", 5 / 9, -160 / 9)),
    ("degrees|degree|°", Unit("degrees")),
    ("km|kilometer|kilometers|kilometre|kilometres", Unit("length", 1e3)),
    ("m|meter|meters|metre|metres", Unit("length")),
    ("cm|centimeter|centimeters|centimetre|centimetres", Unit("length", 1e-2)),
    ("mm|millimeter|millimeters|millimetre|millimetres", Unit("length", 1e-3)),
    ("mile|miles", Unit("length", 1609.344)),
    ("ft|foot|feet", Unit("length", 0.3048)),
    ("inch|inches", Unit("length", 0.0254)),
)

UNITS: dict[str, Unit] = {name: unit for names, unit in _TABLE for name in names.split("|")}
"""By lower-case name or symbol."""

CURRENCIES = frozenset("$€£")
"""Symbols that stand before the number."""

BARE = Unit("")
"""What a number without a unit has."""

RATES: dict[str, str] = {
    **dict.fromkeys(("kg", "kilogram"), "kg"),
    **dict.fromkeys(("dose", "serving"), "dose"),
    **dict.fromkeys(("hour", "hr", "h", "hourly"), "hour"),
    **dict.fromkeys(("day", "24 hours", "daily"), "day"),
    **dict.fromkeys(("week", "weekly"), "week"),
    **dict.fromkeys(("month", "monthly"), "month"),
    **dict.fromkeys(("year", "annum", "yearly"), "year"),
}
"""What a quantity can be per: 4 g a day and 1 g per dose are not the same kind of thing."""
