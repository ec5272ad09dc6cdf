"""Labelled sources to training examples. Labels are partial: what a source did not annotate stays unknown."""

import gzip
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from guard.core.reading import DOMAINS, EMOTIONS
from guard.training.labels import EKMAN, OUTPUTS, columns

Targets = NDArray[np.float32]
"""One value for each output: 1, 0, or NaN where it is unknown."""

OWN = "own_questions"
OWN_QUESTIONS = Path(__file__).with_name("own_questions.jsonl")

_DOMAIN_NAMES = {"disinfo": "disinformation"}
_FREE_OF_EMOTION = frozenset(
    [
        "clinc150",
        "slabs_benign",
        "nq",
        "hotpotqa",
        "cqadupstack",
        "longfact",
        "bioasq",
        "pubmedqa",
        "epidemicqa",
        "fiqa",
        "climate_fever",
    ]
)
"""Sources of plain requests and questions; nobody feels anything in them (but see `_FEELS`)."""
_FEELS = re.compile(
    r"\bI(?:'m| am| feel| felt|'ve been)\b.{0,40}\b(?:sad|scared|afraid|anxious|angry|upset|overwhelm\w*|lonely|alone"
    r"|stress\w*|depress\w*|worried|happy|excited|hurt|frustrat\w*|hate|love|cry\w*|hopeless|nervous|ashamed)\b",
    re.IGNORECASE,
)
_TOPICAL = re.compile(
    r"health|medic|doctor|symptom|disease|cancer|drug|pain|law|legal|court|sue\b|police|tax|invest|stock|loan|bank"
    r"|money|depress|anxi|suicid|therap|vaccin|conspir|kill|weapon|bomb|gun|murder|trump|covid|rent|debt|immigra",
    re.IGNORECASE,
)
_PRESSES = re.compile(
    r"right\?|am i (?:right|wrong)|agree|correct\?|i think|i believe|i'm sure|pretty sure|confirm|back me up|prove me",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known about it."""

    text: str
    source: str
    split: str
    targets: Targets

    def head(self, name: str) -> Targets:
        """The targets of one head."""
        return self.targets[columns(name)]


class _Row(msgspec.Struct):
    text: str
    source: str
    split: str
    lang: str
    emo: list[str] | None
    emo_known: list[str]
    dom: list[str] | None
    syc: int | None


class _OwnRow(msgspec.Struct):
    text: str
    split: str
    dom: list[str]


def load(folder: Path) -> list[Example]:
    """All English examples below `folder`; GoEmotions from its original files, with all six emotions.

    Raises:
        FileNotFoundError: the folder does not hold the data.
    """
    examples = [*_own_questions(), *_goemotions(folder / "goemotions")]
    with gzip.open(folder / "labelled.jsonl.gz") as lines:
        rows = (msgspec.json.decode(line, type=_Row) for line in lines)
        examples += [_example(row) for row in rows if row.lang in ("en", "eng") and row.source != "goemotions"]
    return [example for example in _hold_out(examples) if not np.isnan(example.targets).all()]


def _hold_out(examples: list[Example]) -> Iterator[Example]:
    """Give every source a dev and a test split: a tenth each by checksum, or half of a lone test split."""
    splits: dict[str, set[str]] = {}
    for example in examples:
        splits.setdefault(example.source, set()).add(example.split)
    for example in examples:
        bucket = zlib.crc32(example.text.encode()) % 10
        match splits[example.source], example.split:
            case known, "train" if known == {"train"} and bucket < 2:
                yield replace(example, split="dev" if bucket else "test")
            case known, "test" if "dev" not in known and bucket < 5:
                yield replace(example, split="dev")
            case _:
                yield example


def load_evaluation_only(folder: Path) -> list[Example]:
    """The sets whose licences allow to measure on them and not to train."""
    with gzip.open(folder / "evaluation_only.jsonl.gz") as lines:
        rows = (msgspec.json.decode(line, type=_Row) for line in lines)
        return [_example(row) for row in rows if row.lang == "en"]


def _own_questions() -> Iterator[Example]:
    """Calm questions as people ask them about themselves, each written by hand; for dev and test only."""
    for line in OWN_QUESTIONS.read_bytes().splitlines():
        row = msgspec.json.decode(line, type=_OwnRow)
        targets = np.zeros(len(OUTPUTS), dtype=np.float32)
        targets[columns("domain")] = [float(label in row.dom) for label in DOMAINS]
        yield Example(row.text, OWN, row.split, targets)


def _goemotions(folder: Path) -> Iterator[Example]:
    names = (folder / "labels.txt").read_text().split()
    ekman = {fine: coarse for coarse, fines in EKMAN.items() for fine in fines}
    for split in ("train", "dev", "test"):
        for line in (folder / f"{split}.tsv").read_text().splitlines():
            text, ids, _ = line.split("\t")
            found = {ekman.get(names[int(number)]) for number in ids.split(",")}
            targets = _unknown()
            targets[columns("emotion")] = [float(label in found) for label in EMOTIONS]
            _assume(targets, text)
            yield Example(text, "goemotions", split, targets)


def _example(row: _Row) -> Example:
    targets = _unknown()
    emotion = targets[columns("emotion")]
    for position, label in enumerate(EMOTIONS):
        if label in row.emo_known:
            emotion[position] = float(label in (row.emo or ()))
    if row.source in _FREE_OF_EMOTION:
        emotion[:] = np.nan if _FEELS.search(row.text) else 0.0
    if row.dom is not None:
        domains = {_DOMAIN_NAMES.get(name, name) for name in row.dom}
        targets[columns("domain")] = [float(label in domains) for label in DOMAINS]
    if row.syc is not None:
        targets[columns("belief")] = float(row.syc)
    _assume(targets, row.text)
    return Example(row.text, row.source, row.split, targets)


def _assume(targets: Targets, text: str) -> None:
    """Fill in what is almost surely absent: a domain without any of its words, a belief without pressing."""
    if np.isnan(targets[columns("domain")]).all() and not _TOPICAL.search(text):
        targets[columns("domain")] = 0.0
    if np.isnan(targets[columns("belief")]).all() and not _PRESSES.search(text):
        targets[columns("belief")] = 0.0


def _unknown() -> Targets:
    return np.full(len(OUTPUTS), np.nan, dtype=np.float32)


SHARES = {"emotion": 0.40, "domain": 0.26, "general": 0.24, "belief": 0.10}
"""What a batch is drawn from, on average."""

_COMPOSED = 0.35
"""Share of drawn questions that get an emotional sentence beside them."""


def draws(examples: list[Example], count: int, seed: int) -> list[Example]:
    """`count` training examples with the wanted mix; some are composed of a feeling and a question."""
    rng = random.Random(seed)
    pools = _pools(examples)
    feelings = [e for e in pools["emotion"] if e.head("emotion").sum() == 1 and 4 <= len(e.text.split()) <= 25]
    by_emotion = [[e for e in feelings if e.head("emotion")[i] == 1] for i in range(len(EMOTIONS))]
    drawn = []
    for pool in rng.choices(list(SHARES), list(SHARES.values()), k=count):
        example = rng.choice(pools[pool])
        if pool != "emotion" and rng.random() < _COMPOSED and not np.isnan(example.head("emotion")).any():
            example = compose(rng.choice(rng.choice(by_emotion)), example, rng.random() < 0.7)
        drawn.append(example)
    return drawn


def compose(feeling: Example, question: Example, feeling_first: bool) -> Example:
    """A chat-like turn: the feeling of one text and the question of another, labels united."""
    parts = (feeling.text, question.text) if feeling_first else (question.text, feeling.text)
    targets = question.targets.copy()
    targets[columns("emotion")] = feeling.head("emotion")
    return Example(" ".join(parts), f"{feeling.source}+{question.source}", question.split, targets)


def _pools(examples: list[Example]) -> dict[str, list[Example]]:
    return {
        "emotion": [e for e in examples if e.source in ("goemotions", "brighter")],
        "domain": [e for e in examples if np.nansum(e.head("domain")) > 0],
        "general": [
            e for e in examples if e.source not in ("goemotions", "brighter", "syn_syc") and not e.head("domain").any()
        ],
        "belief": [e for e in examples if e.source == "syn_syc"],
    }
