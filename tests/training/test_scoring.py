"""Training scores texts exactly as the service will."""

import numpy as np

from guard.classifier import manifest as manifests
from guard.classifier.onnx import OnnxClassifier, reading_of
from guard.training.scoring import Scorer

TEXTS = ["I am so angry! Which form do I need to appeal?", "Sort this list.", "\u200b"]


def test_thresholds_are_chosen_on_the_scores_that_are_served() -> None:
    """The same pieces, the same maximum: the readings are equal to the last digit."""
    folder = manifests.shipped()
    logits = Scorer(folder / "model.onnx", folder / "tokenizer.json").logits(TEXTS)
    classifier = OnnxClassifier.load(folder)
    for text, row in zip(TEXTS[:2], logits, strict=False):
        assert reading_of(row.astype(np.float32), classifier.manifest) == classifier.score(text).reading
    classifier.close()
    assert (logits[2] < -10).all()
