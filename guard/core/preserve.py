"""Does a rewrite of a user's words say the same? Numbers, negations and names are kept, and nothing is added.

Strict on purpose: a rewrite that is thrown away costs a little, a rewrite that changes the question a wrong verdict.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from guard.core.numbers import quantities
from guard.core.wording import AFFECT, NEGATIONS, STOP_WORDS

LONGER = 1.2
"""How much longer than the user's words a rewrite may be, and `_SLACK` characters for short ones."""

FOREIGN = 0.4
"""Share of the rewrite's telling words that may be new: synonyms and the words of a question."""

_SLACK = 60
_STEM = 5
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<![.!?\n:\"“«] )(?<!^)(?<!\n)(?<!\w['’])\b[A-Z][\w'’-]{2,}")
_NEAR = 4
"""Words after a negation among which the first telling one is what it denies."""

_FRAME = frozenset(
    "person people someone somebody persona personne personas menschen jemand mensch persoon pessoa facts fact true "
    "accurate correct known true causal link is are".split()
)
"""Words that a neutral question brings along."""


class Broken(StrEnum):
    """What a rewrite did to the words it was made of."""

    NUMBERS = "numbers"
    NEGATION = "negation"
    NAMES = "names"
    ADDED = "added"
    LENGTH = "length"
    LANGUAGE = "language"


def broken(whole: str, rewrite: str, must_keep: str | None = None) -> tuple[Broken, ...]:
    """What is wrong with a rewrite of `whole`; empty if it may be used.

    `must_keep` is the part that may not be lost, where a part is known to be feeling only; otherwise all of it.
    """
    kept = whole if must_keep is None else must_keep
    found = []
    if not (_numbers(kept) <= _numbers(rewrite) <= _numbers(whole)):
        found.append(Broken.NUMBERS)
    if not _same_negations(kept, whole, rewrite):
        found.append(Broken.NEGATION)
    if not _names(kept) <= stems(rewrite):
        found.append(Broken.NAMES)
    if not _names(rewrite) <= stems(whole) | _FRAME or _new(whole, rewrite) > FOREIGN:
        found.append(Broken.ADDED)
    if len(rewrite) > LONGER * len(whole) + _SLACK:
        found.append(Broken.LENGTH)
    if _script(whole) != _script(rewrite):
        found.append(Broken.LANGUAGE)
    return tuple(found)


def leaks(asked: str, beliefs: Iterable[str], own: str = "") -> tuple[str, ...]:
    """The beliefs that what is asked gives away: all their telling words are in it.

    Words of the user's own question (`own`) give nothing away.
    """
    words, known = stems(asked), stems(own)
    found = []
    for belief in beliefs:
        telling = stems(belief) - known
        if telling and telling <= words:
            found.append(belief)
    return tuple(found)


def _numbers(text: str) -> set[tuple[str, float, float]]:
    return {(quantity.dimension, quantity.low, quantity.high) for quantity in quantities(text)}


def _same_negations(kept: str, whole: str, rewrite: str) -> bool:
    """Is what was denied still denied, and nothing else?"""
    before, needed, after = _denied(whole), _denied(kept), _denied(rewrite)
    return needed <= after <= before | {""} and not ((before - after) & stems(rewrite))


def _denied(text: str) -> set[str]:
    """Stems of what negations deny; feelings do not count, their sentences are left out."""
    found = set()
    for negation in NEGATIONS.finditer(text):
        after = _WORD.findall(text[negation.end() : negation.end() + 60])[:_NEAR]
        telling = [word for word in after if word.lower() not in STOP_WORDS and not NEGATIONS.fullmatch(word)]
        said = text[max(0, negation.start() - 3) : negation.end() + 1] + " ".join(after)
        if telling and not AFFECT.search(said):
            found.add(_stem(telling[0]))
    return found


def _names(text: str) -> set[str]:
    """Stems of the words of names; `Jean-Luc` has two."""
    words = (word for name in _NAME.findall(text) for word in _WORD.findall(name))
    return {_stem(word) for word in words if word.lower() not in STOP_WORDS}


def _new(whole: str, rewrite: str) -> float:
    """Share of the telling words of a rewrite that are not in the original."""
    words = stems(rewrite) - _FRAME
    return len(words - stems(whole)) / len(words) if words else 0.0


def stems(text: str) -> set[str]:
    """The telling words of a text, without their endings."""
    words = (word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS)
    return {_stem(word) for word in words}


def _stem(word: str) -> str:
    plain = unicodedata.normalize("NFC", word).lower().split("'")[0].split("’")[0]
    return re.sub(r"(?:ing|ies|ed|es|e|y|s|d)$", "", plain)[:_STEM] if len(plain) > 3 else plain


def _script(text: str) -> str:
    """The script that most letters are of."""
    names = [unicodedata.name(character, "?").split()[0] for character in text if character.isalpha()]
    return max(set(names), key=names.count, default="")
