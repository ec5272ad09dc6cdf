"""Probabilities mean what they say, and thresholds keep false flags within their limits."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from guard.classifier.labelling import Labelling
from guard.classifier.manifest import Manifest, Output
from guard.training import calibrate
from guard.training.calibrate import Goals, Matrix
from guard.training.data import OWN, Example
from guard.training.labels import GOEMOTIONS, HEADS, OUTPUTS, SERVED, WIDTH, columns
from tests.training.conftest import Make

RNG = np.random.default_rng(0)


class Known:
    """In the place of a scorer: logits that are known by the text."""

    def __init__(self, of: Callable[[str], Matrix]) -> None:
        self.of: Any = of

    def logits(self, texts: Iterable[str]) -> Matrix:
        """Of shape (texts, outputs)."""
        return np.stack([self.of(text) for text in texts])


def drawn(logits: Matrix, scale: float, shift: float) -> Matrix:
    """Labels with the probability sigmoid(scale * logit + shift)."""
    return (RNG.random(logits.shape) < calibrate.sigmoid(scale * logits + shift)).astype(np.float64)


def test_overconfidence_is_undone() -> None:
    """Logits that are twice too large and shifted are brought back; unknown targets do not count."""
    logits = RNG.normal(0, 3, 20_000)
    targets = drawn(logits, 0.5, -1.0)
    targets[RNG.random(len(targets)) < 0.3] = np.nan
    scale, shift = calibrate.platt(logits, targets)

    assert scale == pytest.approx(0.5, abs=0.03)
    assert shift == pytest.approx(-1.0, abs=0.06)


def test_separated_classes_stay_finite() -> None:
    """Where a threshold tells all apart, the probabilities do not run to 0 and 1."""
    logits = np.concatenate([np.full(50, -5.0), np.full(50, 5.0)])
    scale, shift = calibrate.platt(logits, (logits > 0).astype(np.float64))

    assert 0.9 < calibrate.sigmoid(np.array(scale * 5 + shift)) < 0.999


def test_too_few_labels_leave_an_output_alone() -> None:
    """Three positives are no ground to calibrate on."""
    targets = np.zeros(100)
    targets[:3] = 1

    assert calibrate.platt(RNG.normal(size=100), targets) == (1.0, 0.0)


def test_an_output_is_never_turned_around() -> None:
    """When dev labels contradict the model, its order is kept: a higher logit never means a lower probability."""
    logits = RNG.normal(size=1000)

    assert calibrate.platt(logits, (logits < 0).astype(np.float64)) == (1.0, 0.0)


def test_the_best_threshold_has_the_best_f1() -> None:
    """Compared with every possible one, among them equal scores, which cannot be told apart."""
    p = np.round(RNG.random(200), 1)
    y = drawn(p * 8 - 4, 1, 0)

    def f1(threshold: float) -> float:
        fires = p >= threshold
        return float(2 * (fires * y).sum() / (fires.sum() + y.sum()))

    assert f1(calibrate.best_threshold(p, y)) == max(f1(t) for t in np.arange(0, 1.05, 0.05))


P = np.array([0.9] * 4 + [0.3] + [0.31] * 20 + [0.1] * 75)
Y = np.array([1.0] * 5 + [0.0] * 95)


def test_without_a_limit_f1_decides() -> None:
    """An empty set of calm turns limits nothing."""
    p, y = np.array([0.2, 0.4, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0])

    assert 0.4 < calibrate.limited_threshold(p, y, [(np.empty(0), 0.01)], recall=False) <= 0.8


def test_of_a_crisis_none_is_missed_for_precision() -> None:
    """With recall the threshold goes as low as the allowed false flags, where F1 would stop earlier."""
    f1, recall = (calibrate.limited_threshold(P, Y, [(P[Y == 0], 0.5)], recall=recall) for recall in (False, True))

    assert f1 > 0.31
    assert 0.1 < recall <= 0.3


def test_a_crisis_is_limited_as_well() -> None:
    """Not every turn may be an alarm: the limit holds, whatever recall costs."""
    assert calibrate.limited_threshold(P, Y, [(P[Y == 0], 0.1)], recall=True) > 0.31


def test_the_allowance_is_used() -> None:
    """The threshold is the lowest that keeps the limit: a stricter one would miss crises for nothing."""
    p = np.round(RNG.random(1000), 4)
    y = (RNG.random(1000) < p).astype(np.float64)
    calm = p[y == 0]
    cut = calibrate.limited_threshold(p, y, [(calm, 0.05)], recall=True)

    assert (calm >= cut).mean() <= 0.05
    lower = p[(y == 1) & (p < cut)].max()
    assert (calm >= lower).mean() > 0.05


def test_goals_are_found_by_head() -> None:
    """Each head has its own limits, by the set that they hold on."""
    assert Goals(belief_on_calm=0.5).of("belief") == {"calm": 0.5, "requests": Goals().belief_on_requests}
    assert Goals().of("crisis").keys() == {"near_misses", "others", "requests"}
    assert Goals().of(GOEMOTIONS) == {}


def test_a_gate_is_no_higher_than_its_limit_asks() -> None:
    """As many calm turns as allowed open it, and not one less: what is allowed is used for recall."""
    values = RNG.random(200)
    found = calibrate.gate([(values[:, None], 0.05)])

    assert (values >= found).sum() == 10


def test_a_gate_keeps_every_limit() -> None:
    """The strictest set decides, and equal scores, which stay together, are kept out."""
    loose, strict = np.full((100, 1), 0.2), np.array([[0.7]] * 6 + [[0.1]] * 94)
    found = calibrate.gate([(loose, 0.5), (strict, 0.05)])

    assert 0.7 < found < 0.71


def test_a_gate_looks_at_all_labels_of_its_head() -> None:
    """Two halves are more than either: the chance that any applies is what calm turns are limited by."""
    assert 0.75 < calibrate.gate([(np.full((100, 2), 0.5), 0.01)]) < 0.76


def test_a_gate_without_calm_turns_is_even() -> None:
    """Nothing to go by is no error."""
    assert calibrate.gate([(np.empty((0, 2)), 0.01)]) == calibrate.gate([]) == 0.5


def own_turns(example: Make, count: int) -> list[Example]:
    """Own turns of all kinds with labels at random, where the kind allows one."""
    kinds = ("emotional", "neutral_stakes", "general", "lookalike", "belief", "crisis", "near_miss")
    found = []
    for i in range(count):
        kind = kinds[i % len(kinds)]
        found.append(example(f"own {i}", source=OWN, kind=kind))
        targets = found[-1].targets
        targets[: len(OUTPUTS)] = RNG.random(len(OUTPUTS)) < 0.3
        if kind not in ("emotional", "belief", "crisis"):
            targets[columns("emotion")] = targets[columns("belief")] = 0
        if kind in ("general", "lookalike"):
            targets[columns("domain")] = 0
        targets[columns("crisis")] = kind == "crisis"
        targets[columns(GOEMOTIONS)] = np.nan
    return found


def test_heads_are_calibrated_with_their_goals(example: Make) -> None:
    """From sets of turns to the manifest's outputs: every label in order, every limit kept on its kind of turn."""
    own = own_turns(example, 1400)
    calm = [example(f"request {i}", emotion=[], domain=[], belief=0, crisis=0) for i in range(300)]
    questions = [example(f"question {i}", emotion=[], domain=["medical"], belief=0) for i in range(100)]
    benchmark = [example(f"goemotions {i}", source=GOEMOTIONS) for i in range(300)]
    for e in benchmark:
        e.targets[columns(GOEMOTIONS)] = RNG.random(7) < 0.3
    sets = {"own": own, "requests": calm, "questions": questions, GOEMOTIONS: benchmark}
    known = {
        e.text: np.nan_to_num(e.targets[: len(OUTPUTS)]) * 3 - 2 + RNG.normal(0, 1.5, len(OUTPUTS))
        for found in sets.values()
        for e in found
    }
    goals = Goals()
    scorer = Known(known.__getitem__)
    found = calibrate.calibrate(scorer, sets, goals)  # type: ignore[arg-type]
    files = {"model.onnx": "0123456789"}
    served = {head: found.heads[head] for head in SERVED}
    labelling = Labelling(Manifest("", "small", ("en",), files, 96, 256, served, found.gates))

    def fires(head: str, examples: list[Example]) -> float:
        rows = labelling.probabilities(scorer.logits(e.text for e in examples).astype(np.float32))
        return float(np.mean([labelling.reached(row)[columns(head)].any() for row in rows]))

    def kind(*names: str) -> list[Example]:
        return [e for e in own if e.kind in names]

    assert [output.label for outputs in found.heads.values() for output in outputs] == list(OUTPUTS)
    assert list(found.heads) == list(HEADS)
    assert found.gates.keys() == {"emotion", "domain"}
    assert fires("emotion", kind("neutral_stakes")) <= goals.emotion_on_neutral_stakes
    assert fires("emotion", kind("general")) <= goals.emotion_on_general
    assert fires("emotion", calm) <= goals.emotion_on_requests
    assert fires("domain", kind("general")) <= goals.domain_on_general
    assert fires("domain", calm) <= goals.domain_on_requests
    assert fires("belief", kind("neutral_stakes", "general", "lookalike")) <= goals.belief_on_calm
    assert fires("belief", calm) <= goals.belief_on_requests
    assert fires("crisis", kind("near_miss")) <= goals.crisis_on_near_misses
    others = kind("emotional", "neutral_stakes", "general", "lookalike", "belief")
    assert fires("crisis", others) <= goals.crisis_on_others
    assert min(fires("crisis", kind("crisis")), fires("emotion", kind("emotional"))) > 0.3


def test_only_of_a_crisis_recall_decides(example: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A belief that is missed costs less than a life: its threshold has the best F1."""
    asked: list[bool] = []

    def chosen(*_: Any, recall: bool) -> float:
        asked.append(recall)
        return 0.5

    monkeypatch.setattr(calibrate, "limited_threshold", chosen)
    calm = [example("request", emotion=[], domain=[], belief=0, crisis=0)]
    sets = {"own": own_turns(example, 14), "requests": calm, GOEMOTIONS: [example("g", source=GOEMOTIONS)]}
    calibrate.calibrate(Known(lambda text: np.zeros(len(OUTPUTS))), sets, Goals())  # type: ignore[arg-type]

    assert asked == [False, True]


def memory(example: Make, turns: list[tuple[list[str], bool]]) -> tuple[float, ...]:
    """The weights for conversations, each its earlier messages and whether the feeling still counts.

    A message `sad` has the probability 0.9 of sadness, every other 0.1; the threshold is 0.5.
    """
    files = {"model.onnx": "0123456789"}
    manifest = Manifest("", "small", ("en",), files, 96, 256, {"emotion": (Output("sadness", 0.5),)})
    scorer = Known(lambda text: np.array([2.197 if text == "sad" else -2.197]))
    examples = [
        example("now", earlier=tuple(earlier), emotion=["sadness"] if counts else []) for earlier, counts in turns
    ]
    return calibrate.remembered(scorer, [*examples, example("sad", emotion=["sadness"])], manifest)  # type: ignore[arg-type]


def test_a_memory_is_as_long_as_conversations_show(example: Make) -> None:
    """A feeling of the last message counts and one of two messages ago does not: the decay that tells these apart."""
    assert memory(example, [(["sad"], True), (["sad", "fine"], False)]) == (1.0, 0.6, 0.36)


def test_a_feeling_that_lasts_is_kept(example: Make) -> None:
    """Where feelings of two messages ago still count, they are found."""
    decay = memory(example, [(["sad"], True), (["sad", "fine"], True), (["fine"], False)])[1]

    assert 0.9 * decay**2 >= 0.5


def test_a_feeling_that_is_over_at_once_is_forgotten(example: Make) -> None:
    """Where the writers have moved on, a message ago is too weak to set a label."""
    decay = memory(example, [(["sad"], False), (["sad", "fine"], False), (["fine"], True)])[1]

    assert 0.9 * decay < 0.5


def test_without_conversations_a_usual_memory_is_taken(example: Make) -> None:
    """Nothing to choose by is no error, and neither are conversations that all end alike."""
    assert memory(example, []) == memory(example, [(["sad"], True)]) == (1.0, 0.7, 0.49)


def test_messages_are_read_newest_first(example: Make) -> None:
    """As the service takes them, and no more than it looks at."""
    turn = example("now", earlier=("oldest", "older", "old"))

    assert calibrate.messages_of(turn, 3) == ["now", "old", "older"]
    assert calibrate.targets_of([turn]).shape == (1, len(OUTPUTS))
    assert len(turn.targets) == WIDTH
