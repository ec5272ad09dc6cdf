"""Measures a model folder on held-out data, and writes the scores into its manifest and card. Needs no torch."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from guard.classifier import manifest as manifests
from guard.classifier.manifest import BINS, MODEL, Manifest
from guard.training import card, latency, measure, turns
from guard.training.calibrate import Mask, absent
from guard.training.data import Example, load, load_evaluation_only
from guard.training.labels import SERVED, columns
from guard.training.measure import Estimate, Judge, Scored

_TURNS = 1500
_SEED = 1
_MOST = 2000
"""Texts of one evaluation-only source."""

_ABOUT = {
    "own": "written for this project by authors of whom nothing was trained or tuned on",
    "requests": "public: one or two ordinary requests, free of emotion and of high-stakes domains",
    "questions": "public: plain questions in a high-stakes domain, free of emotion",
    "goemotions": "the official test split, read by the served heads",
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
    judge = Judge(folder)
    examples = load(data, judge.manifest.languages)
    sets = turns.build((e for e in examples if e.split == "test"), count=_TURNS, seed=_SEED)
    sets |= _evaluation_only(data)
    scored = {}
    for name, given in sets.items():
        say(f"measuring on {name}: {len(given)} turns")
        scored[name] = judge.score(given)
    times = latency.measure(folder)
    before = judge.manifest.scores
    scores: dict[str, Any] = {
        "targets": targets(sets, scored, times, (folder / MODEL).stat().st_size),
        "sets": [measure.measure(name, _ABOUT.get(name, ""), found) for name, found in scored.items()],
        "languages": languages(sets["own"], scored["own"]),
        "groups": groups(sets["own"], scored["own"]),
        "conversations": conversations(sets["own"], scored["own"]),
        "confusion": confusion(scored["own"]),
        "reliability": reliability(scored["own"]),
        "int8": before.get("int8", []),
        "ablations": before.get("ablations", []),
        "load_average": round(os.getloadavg()[0], 1),
        "latency_ms": times,
    }
    if full is not None:
        exact = Judge(folder, model=full)
        scores["int8"] = [
            _compared(name, scored[name], exact.score(sets[name])) for name in ("goemotions", "own") if name in sets
        ]
    scores["targets"] += [_int8_target(scores["int8"])] if scores["int8"] else []
    manifest = msgspec.structs.replace(judge.manifest, scores=scores)
    manifests.write(folder, manifest)
    (folder / "CARD.md").write_text(card.render(manifest, (folder / MODEL).stat().st_size))
    card.draw_reliability(scores["reliability"], folder / "reliability.svg")
    return manifest


def targets(
    sets: dict[str, list[Example]], scored: dict[str, Scored], times: list[dict[str, Any]], size: int
) -> list[dict[str, Any]]:
    """What the model is held to, and what it reaches."""
    own, examples = scored["own"], sets["own"]
    main, general = _main(examples, own), _kind(examples, "general")
    rows = [
        _target("GoEmotions test, Ekman's six and neutral, macro-F1", ">=", 0.64, measure.ekman(scored["goemotions"])),
        _target("the same, by the served emotion head", "", None, measure.ekman_served(scored["goemotions"])),
        _target("own test: recall of any emotion", ">=", 0.90, main["any emotion"]),
        _target("own test: false emotion on calm high-stakes turns", "<=", 0.05, main["false on calm stakes"]),
        _target("own test: emotion macro-F1", ">=", 0.75, main["emotion F1"]),
        _target("own test: domain macro-F1", ">=", 0.88, main["domain F1"]),
        _target("own test: false emotion on ordinary turns", "<=", 0.02, _fires(own, "emotion", general)),
        _target("own test: ordinary turns with a false domain", "", None, _fires(own, "domain", general)),
        _target("public requests: false emotion", "<=", 0.02, _fires(scored["requests"], "emotion")),
        _target("own test: belief F1", ">=", 0.85, main["belief F1"]),
        _target("own test: crisis recall", ">=", 0.97, main["crisis recall"]),
        _target("own test: alarms on near misses", "<=", 0.03, main["near-miss alarms"]),
    ]
    rows += [_target(f"own test: calibration error, {head}", "<=", 0.04, _ece(own, head)) for head in SERVED]
    by_size = {(row["tokens"], row["state"]): row["p50"] for row in times}
    rows.append(_target("64 tokens in 4 sentences, one thread, p50 ms", "<=", 8, by_size[64, "cold"]))
    rows.append(_target("the same text again, p50 ms", "<=", 1, by_size[64, "cached"]))
    rows.append(_target("80-token turns per second and core, detector alone", ">=", 110, 1000 / by_size[80, "cold"]))
    rows.append(_target("size of the model file, MB", "<=", 30, size / 1e6))
    return rows


def summary(examples: list[Example], scored: Scored) -> dict[str, float]:
    """The main numbers on own turns."""
    return {name: row["value"] for name, row in _main(examples, scored).items()}


def languages(examples: list[Example], scored: Scored) -> dict[str, dict[str, dict[str, Any]]]:
    """The main numbers on own turns, by language; none where there is one language only."""
    names = sorted({e.language for e in examples})
    masks = {name: np.array([e.language == name for e in examples]) for name in names}
    return {name: _main([e for e in examples if e.language == name], scored.rows(mask)) for name, mask in masks.items()}


def _main(examples: list[Example], own: Scored) -> dict[str, dict[str, Any]]:
    return {
        "any emotion": _fires(own, "emotion", own.head("emotion").present),
        "false on calm stakes": _fires(own, "emotion", _kind(examples, "neutral_stakes")),
        "emotion F1": _macro(own, "emotion"),
        "domain F1": _macro(own, "domain"),
        "belief F1": _macro(own, "belief"),
        "crisis recall": _fires(own, "crisis", own.head("crisis").present),
        "near-miss alarms": _fires(own, "crisis", _kind(examples, "near_miss")),
    }


def _target(what: str, sign: str, target: float | None, found: dict[str, Any] | float) -> dict[str, Any]:
    row = found if isinstance(found, dict) else {"value": round(float(found), 3)}
    value = row["value"]
    met = None if target is None else bool(value >= target if sign == ">=" else value <= target)
    return {"what": what, "sign": sign, "target": target, "met": met} | {
        name: row[name] for name in ("n", "value", "low", "high") if name in row
    }


def _kind(examples: Iterable[Example], *kinds: str) -> Mask:
    return np.array([e.kind in kinds for e in examples])


def _fires(scored: Scored, head: str, chosen: Mask | None = None) -> dict[str, Any]:
    fired = scored.head(head).fired
    fired = fired if chosen is None else fired[chosen]
    return _estimate(measure.share(fired), len(fired))


def _macro(scored: Scored, head: str) -> dict[str, Any]:
    found = scored.head(head)
    return _estimate(measure.macro_f1(found.targets, found.fires), int(np.nansum(found.targets)))


def _ece(scored: Scored, head: str) -> dict[str, Any]:
    return _estimate(measure.calibration_error(scored.head(head)), len(scored.targets))


def _estimate(found: Estimate, n: int) -> dict[str, Any]:
    return {"n": n} | found.rounded()


def groups(examples: list[Example], scored: Scored) -> list[dict[str, Any]]:
    """Own turns by kind, register and length: how often emotion is found where it is, and seen where it is not."""
    words = [len(e.text.split()) for e in examples]
    by: dict[tuple[str, str], Mask] = {}
    for kind in sorted({e.kind for e in examples}):
        by["kind", kind] = _kind(examples, kind)
    for register in sorted({e.register for e in examples}):
        by["register", register] = np.array([e.register == register for e in examples])
    for name, low, high in (("1 to 15 words", 1, 15), ("16 to 40 words", 16, 40), ("more than 40 words", 41, 10_000)):
        by["length", name] = np.array([low <= count <= high for count in words])
    return [{"by": by_what, "group": name} | _group(scored.rows(mask)) for (by_what, name), mask in by.items()]


def _group(scored: Scored) -> dict[str, Any]:
    found: dict[str, Any] = {"n": len(scored.targets)}
    for head in SERVED:
        part = scored.head(head)
        for name, chosen in (("recall", part.present), ("false_flags", absent(part.targets))):
            found[f"{head}_{name}"] = _fires(scored, head, chosen) if chosen.any() else None
    return found


def conversations(examples: list[Example], scored: Scored) -> dict[str, Any]:
    """Turns with earlier ones: is a feeling of an earlier message carried, and let go when the writer moved on?"""
    found = scored.rows([bool(e.earlier) for e in examples])
    carried = found.head("emotion").present
    return {"carried": _fires(found, "emotion", carried), "moved_on_flagged": _fires(found, "emotion", ~carried)}


def confusion(scored: Scored) -> dict[str, Any]:
    """Rows: the one true label of a turn; columns: the most probable label that fired. Turns with one label or none."""
    found = {}
    for head in ("emotion", "domain"):
        part, names = scored.head(head), SERVED[head]
        single = (~np.isnan(part.targets).any(axis=1)) & (part.targets.sum(axis=1) <= 1)
        true = np.where(part.targets.sum(axis=1) == 0, len(names), part.targets.argmax(axis=1))
        strongest = np.where(part.fires == 1, part.probabilities, -1).argmax(axis=1)
        said = np.where(part.fires.any(axis=1), strongest, len(names))
        table = np.zeros((len(names) + 1, len(names) + 1), dtype=int)
        np.add.at(table, (true[single].astype(int), said[single].astype(int)), 1)
        found[head] = {"labels": [*names, "none"], "counts": table.tolist()}
    return found


def reliability(scored: Scored) -> dict[str, list[list[float]]]:
    """Bins by head: turns times labels in it, mean probability, observed share."""
    return {
        head: [[b.count, round(b.said, 4), round(b.observed, 4)] for b in measure.reliability(scored.head(head))]
        for head in SERVED
    }


def _compared(name: str, int8: Scored, fp32: Scored) -> dict[str, Any]:
    """Macro-F1 of both files, over all labels of the set's heads."""
    heads = ("goemotions",) if name == "goemotions" else ("emotion", "domain")
    values = [
        float(np.mean([measure.macro_f1(s.head(head).targets, s.head(head).fires).value for head in heads]))
        for s in (int8, fp32)
    ]
    return {
        "set": name,
        "heads": list(heads),
        "int8": round(values[0], 4),
        "fp32": round(values[1], 4),
        "difference": round(values[1] - values[0], 4),
    }


def _int8_target(rows: list[dict[str, Any]]) -> dict[str, Any]:
    worst = max(row["difference"] for row in rows)
    return _target("int8 against fp32, largest loss of macro-F1", "<=", 0.01, worst)


def reference(judge: Judge, examples: list[Example]) -> dict[str, dict[str, tuple[float, ...]]]:
    """Shares of the probabilities in equal bins: what live traffic is compared with."""
    probabilities = judge.score(examples).probabilities
    found: dict[str, dict[str, tuple[float, ...]]] = {}
    for head, labels in SERVED.items():
        part = probabilities[:, columns(head)]
        counts = [np.histogram(part[:, i], bins=BINS, range=(0, 1))[0] for i in range(len(labels))]
        found[head] = {
            label: tuple(round(float(c) / len(part), 5) for c in counts[i]) for i, label in enumerate(labels)
        }
    return found


def _evaluation_only(data: Path) -> dict[str, list[Example]]:
    rng = np.random.default_rng(_SEED)
    by_source: dict[str, list[Example]] = {}
    for example in load_evaluation_only(data):
        by_source.setdefault(example.source, []).append(example)
    return {
        name: [found[i] for i in sorted(rng.choice(len(found), min(_MOST, len(found)), replace=False))]
        for name, found in sorted(by_source.items())
    }
