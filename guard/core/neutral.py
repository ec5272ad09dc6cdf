"""A turn without feeling, stakes and stated belief: the question a stranger could look up. English rules.

What is a fact stays: numbers, conditions, times, negations, what was done. A belief becomes a question of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guard.core import sentences
from guard.core.clauses import Parts, parts_of
from guard.core.feelings import content
from guard.core.numbers import same_numbers
from guard.core.turn import Turn
from guard.core.units import UNITS
from guard.core.wording import (
    AFFECT_WORDS,
    DANGLING,
    DEPENDENT,
    NEGATION,
    NEGATIONS,
    STALE,
    THIRD_PERSON,
)

MAX_EARLIER_FACTS = 6
"""Facts of earlier turns that are told to the reference; the newest ones."""

_ENDING = re.compile(r"(?:ing|ed|es|e|s|d)$")
_STEM = 5
"""Letters by which words without their endings are taken for the same."""


_LEFT = re.compile(
    r"!|[\U0001f300-\U0001faff]|\bplease\b"
    r"|\b(?:the person|they|he|she) (?:\w+ ){0,2}(?:feels?|hates?|loves?|can't stop|can't go on)\b"
    r"|\b(?:is|are|am|so|feel(?:s|ing)?|been|was|were) (?:(?:so|really|very|just|too|completely) )*"
    rf"(?:{AFFECT_WORDS})\b",
    re.IGNORECASE,
)
"""Feelings that the rules let through."""
_TOLD = re.compile(r"[?？\d]|" + NEGATIONS.pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NeutralQuestion:
    """What is asked of the reference. `partial` means: the rules gave up, the words are the user's own."""

    facts: tuple[str, ...]
    questions: tuple[str, ...]
    beliefs: tuple[str, ...]
    partial: bool = False
    earlier: tuple[str, ...] = ()
    """Facts of earlier turns."""
    rewritten: bool = False
    """A model put it in words, and the rewrite keeps what must be kept."""

    @property
    def askable(self) -> bool:
        """Is there anything to look up?"""
        return bool(self.questions or self.beliefs)

    @property
    def manner(self) -> str:
        """How it was made: `full` by the rules, `rewritten` by a model, `partial` in the user's own words."""
        if not self.askable:
            return "not_askable"
        return "partial" if self.partial else "rewritten" if self.rewritten else "full"

    @property
    def feels(self) -> bool:
        """Is there a feeling left in it?"""
        return bool(_LEFT.search(" ".join((*self.facts, *self.questions))))

    @property
    def stale(self) -> bool:
        """Does it ask for what changes from day to day, so that no model can know it?"""
        return any(STALE.search(question) for question in self.questions)

    @property
    def open_beliefs(self) -> tuple[str, ...]:
        """The beliefs that an answer to the questions does not settle: they are asked on their own.

        The others are kept from the reference, since a model that hears a belief leans towards it.
        """
        if not self.questions:
            return self.beliefs
        asked = content(" ".join(self.questions))
        return tuple(belief for belief in self.beliefs if _is_apart(belief, asked))

    @property
    def parts(self) -> int:
        """How many answers are asked for; of a belief two: whether it is so, and what is so."""
        return len(self.questions) + 2 * len(self.open_beliefs)

    @property
    def text(self) -> str:
        """The question as it is asked; beliefs come last, as open yes/no questions."""
        facts = (*self.earlier, *self.facts)
        lines = [f"Facts: {' '.join(map(_stopped, facts))}"] if facts else []
        checks = (f'Is this accurate, and if not, what is correct: "{belief}"?' for belief in self.open_beliefs)
        return "\n".join((*lines, *self.questions, *checks))


def neutralise(turn: Turn) -> NeutralQuestion:
    """The neutral question of a turn. Numbers and negations are kept, or the result is `partial`.

    So is every turn in another language: these rules know English only.
    """
    if turn.language != "en":
        return NeutralQuestion((), (turn.text.strip(),) if turn.text.strip() else (), (), partial=True)
    parts = parts_of(turn.text)
    earlier = _earlier(turn, parts)
    if (parts.questions or parts.beliefs) and not _kept(turn.text, parts.whole()):
        return NeutralQuestion((), (turn.text.strip(),), (), partial=True, earlier=earlier)
    return NeutralQuestion(
        facts=tuple(map(_third_person, parts.facts)),
        questions=tuple(map(_third_person, parts.questions)),
        beliefs=tuple(map(_third_person, parts.beliefs)),
        earlier=earlier,
    )


def unsure(turn: Turn, question: NeutralQuestion) -> bool:
    """Are the rules unsure of what they made of a turn, so that a model's rewrite is worth its time?

    They are where they gave up, where a feeling is left, and where there are facts but nothing is asked.
    """
    return question.partial or question.feels or bool(question.facts and not question.askable)


def must_keep(turn: Turn) -> str:
    """The part of a turn's newest words that a rewrite may not lose; in another language what is told is less clear."""
    if turn.language == "en":
        parts = parts_of(turn.text)
        return ". ".join((*parts.facts, *parts.questions, *parts.beliefs))
    told = (sentence.text for sentence in sentences.split(turn.text))
    return " ".join(text for text in told if _TOLD.search(text))


def rewritten(facts: Iterable[str], question: str, beliefs: Iterable[str], rules: NeutralQuestion) -> NeutralQuestion:
    """The neutral question as a model words it; facts of earlier turns are the rules'."""
    asked = tuple(part for part in (question.strip(),) if part)
    kept = tuple(fact.strip() for fact in facts if fact.strip())
    stated = tuple(belief.strip(' .?!"') for belief in beliefs if belief.strip())
    return NeutralQuestion(kept, asked, stated, earlier=rules.earlier, rewritten=True)


def _earlier(turn: Turn, parts: Parts) -> tuple[str, ...]:
    """Facts of earlier turns, and the last earlier question where the newest words lean on it."""
    facts: list[str] = []
    question = ""
    for text in turn.earlier:
        before = parts_of(text)
        facts += before.facts
        question = before.questions[-1] if before.questions else question
    kept = [_third_person(fact) for fact in facts[-MAX_EARLIER_FACTS:]]
    leans = any(DANGLING.search(part) for part in (*parts.questions, *parts.beliefs))
    if question and leans:
        kept.append(f"Asked before: {_third_person(question)}")
    return tuple(kept)


def _kept(before: str, after: str) -> bool:
    """Are all numbers and negations still there?"""
    return same_numbers(before, after) and len(NEGATION.findall(before)) == len(NEGATION.findall(after))


def _is_apart(belief: str, asked: set[str]) -> bool:
    """Is a belief about something else than what is asked?"""
    words = _stems(word for word in content(belief) if not word.isdigit() and word not in UNITS)
    asked = _stems(asked)
    return len(words) >= 2 and len(words & asked) * 2 < len(words) and not DEPENDENT.match(belief)


def _stems(words: Iterable[str]) -> set[str]:
    return {_ENDING.sub("", word)[:_STEM] for word in words}


def _third_person(text: str) -> str:
    for pattern, replacement in THIRD_PERSON:
        text = pattern.sub(replacement, text)
    return text[:1].upper() + text[1:]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
