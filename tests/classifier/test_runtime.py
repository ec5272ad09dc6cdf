"""The model runs each piece at its own length, and remembers scores without revealing texts."""

import numpy as np
import pytest

from guard.classifier.manifest import shipped
from guard.classifier.pieces import Piece, Pieces
from guard.classifier.runtime import Runtime

MODEL = shipped() / "model.onnx"


@pytest.fixture(scope="module")
def found() -> list[Piece]:
    """A short and a long sentence."""
    pieces, _ = Pieces(shipped() / "tokenizer.json", 96, 256).of(
        "I feel awful. Could you tell me how many tablets of this medicine an adult may take within one day?"
    )
    return pieces


def test_a_neighbour_changes_nothing(found: list[Piece]) -> None:
    """A piece scores the same alone and beside a longer one: nothing is padded."""
    runtime = Runtime(MODEL, 0)
    together = runtime.logits(found)
    alone = np.concatenate([runtime.logits([piece]) for piece in found])
    np.testing.assert_array_equal(together, alone)


def test_a_known_piece_is_not_scored_again(found: list[Piece]) -> None:
    """Chats resend their history: the second time comes from the cache, with the same scores."""
    runtime = Runtime(MODEL, 10)
    first = runtime.logits(found)
    second = runtime.logits(found)
    np.testing.assert_array_equal(first, second)
    assert (runtime.hits, runtime.misses) == (2, 2)


def test_the_cache_is_bounded(found: list[Piece]) -> None:
    """The least recently used scores go first; a cache of nothing works too."""
    one, none = Runtime(MODEL, 1), Runtime(MODEL, 0)
    for _ in range(2):
        one.logits(found)
        none.logits(found)
    assert one.hits == none.hits == 0


def test_the_cache_does_not_tell_what_was_said(found: list[Piece]) -> None:
    """Its keys are digests with a secret of the process: another process has others for the same text."""
    keys = []
    for _ in range(2):
        runtime = Runtime(MODEL, 10)
        runtime.logits(found)
        keys.append(set(runtime._cache))
    assert not keys[0] & keys[1]
    assert all(b"awful" not in key and len(key) == 16 for key in keys[0])
