"""`coolhead train`, from data to a model folder: fit in two stages, export, calibrate, measure, write the card."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from guard.classifier import manifest as manifests
from guard.classifier.manifest import CRISIS_RULES, MODEL, TOKENIZER, Manifest
from guard.classifier.passage import Reader
from guard.training import calibrate, draws, evaluate, export, turns
from guard.training.data import ENGLISH, OWN, Example, load
from guard.training.fit import Detector, FitConfig, encoder_checksum, encoder_folder, fit, served_head
from guard.training.labels import GOEMOTIONS, HEADS, OUTPUTS, SERVED
from guard.training.measure import Judge
from guard.training.scoring import MAX_TOKENS, TOKEN_BUDGET, Scorer
from guard.training.sources import ENCODERS, LICENCES
from guard.training.vocabulary import prune

Say = Callable[[str], None]

TURNS = 1500
"""Public turns of each kind that thresholds are chosen on."""

CRISIS = Path(__file__).with_name(CRISIS_RULES)
_PARITY_TEXTS = 400


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """What `coolhead train` is asked for."""

    data: Path
    out: Path
    work: Path
    encoder: str
    """A folder, or a name on the hub."""
    languages: tuple[str, ...]
    """ISO 639-1 codes of what the model will read."""
    public: FitConfig
    own: FitConfig
    public_draws: int
    own_draws: int
    command: str
    """How to do it again, for the card."""


def train(config: TrainConfig, say: Say) -> Manifest:
    """Train and write the model folder; goes on where an earlier run with the same work folder ended.

    Raises:
        FileNotFoundError: the data is not where it should be.
        ValueError: a source has no known licence, or the export differs from what was trained.
    """
    examples = load(config.data, config.languages)
    sources = _sources(examples)
    chosen = [e for e in examples if e.split == "train"]
    say(f"{len(examples)} labelled texts, {len(chosen)} of them to train on")
    detector = first_stage(config, chosen, say)
    fit(detector, draws.own(chosen, config.own_draws, config.own.seed), config.own, config.work, "own")
    say("exporting to int8")
    dev = [e for e in examples if e.split == "dev"]
    parity = deliver(detector, config.out, config.work, [e.text for e in dev[:: max(1, len(dev) // _PARITY_TEXTS)]])
    say("calibrating on dev turns")
    goals = calibrate.Goals()
    manifest = calibrated(config.out, dev, goals, config.own.seed, config.languages)
    manifest = msgspec.structs.replace(
        manifest,
        data=sources,
        training={
            "command": config.command,
            "encoder": _encoder(config.encoder),
            "fit": {"public": asdict(config.public), "own": asdict(config.own)},
            "draws": {"public": config.public_draws, "own": config.own_draws},
            "goals": asdict(goals),
            "parity": asdict(parity),
        },
    )
    manifests.write(config.out, manifest)
    return evaluate.evaluate(config.out, config.data, say, full=config.work / "full.onnx")


def first_stage(config: TrainConfig, examples: list[Example], say: Say) -> Detector:
    """The encoder, of the languages' words only, after the stage on public sources."""
    encoder = config.encoder
    if set(config.languages) != {ENGLISH}:
        pruned = config.work / "encoder"
        if not (pruned / "config.json").is_file():
            say("leaving out the words of other languages")
            prune(Path(encoder_folder(encoder)), pruned, config.languages)
        encoder = str(pruned)
    detector = Detector(encoder, config.public.seed)
    public = draws.public([e for e in examples if e.source != OWN], config.public_draws, config.public.seed)
    fit(detector, public, config.public, config.work, "public")
    return detector


def deliver(detector: Detector, out: Path, work: Path, texts: list[str]) -> export.Parity:
    """Write the model's files once int8, fp32 and torch are known to agree on `texts`."""
    detector.eval()
    weights = {name: value.detach().numpy() for name, value in detector.encoder.state_dict().items()}
    full, small, tokenizer = work / "full.onnx", work / MODEL, work / TOKENIZER
    export.save(export.build(weights, *served_head(detector), detector.encoder.config.num_attention_heads), full)
    export.quantise(full, small)
    detector.save_tokenizer(tokenizer)
    reader = Reader(tokenizer, MAX_TOKENS, TOKEN_BUDGET)
    passages = [passage for text in texts if (passage := reader.passage(text)) is not None]
    with torch.no_grad():
        expected = np.concatenate([detector([passage]).numpy()[:, : len(OUTPUTS)] for passage in passages])
    parity = export.parity(expected, full, small, passages)
    out.mkdir(parents=True, exist_ok=True)
    for path in (small, tokenizer, CRISIS):
        shutil.copyfile(path, out / path.name)
    return parity


def calibrated(
    folder: Path,
    dev: list[Example],
    goals: calibrate.Goals,
    seed: int,
    languages: tuple[str, ...],
    *,
    whole: bool = False,
) -> Manifest:
    """The manifest of a folder's files: calibration, thresholds, memory and reference, chosen on dev turns.

    It is written to the folder as well. `whole` takes each text as one sentence, for comparison.
    """
    scorer = Scorer(folder / MODEL, folder / TOKENIZER, whole=whole)
    sets = turns.build(dev, count=TURNS, seed=seed)
    found = calibrate.calibrate(scorer, sets, goals)
    manifest = Manifest(
        schema=manifests.SCHEMA,
        name=folder.name,
        languages=languages,
        files={name: manifests.sha256(folder / name) for name in (MODEL, TOKENIZER, CRISIS_RULES)},
        max_tokens=MAX_TOKENS,
        token_budget=TOKEN_BUDGET,
        heads={head: found.heads[head] for head in SERVED},
        gates=found.gates,
        unserved={GOEMOTIONS: found.heads[GOEMOTIONS]},
    )
    memory = calibrate.remembered(scorer, sets.get("own", []), manifest)
    manifest = msgspec.structs.replace(manifest, memory={"emotion": memory, "crisis": memory})
    manifests.write(folder, manifest)
    if "own" in sets:
        reference = evaluate.reference(Judge(folder, whole=whole), sets["own"])
        manifest = msgspec.structs.replace(manifest, reference=reference)
        manifests.write(folder, manifest)
    return manifest


def _encoder(encoder: str) -> dict[str, str]:
    """Where the encoder comes from; a folder with known weights counts as that encoder."""
    found = encoder_checksum(encoder)
    if known := ENCODERS.get(found):
        return {"name": known.name, "licence": known.licence, "sha256": found}
    return {"name": Path(encoder).name, "licence": "unknown", "sha256": found}


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
