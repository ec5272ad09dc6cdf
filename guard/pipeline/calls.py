"""The calls of a check: counted and timed; a fault of the reference ends the check with its reason."""

import re
import time
from dataclasses import dataclass, field, replace

from guard.core.verdict import Kind, Unable
from guard.pipeline.reference import Ask, Reference, ReferenceDown, ReferenceTimeout, ReferenceTooSmall, Reply

ATTEMPTS = 2
"""How often a reply is asked for that must be parsed."""

ROOM = 2000
"""Tokens for a model that thinks before it speaks, on top of what the reply needs."""

_MARK = re.compile(r"<<(\w+)\n")
"""Opens the material of an ask."""


class Ends(Exception):
    """The check ends early."""

    def __init__(self, kind: Kind, reason: str) -> None:
        self.kind = kind
        self.reason = reason


@dataclass(slots=True)
class Spent:
    """Time and tokens of a check, by step."""

    milliseconds: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=lambda: {"prompt": 0, "completion": 0})

    def count(self, step: str, started: float, reply: Reply) -> None:
        """Count one call."""
        self.milliseconds[step] = self.milliseconds.get(step, 0) + round((time.perf_counter() - started) * 1000)
        self.tokens["prompt"] = self.tokens.get("prompt", 0) + reply.prompt_tokens
        self.tokens["completion"] = self.tokens.get("completion", 0) + reply.completion_tokens

    def add(self, other: "Spent") -> None:
        """Count what another part of the check spent."""
        for step, milliseconds in other.milliseconds.items():
            self.milliseconds[step] = self.milliseconds.get(step, 0) + milliseconds
        for kind, count in other.tokens.items():
            self.tokens[kind] = self.tokens.get(kind, 0) + count


async def complete(reference: Reference, step: str, ask: Ask, spent: Spent) -> Reply:
    """The reply; one that was cut off before it began is asked for again with room for thinking.

    Raises:
        Ends: there is no reply, or a refusal, or one that gives the mark away.
    """
    reply = await _once(reference, step, ask, spent)
    if reply.cut_off and not reply.text.strip():
        reply = await _once(reference, step, replace(ask, max_tokens=ask.max_tokens + ROOM), spent)
    if (mark := _MARK.match(ask.user)) and mark[1] in reply.text:
        # The canary: nobody has a reason to repeat the mark but words between the marks that ask for it.
        raise Ends(Kind.UNABLE, Unable.INJECTION_SUSPECTED)
    if reply.refused:
        raise Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
    return reply


async def _once(reference: Reference, step: str, ask: Ask, spent: Spent) -> Reply:
    started = time.perf_counter()
    try:
        reply = await reference.complete(ask)
    except ReferenceTimeout:
        raise Ends(Kind.UNABLE, Unable.DEADLINE) from None
    except ReferenceTooSmall:
        raise Ends(Kind.UNABLE, Unable.LENGTH) from None
    except ReferenceDown:
        raise Ends(Kind.UNABLE, Unable.REFERENCE_DOWN) from None
    spent.count(step, started, reply)
    return reply
