"""`coolhead train`."""

from pathlib import Path
from typing import Any

import rich_click as click

from guard.classifier.manifest import NAME

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--data", type=_FOLDER, required=True, help="Folder with labelled.jsonl.gz and goemotions/.")
@click.option("--encoder", help="Folder or hub name of the encoder [default: MiniLM or e5, by the languages].")
@click.option("--languages", default="en", show_default=True, help="What it will read: en, or en,de,es,fr,it,pt.")
@click.option("--out", type=_FOLDER, default=Path("models", NAME), show_default=True, help="The model folder to write.")
@click.option("--work", type=_FOLDER, help="Checkpoints; a stopped run goes on from there [default: runs/NAME].")
@click.option("--public-draws", default=140_000, show_default=True, help="First stage: draws from public sources.")
@click.option("--own-draws", default=42_000, show_default=True, help="Second stage: draws from own turns and the rest.")
@click.option("--seed", default=0, show_default=True, help="Of the draws, their order and the weights of the heads.")
@click.option("--threads", type=int, help="Threads for training [default: all cores].")
@click.option("--measure", is_flag=True, help="Do not train: measure the model in --out again, rewrite its card.")
@click.option(
    "--ablate", is_flag=True, help="Do not train the model: train variants from its first stage, for its card."
)
def train(data: Path, out: Path, work: Path | None, measure: bool, ablate: bool, **options: Any) -> None:
    """Train the detector, export it to int8 ONNX, calibrate it and write its model card.

    Needs the extra `train` (`make train-setup` prepares .venv-train); --measure does not.
    """
    try:
        if measure:
            from guard.training.evaluate import evaluate

            manifest = evaluate(out, data, _say)
        else:
            manifest = _train(data, out, work or Path("runs", out.name), ablate=ablate, **options)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    _say(f"{manifest.revision} is in {out}; its scores are in {out / 'CARD.md'}")


def _train(
    data: Path,
    out: Path,
    work: Path,
    *,
    ablate: bool,
    encoder: str | None,
    languages: str,
    public_draws: int,
    own_draws: int,
    seed: int,
    threads: int | None,
) -> Any:
    try:
        import torch

        from guard.training.ablations import ablations
        from guard.training.fit import FitConfig
        from guard.training.pipeline import TrainConfig
        from guard.training.pipeline import train as run
        from guard.training.sources import ENCODER, MULTILINGUAL_ENCODER
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: training needs the extra `train`") from None
    if threads:
        torch.set_num_threads(threads)
    read = tuple(languages.split(","))
    command = (
        f"coolhead train --data DATA --out models/{out.name}{'' if languages == 'en' else f' --languages {languages}'} "
        f"--public-draws {public_draws} --own-draws {own_draws} --seed {seed}"
    )
    config = TrainConfig(
        data=data,
        out=out,
        work=work,
        encoder=encoder or (ENCODER if read == ("en",) else MULTILINGUAL_ENCODER),
        languages=read,
        public=FitConfig(encoder_rate=1.2e-4, head_rate=2e-3, seed=seed),
        own=FitConfig(encoder_rate=1e-4, head_rate=1e-3, seed=seed),
        public_draws=public_draws,
        own_draws=own_draws,
        command=command,
    )
    return (ablations if ablate else run)(config, _say)


def _say(line: str) -> None:
    click.echo(line, err=True)
