"""The matrix of modes and outcomes: what is asked, and what any client must get."""

from dataclasses import dataclass
from typing import Any

from guard.core.policy import Mode
from guard.core.settlement import Action
from guard.core.verdict import Kind
from tests.upstreams.planted import DOUBTFUL, LAND

MODES = (Mode.OBSERVE, Mode.ANNOTATE, Mode.CORRECT, Mode.BLOCK)
SAFE_TEXT = "Please ask somebody who knows this for certain."
SETTINGS = {
    "second_model": "planted-second",
    "safe_text": SAFE_TEXT,
    "fail_closed": "none",
    "detector_deadline_ms": "5000",
    "annotate_wait": "20",
    "correct_wait": "20",
    "block_wait": "20",
}
"""Of the service; waits that no slow machine exceeds."""


@dataclass(frozen=True)
class Outcome:
    """What an application sees of one answer."""

    text: str
    verdict: Kind
    action: Action

    def shown(self, document: dict[str, Any]) -> dict[str, Any] | None:
        """The `coolhead` object of the answer: the document, without quotes of an answer that was held back."""
        if self.action is Action.NONE:
            return None
        return document | {"claims": []} if self.action is Action.BLOCKED else document


@dataclass(frozen=True)
class Case:
    """One way in which a check can end."""

    name: str
    model: str
    asked: str
    text: str
    """What the application's model answers."""
    verdict: Kind
    fixed: str | None = None
    """The answer with its error put right, where two references contradict it."""
    at_risk: bool = False

    def outcome(self, mode: Mode) -> Outcome:
        """What comes of it in a mode."""
        if self.at_risk or mode is Mode.OBSERVE:
            return Outcome(self.text, self.verdict, Action.NONE)
        if self.fixed and mode is Mode.CORRECT:
            return Outcome(self.fixed, self.verdict, Action.CORRECTED)
        if self.fixed and mode is Mode.BLOCK:
            return Outcome(SAFE_TEXT, self.verdict, Action.BLOCKED)
        return Outcome(self.text, self.verdict, Action.ANNOTATED)


CASES = (
    Case("consistent", "planted-right", LAND.sad, LAND.right, Kind.CONSISTENT),
    Case("contradicted", "planted-wrong", LAND.sad, LAND.wrong, Kind.CONTRADICTED, fixed=LAND.right),
    Case("contradicted by one", "planted-wrong", DOUBTFUL.sad, DOUBTFUL.wrong, Kind.CONTRADICTED),
    Case("unable", "planted-wrong.neutral-refuses", LAND.sad, LAND.wrong, Kind.UNABLE),
    Case("crisis", "planted-wrong", LAND.crisis, LAND.wrong, Kind.CONTRADICTED, at_risk=True),
)
"""`contradicted` is corrected in mode correct and blocked in mode block."""
