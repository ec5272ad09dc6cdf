"""What `coolhead eval detector` tells of a model on a file of labelled turns."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from guard.training import evaluate, measure
from guard.training.calibrate import Mask
from guard.training.data import Example, labelled
from guard.training.labels import SERVED
from guard.training.measure import Judge


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    emotion: list[str] | None = None
    domain: list[str] | None = None
    belief: bool | int | None = None
    crisis: bool | int | None = None
    earlier: list[str] = []
    kind: str = ""
    register: str = ""
    id: Any = None


def read(path: Path) -> list[Example]:
    """The turns of a file.

    Raises:
        ValueError: a line is not understood, or there is none.
    """
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=_Row)
            belief, crisis = (None if value is None else int(bool(value)) for value in (row.belief, row.crisis))
            targets = labelled(emotion=row.emotion, domain=row.domain, belief=belief, crisis=crisis)
        except (msgspec.DecodeError, ValueError) as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        found.append(Example(row.text, path.name, "test", targets, row.kind, row.register, tuple(row.earlier)))
    if not found:
        raise ValueError(f"{path} holds no turn")
    return found


def detector_report(path: Path, model: Path) -> dict[str, Any]:
    """Scores with intervals, confusion and reliability by head.

    Raises:
        OSError: a file is missing.
        ValueError: a line or the model is not understood.
    """
    examples = read(path)
    judge = Judge(model)
    scored = judge.score(examples)
    known: dict[str, Mask] = {head: np.asarray(~np.isnan(scored.head(head).targets).all(axis=1)) for head in SERVED}
    labelled_heads = [head for head in SERVED if known[head].any()]
    errors = {head: measure.calibration_error(scored.rows(known[head]).head(head)) for head in labelled_heads}
    return {
        "model": judge.manifest.revision,
        "turns": len(examples),
        "undetected": dict(Counter(reason for e in examples if (reason := judge.undetected(e.text)))),
        "rows": measure.measure("", "", scored)["rows"],
        "calibration_error": {head: error.rounded() for head, error in errors.items()},
        "confusion": evaluate.confusion(scored),
        "reliability": evaluate.reliability(scored),
    }
