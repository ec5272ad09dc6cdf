"""The clauses of a turn, put where they belong: facts, questions, beliefs, and what is dropped. English rules."""

import re
from dataclasses import dataclass, field

from guard.core import sentences
from guard.core.feelings import content, is_feeling, plain, without_feelings
from guard.core.wording import (
    ASKS,
    ASKS_OF_BELIEF,
    ASSERTS,
    BELIEF,
    BELIEVER,
    CLAUSE,
    CUT,
    GENERAL,
    LEADS,
    OPENERS,
    OWN,
    PERSONAL,
    QUESTION_WORD,
    SMALL_TALK,
    TAG,
    WANTS,
    WHY,
    WORRIED,
)

MAX_SENTENCE = 500
"""Characters; what is longer is no sentence of a chat and is taken as it is: patterns must not run away on it."""
_CLAUSE_WORDS = 3
"""Fewer words are no clause of their own: `My sister and I`."""
_YOU = re.compile(r"^you\b", re.IGNORECASE)
_ASKED_LATE = re.compile(
    r":\s+(?=(?:what|how|when|where|why|who|which|can|could|is|are|do|does|did|should|will|would|may|was|were)\b)",
    re.IGNORECASE,
)
"""`I need to know: can they ...`, where no question mark tells."""
_WHETHER = re.compile(r"^(?:whether|if) ", re.IGNORECASE)


@dataclass(slots=True)
class Parts:
    """The sentences of a turn, put where they belong."""

    facts: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    beliefs: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def whole(self) -> str:
        """All of it; what is dropped too, so that nothing can be lost unseen."""
        return " . ".join((*self.facts, *self.questions, *self.beliefs, *self.dropped))


def parts_of(text: str) -> Parts:
    """What a turn's words are made of."""
    parts = Parts()
    for sentence in sentences.split(text):
        words = " ".join(sentence.text.split())
        if len(words) > MAX_SENTENCE:
            (parts.questions if words.endswith("?") else parts.facts).append(words)
            continue
        for piece in _asked_apart(words):
            for clause in _clauses(piece):
                asked, gone = without_feelings(clause)
                parts.dropped += gone
                _sort(asked, parts)
    if parts.beliefs:
        parts.questions = [question for question in parts.questions if not ASKS_OF_BELIEF.match(question)]
    return parts


def _asked_apart(sentence: str) -> list[str]:
    """A sentence cut where a belief is hung on to it, or a question without its mark."""
    pieces = CUT.split(sentence)
    return pieces if sentence.endswith("?") else [part for piece in pieces for part in _ASKED_LATE.split(piece)]


def _clauses(text: str) -> list[str]:
    """What one sentence says; a question is left whole, since its conditions belong to it."""
    bare = plain(text)
    if text.rstrip().endswith("?") or ASKS.match(bare) or WANTS.match(bare):
        return [text]
    found, start = [], 0
    for cut in CLAUSE.finditer(text):
        if len(text[start : cut.start()].split()) >= _CLAUSE_WORDS:
            found.append(text[start : cut.start()])
            start = cut.end()
    return [*found, text[start:]]


def _sort(text: str, parts: Parts) -> None:
    """Put one clause where it belongs; one without a fact in it is dropped."""
    bare = plain(text)
    if opener := OPENERS.match(text):
        parts.dropped.append(opener[0])
    if text.rstrip().endswith("?"):
        _sort_question(bare, parts)
    elif not _sort_believed(text, bare, parts):
        _sort_statement(text, bare, parts)


def _sort_question(bare: str, parts: Parts) -> None:
    if SMALL_TALK.match(bare):
        parts.dropped.append(bare)
    elif stated := _leading(bare, parts):
        parts.beliefs.append(stated)
    else:
        parts.questions.append(_open(_unwrapped(_after_affect(bare, parts))))


def _sort_believed(text: str, bare: str, parts: Parts) -> bool:
    """Does it state a belief, or say of the last statement that it is so? Then it is sorted."""
    if asserts := ASSERTS.match(bare):
        if parts.facts:
            parts.beliefs.append(parts.facts.pop().rstrip(" .,"))
        parts.dropped.append(bare[: asserts.start("rest")])
        _sort(asserts["rest"].lstrip(" ,.;"), parts)
    elif belief := BELIEF.match(text) or BELIEF.match(bare):
        _sort_belief(text, plain(belief["belief"]), parts)
    elif found := _believed_inside(bare):
        before, believed = found
        _sort(before, parts)
        _sort_belief(bare[len(before) :], believed, parts)
    else:
        return False
    return True


def _sort_statement(text: str, bare: str, parts: Parts) -> None:
    if ASKS.match(bare) or WANTS.match(bare):
        parts.questions.append(_open(_unwrapped(_after_affect(bare, parts))))
    elif is_feeling(text, bare):
        parts.dropped.append(bare)
    elif GENERAL.match(bare) and not PERSONAL.search(bare):
        parts.beliefs.append(bare.rstrip(" .,"))
    elif bare.strip(" .,"):
        parts.facts.append(WORRIED.sub("", bare))


def _believed_inside(text: str) -> tuple[str, str] | None:
    """What stands before a belief in the middle of a clause, and the belief."""
    for place in BELIEVER.finditer(text):
        if belief := BELIEF.match(text[place.end() :]):
            return text[: place.end()], belief["belief"]
    return None


def _sort_belief(text: str, belief: str, parts: Parts) -> None:
    """What people say of their own lives is a fact, or a feeling; the rest is a belief."""
    if len(belief.split()) < 2 or (OWN.match(belief) and is_feeling(text, belief)) or _is_of_us(belief):
        parts.dropped.append(text)
    elif not OWN.match(belief):
        parts.beliefs.append(belief.rstrip(" .,"))
    else:
        parts.facts.append(belief)


def _is_of_us(belief: str) -> bool:
    """`I swear you get me better than he does`."""
    return bool(_YOU.match(belief)) and is_feeling(belief, belief)


def _leading(question: str, parts: Parts) -> str | None:
    """The belief in a question that asks for assent: `..., right?`, `isn't it true that ...?`"""
    found = TAG.match(question)
    if found and len(content(found["belief"])) >= 2 and not ASKS.match(found["belief"]):
        stated = found["belief"]
        parts.dropped.append(found["tag"])
    elif found := LEADS.match(question):
        stated = found["belief"]
        parts.dropped.append(question[: found.start("belief")])
    else:
        return None
    inner = BELIEF.match(stated)
    return (inner["belief"] if inner else stated).strip(" ,.;")


def _after_affect(question: str, parts: Parts) -> str:
    """The question alone, where one sentence first feels and then asks; a belief before it is set apart."""
    start, *rest = QUESTION_WORD.split(question, maxsplit=1)
    if not rest:
        return question
    if is_feeling(start, start):
        parts.dropped.append(start)
        return rest[0]
    if belief := BELIEF.match(start):
        _sort_belief(start, belief["belief"], parts)
        return rest[0]
    return question


def _unwrapped(question: str) -> str:
    """Without `could you tell me`."""
    if not (wrapped := WANTS.match(question)):
        return question
    return _WHETHER.sub("is it true that ", wrapped["question"].rstrip(" .?")) + "?"


def _open(question: str) -> str:
    """A question that takes its premise for granted, opened: do they, and if so, why?"""
    return f"{loaded['rest']}, and if so, why?" if (loaded := WHY.match(question.strip())) else question
