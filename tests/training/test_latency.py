"""The texts that latency is measured on."""

from guard.classifier.manifest import shipped
from guard.classifier.pieces import Pieces
from guard.training import latency

TOKENIZER = shipped() / "tokenizer.json"


def test_texts_have_exactly_the_tokens_they_are_named_for() -> None:
    """64 tokens are four sentences of 16, and no two texts are alike, so that no cache helps."""
    found = latency.texts(TOKENIZER, 64, 20)
    pieces = Pieces(TOKENIZER, 96, 256)
    assert all([len(p.ids) for p in pieces.of(text)[0]] == [16] * 4 for text in found)
    assert len({sentence for text in found for sentence in text.split(". ")}) >= 75


def test_the_cache_is_faster() -> None:
    """Both states are measured, each with its median and 99th percentile."""
    cold, cached = latency.measure(shipped(), sizes=(32,), count=20)
    assert (cold["state"], cached["state"], cold["sentences"]) == ("cold", "cached", 2)
    assert cached["p50"] < cold["p50"] <= cold["p99"]
