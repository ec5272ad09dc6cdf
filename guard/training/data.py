"""Labelled sources to training examples. Labels are partial: what a source did not annotate stays unknown."""

import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from guard.classifier.manifest import shipped
from guard.core.reading import DOMAINS, EMOTIONS
from guard.training.labels import EKMAN, FINE, GOEMOTIONS, HEADS, OUTPUTS, STATES, WIDTH, columns

Targets = NDArray[np.float32]
"""One value for each output and each of GoEmotions' own labels: 1, 0, or NaN where it is unknown."""

OWN = "own_turns"
"""Source of the turns that were written for this project."""

ENGLISH = "en"
_LANGUAGES = {"eng": "en", "deu": "de", "esp": "es", "ptbr": "pt", "ptmz": "pt"}
"""Brighter's codes."""
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
    r"|money|401k|w-?2\b|\bapr\b|fund|broker|salary|insur|visa|passport|cough|rash|sleep|insomnia|stress|depress|anxi|suicid|therap|vaccin|conspir|kill|weapon|bomb|gun|murder|trump|covid|rent|debt|immigra",
    re.IGNORECASE,
)
_PRESSES = re.compile(
    r"right\?|am i (?:right|wrong)|agree|correct\?|i think|i believe|i'm sure|pretty sure|confirm|back me up|prove me",
    re.IGNORECASE,
)
_DANGEROUS = re.compile(
    r"suicid|kill|\bdie\b|dying|dead|death|murder|hurt(?:ing)? my|self.?harm|cutting|overdos|end it|jump|weapon|gun\b"
    r"|knife|abus|hit me|beat|rape|stalk|threat|poison|breath|emergency|911|999",
    re.IGNORECASE,
)
_MIXED = frozenset(["clinc150", "slabs_benign"])
"""Requests of all kinds, some of them in a domain."""
_MAY_BE_CRISES = frozenset(["advbench", "ailuminate", "counsel_chat", "dreaddit", "harmbench", "sad"])
"""Sources in which a life at risk is nothing unusual, and is not annotated."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known about it."""

    text: str
    source: str
    split: str
    targets: Targets
    kind: str = ""
    """Of an own turn, as GUIDE.md defines it."""
    register: str = ""
    earlier: tuple[str, ...] = ()
    """User messages before it, oldest first; the emotion is then that of the conversation."""
    language: str = ENGLISH

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


class _OwnRow(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    emotion: list[str]
    domain: list[str]
    belief: int
    crisis: int
    kind: str
    register: str
    earlier: list[str] = []
    lang: str = ""
    """Some authors wrote it down; the file name says it."""


def own_turns() -> Path:
    """The folder of the turns that were written for this project."""
    return shipped().parent / "turns"


def load(folder: Path, languages: Collection[str] = (ENGLISH,)) -> list[Example]:
    """The own turns and all examples below `folder` in these languages; GoEmotions from its original files.

    Raises:
        FileNotFoundError: the folder does not hold the data.
    """
    examples = [e for e in load_own(own_turns()) if e.language in languages]
    if ENGLISH in languages:
        examples += _goemotions(folder / "goemotions")
    with gzip.open(folder / "labelled.jsonl.gz") as lines:
        rows = (msgspec.json.decode(line, type=_Row) for line in lines)
        found = (_example(row) for row in rows if row.source != GOEMOTIONS)
        examples += [example for example in found if example.language in languages]
    return [example for example in _hold_out(examples) if not np.isnan(example.targets).all()]


def _hold_out(examples: list[Example]) -> Iterator[Example]:
    """Give every source a dev and a test split: a tenth each by checksum, or half of a lone test split."""
    splits: dict[str, set[str]] = {OWN: {"dev"}}
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


def load_own(folder: Path) -> list[Example]:
    """Own turns. The file name begins with their split: an author's pass is in one split only.

    Those in the folder itself are English; below `multilingual/` the name ends with the language.

    Raises:
        ValueError: a line is not as GUIDE.md says.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")) + sorted(folder.glob("multilingual/*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            try:
                row = msgspec.json.decode(line, type=_OwnRow)
                targets = labelled(emotion=row.emotion, domain=row.domain, belief=row.belief, crisis=row.crisis)
            except (msgspec.DecodeError, ValueError) as error:
                raise ValueError(f"{path}:{number}: {error}") from None
            if row.kind == "crisis":
                # The guide leaves open what somebody feels who says goodbye calmly, and what such a turn is about.
                targets[columns("emotion")] = targets[columns("domain")] = np.nan
            split = path.name.partition("-")[0]
            language = path.stem.rpartition("-")[2] if path.parent != folder else ENGLISH
            found.append(Example(row.text, OWN, split, targets, row.kind, row.register, tuple(row.earlier), language))
    return found


def labelled(**heads: list[str] | int | None) -> Targets:
    """Targets of given labels; a head that is missing or None stays unknown.

    Raises:
        ValueError: there is no such label.
    """
    targets = _unknown()
    for head, found in heads.items():
        if found is None:
            continue
        if isinstance(found, int):
            targets[columns(head)] = float(found)
            continue
        if wrong := sorted(set(found) - set(HEADS[head])):
            raise ValueError(f"{head} knows no {', '.join(wrong)}; it knows {', '.join(HEADS[head])}")
        targets[columns(head)] = [float(label in found) for label in HEADS[head]]
    return targets


def _goemotions(folder: Path) -> Iterator[Example]:
    names = (folder / "labels.txt").read_text().split()
    for split in ("train", "dev", "test"):
        for line in (folder / f"{split}.tsv").read_text().splitlines():
            text, ids, _ = line.split("\t")
            found = {names[int(number)] for number in ids.split(",")}
            targets = _unknown()
            targets[len(OUTPUTS) :] = [float(label in found) for label in FINE]
            targets[columns(GOEMOTIONS)] = [float(bool(found & set(EKMAN[label]))) for label in HEADS[GOEMOTIONS]]
            targets[columns("emotion")] = [_state(label, found) for label in EMOTIONS]
            _assume(targets, text)
            yield Example(text, GOEMOTIONS, split, targets)


def _state(label: str, found: set[str]) -> float:
    if found & set(STATES[label]):
        return 1.0
    return float("nan") if found & set(EKMAN[label]) else 0.0


def _example(row: _Row) -> Example:
    targets = _unknown()
    language = _LANGUAGES.get(row.lang, row.lang)
    emotion = targets[columns("emotion")]
    for position, label in enumerate(EMOTIONS):
        if label in row.emo_known:
            emotion[position] = float(label in (row.emo or ()))
    if row.source in _FREE_OF_EMOTION:
        emotion[:] = np.nan if _FEELS.search(row.text) else 0.0
    if row.dom is not None:
        domains = {_DOMAIN_NAMES.get(name, name) for name in row.dom}
        # "None" was not annotated with our domains in mind: "how do i get rid of a rash" is among them.
        unsure = not domains and row.source in _MIXED and _TOPICAL.search(row.text)
        targets[columns("domain")] = np.nan if unsure else [float(label in domains) for label in DOMAINS]
    if row.syc is not None:
        targets[columns("belief")] = float(row.syc)
    if language == ENGLISH:
        _assume(targets, row.text)
    if row.source in _MAY_BE_CRISES:
        targets[columns("crisis")] = np.nan
    return Example(row.text, row.source, row.split, targets, language=language)


def _assume(targets: Targets, text: str) -> None:
    """Fill in what is almost surely absent: a domain, a belief or a crisis without any of its words."""
    if np.isnan(targets[columns("domain")]).all() and not _TOPICAL.search(text):
        targets[columns("domain")] = 0.0
    if np.isnan(targets[columns("belief")]).all() and not _PRESSES.search(text):
        targets[columns("belief")] = 0.0
    if not _DANGEROUS.search(text):
        targets[columns("crisis")] = 0.0


def _unknown() -> Targets:
    return np.full(WIDTH, np.nan, dtype=np.float32)
