"""Readings to test with."""

from guard.core.reading import DOMAINS, EMOTIONS, Reading


def reading(*labels: str, belief: bool | None = None, crisis: bool | None = None, emotion: bool = True) -> Reading:
    """A reading with these labels; the first of each head is the most probable. Without `emotion` none is inferred."""
    emotions = tuple(label for label in labels if label in EMOTIONS and emotion)
    domains = tuple(label for label in labels if label in DOMAINS)
    scores = {label: 0.9 - 0.1 * rank for group in (emotions, domains) for rank, label in enumerate(group)}
    return Reading(
        emotion={name: scores.get(name, 0.01) for name in EMOTIONS if emotion},
        emotion_labels=emotions,
        domain={name: scores.get(name, 0.01) for name in DOMAINS},
        domain_labels=domains,
        belief=None if belief is None else float(belief),
        belief_label=belief,
        crisis=None if crisis is None else float(crisis),
        crisis_label=crisis,
        model="test@00000000",
    )
