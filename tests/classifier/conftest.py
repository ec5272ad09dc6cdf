"""The shipped model and its tokenizer, loaded once for all tests of the classifier."""

from collections.abc import Iterator

import pytest

from guard.classifier.manifest import TOKENIZER, shipped
from guard.classifier.onnx import OnnxClassifier
from guard.classifier.passage import Reader


@pytest.fixture(scope="session")
def loaded() -> Iterator[OnnxClassifier]:
    """The shipped model behind its classifier, without a cache."""
    classifier = OnnxClassifier.load(shipped(), cache_entries=0)
    yield classifier
    classifier.close()


@pytest.fixture(scope="session")
def reader() -> Reader:
    """As the service reads: 96 tokens of a sentence, 256 of a turn."""
    return Reader(shipped() / TOKENIZER, 96, 256)
