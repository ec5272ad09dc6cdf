"""What a model folder promises: `manifest.json` with labels, thresholds, calibration and checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

NAME = "emotion-domain-en-v1"
"""The model that reads when no other is chosen."""
SHIPPED = (NAME,)

SCHEMA = "coolhead.detector/2"
MANIFEST = "manifest.json"
MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
CRISIS_RULES = "crisis_rules.txt"
ANY = "any"
"""In `thresholds`, the gate of a head."""
BINS = 10
"""Of the score histograms."""


class Output(msgspec.Struct, frozen=True):
    """One output: probability = sigmoid(scale * logit + shift), a label from `threshold` on."""

    label: str
    threshold: float
    scale: float = 1.0
    shift: float = 0.0


class Manifest(msgspec.Struct, frozen=True):
    """The manifest. `heads` are in the order of the model's outputs."""

    schema: str
    name: str
    languages: tuple[str, ...]
    files: dict[str, str]
    """File name to sha256."""
    max_tokens: int
    """Tokens of the longest sentence that is one; a longer one is taken in parts."""
    token_budget: int
    """Tokens of one turn that are read, the two special ones among them; of a longer one its ends are."""
    heads: Mapping[str, tuple[Output, ...]]
    """What a reading is made of; their outputs come first in the model, in this order."""
    gates: Mapping[str, float] = {}
    """By head, the probability that any of its labels applies from which on one is given: the gate decides whether,
    the thresholds which. A head without one has its thresholds alone."""
    unserved: Mapping[str, tuple[Output, ...]] = {}
    """Outputs that only measurements look at."""
    memory: Mapping[str, tuple[float, ...]] = {}
    """By head, what the user's message, the one before it and so on weigh; a head that is not here has none."""
    reference: Mapping[str, Mapping[str, tuple[float, ...]]] = {}
    """Shares of the probabilities in `BINS` equal bins on the turns that thresholds were chosen on, by head and label:
    what live traffic is compared with."""
    data: tuple[dict[str, Any], ...] = ()
    """Sources with licence and number of rows."""
    training: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    """Measured on data that was not trained on; CARD.md shows them."""

    @property
    def thresholds(self) -> dict[str, dict[str, float]]:
        """Where each label begins, by head; `any` is the head's gate."""
        return {
            head: {output.label: output.threshold for output in found}
            | ({ANY: self.gates[head]} if head in self.gates else {})
            for head, found in self.heads.items()
        }

    @property
    def revision(self) -> str:
        """The name and the first digits of the model's checksum."""
        return f"{self.name}@{self.files[MODEL][:8]}"


def read(folder: Path) -> Manifest:
    """The manifest of a model folder, whose files have been checked against it.

    Raises:
        FileNotFoundError: there is no manifest, or a file that it names is missing.
        ValueError: the manifest is broken, or a file is not the one it names.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise FileNotFoundError(f"{folder} holds no {MANIFEST}; it must be a folder that `coolhead train` made")
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} is broken: {error}") from None
    if manifest.schema != SCHEMA:
        raise ValueError(f"{path} has schema {manifest.schema}; this version reads {SCHEMA}")
    for name, expected in manifest.files.items():
        found = sha256(folder / name)
        if found != expected:
            raise ValueError(f"{folder / name} has sha256 {found}, its manifest says {expected}; it is refused")
    return manifest


def write(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json so that people and diffs can read it."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST).write_bytes(text + b"\n")


def sha256(path: Path) -> str:
    """The checksum of a file as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shipped(name: str = NAME) -> Path:
    """The folder of a shipped model: in a checkout beside the package, in a wheel inside it."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_models"
    return (inside if inside.is_dir() else package.parent / "models") / name


def folder_of(model: str | None) -> Path:
    """The folder of a shipped model, given by name, or of another, given by path; by default the English one."""
    name = model or NAME
    return shipped(name) if name in SHIPPED else Path(name)
