"""What each part of the recipe is worth: variants of the second stage, and a learning curve over own turns."""

import zlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import msgspec

from guard.classifier import manifest as manifests
from guard.classifier.manifest import MODEL, Manifest
from guard.training import calibrate, card, draws, evaluate, turns
from guard.training.data import OWN, Example, load
from guard.training.fit import Detector, fit
from guard.training.measure import Judge
from guard.training.pipeline import TrainConfig, calibrated, deliver, first_stage

_DRAWS = 6_000
"""Of every variant's second stage, so that they differ in one thing only."""


def ablations(config: TrainConfig, say: Callable[[str], None]) -> Manifest:
    """Train the variants from the first stage in the work folder; writes their scores into manifest and card.

    Raises:
        FileNotFoundError: the data or the model is not where it should be.
        ValueError: the work folder's first stage is of another run.
    """
    manifests.read(config.out)  # a missing model is told before the first stage is trained
    examples = load(config.data, config.languages)
    chosen = [e for e in examples if e.split == "train"]
    started = first_stage(config, chosen, say)
    rows = []
    for what, part, options in (
        ("as shipped, shorter", 1.0, {}),
        ("half of the own turns", 0.5, {}),
        ("a quarter of the own turns", 0.25, {}),
        ("no own turns", 0.0, {}),
        ("no composed or altered turns", 1.0, {"augment": False}),
        ("the whole text as one sentence", 1.0, {"whole": True}),
        ("frozen encoder, heads only", 1.0, {"frozen": True}),
    ):
        say(f"variant: {what}")
        kept = [e for e in chosen if e.source != OWN or zlib.crc32(e.text.encode()) % 100 < part * 100]
        rows.append({"what": what, "draws": _DRAWS} | _variant(config, what, examples, started, kept, **options))
        say(str(rows[-1]))
        manifest = manifests.read(config.out)
        manifest = msgspec.structs.replace(manifest, scores=manifest.scores | {"ablations": rows})
        manifests.write(config.out, manifest)
        (config.out / "CARD.md").write_text(card.render(manifest, (config.out / MODEL).stat().st_size))
    return manifest


def _variant(
    config: TrainConfig,
    what: str,
    examples: list[Example],
    started: Detector,
    kept: list[Example],
    *,
    augment: bool = True,
    whole: bool = False,
    frozen: bool = False,
) -> dict[str, Any]:
    work = config.work / "ablations" / what.replace(" ", "-").replace(",", "")
    detector = Detector(config.encoder, config.public.seed) if frozen else deepcopy(started)
    if any(e.source == OWN for e in kept):
        chosen = draws.own(kept, _DRAWS, config.own.seed, augment=augment)
    else:
        chosen = draws.public(kept, _DRAWS, config.own.seed + 1)
    fit(detector, chosen, replace(config.own, whole=whole, frozen=frozen), work, "own")
    deliver(detector, work / "model", work, [e.text for e in examples[:20]])
    calibrated(
        work / "model", [e for e in examples if e.split == "dev"], calibrate.Goals(), 0, config.languages, whole=whole
    )
    judge = Judge(work / "model", whole=whole)
    sets = turns.build((e for e in examples if e.split == "test"), count=500, seed=1)
    return evaluate.summary(sets["own"], judge.score(sets["own"]))
