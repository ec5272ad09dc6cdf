"""Fine-tuning: one encoder, the mean over each sentence, all heads in one linear layer, the maximum over sentences.

The loss is masked binary cross-entropy of the turn, so that the model learns under the rule that serves: the strongest
sentence decides, and every sentence is read in the light of the others.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import snapshot_download
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from guard.classifier.manifest import sha256
from guard.classifier.passage import Passage, Reader
from guard.training.data import Example
from guard.training.labels import OUTPUTS, WIDTH
from guard.training.scoring import MAX_TOKENS
from guard.training.sources import ENCODER

_WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How a stage is trained."""

    tokens: int = 128
    """Of a longer text both ends are trained on, as they are read in service."""
    batch: int = 64
    encoder_rate: float = 1e-4
    head_rate: float = 2e-3
    warm_up: float = 0.05
    frozen: bool = False
    """Train the heads only."""
    whole: bool = False
    """Take a text as one sentence."""
    seed: int = 0
    checkpoint_every: int = 200
    """Steps."""


class Detector(nn.Module):  # type: ignore[misc]
    """A sentence-transformers encoder with a linear layer over all outputs."""

    def __init__(self, encoder: str = ENCODER, seed: int = 0) -> None:
        """`encoder` is a folder, or a name on the hub."""
        super().__init__()
        torch.manual_seed(seed)
        transformer = SentenceTransformer(encoder, device="cpu")[0]
        self.encoder = transformer.auto_model
        self.tokenizer = transformer.tokenizer
        self.head = nn.Linear(int(self.encoder.config.hidden_size), WIDTH)

    def forward(self, passages: Sequence[Passage]) -> Tensor:
        """Logits of shape (texts, outputs and GoEmotions' own labels): the maximum over sentences."""
        longest = max(len(p.ids) for p in passages)
        ids = torch.zeros((len(passages), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, passage in enumerate(passages):
            ids[row, : len(passage.ids)] = torch.tensor(passage.ids)
            mask[row, : len(passage.ids)] = 1
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        of_text = torch.tensor([row for row, passage in enumerate(passages) for _ in passage.lengths])
        vectors = torch.cat(
            [torch.from_numpy(p.pooling()) @ hidden[row, : len(p.ids)] for row, p in enumerate(passages)]
        )
        scores = self.head(vectors).float()
        index = of_text[:, None].expand_as(scores)
        lowest = torch.full((len(passages), scores.shape[1]), float("-inf"))
        logits: Tensor = lowest.scatter_reduce(0, index, scores, "amax", include_self=False)
        return logits

    def save_tokenizer(self, path: Path) -> None:
        """Write the tokenizer as the service reads it."""
        backend = self.tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        backend.save(str(path))


def masked_loss(logits: Tensor, targets: Tensor, weight: Tensor) -> Tensor:
    """Mean binary cross-entropy over known targets; `weight` multiplies positives of each output."""
    known = ~torch.isnan(targets)
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits, torch.nan_to_num(targets), pos_weight=weight, reduction="none"
    )
    return (loss * known).sum() / known.sum().clamp(min=1)


def positive_weight(targets: np.ndarray, cap: float = 3.0) -> Tensor:
    """sqrt(negatives / positives) of each output, capped."""
    positives = np.nansum(targets == 1, axis=0).clip(min=1)
    negatives = np.nansum(targets == 0, axis=0)
    return torch.tensor(np.sqrt(negatives / positives).clip(1, cap), dtype=torch.float32)


def batches(lengths: Sequence[int], size: int, seed: int) -> Iterator[list[int]]:
    """Shuffled batches of texts of similar length, so that little is padded."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths))
    chunks = [order[i : i + size * 16] for i in range(0, len(order), size * 16)]
    sorted_chunks = [sorted(chunk, key=lambda i: lengths[i]) for chunk in chunks]
    groups = [chunk[i : i + size] for chunk in sorted_chunks for i in range(0, len(chunk), size)]
    for place in rng.permutation(len(groups)):
        yield [int(i) for i in groups[place]]


def fit(detector: Detector, examples: Sequence[Example], config: FitConfig, work: Path, stage: str) -> None:
    """Train on `examples`, once each; goes on from the stage's checkpoint in `work`, and ends with one.

    Raises:
        ValueError: the checkpoint is of another run.
    """
    torch.manual_seed(config.seed)
    work.mkdir(parents=True, exist_ok=True)
    passages, targets = _prepared(detector, examples, config, work)
    detector.encoder.requires_grad_(not config.frozen)
    groups = [
        {"params": detector.encoder.parameters(), "lr": config.encoder_rate},
        {"params": detector.head.parameters(), "lr": config.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    plan = list(batches([len(p.ids) for p in passages], config.batch, config.seed))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(plan), config.warm_up))
    checkpoint = work / f"{stage}.pt"
    name = plan_of(examples, config)
    first = _resume(checkpoint, name, detector, optimizer, schedule)
    weight = positive_weight(targets)
    detector.train()
    started, losses = time.monotonic(), []
    for step in range(first, len(plan)):
        chosen = plan[step]
        with torch.autocast("cpu", torch.bfloat16):
            logits = detector([passages[i] for i in chosen])
        loss = masked_loss(logits.float(), torch.from_numpy(targets[chosen]), weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        done = step + 1
        if done % 25 == 0 or done == len(plan):
            speed = (done - first) / (time.monotonic() - started)
            left = (len(plan) - done) / speed / 60
            print(
                f"{stage}: step {done}/{len(plan)}  loss {np.mean(losses[-25:]):.4f}  "
                f"{speed * config.batch:.0f} examples/s  {left:.0f} min left",
                flush=True,
            )
        if done % config.checkpoint_every == 0 or done == len(plan):
            _save(checkpoint, name, done, detector, optimizer, schedule)
    detector.eval()


def _prepared(
    detector: Detector, examples: Sequence[Example], config: FitConfig, work: Path
) -> tuple[list[Passage], np.ndarray]:
    """Passages with their targets; texts without words are left out."""
    path = work / "tokenizer.json"
    detector.save_tokenizer(path)
    reader = Reader(path, MAX_TOKENS, config.tokens)
    found = [(passage, e.targets) for e in examples if (passage := reader.passage(e.text)) is not None]
    passages = [passage.whole() if config.whole else passage for passage, _ in found]
    return passages, np.stack([targets for _, targets in found])


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Linear warm-up, then linear decay to zero."""
    start = max(1, int(steps * warm_up))
    return step / start if step < start else max(0.0, (steps - step) / max(1, steps - start))


def served_head(detector: Detector) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the outputs that are exported."""
    count = len(OUTPUTS)
    return detector.head.weight.detach().numpy()[:count], detector.head.bias.detach().numpy()[:count]


def plan_of(examples: Sequence[Example], config: FitConfig) -> str:
    """A checksum of what is trained and how, so that a run never goes on from another one's checkpoint."""
    plan = hashlib.sha256(repr({**asdict(config), "checkpoint_every": None}).encode())
    for example in examples:
        plan.update(example.text.encode() + example.targets.tobytes())
    return plan.hexdigest()


def encoder_folder(encoder: str) -> Path:
    """The folder of an encoder, which is fetched if it is a name on the hub."""
    if Path(encoder).is_dir():
        return Path(encoder)
    return Path(snapshot_download(encoder, allow_patterns=["*.json", _WEIGHTS, "1_Pooling/*"]))


def encoder_checksum(encoder: str) -> str:
    """The sha256 of the encoder's weights."""
    return sha256(encoder_folder(encoder) / _WEIGHTS)


def _save(path: Path, plan: str, step: int, *parts: object) -> None:
    state = {"plan": plan, "step": step, "parts": [part.state_dict() for part in parts]}  # type: ignore[attr-defined]
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def _resume(path: Path, plan: str, *parts: object) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    if state["plan"] != plan:
        raise ValueError(f"{path} is of another data set or other options; use another work folder or delete it")
    for part, saved in zip(parts, state["parts"], strict=True):
        part.load_state_dict(saved)  # type: ignore[attr-defined]
    return int(state["step"])
