"""Sentence boundaries, with offsets into the original text."""

import re
from dataclasses import dataclass

_BREAK = re.compile(
    # A run of stops is tried from its start only, or long runs would cost their square.
    r"(?<![.!?…])(?P<end>[.!?…]++[\"'”’)\]]*+)(?P<gap>\s+)|(?P<wide>[。！？]+)|(?P<line>\n\s*)",
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st vs etc e.g i.e approx ca cf fig inc ltd corp jr sr dept u.s u.k e.u a.m p.m ph.d".split()
)
_MAY_END = frozenset("etc inc ltd corp a.m p.m".split())
"""Abbreviations that also end sentences: they do before a capital letter."""
_LETTERED = frozenset("vitamin type hepatitis group grade plan option class section part factor letter is was".split())
"""Words after which a single letter is no initial of a name: `It is vitamin D.`"""
_INITIAL = re.compile(r"[A-Z]\.")
_BEFORE_NUMBERS = frozenset("no nr vol pp art sec".split())
"""Abbreviations only where a number follows: `No.` is a sentence as well."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; `start` and `end` are code point offsets, end exclusive."""

    text: str
    start: int
    end: int


def split(text: str) -> list[Sentence]:
    """The sentences of `text`, without the white space around them; list items are sentences."""
    found: list[Sentence] = []
    start = 0
    for match in _BREAK.finditer(text):
        stop = match.end("end") if match["end"] else match.end("wide") if match["wide"] else match.start()
        if match["end"] and _continues(text, start, match):
            continue
        _add(found, text, start, stop)
        start = match.end()
    _add(found, text, start, len(text))
    return found


def _continues(text: str, start: int, match: re.Match[str]) -> bool:
    """Is this full stop inside a sentence: an abbreviation, an initial or a list number?"""
    if match["end"] != ".":
        return False
    *before, word = text[start : match.start()].split()[-2:] or [""]
    bare = word.lower().lstrip("(\"'")
    lettered = bool(before) and before[0].lower() in _LETTERED and not _INITIAL.match(text, match.end())
    initial = len(bare) == 1 and bare.isalpha() and bare != "i" and not lettered
    following = text[match.end() : match.end() + 1]
    return (
        (bare in _ABBREVIATIONS and not (bare in _MAY_END and following.isupper()))
        or (bare in _BEFORE_NUMBERS and following.isdigit())
        or initial
        or (bare.isdigit() and following.islower())
        or (bare.isdigit() and start == match.start() - len(word))
    )


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Sentence(text[start:end], start, end))
