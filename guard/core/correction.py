"""Span edits on an answer, applied by code, and what must hold before they go out.

Everything outside the spans stays as it is, character by character.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from guard.core.numbers import quantities

MAX_EDITS = 6
MAX_SHARE = 0.3
"""Of the answer that may change; a short one may change by a sentence."""

_SENTENCE = 160
_LONGER = 3
"""How much longer than its quote a replacement may be, beyond a sentence."""

_CLOSE = 4
"""Characters between two changes that make them one."""

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_PROTECTED = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+|www\.\S+|\S+@\S+\.\w+"
    r"|\b(?:988|911|112|999|116[ -]?\d{3}|741741|85258)\b|\b(?:\+?\d[\s().-]?){7,}\d\b|<[^>\n]+>",
    re.DOTALL,
)
"""Code, links, addresses, tags, and numbers that people call for help."""

_LECTURE = re.compile(
    r"\bas an ai\b|\bit(?:'s| is) important to (?:note|remember)\b|\bi must (?:correct|point out)\b"
    r"|\byou(?:'re| are) (?:wrong|mistaken)\b|\bto correct (?:you|that|myself|this)\b|\ba correction\b"
    r"|\bi apologi[sz]e\b|\bsorry for the (?:confusion|mistake|error)\b|\bactually,? you\b"
    r"|\bprivate note\b|\bfact[ -]check|\bthe fact says\b|\bmy previous\b",
    re.IGNORECASE,
)
_REVEALS = re.compile(
    r"\bas an ai\b|\bi apologi[sz]e\b|\bsorry for the (?:confusion|mistake|error)\b|\b(?:this|the|your|my) note\b"
    r"|\bprivate note\b|\bfact[ -]check|\blooked up\b|\bmy previous\b|\bto correct (?:you|myself)\b",
    re.IGNORECASE,
)


class Problem(StrEnum):
    """Why edits are not applied."""

    NOTHING = "nothing_to_edit"
    TOO_MANY = "too_many_edits"
    TOO_MUCH = "too_much_changed"
    OVERLAP = "overlapping_edits"
    PROTECTED = "protected_text"
    LECTURE = "lecture"
    LENGTH = "too_long"
    LANGUAGE = "language_changed"
    NUMBERS = "other_numbers"
    FORMAT = "format_changed"


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of an answer and what takes their place; offsets are code points, end exclusive."""

    start: int
    end: int
    replacement: str


def apply(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits, right to left, so that no offset moves."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text


def difference(before: str, after: str, start: int = 0) -> list[Edit]:
    """The edits, by whole words, that make `after` of `before`, which begins at `start`."""
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    at = [0]
    for token in one:
        at.append(at[-1] + len(token))
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    edits = [
        Edit(start + at[i], start + at[j], "".join(other[k:m]))
        for kind, i, j, k, m in matcher.get_opcodes()
        if kind != "equal"
    ]
    # Words that are changed close to each other are one edit: what stands between them was hardly kept on purpose.
    merged: list[Edit] = []
    for edit in edits:
        if merged and edit.start - merged[-1].end <= _CLOSE:
            last = merged.pop()
            between = before[last.end - start : edit.start - start]
            edit = Edit(last.start, edit.end, last.replacement + between + edit.replacement)
        merged.append(edit)
    return merged


def problem(text: str, edits: Sequence[Edit], fact: str) -> Problem | None:
    """What speaks against these edits of `text`, which shall say `fact` now; None if they may be applied."""
    ordered = sorted(edits, key=lambda edit: edit.start)
    new = " ".join(edit.replacement for edit in ordered)
    old = " ".join(text[edit.start : edit.end] for edit in ordered)
    changed = sum(max(edit.end - edit.start, len(edit.replacement)) for edit in ordered)
    found = {
        Problem.NOTHING: not ordered or apply(text, ordered) == text,
        Problem.TOO_MANY: len(ordered) > MAX_EDITS,
        Problem.OVERLAP: any(one.end > other.start for one, other in pairwise(ordered)),
        Problem.PROTECTED: _touches_protected(text, ordered) or bool(_PROTECTED.search(new)),
        Problem.TOO_MUCH: changed > max(MAX_SHARE * len(text), _SENTENCE),
        Problem.LENGTH: any(len(edit.replacement) > _LONGER * (edit.end - edit.start) + _SENTENCE for edit in ordered),
        Problem.FORMAT: "\n" in new or _marks(new) != _marks(old),
        Problem.LECTURE: bool(_LECTURE.search(new)),
        Problem.LANGUAGE: bool(_script(new)) and _script(new) not in (_script(text), _script(fact)),
        Problem.NUMBERS: not _numbers_fit(text, apply(text, ordered), fact),
    }
    return next((reason for reason, is_so in found.items() if is_so), None)


def reveals(text: str) -> bool:
    """Does a text apologise, or speak of a note, a check or a correction?"""
    return bool(_REVEALS.search(text))


def _touches_protected(text: str, edits: Sequence[Edit]) -> bool:
    spans = [match.span() for match in _PROTECTED.finditer(text)]
    return any(start < edit.end and edit.start < end for start, end in spans for edit in edits)


def _numbers_fit(before: str, after: str, fact: str) -> bool:
    """Is every number that came in the fact's, and is one of the fact's there where a number went?

    Whole texts are compared: a changed word alone has lost its unit.
    """
    old, new, known = _numbers(before), _numbers(after), _numbers(fact)
    return new - old <= known and (old <= new or not known or bool(new & known))


def _numbers(text: str) -> set[tuple[str, float, float]]:
    return {(quantity.dimension, quantity.low, quantity.high) for quantity in quantities(text)}


def _marks(text: str) -> str:
    """The markdown in a text, in order."""
    return "".join(re.findall(r"\*\*|__|^#+|^[-*] |~~", text))


def _script(text: str) -> str:
    names = [unicodedata.name(character, "?").split()[0] for character in text if character.isalpha()]
    return max(set(names), key=names.count, default="")
