"""A small data folder of the documented form."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from guard.training.data import Example
from guard.training.labels import HEADS, OUTPUTS, columns

Make = Callable[..., Example]


@pytest.fixture
def example() -> Make:
    """Makes an example: example("text", emotion=["joy"], domain=[]); heads that are not given are unknown."""

    def make(text: str, *, source: str = "src", split: str = "train", **heads: list[str]) -> Example:
        targets = np.full(len(OUTPUTS), np.nan, dtype=np.float32)
        for head, labels in heads.items():
            targets[columns(head)] = [float(label in labels) for label in HEADS[head]]
        return Example(text, source, split, targets)

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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with two GoEmotions texts and no rows yet."""
    goemotions = tmp_path / "goemotions"
    goemotions.mkdir()
    (goemotions / "labels.txt").write_text("annoyance\ngrief\ngratitude\nneutral\n")
    (goemotions / "train.tsv").write_text("He left me and I am fed up\t0,1\tid1\nThe bus leaves at nine\t3\tid2\n")
    (goemotions / "dev.tsv").write_text("Thank you all\t2\tid3\n")
    (goemotions / "test.tsv").write_text("So much thanks\t2\tid4\n")
    write_rows(tmp_path / "labelled.jsonl.gz", [])
    return tmp_path


@pytest.fixture
def data(folder: Path) -> Path:
    """A data folder with something in every set of turns."""
    texts = [row(f"set a timer for {i} minutes", source="clinc150", dom=[]) for i in range(300)]
    texts += [row(f"Which dose of drug number {i} is safe?", source="bioasq", dom=["medical"]) for i in range(300)]
    write_rows(folder / "labelled.jsonl.gz", texts)
    fear = [row(f"I am terrified of room {i}", emo=["fear"], emo_known=["fear", "joy"]) for i in range(30)]
    calm = [row(f"Room {i} is on the left", emo=[], emo_known=["fear", "joy"]) for i in range(30)]
    held_out = [dict(found, source="rooms", split="eval") for found in fear + calm]
    write_rows(folder / "evaluation_only.jsonl.gz", held_out)
    return folder
