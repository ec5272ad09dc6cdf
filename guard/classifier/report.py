"""A reading as the JSON object that `coolhead classify` and POST /coolhead/v1/classify give."""

from collections.abc import Mapping
from typing import Any

from guard.core.reading import Reading, Undetected

INVALID_INPUT = "invalid_input"
"""Reason given for a line that is not understood."""


def report(reading: Reading | Undetected | str, id: object, flagged: bool) -> dict[str, Any]:
    """The object; of an undetected turn it says why, and every probability is absent."""
    if not isinstance(reading, Reading):
        return {
            "id": id,
            "detected": False,
            "reason": str(reading),
            "emotion": {},
            "emotion_labels": [],
            "domain": {},
            "domain_labels": [],
            "belief": None,
            "belief_label": None,
            "crisis": None,
            "crisis_label": None,
            "flagged": False,
            "model": None,
        }
    return {
        "id": id,
        "detected": True,
        "reason": None,
        "emotion": dict(reading.emotion),
        "emotion_labels": list(reading.emotion_labels),
        "domain": dict(reading.domain),
        "domain_labels": list(reading.domain_labels),
        "belief": reading.belief,
        "belief_label": reading.belief_label,
        "crisis": reading.crisis,
        "crisis_label": reading.crisis_label,
        "flagged": flagged,
        "model": reading.model,
    }


def detailed(
    reading: Reading | Undetected,
    id: object,
    flagged: bool,
    *,
    thresholds: Mapping[str, Mapping[str, float]],
    timing_ms: float,
) -> dict[str, Any]:
    """The object of a single text, which also tells thresholds and timing."""
    truncated = isinstance(reading, Reading) and reading.truncated
    return report(reading, id, flagged) | {
        "thresholds": {head: dict(found) for head, found in thresholds.items()},
        "truncated": truncated,
        "timing_ms": round(timing_ms, 3),
    }
