"""What the classifier found in a turn, or why it found nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

EMOTIONS = ("sadness", "anger", "fear", "joy", "disgust", "surprise")
"""Emotional states of the writer; none of them is `neutral`."""

DOMAINS = ("medical", "mental_health", "legal", "financial", "disinformation")
"""High-stakes domains of the question; none of them is `general`."""

NEUTRAL = "neutral"
GENERAL = "general"
UNDETECTED = "undetected"


@dataclass(frozen=True, slots=True)
class Reading:
    """Calibrated probabilities, and the labels whose threshold they reached.

    A head that the model does not have, or that is switched off, is None or empty: unknown, which is not the same as
    absent.
    """

    emotion: Mapping[str, float]
    emotion_labels: tuple[str, ...]
    domain: Mapping[str, float]
    domain_labels: tuple[str, ...]
    belief: float | None
    belief_label: bool | None
    crisis: float | None
    crisis_label: bool | None
    model: str
    """Revision of the model: its name and the first digits of its checksum."""
    truncated: bool = False
    """Only a part of the text was read, because it is longer than the budget."""

    @property
    def main_emotion(self) -> str:
        """The most probable emotion that reached its threshold, else `neutral`; `undetected` if none was looked for."""
        if not self.emotion:
            return UNDETECTED
        return max(self.emotion_labels, key=self.emotion.__getitem__, default=NEUTRAL)

    @property
    def main_domain(self) -> str:
        """The most probable domain that reached its threshold, else `general`."""
        return max(self.domain_labels, key=self.domain.__getitem__, default=GENERAL)

    @property
    def scores(self) -> dict[str, Mapping[str, float]]:
        """Every probability, by head and label; a head that was not read has none."""
        return {
            "emotion": self.emotion,
            "domain": self.domain,
            "belief": {} if self.belief is None else {"belief": self.belief},
            "crisis": {} if self.crisis is None else {"crisis": self.crisis},
        }


class Undetected(StrEnum):
    """Why a turn was not read. It is counted as undetected, never as neutral."""

    DEADLINE = "deadline"
    """The reading was not there when the first byte of the answer was."""
    OVERLOAD = "overload"
    """The bounded queue of the classifier was full."""
    ERROR = "error"
    """The classifier raised; a bug of ours."""
    NO_TEXT = "no_text"
    """The request has no user text, or is not one we understand."""
    LANGUAGE = "language"
    """The text is in a language that the model does not read well."""
    OFF = "off"
    """The turn's mode is off."""
