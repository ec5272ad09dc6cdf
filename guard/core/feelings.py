"""Which clauses only feel, and a sentence without them. What holds a number, a name or a finding is never only felt."""

import re

from guard.core.feeling_words import FAMILIES, FILLER, IS_FELT, IT_IS_HARD, LASTS
from guard.core.numbers import quantities
from guard.core.wording import (
    AFFECT,
    AT_ME,
    EMOJI,
    FEELING,
    GREETING,
    OPENERS,
    PLEAS,
    RELATION,
    STAKES,
    STOP_WORDS,
    STRONG,
    SYMPTOM,
)

_PROPER = re.compile(r"\b(?!(?:Google|God|Jesus|Christmas|Thanksgiving|Easter)\b)[A-Z][a-z]{2,}")
"""A name; not one that is sworn by, or a feast that was spoilt."""
_ACRONYM = re.compile(
    r"(?<![A-Z] )\b(?!(?:OMG|LOL|WTF|AF|SO|NOT|ALL|NO|MY|ME|PLEASE|GP|HR|ER|CEO)\b)[A-Z]{2,5}\b(?! [A-Z]{2})"
)
"""`OCD`; shouted words stand beside other ones."""
_WORDS = re.compile(r"[a-zà-ÿ0-9']+")
_PIECE = re.compile(
    rf"\s*(?:{EMOJI.pattern})+\s+|\s*(?:[,;:—–]|\s-)\s+(?:(?:and|but) )?"
    r"|\s+(?:and|but|so|because) (?=(?:i|i'?m|i'?ve|you|be|just|it|he|she|we|they|can't|cannot|\w{3,}ed)\b)",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"^\W*(?:i|i'?m|i'?ve|you|u|please|it'?s|this|my|be|tell|just|don't|wow|omg|oh|dear|with)\b", re.IGNORECASE
)
_ENDING = re.compile(r"^(?:(?:and|but|so) )?(?:i|i'?m|i'?ve|it|my|you|please|can't|cannot)\b", re.IGNORECASE)
_ANSWER = re.compile(r"^\W*(?:yes|no|sure|ok(?:ay)?)\b", re.IGNORECASE)
"""Belongs to what follows: `no, do it again`."""


def is_feeling(text: str, bare: str) -> bool:
    """Is there nothing in it but feeling, flattery, stakes, quarrel or greeting? `bare` is `plain(text)`."""
    if GREETING.match(text):
        return True
    if has_fact(bare):
        return False
    if any(pattern.search(text) for pattern in (RELATION, STAKES, STRONG, AT_ME, *FAMILIES)):
        return not SYMPTOM.search(text) and not (IS_FELT.search(text) and LASTS.search(text))
    felt = AFFECT.search(text) and FEELING.search(text) and not SYMPTOM.search(text)
    return bool(felt) and len(content(bare)) <= 4


def without_feelings(text: str) -> tuple[str, list[str]]:
    """A clause or question without the pieces at its start and end that only feel, and those pieces.

    What stands between two pieces that stay is not touched: a list of symptoms is one.
    """
    text = IT_IS_HARD.sub("", text)
    spans = _pieces(text)
    first, last = 0, len(spans)
    while last - first > 1 and _only_feels(text[slice(*spans[first])]):
        first += 1
    while last - first > 1 and _ends_in_feeling(text[slice(*spans[last - 1])]):
        last -= 1
    if last - first == len(spans):
        return text, []
    mark = text.rstrip()[-1:] if last < len(spans) and text.rstrip().endswith("?") else ""
    gone = [text[start:end] for number, (start, end) in enumerate(spans) if not first <= number < last]
    return text[spans[first][0] : spans[last - 1][1]] + mark, gone


def _pieces(text: str) -> list[tuple[int, int]]:
    """Where the pieces between commas, colons and joining words stand."""
    spans, start = [], 0
    for cut in _PIECE.finditer(text):
        if cut.start() > start:
            spans.append((start, cut.start()))
            start = cut.end()
    return [*spans, (start, len(text))]


def _only_feels(piece: str) -> bool:
    """Openers are left to `plain`: what follows them may be what they are about."""
    if _ANSWER.match(piece) or OPENERS.match(piece):
        return False
    return bool(_ABOUT_US.match(piece) or len(piece.split()) <= 4) and is_feeling(piece, piece)


def _ends_in_feeling(piece: str) -> bool:
    return bool(_ENDING.match(piece)) and is_feeling(piece, piece)


def has_fact(text: str) -> bool:
    """A number, a quantity with a unit, or a name."""
    measured = any(quantity.dimension for quantity in quantities(text))
    named = _PROPER.search(re.sub(r"^\W*\w+", "", text)) or _ACRONYM.search(text)
    return measured or bool(named) or any(character.isdigit() for character in text)


def plain(text: str) -> str:
    """Without opening feelings, pleas, fillers, emoji and shouting."""
    text = FILLER.sub("", EMOJI.sub("", text))
    text = PLEAS.sub("", OPENERS.sub("", text))
    text = re.sub(r"[!?]{2,}", lambda marks: "?" if "?" in marks[0] else ".", text)
    return text.replace("!", ".").strip()


def content(text: str) -> set[str]:
    """The telling words, in lower case."""
    return {word for word in _WORDS.findall(text.lower()) if word not in STOP_WORDS and not AFFECT.search(word)}
