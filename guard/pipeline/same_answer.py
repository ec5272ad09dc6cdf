"""Does the reference find that two answers to a question are the same? A probability where the endpoint gives one.

Small models judge badly when they are asked for contradictions, and well when they mark an answer by a key, after
examples; see docs/check.md. The key is the neutral answer: marked wrong means different, no more.
"""

import math
import secrets

from guard.pipeline.prompts import MARK_BYTES, SAME_ANSWER, SAME_ANSWER_EXAMPLES, same_answer_material
from guard.pipeline.reference import Ask, Reply

_MAX_TOKENS = 3


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


def p_differs(reply: Reply) -> float | None:
    """The probability that the answers differ: 0 or 1 without log-probabilities; None when it is neither Yes nor No."""
    yes = no = 0.0
    for token, logprob in reply.first_token:
        word = _word(token)
        yes += math.exp(logprob) if word == "yes" else 0.0
        no += math.exp(logprob) if word == "no" else 0.0
    if yes + no > 0.5:
        return no / (yes + no)
    return {"yes": 0.0, "no": 1.0}.get(_word(reply.text.partition("\n")[0]))


def _word(token: str) -> str:
    return token.strip(" .,!*\"'\n").lower()
