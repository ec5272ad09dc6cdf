"""A reading as the JSON object that `coolhead classify --jsonl` and POST /coolhead/v1/classify give."""

from typing import Any

from guard.core.reading import Reading, Undetected


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
