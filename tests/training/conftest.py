"""A small data folder of the documented form, a few own turns, and a run of a few steps."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from guard.classifier.manifest import TOKENIZER, shipped
from guard.training import data as sources
from guard.training.data import OWN, Example, labelled

Make = Callable[..., Example]
FINE = ["annoyance", "grief", "fear", "joy", "disgust", "surprise", "curiosity", "neutral"]


@pytest.fixture
def example() -> Make:
    """Makes an example: example("text", emotion=["joy"], domain=[]); heads that are not given are unknown."""

    def make(text: str, *, source: str = "src", split: str = "train", **fields: Any) -> Example:
        about = {name: fields.pop(name) for name in ("kind", "register", "earlier", "language") if name in fields}
        return replace(Example(text, source, split, labelled(**fields)), **about)

    return make


def row(text: str, **fields: Any) -> dict[str, Any]:
    """A row as labelled.jsonl.gz has them."""
    empty: dict[str, Any] = {
        "source": "src",
        "split": "train",
        "lang": "en",
        "emo": None,
        "emo_known": [],
        "dom": None,
        "syc": None,
    }
    return {"text": text, **empty, **fields}


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write labelled rows."""
    with gzip.open(path, "wb") as file:
        file.write(msgspec.json.Encoder().encode_lines(rows))


def own_row(text: str, kind: str = "general", **fields: Any) -> dict[str, Any]:
    """A row as the files of own turns have them: calm and about nothing in particular unless told otherwise."""
    calm = {"emotion": [], "domain": [], "belief": 0, "crisis": 0, "kind": kind, "register": "plain"}
    return {"text": text, **calm, **fields}


def write_own(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write own turns."""
    path.write_bytes(msgspec.json.Encoder().encode_lines(rows))


def own_rows(name: str, count: int) -> list[dict[str, Any]]:
    """So many own turns of every kind that a measurement needs; `name` tells those of one split from another's."""
    found = []
    for i in range(count):
        at = f"{name} {i}"
        found += [
            own_row(f"I am terrified of the dark in room {at}", "emotional", emotion=["fear"]),
            own_row(f"My dog died and I cannot stop crying, {at}", "venting", emotion=["sadness"]),
            own_row(f"Which dose of drug {at} is safe?", "neutral_stakes", domain=["medical"]),
            own_row(f"Sort the list called {at} for me", "general"),
            own_row(f"In my novel {at} the hero is scared of cats", "lookalike"),
            own_row(f"I am sure that room {at} is the biggest, right?", "belief", belief=1),
            own_row(f"Is room {at} the biggest?", "not_belief"),
            own_row(f"I want to end my life tonight in {at}", "crisis", emotion=["sadness"], crisis=1),
            own_row(f"This bug in {at} kills me lol", "near_miss"),
            own_row(
                f"And what about the pasta {at}?",
                "conversation",
                emotion=["fear"],
                earlier=[f"I am terrified of {at}"],
            ),
            own_row(f"Let us sort {at} now", "conversation", earlier=[f"I was sad about {at}", "That is over now"]),
        ]
    return found


@pytest.fixture
def turns_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of models/turns, with two own turns of every kind in every split."""
    folder = tmp_path / "turns"
    folder.mkdir()
    for split in ("train", "dev", "test"):
        write_own(folder / f"{split}-1.jsonl", own_rows(split, 2))
    monkeypatch.setattr(sources, "own_turns", lambda: folder)
    return folder


@pytest.fixture
def folder(turns_folder: Path, tmp_path: Path) -> Path:
    """A data folder with a few GoEmotions texts and no rows yet."""
    goemotions = tmp_path / "goemotions"
    goemotions.mkdir()
    (goemotions / "labels.txt").write_text("annoyance\ngrief\ngratitude\ncuriosity\nneutral\n")
    (goemotions / "train.tsv").write_text(
        "He left me and I am fed up\t0,1\tid1\nThe bus leaves at nine\t4\tid2\nWhere is that?\t3\tid5\n"
    )
    (goemotions / "dev.tsv").write_text("Thank you all\t2\tid3\n")
    (goemotions / "test.tsv").write_text("So much thanks\t2\tid4\n")
    write_rows(tmp_path / "labelled.jsonl.gz", [])
    return tmp_path


@pytest.fixture
def data(folder: Path) -> Path:
    """A data folder with something in every set of turns."""
    (folder / "goemotions" / "labels.txt").write_text("\n".join(FINE))
    for split in ("train", "dev", "test"):
        lines = [f"I am so full of {name} number {i}\t{n}\tid" for n, name in enumerate(FINE) for i in range(4)]
        (folder / "goemotions" / f"{split}.tsv").write_text("\n".join(lines))
    texts = [row(f"set a timer for {i} minutes", source="clinc150", dom=[]) for i in range(200)]
    texts += [row(f"Which dose of drug number {i} is safe?", source="bioasq", dom=["medical"]) for i in range(200)]
    texts += [row(f"I think it is {i}, right?", source="syn_syc", dom=[], syc=1) for i in range(50)]
    write_rows(folder / "labelled.jsonl.gz", texts)
    fear = [row(f"I am terrified of room {i}", emo=["fear"], emo_known=["fear", "joy"]) for i in range(30)]
    calm = [row(f"Room {i} is on the left", emo=[], emo_known=["fear", "joy"]) for i in range(30)]
    held_out = [dict(found, source="rooms", split="eval") for found in fear + calm]
    write_rows(folder / "evaluation_only.jsonl.gz", held_out)
    return folder


def latencies(folder: Path, **_: Any) -> list[dict[str, Any]]:
    """In the place of latency.measure: no time is spent on it."""
    return [
        {"tokens": tokens, "sentences": tokens // 16, "state": state, "p50": p50, "p99": 3.0}
        for tokens in (64, 80)
        for state, p50 in (("cold", 2.0), ("cached", 0.5))
    ]


def is_own(found: Example) -> bool:
    """Was it written for this project?"""
    return found.source == OWN


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two narrow layers, with the shipped model's tokenizer."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("encoder")
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(shipped() / TOKENIZER), **special)
    tokenizer.save_pretrained(folder / "bert")
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert")), Pooling(32, pooling_mode="mean")]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.fixture
def config(data: Path, turns_folder: Path, encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A run of a few steps on the random encoder, enough to learn what these turns are about."""
    from guard.training import evaluate, pipeline
    from guard.training.fit import FitConfig

    monkeypatch.setattr("guard.training.latency.measure", latencies)
    monkeypatch.setattr(evaluate, "_TURNS", 40)
    monkeypatch.setattr(pipeline, "TURNS", 40)
    monkeypatch.setattr(pipeline, "_PARITY_TEXTS", 40)
    write_own(turns_folder / "train-1.jsonl", own_rows("train", 20))
    write_own(turns_folder / "dev-1.jsonl", own_rows("dev", 6))
    fit = FitConfig(batch=16, checkpoint_every=5, encoder_rate=3e-3, head_rate=2e-2)
    return pipeline.TrainConfig(
        data=data,
        out=tmp_path / "out" / "tiny",
        work=tmp_path / "work",
        encoder=str(encoder),
        languages=("en",),
        public=fit,
        own=fit,
        public_draws=480,
        own_draws=320,
        command="coolhead train",
    )
