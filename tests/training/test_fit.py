"""What the loss counts, and that a stopped run goes on where it was."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the extra `train`")

from guard.training import fit  # noqa: E402
from tests.training.conftest import Make  # noqa: E402


def test_unknown_targets_teach_nothing() -> None:
    """The loss and its gradient come from known targets alone, however wrong the others are."""
    logits = torch.tensor([[2.0, -50.0], [0.0, 50.0]], requires_grad=True)
    targets = torch.tensor([[1.0, float("nan")], [0.0, float("nan")]])
    loss = fit.masked_loss(logits, targets, torch.ones(2))
    loss.backward()
    expected = (np.log1p(np.exp(-2)) + np.log(2)) / 2
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    assert logits.grad is not None
    assert logits.grad[:, 1].tolist() == [0, 0]


def test_nothing_known_is_no_loss() -> None:
    """A batch of unknowns is 0, not a division by it."""
    targets = torch.full((2, 3), float("nan"))
    assert float(fit.masked_loss(torch.zeros(2, 3), targets, torch.ones(3))) == 0


def test_rare_labels_weigh_more_up_to_a_cap() -> None:
    """sqrt(negatives / positives), never below 1 nor above the cap."""
    targets = np.full((400, 3), 0.0, dtype=np.float32)
    targets[:100, 0] = 1
    targets[:1, 1] = 1
    targets[:300, 2] = 1
    assert fit.positive_weight(targets).tolist() == pytest.approx([np.sqrt(3), 3, 1])


def test_batches_hold_every_text_once(example: Make) -> None:
    """Grouping by length loses none, and a batch holds texts of like length."""
    examples = [example("x" * n) for n in range(1000)]
    found = list(fit.batches(examples, 32, 0))
    assert sorted(len(e.text) for batch in found for e in batch) == list(range(1000))
    spread = [max(len(e.text) for e in b) - min(len(e.text) for e in b) for b in found]
    assert np.median(spread) < 150


def test_a_run_never_goes_on_from_another_ones_checkpoint(example: Make, tmp_path: Path) -> None:
    """Other data or options have another plan; the error says what to do."""
    one, two = [example("a", emotion=["joy"])], [example("b", emotion=["joy"])]
    config = fit.FitConfig()
    plan = fit.plan_of(one, config)
    assert plan == fit.plan_of(one, fit.FitConfig(encoder="elsewhere"))
    assert len({plan, fit.plan_of(two, config), fit.plan_of(one, fit.FitConfig(seed=1))}) == 3
    part = torch.nn.Linear(2, 1)
    fit._save(tmp_path / "checkpoint.pt", plan, 7, part)
    other = torch.nn.Linear(2, 1)
    assert fit._resume(tmp_path / "checkpoint.pt", plan, other) == 7
    assert other.weight.tolist() == part.weight.tolist()
    with pytest.raises(ValueError, match="another work folder"):
        fit._resume(tmp_path / "checkpoint.pt", "another plan", other)
