"""CARD.md, written from what the manifest records: no number in it was typed by a person."""

from collections.abc import Iterable
from typing import Any

from guard.classifier.manifest import Manifest

_MEASURES = {
    "f1": "F1",
    "recall": "recall",
    "precision": "precision",
    "macro_f1": "macro-F1",
    "any_recall": "recall of any label",
    "false_flags": "false flags",
    "flags_where_unlabelled": "flags (not labelled)",
    "flagged": "flagged by the default policy",
    "macro_f1_served_thresholds": "macro-F1, thresholds as served",
    "macro_f1_benchmark_thresholds": "macro-F1, thresholds of best F1 on its dev split",
}

_HEAD = """# {name}

Revision `{revision}`, {size:.1f} MB. Reads {languages} only. Made by

```
{command}
```

What it is for: telling from a user's words which turns to check, so that error rates can be compared between
emotional and neutral turns. What it is not for: judging a person, or any decision about one. It infers from
words, one sentence at a time, and takes the maximum over the sentences of a turn; feelings of others, quotations and
irony mislead it. Patients who ask calmly about symptoms are sometimes taken for emotional: see own_questions and
mqp below. There is no crisis output yet. The belief output was trained and measured on templates, so its scores
below say little about beliefs in free form. Composed turns are two texts put together, not chats.
"""

_MEASURED = """
## Measured

On texts that were neither trained nor tuned on; 95 % bootstrap intervals in brackets, n is what the share is
of (positives for F1 and recall). Measure again, without training:

```
coolhead train --data DATA --out models/{name} --measure
```
"""


def render(manifest: Manifest, size: int) -> str:
    """The card of a model whose file has `size` bytes."""
    training = manifest.training
    parts = [
        _HEAD.format(
            name=manifest.name,
            revision=manifest.revision,
            size=size / 1e6,
            languages=", ".join(manifest.languages),
            command=training["command"],
        ),
        _labels(manifest),
        _MEASURED.format(name=manifest.name),
        *(_set(found) for found in manifest.scores["sets"]),
        _technical(manifest),
        _data(manifest),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _labels(manifest: Manifest) -> str:
    rows = [
        (head, output.label, f"{output.threshold:.4f}", f"{output.scale:.3f}", f"{output.shift:.3f}")
        for head, outputs in manifest.heads.items()
        for output in outputs
    ]
    goals = manifest.training["goals"]
    told = ", ".join(f"{name.replace('_', ' ')} {value:.1%}" for name, value in goals.items())
    return (
        "## Outputs\n\nprobability = sigmoid(scale * logit + shift); a label from the threshold on. Thresholds have "
        f"the best F1 on composed dev turns within these largest shares of false flags: {told}.\n\n"
        + table(("head", "label", "threshold", "scale", "shift"), rows)
    )


def _set(found: dict[str, Any]) -> str:
    rows = [
        (
            _MEASURES[row["measure"]],
            row["of"],
            str(row["n"]),
            f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]",
        )
        for row in found["rows"]
    ]
    title = f"### {found['set']}\n\n{found['turns']} turns: {found['about']}.\n\n"
    return title + table(("measure", "of", "n", "value"), rows)


def _technical(manifest: Manifest) -> str:
    scores, parity = manifest.scores, manifest.training["parity"]
    errors = [(head, f"{value:.3f}") for head, value in scores["calibration_error"].items()]
    times = [
        (str(row["tokens"]), str(row["sentences"]), row["state"], f"{row['p50']:.2f}", f"{row['p99']:.2f}")
        for row in scores["latency_ms"]
    ]
    int8 = scores["int8"]
    return (
        "### Calibration error\n\nExpected calibration error on all composed and single test turns, over the labels "
        "of a head; probabilities are calibrated for the mix of these turns, not for your traffic.\n\n"
        + table(("head", "ECE"), errors)
        + "\n### int8\n\n"
        + f"Macro-F1 on GoEmotions' test split as served: int8 {int8['int8']:.4f}, fp32 {int8['fp32']:.4f}, "
        + f"difference {int8['difference']:.4f}. Probabilities on {parity['texts']} dev texts: the fp32 graph differs "
        + f"from the trained model by at most {parity['graph_largest']:.1e}, int8 from fp32 by "
        + f"{parity['int8_mean']:.4f} on average and {parity['int8_largest']:.3f} at most.\n"
        + "\n### Latency\n\nMilliseconds of a whole reading on one thread, at a load average of "
        + f"{scores['load_average']} on the machine that measured; "
        + "`python -m bench.detector` shows yours.\n\n"
        + table(("tokens", "sentences", "state", "p50", "p99"), times)
    )


def _data(manifest: Manifest) -> str:
    training = manifest.training
    rows = [(d["source"], d["licence"], str(d["train_rows"]), ", ".join(d["heads"])) for d in manifest.data]
    encoder = training["encoder"]
    return (
        f"## Data\n\nEncoder {encoder['name']} ({encoder['licence']}), sha256 `{encoder['sha256']}`. "
        f"{training['draws']} draws from the training splits of the sources below, some of them two texts composed; "
        "a source labels only some heads, the others are masked.\n\n"
        + table(("source", "licence", "training rows", "heads"), rows)
    )


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
