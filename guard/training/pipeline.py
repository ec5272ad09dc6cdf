"""`coolhead train`, from data to a model folder: fit, export, calibrate, measure, write the card."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from guard.classifier import manifest as manifests
from guard.classifier.manifest import Manifest, Output
from guard.training import calibrate, evaluate, export, turns
from guard.training.data import Example, draws, load
from guard.training.fit import Detector, FitConfig, encoder_checksum, fit
from guard.training.labels import HEADS
from guard.training.scoring import MAX_TOKENS, TOKEN_BUDGET, Scorer
from guard.training.sources import ENCODER, ENCODER_LICENCE, ENCODER_SHA256, LICENCES

Say = Callable[[str], None]

TURNS = 1500
"""Turns of each kind that thresholds are chosen on."""

_PARITY_TEXTS = 400


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """What `coolhead train` is asked for."""

    data: Path
    out: Path
    work: Path
    fit: FitConfig
    examples: int
    """Draws for training."""
    command: str
    """How to do it again, for the card."""


def train(config: TrainConfig, say: Say) -> Manifest:
    """Train and write the model folder; goes on where an earlier run with the same work folder ended.

    Raises:
        FileNotFoundError: the data is not where it should be.
        ValueError: a source has no known licence, or the export differs from what was trained.
    """
    examples = load(config.data)
    sources = _sources(examples)
    chosen = draws([e for e in examples if e.split == "train"], config.examples, config.fit.seed)
    say(f"{len(examples)} labelled texts, {len(chosen)} draws for training")
    detector = fit(chosen, config.fit, config.work)
    say("exporting to int8")
    dev = [e for e in examples if e.split == "dev"]
    step = max(1, len(dev) // _PARITY_TEXTS)
    parity = _export(detector, config, [e.text for e in dev[::step]])
    say("calibrating on dev turns")
    goals = calibrate.Goals()
    manifest = Manifest(
        schema=manifests.SCHEMA,
        name=config.out.name,
        languages=("en",),
        files={name: manifests.sha256(config.out / name) for name in ("model.onnx", "tokenizer.json")},
        max_tokens=MAX_TOKENS,
        token_budget=TOKEN_BUDGET,
        heads=_calibrated(config.out, dev, goals, config.fit.seed),
        data=sources,
        training={
            "command": config.command,
            "encoder": _encoder(config.fit.encoder),
            "fit": {name: value for name, value in asdict(config.fit).items() if name != "encoder"},
            "draws": config.examples,
            "goals": asdict(goals),
            "calibrated_on": {"turns_of_each_kind": TURNS, "split": "dev", "seed": config.fit.seed},
            "parity": asdict(parity),
        },
    )
    manifests.write(config.out, manifest)
    return evaluate.evaluate(config.out, config.data, say, full=config.work / "full.onnx")


def _export(detector: Detector, config: TrainConfig, texts: list[str]) -> export.Parity:
    """Write model.onnx and tokenizer.json once int8, fp32 and torch are known to agree."""
    detector.eval()
    encoder = detector.encoder[0].auto_model
    weights = {name: value.detach().numpy() for name, value in encoder.state_dict().items()}
    head = detector.head.weight.detach().numpy(), detector.head.bias.detach().numpy()
    full, small = config.work / "full.onnx", config.work / "model.onnx"
    export.save(export.build(weights, *head, heads=encoder.config.num_attention_heads), full)
    export.quantise(full, small)
    tokenizer = detector.encoder.tokenizer
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.save(str(config.work / "tokenizer.json"))
    with torch.no_grad():
        expected = np.concatenate([detector([text]).numpy() for text in texts])
    ids = [tokenizer(text, truncation=True, max_length=config.fit.max_tokens)["input_ids"] for text in texts]
    parity = export.parity(expected, full, small, ids)
    config.out.mkdir(parents=True, exist_ok=True)
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copyfile(config.work / name, config.out / name)
    return parity


def _encoder(encoder: str) -> dict[str, str]:
    """Where the encoder comes from; a folder with the known weights counts as the known encoder."""
    found = encoder_checksum(encoder)
    if found == ENCODER_SHA256:
        return {"name": ENCODER, "licence": ENCODER_LICENCE, "sha256": found}
    return {"name": Path(encoder).name, "licence": "unknown", "sha256": found}


def _calibrated(folder: Path, dev: list[Example], goals: calibrate.Goals, seed: int) -> dict[str, tuple[Output, ...]]:
    scorer = Scorer(folder / "model.onnx", folder / "tokenizer.json")
    sets = turns.build(dev, count=TURNS, seed=seed)
    logits = {name: scorer.logits(e.text for e in found) for name, found in sets.items()}
    targets = {name: np.stack([e.targets for e in found]).astype(np.float64) for name, found in sets.items()}
    return calibrate.calibrate(logits, targets, goals)


def _sources(examples: list[Example]) -> tuple[dict[str, Any], ...]:
    """What was trained on, with licences.

    Raises:
        ValueError: a source has no known licence.
    """
    names = sorted({e.source for e in examples})
    if unknown := [name for name in names if name not in LICENCES]:
        raise ValueError(f"no licence is known of {', '.join(unknown)}; add it to guard/training/sources.py")
    found = []
    for name in names:
        own = [e for e in examples if e.source == name]
        heads = [head for head in HEADS if any(not np.isnan(e.head(head)).all() for e in own)]
        trained = sum(e.split == "train" for e in own)
        found.append({"source": name, "licence": LICENCES[name], "train_rows": trained, "heads": heads})
    return tuple(found)
