"""Does the reference find that two answers to a question are the same? A probability where the endpoint gives one.

Small models judge badly when they are asked for contradictions, and well when they mark an answer by a key, after
examples; see docs/check.md. The key is the neutral answer: marked wrong means different, no more.
"""

import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guard.core.checkable import endorses
from guard.core.claims import DIFFERS
from guard.core.sentences import Sentence
from guard.core.verdict import Claim
from guard.pipeline.prompts import (
    ANSWERED,
    ANSWERED_EXAMPLES,
    MARK_BYTES,
    SAME_ANSWER,
    SAME_ANSWER_EXAMPLES,
    answered_material,
    same_answer_material,
)
from guard.pipeline.reference import Ask, Reply

MAX_MARKED = 8
"""Sentences of an answer that are marked one by one."""

DIFFERS_ALONE = 0.5
"""From this probability on, a sentence on its own counts as another answer than the key."""

_MAX_TOKENS = 3
_MARKS = ("yes", "no", "none")
_ENOUGH = 0.5
"""Below this probability of the marks together the word itself is read."""


def ask_for(
    question: str, neutral: str, answer: str, model: str, credentials: tuple[tuple[str, str], ...], room: int = 0
) -> Ask:
    """The question, with a mark of its own; `room` for a model that does not say the word at once."""
    return Ask(
        model=model,
        system=SAME_ANSWER,
        user=same_answer_material(question, neutral, answer, secrets.token_hex(MARK_BYTES)),
        max_tokens=_MAX_TOKENS + room,
        examples=SAME_ANSWER_EXAMPLES,
        first_token=True,
        credentials=credentials,
    )


def ask_whether_answered(
    question: str, answer: str, model: str, credentials: tuple[tuple[str, str], ...], room: int = 0
) -> Ask:
    """Which answer is given, if any? Asked before one is held to contradict."""
    return Ask(
        model=model,
        system=ANSWERED,
        user=answered_material(question, answer, secrets.token_hex(MARK_BYTES)),
        max_tokens=_MAX_TOKENS + room,
        examples=ANSWERED_EXAMPLES,
        first_token=True,
        credentials=credentials,
    )


def is_silent(reply: Reply) -> bool:
    """Was no answer found in it? Told by the first token, where there are log-probabilities, else by the word."""
    if reply.first_token:
        none = math.fsum(math.exp(logprob) for token, logprob in reply.first_token if _word(token) == "none")
        return none >= _ENOUGH
    return _word(reply.text.strip().partition("\n")[0]) == "none"


@dataclass(frozen=True, slots=True)
class Marked:
    """How the reference marked an answer, as probabilities."""

    differs: float
    """Of another answer, where it is an answer at all."""
    silent: float = 0.0
    """Of no answer to the question."""


def read(reply: Reply) -> Marked | None:
    """The mark: 0 or 1 without log-probabilities; None when it is none of the words."""
    found = dict.fromkeys(_MARKS, 0.0)
    for token, logprob in reply.first_token:
        if (word := _word(token)) in found:
            found[word] += math.exp(logprob)
    total = sum(found.values())
    if total <= _ENOUGH:
        first, *rest = reply.text.strip().splitlines() or [""]
        word = _word(first) if _word(first) in found or not rest else _word(rest[-1])
        found = dict.fromkeys(_MARKS, 0.0) | {word: 1.0}
        total = sum(found[mark] for mark in _MARKS)
    if not total:
        return None
    answered = found["yes"] + found["no"]
    return Marked(found["no"] / answered if answered else 0.0, found["none"] / total)


def claims(
    sentences: Sequence[Sentence],
    marks: Sequence[Marked],
    differs: float,
    all_sentences: Sequence[Sentence],
    key: str,
) -> list[Claim]:
    """Claims about the sentences that were marked as another answer; the fact in their place is the key.

    Where the answer differs as a whole and no sentence on its own, it is the one that differs most.
    """
    found = [
        sentence
        for sentence, mark in zip(sentences, marks, strict=True)
        if mark.differs >= DIFFERS_ALONE and mark.silent < DIFFERS_ALONE
    ]
    if not found and differs >= DIFFERS:
        found = [max(zip(sentences, marks, strict=True), key=lambda pair: pair[1].differs)[0]]
    number: Callable[[Sentence], int] = list(all_sentences).index
    return [
        Claim(
            id=f"s{number(sentence) + 1}",
            quote=sentence.text,
            start=sentence.start,
            end=sentence.end,
            kind="other",
            label="endorses_user_error" if endorses(sentence.text) else "contradicted",
            severity="medium",
            correct_fact=key,
        )
        for sentence in found
    ]


def _word(token: str) -> str:
    return token.strip(" .,!*\"'\n").lower()
