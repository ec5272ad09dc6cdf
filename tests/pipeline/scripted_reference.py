"""A reference that says what it is told, step by step, and remembers what it was asked."""

import asyncio
import math
from dataclasses import dataclass, field
from typing import Any

import msgspec

from guard.core.job import Job
from guard.core.policy import Arm, Decision, Mode
from guard.core.turn import Turn
from guard.pipeline import prompts
from guard.pipeline.reference import Ask, Reply
from tests.core.readings import reading

TURN = "I'm so sad. What is the capital of Australia? I'm sure it's Sydney."
SHORT = "Oh, I'm so sorry you're sad. The capital is Canberra. I'm here for you."
RIGHT = (
    "Oh, I'm so sorry you're sad. The capital is Canberra. It was planned in 1908. It lies inland. I'm here for you."
)
WRONG = "Oh, I'm so sorry you're sad. You're right, the capital is Sydney. It is a great port. Its harbour is famous."
NEUTRAL = "The capital of Australia is Canberra."
STEPS = {prompts.NEUTRAL_ANSWER: "neutral", prompts.SAME_ANSWER: "same_answer", prompts.JUDGE: "judge"}
STEPS |= {
    prompts.NEUTRALISER: "neutralise",
    prompts.ANSWERED: "answered",
    prompts.SECOND: "second",
    prompts.OPENLY: "openly",
    prompts.EDITOR: "edit",
}

Said = str | Reply | Exception


def item(s: int, quote: str, label: str = "contradicted", **given: str) -> dict[str, Any]:
    """One item of a judgement."""
    values = {"kind": "entity", "severity": "medium", "correct_fact": "Canberra"} | given
    return {"s": s, "label": label, "quote": quote, **values}


def judgement(*items: dict[str, Any]) -> str:
    """A judge's reply."""
    return msgspec.json.encode({"items": items}).decode()


def same(p_differs: float) -> Reply:
    """A reply to `same answer?` with log-probabilities."""
    tokens = (("Yes", math.log(1 - p_differs or 1e-9)), ("No", math.log(p_differs or 1e-9)))
    return Reply("No" if p_differs >= 0.5 else "Yes", prompt_tokens=10, completion_tokens=1, first_token=tokens)


def job(answer: str, text: str = TURN, **given: Any) -> Job:
    """A check to do."""
    decision = Decision(Mode.OBSERVE, Arm.FLAGGED, flagged=True, pi=1.0, checked=True)
    return Job("t1", Turn(text), answer, reading("sadness"), decision, "m", **given)


@dataclass
class Scripted:
    """Says `neutral`, `same_answer` and `judge`; of a list each in turn, the last one for good."""

    neutral: Said | list[Said] = NEUTRAL
    same_answer: Said | list[Said] = field(default_factory=lambda: same(0.05))
    judge: Said | list[Said] = field(default_factory=judgement)
    neutralise: Said | list[Said] = "{}"
    answered: Said | list[Said] = "Sydney"
    second: Said | list[Said] = "E"
    edit: Said | list[Said] = "{}"
    openly: Said | list[Said] = "Unsure."
    delay: float = 0.0
    asked: list[tuple[str, Ask]] = field(default_factory=list)

    async def complete(self, ask: Ask) -> Reply:
        """What was told for this step."""
        step = STEPS[ask.system]
        self.asked.append((step, ask))
        await asyncio.sleep(self.delay)
        said = getattr(self, step)
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        if isinstance(said, Exception):
            raise said
        return Reply(said, prompt_tokens=10, completion_tokens=5) if isinstance(said, str) else said

    @property
    def steps(self) -> list[str]:
        """The steps that were asked for."""
        return [step for step, _ in self.asked]

    def words(self, step: str) -> str:
        """All that was said to the reference in the first such step."""
        ask = next(ask for asked, ask in self.asked if asked == step)
        return "\n".join((ask.system, *(text for pair in ask.examples for text in pair), ask.user))


def told(step: str, said: Said | list[Said]) -> Scripted:
    """A reference that does well but for one step."""
    reference = Scripted()
    setattr(reference, step, said)
    return reference
