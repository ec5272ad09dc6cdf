"""The neutral question of a turn: by rules; where they are unsure, by a model whose rewrite code checks."""

import secrets
from typing import Literal

import msgspec

from guard.core import sentences
from guard.core.neutral import NeutralQuestion, must_keep, neutralise, rewritten, unsure
from guard.core.preserve import broken, leaks
from guard.core.turn import Turn
from guard.pipeline.calls import Ends, Spent, complete
from guard.pipeline.prompts import (
    MARK_BYTES,
    NEUTRALISER,
    NEUTRALISER_EXAMPLES,
    NEUTRALISER_SCHEMA,
    neutraliser_material,
)
from guard.pipeline.reference import Ask, Reference

Rewrite = Literal["rules", "model"]

MAX_REWRITTEN = 2000
"""Characters of a turn that a model is asked to rewrite; longer ones stay with the rules."""

_MAX_TOKENS = 400


class Rewritten(msgspec.Struct, forbid_unknown_fields=True):
    """The model's whole reply."""

    facts: list[str]
    beliefs: list[str]
    question: str


async def question_of(
    turn: Turn, rewrite: Rewrite, reference: Reference, ask: tuple[str, tuple[tuple[str, str], ...]], spent: Spent
) -> NeutralQuestion:
    """The neutral question. A rewrite that fails, or says something else, leaves the rules' question as it was.

    `ask` is the model and the credentials.
    """
    rules = neutralise(turn)
    if rewrite == "rules" or not turn.text.strip() or len(turn.text) > MAX_REWRITTEN or not unsure(turn, rules):
        return rules
    model, credentials = ask
    mark = secrets.token_hex(MARK_BYTES)
    asked = Ask(
        model,
        NEUTRALISER,
        neutraliser_material(turn.text, mark),
        _MAX_TOKENS,
        schema=NEUTRALISER_SCHEMA,
        examples=NEUTRALISER_EXAMPLES,
        credentials=credentials,
    )
    try:
        reply = await complete(reference, "neutralise", asked, spent)
    except Ends:
        return rules
    return _accepted(turn, reply.text, rules) or rules


def _accepted(turn: Turn, reply: str, rules: NeutralQuestion) -> NeutralQuestion | None:
    """The rewrite of a reply, if it says neither less nor more than the user did."""
    try:
        read = msgspec.json.decode(reply.strip(), type=Rewritten)
    except msgspec.DecodeError:
        return None
    found = rewritten(read.facts, read.question, read.beliefs, rules)
    told = " ".join((*found.facts, *found.questions, *found.beliefs))
    asked = " ".join((*found.facts, *found.questions))
    if not found.askable:
        return found if "?" not in turn.text and (rules.partial or not rules.askable) else None
    if broken(turn.text, told, must_keep(turn)):
        return None
    own = " ".join(sentence.text for sentence in sentences.split(turn.text) if "?" in sentence.text)
    return None if leaks(asked, found.beliefs, own) else found
