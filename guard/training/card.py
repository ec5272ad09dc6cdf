"""CARD.md and its diagram, written from what the manifest records: no number in it was typed by a person."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
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
}

_HEAD = """# {name}

Revision `{revision}`, {size:.1f} MB. Reads {languages} only. Made by

```
{command}
```

What it is for: telling from a user's words which turns to check, so that error rates can be compared between
emotional and neutral turns. What it is not for: judging a person, or any decision about one. The crisis output finds
turns that must not be held up or edited; it is no triage and no substitute for people who help. What it can and cannot
see, with examples: `docs/detector.md`.
"""

_TARGETS = """
## Targets

On data that was neither trained nor tuned on; 95 % bootstrap intervals in brackets, n is what the share is of
(positives for F1). Everything from here to `int8` is measured again, without training, by

```
coolhead train --data DATA --out models/{name} --measure
```

The own turns were written for this project by an AI author in separate passes, one split to each pass
(`models/turns/README.md`). They are written text, not collected traffic: a test on them tells how the model reads
what such an author can imagine.
"""


def render(manifest: Manifest, size: int) -> str:
    """The card of a model whose file has `size` bytes."""
    scores = manifest.scores
    parts = [
        _HEAD.format(
            name=manifest.name,
            revision=manifest.revision,
            size=size / 1e6,
            languages=", ".join(manifest.languages),
            command=manifest.training["command"],
        ),
        _TARGETS.format(name=manifest.name),
        _targets(scores["targets"]),
        _languages(scores.get("languages", {})),
        _groups(scores["groups"]),
        _conversations(manifest),
        *(_confusion(head, found) for head, found in scores["confusion"].items()),
        "## Reliability\n\n![Reliability by head, own test turns](reliability.svg)\n\n"
        + table(
            ("head", "turns", "said", "observed"),
            [
                (head, str(count), f"{said:.3f}", f"{observed:.3f}")
                for head, bins in scores["reliability"].items()
                for count, said, observed in bins
            ],
        ),
        "## By set\n",
        *(_set(found) for found in scores["sets"]),
        _technical(manifest),
        _ablations(scores["ablations"]),
        _labels(manifest),
        _data(manifest),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part)


def _targets(rows: Sequence[Mapping[str, Any]]) -> str:
    met = {True: "yes", False: "**no**", None: ""}
    return table(
        ("what", "target", "n", "measured", "met"),
        [
            (
                row["what"],
                f"{row['sign']} {row['target']}" if row["target"] is not None else "",
                str(row.get("n", "")),
                _value(row),
                met[row["met"]],
            )
            for row in rows
        ],
    )


def _value(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    interval = f" [{row['low']:.3f}, {row['high']:.3f}]" if "low" in row else ""
    return f"{row['value']:.3f}{interval}"


def _languages(found: Mapping[str, Mapping[str, Any]]) -> str:
    if len(found) < 2:
        return ""
    names = list(next(iter(found.values())))
    body = [(code, *(_value(rows[name]) for name in names)) for code, rows in found.items()]
    return "## By language\n\nOwn test turns.\n\n" + table(("language", *names), body)


def _groups(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = ("emotion_recall", "emotion_false_flags", "domain_recall", "domain_false_flags", "belief_false_flags")
    body = [(row["by"], row["group"], str(row["n"]), *(_value(row[name]) for name in columns)) for row in rows]
    title = "## Where it errs: own test turns by group\n\nRecall is of any label of the head; false flags are of turns "
    return title + "without any.\n\n" + table(("by", "group", "n", *(name.replace("_", " ") for name in columns)), body)


def _conversations(manifest: Manifest) -> str:
    found, weights = manifest.scores["conversations"], manifest.memory.get("emotion", ())
    return (
        "## Conversations\n\nThe user's last messages weigh "
        + ", ".join(f"{weight:g}" for weight in weights)
        + f" for emotion. A feeling of an earlier message is still found: {_value(found['carried'])} of "
        + f"{found['carried']['n']}; flagged although the writer has moved on: {_value(found['moved_on_flagged'])} of "
        + f"{found['moved_on_flagged']['n']}.\n"
    )


def _confusion(head: str, found: Mapping[str, Any]) -> str:
    labels = found["labels"]
    rows = [(label, *map(str, counts)) for label, counts in zip(labels, found["counts"], strict=True)]
    return (
        f"## Confusion: {head}\n\nOwn test turns with one label or none; rows are true, columns the most probable "
        "label that reached its threshold.\n\n" + table(("", *labels), rows)
    )


def _labels(manifest: Manifest) -> str:
    rows = [
        (head, output.label, f"{output.threshold:.4f}", f"{output.scale:.3f}", f"{output.shift:.3f}")
        for head, outputs in manifest.heads.items()
        for output in outputs
    ]
    rows += [(head, "any", f"{gate:.4f}", "", "") for head, gate in manifest.gates.items()]
    goals = manifest.training["goals"]
    told = ", ".join(f"{name.replace('_', ' ')} {value:.1%}" for name, value in goals.items())
    return (
        "## Outputs\n\nprobability = sigmoid(scale * logit + shift), fitted on own dev turns; a label from the "
        "threshold on. `any` is a head's gate: the least probability that any of its labels applies, 1 - prod(1 - p), "
        "at which one is given; when none reaches its threshold, the strongest. Thresholds have the best F1 on dev "
        "turns (of a crisis the best recall); gates, and thresholds of single labels, keep these shares of false "
        f"flags: {told}. "
        "Crisis rules beside the model: `crisis_rules.txt`.\n\n"
        + table(("head", "label", "threshold", "scale", "shift"), rows)
    )


def _set(found: Mapping[str, Any]) -> str:
    rows = [(_MEASURES[row["measure"]], row["of"], str(row["n"]), _value(row)) for row in found["rows"]]
    title = f"### {found['set']}\n\n{found['turns']} turns: {found['about']}.\n\n"
    return title + table(("measure", "of", "n", "value"), rows)


def _technical(manifest: Manifest) -> str:
    scores, parity = manifest.scores, manifest.training["parity"]
    times = [
        (str(row["tokens"]), str(row["sentences"]), row["state"], f"{row['p50']:.2f}", f"{row['p99']:.2f}")
        for row in scores["latency_ms"]
    ]
    int8 = [
        (row["set"], " and ".join(row["heads"]), f"{row['int8']:.4f}", f"{row['fp32']:.4f}", f"{row['difference']:.4f}")
        for row in scores["int8"]
    ]
    return (
        "### Latency\n\nMilliseconds of a whole reading on one thread, at a load average of "
        + f"{scores['load_average']} on the machine that measured; "
        + "`python -m bench.detector` shows yours.\n\n"
        + table(("tokens", "sentences", "state", "p50", "p99"), times)
        + "\n### int8\n\nMacro-F1 as served; measured when the model was trained.\n\n"
        + table(("set", "heads", "int8", "fp32", "lost"), int8)
        + f"\nProbabilities on {parity['texts']} dev texts: the fp32 graph differs "
        + f"from the trained model by at most {parity['graph_largest']:.1e}, int8 from fp32 by "
        + f"{parity['int8_mean']:.4f} on average and {parity['int8_largest']:.3f} at most.\n"
    )


def _ablations(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    columns = [name for name in rows[0] if name not in ("what", "draws")]
    body = [(row["what"], str(row["draws"]), *(f"{row[name]:.3f}" for name in columns)) for row in rows]
    return (
        "## Ablations and learning curve\n\nOne seed each, a shorter second stage than the shipped model's, thresholds "
        "chosen anew on dev, measured on own test turns. `coolhead train --data DATA --ablate` does it again.\n\n"
        + table(("what", "draws", *columns), body)
    )


def _data(manifest: Manifest) -> str:
    training = manifest.training
    rows = [(d["source"], d["licence"], str(d["train_rows"]), ", ".join(d["heads"])) for d in manifest.data]
    encoder = training["encoder"]
    return (
        f"## Data\n\nEncoder {encoder['name']} ({encoder['licence']}), sha256 `{encoder['sha256']}`. "
        f"First {training['draws']['public']} draws from the training splits of the public sources, then "
        f"{training['draws']['own']} from own turns and public sources together; some texts are two put together. "
        "A source labels only some heads, the others are masked.\n\n"
        + table(("source", "licence", "training rows", "heads"), rows)
    )


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def draw_reliability(bins: Mapping[str, Sequence[Sequence[float]]], path: Path) -> None:
    """A reliability diagram: what the model said against what was observed, one line a head.

    Raises:
        ModuleNotFoundError: matplotlib is missing; it is in the extra `plots`.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "coolhead"
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", label="perfect")
    for head, found in bins.items():
        if not found:
            continue
        counts, said, observed = zip(*found, strict=True)
        line = axes.plot(said, observed, marker="o", markersize=3, label=f"{head} (n = {int(sum(counts))})")
        largest = max(counts)
        sizes = [200 * count / largest for count in counts]
        axes.scatter(said, observed, s=sizes, color=line[0].get_color(), alpha=0.2)
    axes.set(xlabel="mean probability in the bin", ylabel="observed share", xlim=(0, 1), ylim=(0, 1))
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
