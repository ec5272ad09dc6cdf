"""What the loss counts, and that a stopped run goes on where it was."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the extra `train`")

from guard.classifier.passage import Passage, Reader  # noqa: E402
from guard.training import fit  # noqa: E402
from guard.training.labels import OUTPUTS, WIDTH  # noqa: E402
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


def test_batches_hold_every_text_once() -> None:
    """Grouping by length loses none, and a batch holds texts of like length."""
    lengths = list(range(1000))
    found = list(fit.batches(lengths, 32, 0))
    spread = [max(batch) - min(batch) for batch in found]

    assert sorted(i for batch in found for i in batch) == lengths
    assert np.median(spread) < 150


def test_a_run_never_goes_on_from_another_ones_checkpoint(example: Make, tmp_path: Path) -> None:
    """Other data or options have another plan; the error says what to do."""
    one, two = [example("a", emotion=["joy"])], [example("b", emotion=["joy"])]
    other_labels = [example("a", emotion=["fear"])]
    plan = fit.plan_of(one, fit.FitConfig())
    others = [
        fit.plan_of(two, fit.FitConfig()),
        fit.plan_of(other_labels, fit.FitConfig()),
        fit.plan_of(one, fit.FitConfig(seed=1)),
        fit.plan_of(one, fit.FitConfig(whole=True)),
    ]

    assert plan == fit.plan_of(one, fit.FitConfig(checkpoint_every=7))
    assert len({plan, *others}) == 5

    part, other = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    fit._save(tmp_path / "checkpoint.pt", plan, 7, part)

    assert fit._resume(tmp_path / "checkpoint.pt", plan, other) == 7
    assert other.weight.tolist() == part.weight.tolist()
    with pytest.raises(ValueError, match="another work folder"):
        fit._resume(tmp_path / "checkpoint.pt", "another plan", other)


@pytest.fixture
def detector(encoder: Path) -> fit.Detector:
    """A small random encoder with its heads."""
    found = fit.Detector(str(encoder))
    found.eval()
    return found


def passages(detector: fit.Detector, folder: Path, *texts: str) -> list[Passage]:
    """Texts as they are trained on."""
    detector.save_tokenizer(folder / "tokenizer.json")
    reader = Reader(folder / "tokenizer.json", 96, 128)
    return [passage for text in texts if (passage := reader.passage(text)) is not None]


def test_the_strongest_sentence_decides(detector: fit.Detector, tmp_path: Path) -> None:
    """Trained as it is served: the maximum over the means of the sentences; as one sentence it is another number."""
    (text,) = passages(detector, tmp_path, "I am so sad. Which dose of it is safe?")
    with torch.no_grad():
        hidden = detector.encoder(input_ids=torch.tensor([text.ids])).last_hidden_state[0]
        scores = detector.head(torch.from_numpy(text.pooling()) @ hidden)
        found, whole = detector([text])[0], detector([text.whole()])[0]

    assert len(scores) == 2
    assert found.shape == (WIDTH,)
    assert torch.allclose(found, scores.max(dim=0).values, atol=1e-5)
    assert not torch.allclose(found, whole, atol=1e-3)


def test_a_text_scores_the_same_in_any_batch(detector: fit.Detector, tmp_path: Path) -> None:
    """What is padded, and who else is in the batch, does not count."""
    both = passages(detector, tmp_path, "Short.", "A much longer text. It has two sentences and many words.")
    with torch.no_grad():
        together, alone = detector(both), torch.cat([detector([passage]) for passage in both])

    assert torch.allclose(together, alone, atol=1e-5)


def test_only_outputs_are_exported(detector: fit.Detector) -> None:
    """GoEmotions' own labels help training, and are not in the model."""
    weight, bias = fit.served_head(detector)

    assert weight.shape[0] == bias.shape[0] == len(OUTPUTS) < WIDTH


def test_a_frozen_encoder_stays_as_it_is(detector: fit.Detector, encoder: Path, example: Make, tmp_path: Path) -> None:
    """The ablation trains the heads only; a text without words is left out, and a finished stage is not done again."""
    before = {name: value.clone() for name, value in detector.encoder.state_dict().items()}
    head = detector.head.weight.detach().clone()
    examples = [example(f"I am so full of joy {i}", emotion=["joy"]) for i in range(20)] + [example("\u200b")]
    config = fit.FitConfig(batch=4, frozen=True)
    fit.fit(detector, examples, config, tmp_path, "own")

    assert all(torch.equal(value, before[name]) for name, value in detector.encoder.state_dict().items())
    assert not torch.equal(detector.head.weight, head)

    other = fit.Detector(str(encoder), seed=1)
    fit.fit(other, examples, config, tmp_path, "own")

    assert torch.equal(other.head.weight, detector.head.weight)
