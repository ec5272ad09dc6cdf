"""The part of a multilingual encoder's vocabulary that some languages need: most of such an encoder are its words.

A unigram tokenizer without its rarer pieces still reads every text, in smaller pieces.
"""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from wordfreq import top_n_list, word_frequency

_WEIGHTS = "model.safetensors"
_WORDS = "embeddings.word_embeddings.weight"
_WORDS_OF_LANGUAGE = 100_000
_FORMS = ((str, 1.0), (str.title, 0.15), (str.upper, 0.02))
"""How words are written, and how often, roughly: the word lists are in small letters."""
_LAST_LATIN = "\u024f"
_COVERED = 0.999
"""Of the tokens of the word lists, by frequency."""


def prune(encoder: Path, out: Path, languages: Sequence[str]) -> int:
    """Write an encoder with the tokens that the words of `languages` need, and all single signs, to `out`.

    `encoder` is a folder with a BERT in model.safetensors and a unigram tokenizer. Returns the number of tokens kept.
    """
    out.mkdir(parents=True, exist_ok=True)
    for path in encoder.iterdir():
        if path.is_file() and path.name not in (_WEIGHTS, "tokenizer.json", "config.json"):
            shutil.copyfile(path, out / path.name)
    source = encoder / "tokenizer.json"
    kept = _kept(source, languages)
    weights = load_file(encoder / _WEIGHTS)
    weights[_WORDS] = np.ascontiguousarray(weights[_WORDS][kept])
    save_file(weights, out / _WEIGHTS, metadata={"format": "pt"})
    (out / "tokenizer.json").write_bytes(msgspec.json.encode(_tokenizer(source, kept)))
    about = msgspec.json.decode((encoder / "config.json").read_bytes())
    pad = kept.index(about["pad_token_id"])
    (out / "config.json").write_bytes(msgspec.json.encode(about | {"vocab_size": len(kept), "pad_token_id": pad}))
    return len(kept)


def _kept(tokenizer: Path, languages: Sequence[str]) -> list[int]:
    """Ids of the tokens that stay, in order."""
    found = Tokenizer.from_file(str(tokenizer))
    used: dict[int, float] = defaultdict(float)
    for language in languages:
        words = top_n_list(language, _WORDS_OF_LANGUAGE)
        for form, share in _FORMS:
            encoded = found.encode_batch([form(word) for word in words], add_special_tokens=False)
            for word, tokens in zip(words, encoded, strict=True):
                for token in tokens.ids:
                    used[token] += word_frequency(word, language) * share
    ranked = sorted(used.items(), key=lambda item: -item[1])
    shares = np.cumsum([share for _, share in ranked]) / sum(used.values())
    common = {token for token, _ in ranked[: int(np.searchsorted(shares, _COVERED)) + 1]}
    described = msgspec.json.decode(tokenizer.read_bytes())
    special = {token["id"] for token in described["added_tokens"]}
    pieces = enumerate(piece for piece, _ in described["model"]["vocab"])
    return sorted(common | special | {token for token, piece in pieces if _is_sign(piece)})


def _is_sign(piece: str) -> bool:
    """A single digit, punctuation mark, emoji or Latin letter, or the mark of a word's beginning."""
    sign = piece.lstrip("▁")
    return len(sign) <= 1 and not (sign.isalpha() and sign > _LAST_LATIN)


def _tokenizer(path: Path, kept: list[int]) -> dict[str, Any]:
    """The tokenizer's description with the kept tokens only, under their new ids."""
    described: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    new = {old: position for position, old in enumerate(kept)}
    described["model"]["vocab"] = [described["model"]["vocab"][old] for old in kept]
    described["model"]["unk_id"] = new[described["model"]["unk_id"]]
    for token in described["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in described["post_processor"]["special_tokens"].values():
        token["ids"] = [new[old] for old in token["ids"]]
    return described
