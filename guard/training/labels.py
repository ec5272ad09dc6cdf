"""The outputs of the model, in order: all heads side by side."""

from guard.core.reading import DOMAINS, EMOTIONS

HEADS: dict[str, tuple[str, ...]] = {"emotion": EMOTIONS, "domain": DOMAINS, "belief": ("belief",)}
OUTPUTS = tuple(label for labels in HEADS.values() for label in labels)

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
}
"""GoEmotions' 28 labels to Ekman's six (Demszky et al. 2020, appendix)."""


def columns(head: str) -> slice:
    """Where the outputs of a head are."""
    start = sum(len(labels) for name, labels in HEADS.items() if _before(name, head))
    return slice(start, start + len(HEADS[head]))


def _before(name: str, head: str) -> bool:
    order = list(HEADS)
    return order.index(name) < order.index(head)
