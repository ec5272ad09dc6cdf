"""A line with a number to call, for an answer to somebody at risk that names none."""

import re
from collections.abc import Mapping

SURE = 0.5
"""Probability of a crisis from which on a line is appended. A false alarm is harmless elsewhere and absurd here."""

_NUMBER = re.compile(r"\+?\d[\d\s().-]*\d|\d")
_DIGITS = re.compile(r"\d+")


def missing(lines: Mapping[str, str], language: str, text: str) -> str | None:
    """The line of the language that is to be appended to `text`, or None: there is none, or its number is there."""
    line = lines.get(language)
    if line is None or _numbers(line) & _numbers(text):
        return None
    return f"\n\n{line}"


def _numbers(text: str) -> set[str]:
    """All numbers, as they are written and without what stands between their parts."""
    joined = {"".join(_DIGITS.findall(found[0])) for found in _NUMBER.finditer(text)}
    return joined | {number for number in _DIGITS.findall(text) if len(number) > 2}
