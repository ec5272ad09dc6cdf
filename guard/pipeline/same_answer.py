"""Does the reference find that two answers to a question are the same? A probability where the endpoint gives one.

Small models judge badly when they are asked for contradictions, and well when they mark an answer by a key, after
examples; see docs/check.md. The key is the neutral answer: marked wrong means different, no more.
"""

import math
import secrets
from dataclasses import dataclass

from guard.pipeline.prompts import MARK_BYTES, SAME_ANSWER, SAME_ANSWER_EXAMPLES, same_answer_material
from guard.pipeline.reference import Ask, Reply

_MAX_TOKENS = 3
_MARKS = ("yes", "no", "none")
_ENOUGH = 0.5
"""Below this probability of the marks together the word itself is read."""


def ask_for(question: str, neutral: str, answer: str, model: str, credentials: tuple[tuple[str, str], ...]) -> Ask:
    """The question, with a mark of its own."""
    return Ask(
        model=model,
        system=SAME_ANSWER,
        user=same_answer_material(question, neutral, answer, secrets.token_hex(MARK_BYTES)),
        max_tokens=_MAX_TOKENS,
        examples=SAME_ANSWER_EXAMPLES,
        first_token=True,
        credentials=credentials,
    )


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
        found = dict.fromkeys(_MARKS, 0.0) | {_word(reply.text.partition("\n")[0]): 1.0}
        total = sum(found[mark] for mark in _MARKS)
    if not total:
        return None
    answered = found["yes"] + found["no"]
    return Marked(found["no"] / answered if answered else 0.0, found["none"] / total)


def _word(token: str) -> str:
    return token.strip(" .,!*\"'\n").lower()
