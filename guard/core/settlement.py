"""What a check means for the answer that it checked: what is delivered in its place, and what is said beside it."""

from dataclasses import dataclass
from enum import StrEnum

from guard.core.verdict import Kind, Verdict


class Action(StrEnum):
    """What was done to an answer."""

    NONE = "none"
    ANNOTATED = "annotated"
    """The verdict went out with it."""
    CORRECTED = "corrected"
    """Facts in it were changed."""
    BLOCKED = "blocked"
    """The operator's safe text went out in its place."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of a check that a delivery waits for."""

    verdict: Verdict
    action: Action = Action.ANNOTATED
    text: str | None = None
    """The whole text that takes the place of the answer's; None leaves it as it is."""
    note: str | None = None
    """Text that is appended to the answer."""
    action_failed: str | None = None
    """Why the mode's action was not taken although the verdict called for it."""
    pending: bool = False
    """The check goes on; `verdict` only says that it was late."""
    extra: bytes = b""
    """The `coolhead` object, as JSON."""


def is_confirmed(verdict: Verdict) -> bool:
    """Do two references contradict the answer? Nothing less is acted on."""
    return verdict.kind is Kind.CONTRADICTED and any(claim.confirmed for claim in verdict.claims)
