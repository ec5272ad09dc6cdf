"""The shipped model, loaded once for all tests of the classifier."""

from collections.abc import Iterator

import pytest

from guard.classifier.manifest import shipped
from guard.classifier.onnx import OnnxClassifier


@pytest.fixture(scope="session")
def loaded() -> Iterator[OnnxClassifier]:
    """The shipped model behind its classifier, without a cache."""
    classifier = OnnxClassifier.load(shipped(), cache_entries=0)
    yield classifier
    classifier.close()
