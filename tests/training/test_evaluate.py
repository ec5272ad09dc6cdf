"""What a model is held to, where it errs, and measuring a model again."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from guard.classifier import manifest as manifests
from guard.classifier.manifest import BINS, MODEL
from guard.training import evaluate, latency
from guard.training.calibrate import Mask, targets_of
from guard.training.data import OWN, Example
from guard.training.labels import GOEMOTIONS, OUTPUTS, SERVED, columns
from guard.training.measure import Scored
from tests.training.conftest import Make, latencies


@pytest.fixture
def own(example: Make) -> list[Example]:
    """Ten own turns of some kinds; those of the newest message with a feeling say so with many words."""
    calm: dict[str, Any] = {"source": OWN, "emotion": [], "domain": [], "belief": 0, "crisis": 0}
    earlier: dict[str, Any] = calm | {"kind": "conversation", "earlier": ("I am scared.",)}
    made = [
        *(example("short", **calm | {"kind": "emotional", "emotion": ["fear"], "register": "teen"}) for _ in range(10)),
        *(example("so " * 50, **calm | {"kind": "neutral_stakes", "domain": ["legal"]}) for _ in range(10)),
        *(example("so " * 20, **calm | {"kind": "general"}) for _ in range(10)),
        *(example("x", **calm | {"kind": "belief", "belief": 1, "emotion": ["anger", "joy"]}) for _ in range(10)),
        *(example("x", source=OWN, kind="crisis", belief=0, crisis=1) for _ in range(10)),
        *(example("x", **calm | {"kind": "near_miss"}) for _ in range(10)),
        *(example("x", **earlier | {"emotion": ["fear"]}) for _ in range(10)),
        *(example("x", **earlier) for _ in range(10)),
    ]
    for found in made:
        found.targets[columns(GOEMOTIONS)] = np.nan
    return made


@pytest.fixture
def others(example: Make) -> dict[str, list[Example]]:
    """The other sets that targets speak of."""
    benchmark = [
        example("g", source=GOEMOTIONS, emotion=["joy"] if i % 2 else [], goemotions=["joy" if i % 2 else "neutral"])
        for i in range(20)
    ]
    return {GOEMOTIONS: benchmark, "requests": [example("r", emotion=[], domain=[]) for _ in range(10)]}


def answered(examples: list[Example], *, sure: float = 0.99) -> Scored:
    """As a model that is always right scores them."""
    targets = targets_of(examples)
    wanted = np.nan_to_num(targets)
    return Scored(targets, np.where(wanted == 1, sure, 1 - sure), wanted)


def kind(examples: list[Example], *names: str) -> Mask:
    """Which of them are of these kinds."""
    return np.array([e.kind in names for e in examples])


def test_a_model_that_is_right_meets_its_targets(own: list[Example], others: dict[str, list[Example]]) -> None:
    """Every target with a limit is met by answers that are right; what has none is told and not judged."""
    sets = {"own": own} | others
    found = evaluate.targets(sets, {n: answered(e) for n, e in sets.items()}, latencies(Path()), 20_000_000)
    rows = {row["what"]: row for row in found}

    # The few turns here do not hold every label, and what is never there has no F1 to reach.
    missed = {what for what, row in rows.items() if row["met"] is False and "macro-F1" not in what}
    assert missed == set()
    assert {row["met"] for row in found if row["target"] is None} == {None}
    assert rows["size of the model file, MB"]["value"] == 20
    crises = rows["own test: crisis recall"]
    assert (crises["met"], crises["n"], crises["value"], crises["low"], crises["high"]) == (True, 10, 1, 1, 1)


def test_a_model_that_errs_misses_its_targets(own: list[Example], others: dict[str, list[Example]]) -> None:
    """One that finds anger and crisis in every turn is told so, with the share and how many it is of."""
    sets = {"own": own} | others
    scored = {name: answered(examples) for name, examples in sets.items()}
    for found in scored.values():
        found.fires[:, 1] = found.fires[:, columns("crisis")] = 1
    rows = {r["what"]: r for r in evaluate.targets(sets, scored, latencies(Path()), 31_000_000)}

    for what, n in {
        "own test: false emotion on calm high-stakes turns": 10,
        "own test: false emotion on ordinary turns": 10,
        "public requests: false emotion": 10,
        "own test: alarms on near misses": 10,
    }.items():
        assert (rows[what]["met"], rows[what]["value"], rows[what]["n"]) == (False, 1, n)
    assert rows["own test: recall of any emotion"]["met"]
    assert not rows["size of the model file, MB"]["met"]
    assert not any(isinstance(row["met"], np.bool_) for row in rows.values())


def test_latency_counts_in_milliseconds_and_turns(own: list[Example], others: dict[str, list[Example]]) -> None:
    """Two milliseconds a turn are 500 turns a second; the cached text is looked up in its own row."""
    sets = {"own": own} | others
    times = [row | {"p50": 9.0 if row["state"] == "cold" else 0.5} for row in latencies(Path())]
    rows = evaluate.targets(sets, {n: answered(e) for n, e in sets.items()}, times, 1)
    by_what = {row["what"]: row for row in rows}

    assert by_what["80-token turns per second and core, detector alone"]["value"] == 111.111
    assert by_what["64 tokens in 4 sentences, one thread, p50 ms"]["met"] is False
    assert by_what["the same text again, p50 ms"]["met"] is True


def test_the_main_numbers_are_those_of_their_kinds(own: list[Example]) -> None:
    """A summary of a right model, and of one that misses half of the crises."""
    right = evaluate.summary(own, answered(own))

    assert right["any emotion"] == right["crisis recall"] == right["belief F1"] == 1
    assert right["false on calm stakes"] == right["near-miss alarms"] == 0

    scored = answered(own)
    scored.fires[np.flatnonzero(kind(own, "crisis"))[:5], columns("crisis")] = 0
    assert evaluate.summary(own, scored)["crisis recall"] == 0.5


def test_groups_show_where_a_model_errs(own: list[Example]) -> None:
    """By kind, register and length: a group is counted by its own turns, and has no rate of what it does not hold."""
    scored = answered(own)
    scored.fires[np.flatnonzero(kind(own, "emotional"))[:4], columns("emotion")] = 0
    scored.fires[np.flatnonzero(kind(own, "general"))[:2], 0] = 1
    rows = {(row["by"], row["group"]): row for row in evaluate.groups(own, scored)}

    assert rows["kind", "emotional"]["emotion_recall"]["value"] == 0.6
    assert rows["register", "teen"]["emotion_recall"]["n"] == 10
    assert rows["kind", "general"]["emotion_false_flags"]["value"] == 0.2
    assert rows["kind", "general"]["emotion_recall"] is None
    assert rows["kind", "crisis"]["emotion_false_flags"] is None
    assert rows["length", "16 to 40 words"]["n"] == rows["length", "more than 40 words"]["n"] == 10
    assert sum(row["n"] for (by, _), row in rows.items() if by == "length") == len(own)


def test_conversations_tell_what_is_carried_and_let_go(own: list[Example]) -> None:
    """Only turns with earlier messages count: missed feelings and those that are kept too long."""
    scored = answered(own)
    turns = np.flatnonzero(kind(own, "conversation"))
    scored.fires[turns[:3], columns("emotion")] = 0
    scored.fires[turns[10:12], 0] = 1
    found = evaluate.conversations(own, scored)

    assert (found["carried"]["value"], found["carried"]["n"]) == (0.7, 10)
    assert (found["moved_on_flagged"]["value"], found["moved_on_flagged"]["n"]) == (0.2, 10)


def test_confusion_has_what_is_true_and_what_was_read(example: Make) -> None:
    """Rows are the one true label or none; of several labels that fired the most probable one counts."""
    examples = [
        example("a", emotion=["fear"]),
        example("b", emotion=["fear"]),
        example("c", emotion=[]),
        example("d", emotion=["fear", "joy"]),
        example("e"),
    ]
    scored = Scored(targets_of(examples), np.zeros((5, len(OUTPUTS))), np.zeros((5, len(OUTPUTS))))
    scored.fires[0, [0, 2]], scored.probabilities[0, [0, 1, 2]] = 1, [0.7, 0.9, 0.8]
    scored.fires[2, 1] = scored.fires[3, 2] = scored.fires[4, 2] = 1
    found = evaluate.confusion(scored)["emotion"]
    table = np.array(found["counts"])
    place = {label: i for i, label in enumerate(found["labels"])}

    assert table[place["fear"], place["fear"]] == 1
    assert table[place["fear"], place["none"]] == 1
    assert table[place["none"], place["anger"]] == 1
    assert table.sum() == 3


def test_reliability_is_told_by_head(own: list[Example]) -> None:
    """Each head has its own bins, of all turns whose labels are known."""
    found = evaluate.reliability(answered(own))

    assert found.keys() == SERVED.keys()
    assert found["crisis"] == [[70, 0.01, 0.0], [10, 0.99, 1.0]]


def test_the_reference_is_the_share_of_each_bin(own: list[Example]) -> None:
    """What live scores are compared with: ten shares of every served label that add up to one."""

    class Fixed:
        def score(self, examples: list[Example]) -> Scored:
            return answered(examples)

    found = evaluate.reference(Fixed(), own)  # type: ignore[arg-type]

    assert {head: tuple(labels) for head, labels in found.items()} == SERVED
    assert found["crisis"]["crisis"] == (0.875, *[0.0] * (BINS - 2), 0.125)
    assert all(sum(shares) == pytest.approx(1) for labels in found.values() for shares in labels.values())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped model."""
    return Path(shutil.copytree(manifests.shipped(), tmp_path / "model"))


def test_measuring_again_keeps_the_model(data: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores, card and diagram are new; weights, thresholds and ablations stay. Scores are those of the data given."""
    monkeypatch.setattr(latency, "measure", latencies)
    monkeypatch.setattr(evaluate, "_TURNS", 20)
    before = manifests.read(model)
    before = msgspec.structs.replace(before, scores={"ablations": [], "int8": []})
    manifests.write(model, before)
    told: list[str] = []
    after = evaluate.evaluate(model, data, told.append, full=model / MODEL)
    sets = {found["set"]: found for found in after.scores["sets"]}
    recall = [r for r in sets["rooms"]["rows"] if (r["measure"], r["of"]) == ("recall", "fear")]

    assert msgspec.structs.replace(after, scores=before.scores) == before
    assert manifests.read(model) == after
    assert sets.keys() == {"own", "requests", "questions", GOEMOTIONS, "rooms"}
    assert (sets["rooms"]["turns"], sets["own"]["turns"], recall[0]["n"]) == (60, 22, 30)
    assert recall[0]["value"] > 0.8
    assert [row["difference"] for row in after.scores["int8"]] == [0, 0]
    assert any("int8" in row["what"] and row["met"] for row in after.scores["targets"])
    assert "### rooms" in (model / "CARD.md").read_text()
    assert (model / "reliability.svg").read_text().startswith("<?xml")
    assert any("rooms: 60" in line for line in told)
