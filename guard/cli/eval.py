"""`coolhead eval`: how well the detector reads turns that you labelled."""

from pathlib import Path
from typing import Any

import msgspec
import rich_click as click
from rich.console import Console
from rich.table import Table

from guard.classifier.manifest import folder_of


@click.group("eval")
def evaluation() -> None:
    """Measure Coolhead's parts on data of your own."""


@evaluation.command()
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", help="Name of a shipped model, or a folder [default: the English one].")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Write a reliability diagram (.svg, .png)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of tables.")
def detector(data: Path, model: str | None, plot: Path | None, as_json: bool) -> None:
    """Score the detector on DATA, a file with one labelled turn a line.

    \b
    {"text": "what is the dose?", "emotion": ["fear"], "domain": ["medical"], "belief": 0, "crisis": 0}

    Only `text` is required: a field that is missing or null is unknown and not scored; `[]` means that none applies.
    `earlier` holds the user messages before it, oldest first; `kind`, `register` and `id` are allowed and ignored.
    Labels are read as models/turns/GUIDE.md defines them. Intervals are 95 % bootstrap intervals; labels with fewer
    than 20 positives or negatives are not scored.
    """
    try:
        from guard.training.report import detector_report

        found = detector_report(data, folder_of(model))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if plot is not None:
        _draw(found["reliability"], plot)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
    else:
        _show(found)


def _draw(bins: dict[str, Any], path: Path) -> None:
    from guard.training.card import draw_reliability

    try:
        draw_reliability(bins, path)
    except ModuleNotFoundError:
        raise click.ClickException("--plot needs matplotlib; install coolhead[plots]") from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"--plot {path}: {error}") from None


def _show(found: dict[str, Any]) -> None:
    console = Console()
    undetected = ", ".join(f"{count} {reason}" for reason, count in found["undetected"].items())
    console.print(
        f"{found['turns']} turns, read by {found['model']}; undetected: {undetected or 'none'}", highlight=False
    )
    table = Table("measure", "of", "n", "value", "95 % interval")
    for row in found["rows"]:
        interval = f"{row['low']:.3f} to {row['high']:.3f}"
        table.add_row(row["measure"].replace("_", " "), row["of"], str(row["n"]), f"{row['value']:.3f}", interval)
    console.print(table if found["rows"] else "No label has 20 positives and 20 negatives: nothing can be scored.")
    for head, estimate in found["calibration_error"].items():
        console.print(
            f"calibration error of {head}: {estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})",
            highlight=False,
        )
    for head, confusion in found["confusion"].items():
        if any(map(any, confusion["counts"])):
            table = Table(f"{head}: true / read", *confusion["labels"])
            for label, counts in zip(confusion["labels"], confusion["counts"], strict=True):
                table.add_row(label, *map(str, counts))
            console.print(table)
