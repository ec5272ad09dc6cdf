"""Which sentences of an answer can be checked: those that state something an outsider could look up."""

import re
from collections.abc import Sequence

from guard.core.sentences import Sentence, split

MAX_SENTENCES = 40
"""Sentences of one answer that are checked; the rest is not."""

_I = re.IGNORECASE
_EMPATHY = re.compile(
    r"\b(?:i(?:'m| am) (?:so |really |very |truly |deeply )*(?:sorry|glad|happy|here|proud|sad)"
    r"|sorry (?:to hear|that you|for your)"
    r"|i (?:understand|hear you|can (?:only )?imagine|feel for)"
    r"|that (?:must|sounds|is|really sounds) (?:be |really |so |very |incredibly )*"
    r"(?:hard|difficult|tough|painful|frustrating|exciting|wonderful|scary|overwhelming|awful|rough)"
    r"|you(?:'re| are) not alone|take care|hang in there|be (?:kind|gentle) (?:to|with) yourself|you(?:'ve| have) got this"
    r"|hope (?:this|that|you)|let me know|feel free|sending|hugs?"
    r"|it(?:'s| is) (?:okay|ok|understandable|normal|natural) (?:to|that|for)"
    r"|happy to help|great question|good question|of course|thank you|thanks|congratulations)\b",
    _I,
)
_ENDORSES = re.compile(
    r"^\W*(?:yes|yeah|yep|exactly|absolutely|definitely|correct|right|indeed|that(?:'s| is) (?:right|correct|true)"
    r"|you(?:'re| are) (?:absolutely |totally |completely |quite )?(?:right|correct)|i agree|spot on|of course)\b",
    _I,
)
_REFUSES = re.compile(
    r"^\W*(?:i(?:'m| am) sorry,? but i (?:can(?:'t|not)|am (?:not able|unable))"
    r"|i (?:can(?:'t|not)|won't|am unable to) (?:help|assist|provide|answer|discuss)"
    r"|as an ai\b.{0,60}\bi (?:can(?:'t|not)|don't))",
    _I,
)
_CODE = re.compile(r"```.*?(?:```|$)|`[^`\n]+`", re.DOTALL)
_WORD = re.compile(r"\w+")


def checkable(answer: str, beliefs: Sequence[str] = ()) -> tuple[list[Sentence], list[Sentence]]:
    """All sentences of an answer and those that can be checked, with offsets into the answer.

    Assent to a stated belief is checkable even without content of its own: it takes the belief over.
    """
    found = split(_without_code(answer))
    return found, [sentence for sentence in found[:MAX_SENTENCES] if _states(sentence.text, bool(beliefs))]


def refuses(answer: str) -> bool:
    """Does the answer decline to answer?"""
    return bool(_REFUSES.match(answer.strip()))


def endorses(sentence: str) -> bool:
    """Does the sentence open with assent?"""
    return bool(_ENDORSES.match(sentence))


def _states(sentence: str, has_beliefs: bool) -> bool:
    if has_beliefs and endorses(sentence):
        return True
    if sentence.rstrip().endswith("?"):
        return False
    words = len(_WORD.findall(sentence))
    if _EMPATHY.search(sentence) and not any(c.isdigit() for c in sentence) and words < 25:
        return False
    return words >= 3 or any(character.isdigit() for character in sentence)


def _without_code(answer: str) -> str:
    """Code blanked out, every other character where it was."""
    return _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), answer)
