"""The outputs of the model, in order: all heads side by side."""

from guard.core.reading import DOMAINS, EMOTIONS, NEUTRAL

EKMAN = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "joy": (
        *("joy", "amusement", "approval", "excitement", "gratitude", "love", "optimism", "relief", "pride"),
        *("admiration", "desire", "caring"),
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}
"""GoEmotions' 28 labels to Ekman's six and neutral (Demszky et al. 2020, appendix)."""

STATES = {
    "sadness": ("sadness", "disappointment", "grief", "remorse"),
    "anger": ("anger", "annoyance"),
    "fear": ("fear", "nervousness"),
    "joy": ("joy", "amusement", "excitement", "gratitude", "love", "relief", "pride"),
    "disgust": ("disgust",),
    "surprise": ("surprise",),
}
"""Those of GoEmotions' labels that are a state of the writer as the guide of the turns means it.

Curiosity and confusion are how every question sounds, approval and disapproval are opinions: of these, the
emotion of the same group is unknown.
"""

SERVED: dict[str, tuple[str, ...]] = {
    "emotion": EMOTIONS,
    "domain": DOMAINS,
    "belief": ("belief",),
    "crisis": ("crisis",),
}
"""The heads that a reading is made of."""

GOEMOTIONS = "goemotions"
HEADS = SERVED | {GOEMOTIONS: (*EMOTIONS, NEUTRAL)}
"""With the head that reads GoEmotions as its annotators did: it makes the benchmark comparable, and serves nothing."""

OUTPUTS = tuple(label for labels in HEADS.values() for label in labels)
FINE = tuple(label for labels in EKMAN.values() for label in labels)
"""GoEmotions' own labels: targets that help training, and that the exported model does not have."""

WIDTH = len(OUTPUTS) + len(FINE)
"""Columns of the training targets."""


def columns(head: str) -> slice:
    """Where the outputs of a head are."""
    names = list(HEADS)
    start = sum(len(HEADS[name]) for name in names[: names.index(head)])
    return slice(start, start + len(HEADS[head]))
