"""Training scores texts exactly as the service will."""

import numpy as np
import pytest

from guard.classifier.labelling import Labelling
from guard.classifier.manifest import MODEL, TOKENIZER, shipped
from guard.classifier.onnx import OnnxClassifier
from guard.core.turn import Turn
from guard.training.labels import OUTPUTS
from guard.training.scoring import Scorer

TEXTS = ["I am so angry! Which form do I need to appeal?", "Sort this list.", "\u200b"]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """Of the shipped model."""
    return Scorer(shipped() / MODEL, shipped() / TOKENIZER)


def test_thresholds_are_chosen_on_the_scores_that_are_served(scorer: Scorer) -> None:
    """The same sentences, the same maximum: the readings are equal to the last digit."""
    logits = scorer.logits(TEXTS)
    classifier = OnnxClassifier.load(shipped())
    labelling = Labelling(classifier.manifest)
    try:
        for text, row in zip(TEXTS[:2], logits, strict=False):
            assert labelling.reading([labelling.probabilities(row)]) == classifier.score(Turn(text))
    finally:
        classifier.close()
    assert logits.shape == (3, len(OUTPUTS))


def test_a_text_without_words_is_nothing(scorer: Scorer) -> None:
    """It has no label, rather than stopping a run."""
    assert scorer.of(TEXTS[2]).max() < -10
    assert not scorer.has_words(TEXTS[2])
    assert scorer.has_words(TEXTS[1])


def test_a_text_is_scored_once(scorer: Scorer) -> None:
    """Thresholds, memory and scores ask for the same texts again and again."""
    assert scorer.of(TEXTS[0]) is scorer.of(TEXTS[0])


def test_the_whole_text_can_be_one_sentence(scorer: Scorer) -> None:
    """To tell what the maximum over sentences is worth: it differs where there are two, and only there."""
    whole = Scorer(shipped() / MODEL, shipped() / TOKENIZER, whole=True)

    assert np.abs(whole.of(TEXTS[0]) - scorer.of(TEXTS[0])).max() > 0.1
    assert whole.of(TEXTS[1]).tolist() == scorer.of(TEXTS[1]).tolist()
