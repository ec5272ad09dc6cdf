"""Fine-tuning: one encoder, mean pooling, all heads in one linear layer, masked binary cross-entropy."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import hf_hub_download
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

from guard.classifier.manifest import sha256
from guard.training.data import Example
from guard.training.labels import OUTPUTS
from guard.training.sources import ENCODER


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How the model is trained."""

    encoder: str = ENCODER
    """A folder, or a name on the hub."""
    max_tokens: int = 96
    batch: int = 32
    epochs: int = 1
    encoder_rate: float = 8e-5
    head_rate: float = 2e-3
    warm_up: float = 0.05
    seed: int = 0
    checkpoint_every: int = 300
    """Steps."""


class Detector(nn.Module):  # type: ignore[misc]
    """A sentence-transformers encoder with a linear layer over all outputs."""

    def __init__(self, encoder: str, max_tokens: int) -> None:
        super().__init__()
        self.encoder = SentenceTransformer(encoder, device="cpu")
        self.encoder.max_seq_length = max_tokens
        width = self.encoder.get_embedding_dimension()
        self.head = nn.Linear(int(width or 0), len(OUTPUTS))

    def forward(self, texts: list[str]) -> Tensor:
        """Logits of shape (texts, outputs)."""
        features = self.encoder.preprocess(texts)
        # Module by module up to the pooling: the published pipeline ends with a normalisation that we do not want.
        for module in list(self.encoder)[:2]:
            features = module(features)
        logits: Tensor = self.head(features["sentence_embedding"])
        return logits


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


def batches(examples: list[Example], size: int, seed: int) -> Iterator[list[Example]]:
    """Shuffled batches of texts of similar length, so that little is padded."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(examples))
    chunks = [order[i : i + size * 16] for i in range(0, len(order), size * 16)]
    sorted_chunks = [sorted(chunk, key=lambda i: len(examples[i].text)) for chunk in chunks]
    groups = [chunk[i : i + size] for chunk in sorted_chunks for i in range(0, len(chunk), size)]
    rng.shuffle(groups)
    for group in groups:
        yield [examples[i] for i in group]


def fit(examples: list[Example], config: FitConfig, work: Path) -> Detector:
    """Train on `examples`; goes on from the checkpoint in `work` if there is one, and ends with one.

    Raises:
        ValueError: the checkpoint is of another run.
    """
    torch.manual_seed(config.seed)
    work.mkdir(parents=True, exist_ok=True)
    detector = Detector(config.encoder, config.max_tokens)
    groups = [
        {"params": detector.encoder.parameters(), "lr": config.encoder_rate},
        {"params": detector.head.parameters(), "lr": config.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    plan = [b for epoch in range(config.epochs) for b in batches(examples, config.batch, config.seed + epoch)]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, len(plan), config.warm_up))
    checkpoint = work / "checkpoint.pt"
    name = plan_of(examples, config)
    first = _resume(checkpoint, name, detector, optimizer, schedule)
    weight = positive_weight(np.stack([e.targets for e in examples]))
    detector.train()
    started, losses = time.monotonic(), []
    for step in range(first, len(plan)):
        batch = plan[step]
        targets = torch.tensor(np.stack([e.targets for e in batch]))
        loss = masked_loss(detector([e.text for e in batch]), targets, weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        done = step + 1
        if done % 50 == 0 or done == len(plan):
            speed = (done - first) / (time.monotonic() - started)
            left = (len(plan) - done) / speed / 60
            print(
                f"step {done}/{len(plan)}  loss {np.mean(losses[-50:]):.4f}  "
                f"{speed * config.batch:.0f} examples/s  {left:.0f} min left",
                flush=True,
            )
        if done % config.checkpoint_every == 0 or done == len(plan):
            _save(checkpoint, name, done, detector, optimizer, schedule)
    return detector


def _rate(step: int, steps: int, warm_up: float) -> float:
    """Linear warm-up, then linear decay to zero."""
    start = max(1, int(steps * warm_up))
    return step / start if step < start else max(0.0, (steps - step) / max(1, steps - start))


def plan_of(examples: list[Example], config: FitConfig) -> str:
    """A checksum of what is trained and how, so that a run never goes on from another one's checkpoint."""
    plan = hashlib.sha256(repr({**asdict(config), "encoder": None, "checkpoint_every": None}).encode())
    for example in examples:
        plan.update(example.text.encode() + example.targets.tobytes())
    return plan.hexdigest()


def encoder_checksum(encoder: str) -> str:
    """The sha256 of the encoder's weights."""
    folder = Path(encoder)
    return sha256(
        folder / "model.safetensors" if folder.is_dir() else Path(hf_hub_download(encoder, "model.safetensors"))
    )


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
