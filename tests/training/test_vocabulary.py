"""An encoder without the words of other languages reads the kept ones just as before."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("wordfreq", reason="wordfreq comes with the extra `train`")

from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

from guard.training.vocabulary import prune

WORDS = "embeddings.word_embeddings.weight"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁the", "▁слово", "▁", "t", "h", "e", "я", "▁and", "😢", "9", "<mask>"]


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A folder with a unigram tokenizer and one weight a token."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    scores = {"▁the": -2.0, "▁and": -3.0, "▁слово": -3.0, "▁": -4.0}
    tokenizer = Tokenizer(models.Unigram([(p, scores.get(p, -9.0)) for p in PIECES], unk_id=3, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    rows = np.arange(len(PIECES), dtype=np.float32)[:, None] * np.ones((1, 2), dtype=np.float32)
    save_file({WORDS: rows, "encoder.other": np.ones(3, dtype=np.float32)}, folder / "model.safetensors")
    (folder / "config.json").write_bytes(msgspec.json.encode({"vocab_size": len(PIECES), "pad_token_id": 1}))
    return folder


def test_what_is_kept_means_the_same(encoder: Path, tmp_path: Path) -> None:
    """English words, signs and special tokens stay with their vectors; words of other scripts go."""
    kept = prune(encoder, tmp_path / "out", ["en"])
    before, after = (Tokenizer.from_file(str(f / "tokenizer.json")) for f in (encoder, tmp_path / "out"))
    weights = load_file(tmp_path / "out" / "model.safetensors")
    text = "the and 9 😢"
    vectors = weights[WORDS][after.encode(text).ids]

    assert before.encode(text).tokens == after.encode(text).tokens
    assert vectors[:, 0].tolist() == before.encode(text).ids
    assert kept == after.get_vocab_size() == len(weights[WORDS])
    assert {"▁слово", "я"} & after.get_vocab().keys() == set()
    assert msgspec.json.decode((tmp_path / "out" / "config.json").read_bytes()) == {
        "vocab_size": kept,
        "pad_token_id": after.token_to_id("<pad>"),
    }
    assert weights["encoder.other"].tolist() == [1, 1, 1]
