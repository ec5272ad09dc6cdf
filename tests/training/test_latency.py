"""The texts that latency is measured on."""

from guard.classifier import language
from guard.classifier.manifest import TOKENIZER, shipped
from guard.classifier.passage import Reader
from guard.training import latency


def test_texts_have_exactly_the_tokens_they_are_named_for() -> None:
    """64 tokens are four sentences, the two special ones among them; no two are alike, so that no cache helps."""
    found = latency.texts(shipped() / TOKENIZER, 64, 50)
    reader = Reader(shipped() / TOKENIZER, 96, 256)
    passages = [passage for text in found if (passage := reader.passage(text)) is not None]

    assert {(len(p.ids), p.lengths) for p in passages} == {(64, (14, 16, 16, 16))}
    assert len({sentence for p in passages for sentence in p.sentences}) == 200


def test_texts_are_taken_for_english() -> None:
    """A text in another language would be passed by without the model, and be fast for the wrong reason."""
    found = latency.texts(shipped() / TOKENIZER, 64, 50)

    assert sum(language.reads(text, ("en",)) for text in found) >= 49


def test_the_cache_is_faster() -> None:
    """Both states are measured, each with its median and 99th percentile."""
    cold, cached = latency.measure(shipped(), sizes=(32,), count=20)

    assert (cold["state"], cached["state"], cold["sentences"]) == ("cold", "cached", 2)
    assert cached["p50"] < cold["p50"] <= cold["p99"]
