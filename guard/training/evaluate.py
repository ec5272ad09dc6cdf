"""Measures a model folder on held-out data, and writes the scores into its manifest and card. Needs no torch."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from guard.classifier import manifest as manifests
from guard.classifier.manifest import Manifest
from guard.training import card, latency, measure, turns
from guard.training.data import Example, load, load_evaluation_only
from guard.training.scoring import Scorer

_TURNS = 1500
_SEED = 1
_MOST = 2000
"""Texts of one evaluation-only source."""

_ABOUT = {
    "singles": "texts of every source as they are, from their test splits",
    "emotional": "composed: a feeling of one test text and the request or question of another",
    "requests": "one or two ordinary requests, free of emotion and of high-stakes domains",
    "questions": "plain questions in a high-stakes domain, free of emotion",
    "own_questions": "written by hand: calm questions about oneself in a high-stakes domain",
    "goemotions": "the official test split",
    "dair_emotion": "out of distribution, evaluation only: tweets labelled by hashtag",
    "enisear": "out of distribution, evaluation only: descriptions of events that caused an emotion",
    "mqp": "out of distribution, evaluation only: medical questions of patients, emotion not labelled",
    "loneliness": "out of distribution, evaluation only: posts about loneliness",
}


def evaluate(folder: Path, data: Path, say: Callable[[str], None], *, full: Path | None = None) -> Manifest:
    """Measure, write manifest.json and CARD.md; `full` is the fp32 file, to tell what int8 costs.

    Raises:
        FileNotFoundError: data or model are not where they should be.
        ValueError: the model is not what its manifest promises.
    """
    manifest = manifests.read(folder)
    scorer = Scorer(folder / "model.onnx", folder / "tokenizer.json")
    examples = load(data)
    test = [e for e in examples if e.split == "test"]
    goemotions = [e for e in test if e.source == "goemotions"]
    composed = turns.build(test, count=_TURNS, seed=_SEED)
    found: dict[str, list[Example]] = {**composed, **_evaluation_only(data)}
    sets = []
    scored = {}
    for name, given in found.items():
        say(f"measuring on {name}: {len(given)} turns")
        scored[name] = measure.score(given, scorer, manifest.heads)
        sets.append(measure.measure(name, _ABOUT.get(name, ""), scored[name]))
        if name == "requests":
            sets[-1]["rows"].append(measure.flagged(scored[name]))
    say(f"measuring on goemotions: {len(goemotions)} turns")
    benchmark = measure.score(goemotions, scorer, manifest.heads)
    dev = [e for e in examples if e.source == "goemotions" and e.split == "dev"]
    rows = measure.ekman(benchmark, measure.score(dev, scorer, manifest.heads))
    sets.insert(0, measure.measure("goemotions", _ABOUT["goemotions"], benchmark))
    sets[0]["rows"] = rows + sets[0]["rows"]
    chat = measure.joined([scored[name] for name in composed])
    int8 = dict(manifest.scores.get("int8", {}))
    if full is not None:
        exact = measure.score(goemotions, Scorer(full, folder / "tokenizer.json"), manifest.heads)
        int8 = {"int8": _macro(benchmark), "fp32": _macro(exact)}
        int8["difference"] = round(int8["fp32"] - int8["int8"], 4)
    scores: dict[str, Any] = {
        "sets": sets,
        "int8": int8,
        "calibration_error": {head: round(measure.calibration_error(chat, head), 4) for head in manifest.heads},
        "load_average": round(os.getloadavg()[0], 1),
        "latency_ms": latency.measure(folder),
    }
    manifest = msgspec.structs.replace(manifest, scores=scores)
    manifests.write(folder, manifest)
    (folder / "CARD.md").write_text(card.render(manifest, (folder / "model.onnx").stat().st_size))
    return manifest


def _macro(scored: measure.Scored) -> float:
    """Macro-F1 over Ekman's six and neutral, as served."""
    return float(measure.ekman(scored, scored)[0]["value"])


def _evaluation_only(data: Path) -> dict[str, list[Example]]:
    rng = np.random.default_rng(_SEED)
    by_source: dict[str, list[Example]] = {}
    for example in load_evaluation_only(data):
        by_source.setdefault(example.source, []).append(example)
    return {
        name: [found[i] for i in sorted(rng.choice(len(found), min(_MOST, len(found)), replace=False))]
        for name, found in sorted(by_source.items())
    }
