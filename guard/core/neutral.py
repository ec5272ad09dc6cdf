"""A turn without feeling, stakes and stated belief: the question a stranger could look up. English rules.

What is a fact stays: numbers, conditions, times, negations, what was done. A belief becomes a question of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from guard.core import sentences
from guard.core.numbers import quantities, same_numbers
from guard.core.turn import Turn
from guard.core.units import UNITS
from guard.core.wording import (
    AFFECT,
    AFFECT_WORDS,
    ASKS,
    ASKS_OF_BELIEF,
    ASSERTS,
    AT_ME,
    BELIEF,
    BELIEVER,
    CLAUSE,
    CUT,
    DANGLING,
    DEPENDENT,
    EMOJI,
    FEELING,
    GENERAL,
    GREETING,
    LEADS,
    NEGATION,
    NEGATIONS,
    OPENERS,
    OWN,
    PERSONAL,
    PLEAS,
    QUESTION_WORD,
    RELATION,
    SMALL_TALK,
    STAKES,
    STALE,
    STOP_WORDS,
    STRONG,
    SYMPTOM,
    TAG,
    THIRD_PERSON,
    WANTS,
    WHY,
    WORRIED,
)

MAX_EARLIER_FACTS = 6
"""Facts of earlier turns that are told to the reference; the newest ones."""

_ENDING = re.compile(r"(?:ing|ed|es|e|s|d)$")
_STEM = 5
"""Letters by which words without their endings are taken for the same."""

MAX_SENTENCE = 500
"""Characters; what is longer is no sentence of a chat and is taken as it is: patterns must not run away on it."""

_LEFT = re.compile(
    r"!|[\U0001f300-\U0001faff]|\bplease\b"
    r"|\b(?:the person|they|he|she) (?:\w+ ){0,2}(?:feels?|hates?|loves?|can't stop|can't go on)\b"
    r"|\b(?:is|are|am|so|feel(?:s|ing)?|been|was|were) (?:(?:so|really|very|just|too|completely) )*"
    rf"(?:{AFFECT_WORDS})\b",
    re.IGNORECASE,
)
"""Feelings that the rules let through."""
_CLAUSE_WORDS = 3
"""Fewer words are no clause of their own: `My sister and I`."""
_WHETHER = re.compile(r"^(?:whether|if) ", re.IGNORECASE)
_TOLD = re.compile(r"[?？\d]|" + NEGATIONS.pattern, re.IGNORECASE)
_PROPER = re.compile(r"\b[A-Z][a-z]{2,}")
_WORDS = re.compile(r"[a-zà-ÿ0-9']+")


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
        asked = _content(" ".join(self.questions))
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


@dataclass(slots=True)
class _Parts:
    """The sentences of a turn, put where they belong."""

    facts: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    beliefs: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def whole(self) -> str:
        return " . ".join((*self.facts, *self.questions, *self.beliefs, *self.dropped))


def neutralise(turn: Turn) -> NeutralQuestion:
    """The neutral question of a turn. Numbers and negations are kept, or the result is `partial`.

    So is every turn in another language: these rules know English only.
    """
    if turn.language != "en":
        return NeutralQuestion((), (turn.text.strip(),) if turn.text.strip() else (), (), partial=True)
    parts = _parts_of(turn.text)
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
        parts = _parts_of(turn.text)
        return ". ".join((*parts.facts, *parts.questions, *parts.beliefs))
    told = (sentence.text for sentence in sentences.split(turn.text))
    return " ".join(text for text in told if _TOLD.search(text))


def rewritten(facts: Iterable[str], question: str, beliefs: Iterable[str], rules: NeutralQuestion) -> NeutralQuestion:
    """The neutral question as a model words it; facts of earlier turns are the rules'."""
    asked = tuple(part for part in (question.strip(),) if part)
    kept = tuple(fact.strip() for fact in facts if fact.strip())
    stated = tuple(belief.strip(' .?!"') for belief in beliefs if belief.strip())
    return NeutralQuestion(kept, asked, stated, earlier=rules.earlier, rewritten=True)


def _parts_of(text: str) -> _Parts:
    parts = _Parts()
    for sentence in sentences.split(text):
        words = " ".join(sentence.text.split())
        if len(words) > MAX_SENTENCE:
            (parts.questions if words.endswith("?") else parts.facts).append(words)
            continue
        for piece in CUT.split(words):
            for clause in _clauses(piece):
                _sort(clause, parts)
    if parts.beliefs:
        parts.questions = [question for question in parts.questions if not ASKS_OF_BELIEF.match(question)]
    return parts


def _clauses(text: str) -> list[str]:
    """What one sentence says; a question is left whole, since its conditions belong to it."""
    bare = _plain(text)
    if text.rstrip().endswith("?") or ASKS.match(bare) or WANTS.match(bare):
        return [text]
    found, start = [], 0
    for cut in CLAUSE.finditer(text):
        if len(text[start : cut.start()].split()) >= _CLAUSE_WORDS:
            found.append(text[start : cut.start()])
            start = cut.end()
    return [*found, text[start:]]


def _earlier(turn: Turn, parts: _Parts) -> tuple[str, ...]:
    """Facts of earlier turns, and the last earlier question where the newest words lean on it."""
    facts: list[str] = []
    question = ""
    for text in turn.earlier:
        before = _parts_of(text)
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


def _sort(text: str, parts: _Parts) -> None:
    """Put one clause where it belongs; one without a fact in it is dropped."""
    bare = _plain(text)
    if opener := OPENERS.match(text):
        parts.dropped.append(opener[0])
    if text.rstrip().endswith("?"):
        _sort_question(bare, parts)
    elif not _sort_believed(text, bare, parts):
        _sort_statement(text, bare, parts)


def _sort_question(bare: str, parts: _Parts) -> None:
    if SMALL_TALK.match(bare):
        parts.dropped.append(bare)
    elif stated := _leading(bare, parts):
        parts.beliefs.append(stated)
    else:
        parts.questions.append(_open(_unwrapped(_after_affect(bare, parts))))


def _sort_believed(text: str, bare: str, parts: _Parts) -> bool:
    """Does it state a belief, or say of the last statement that it is so? Then it is sorted."""
    if asserts := ASSERTS.match(bare):
        if parts.facts:
            parts.beliefs.append(parts.facts.pop().rstrip(" .,"))
        parts.dropped.append(bare[: asserts.start("rest")])
        _sort(asserts["rest"].lstrip(" ,.;"), parts)
    elif belief := BELIEF.match(text) or BELIEF.match(bare):
        _sort_belief(text, _plain(belief["belief"]), parts)
    elif found := _believed_inside(bare):
        before, believed = found
        _sort(before, parts)
        _sort_belief(bare[len(before) :], believed, parts)
    else:
        return False
    return True


def _sort_statement(text: str, bare: str, parts: _Parts) -> None:
    if ASKS.match(bare) or WANTS.match(bare):
        parts.questions.append(_open(_unwrapped(_after_affect(bare, parts))))
    elif _is_feeling(text, bare):
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


def _sort_belief(text: str, belief: str, parts: _Parts) -> None:
    """What people say of their own lives is a fact, or a feeling; the rest is a belief."""
    if len(belief.split()) < 2 or (OWN.match(belief) and _is_feeling(text, belief)):
        parts.dropped.append(text)
    elif not OWN.match(belief):
        parts.beliefs.append(belief.rstrip(" .,"))
    else:
        parts.facts.append(belief)


def _leading(question: str, parts: _Parts) -> str | None:
    """The belief in a question that asks for assent: `..., right?`, `isn't it true that ...?`"""
    found = TAG.match(question)
    if found and len(_content(found["belief"])) >= 2 and not ASKS.match(found["belief"]):
        stated = found["belief"]
        parts.dropped.append(found["tag"])
    elif found := LEADS.match(question):
        stated = found["belief"]
        parts.dropped.append(question[: found.start("belief")])
    else:
        return None
    inner = BELIEF.match(stated)
    return (inner["belief"] if inner else stated).strip(" ,.;")


def _after_affect(question: str, parts: _Parts) -> str:
    """The question alone, where one sentence first feels and then asks; a belief before it is set apart."""
    start, *rest = QUESTION_WORD.split(question, maxsplit=1)
    if not rest:
        return question
    if _is_feeling(start, start):
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


def _is_feeling(text: str, bare: str) -> bool:
    """Is there nothing in it but feeling, flattery, stakes or greeting?"""
    if GREETING.match(text):
        return True
    if _has_fact(bare):
        return False
    if any(pattern.search(text) for pattern in (RELATION, STAKES, STRONG, AT_ME)):
        return not SYMPTOM.search(text)
    return bool(AFFECT.search(text) and FEELING.search(text) and len(_content(bare)) <= 4)


def _has_fact(text: str) -> bool:
    """A number, a quantity with a unit, or a name."""
    measured = any(quantity.dimension for quantity in quantities(text))
    named = _PROPER.search(re.sub(r"^\W*\w+", "", text))
    return measured or bool(named) or any(character.isdigit() for character in text)


def _plain(text: str) -> str:
    """Without opening feelings, pleas, emoji and shouting."""
    text = PLEAS.sub("", OPENERS.sub("", EMOJI.sub("", text)))
    text = re.sub(r"[!?]{2,}", lambda marks: "?" if "?" in marks[0] else ".", text)
    return text.replace("!", ".").strip()


def _is_apart(belief: str, asked: set[str]) -> bool:
    """Is a belief about something else than what is asked?"""
    words = _stems(word for word in _content(belief) if not word.isdigit() and word not in UNITS)
    asked = _stems(asked)
    return len(words) >= 2 and len(words & asked) * 2 < len(words) and not DEPENDENT.match(belief)


def _stems(words: Iterable[str]) -> set[str]:
    return {_ENDING.sub("", word)[:_STEM] for word in words}


def _content(text: str) -> set[str]:
    return {word for word in _WORDS.findall(text.lower()) if word not in STOP_WORDS and not AFFECT.search(word)}


def _third_person(text: str) -> str:
    for pattern, replacement in THIRD_PERSON:
        text = pattern.sub(replacement, text)
    return text[:1].upper() + text[1:]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
