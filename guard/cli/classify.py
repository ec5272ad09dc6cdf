"""`coolhead classify`: what the proxy would read in a text."""

import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import rich_click as click
import structlog
from rich.console import Console
from rich.table import Table

from guard.classifier.manifest import shipped
from guard.classifier.onnx import NoWords, OnnxClassifier
from guard.classifier.report import INVALID_INPUT, detailed, report
from guard.cli.serve import settings_or_exit
from guard.core.policy import Policy, is_flagged
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn
from guard.pipeline import asked
from guard.wire.errors import BadRequest

_NO_UPSTREAM = {"upstream_url": "http://none.invalid/v1"}
"""Nothing is forwarded here, so that the one required setting need not be set."""

_log = structlog.get_logger("coolhead")


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", is_flag=True, help='Read lines {"id", "text" or "messages"}, write one line for each.')
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of a table.")
@click.option("--model", type=click.Path(path_type=Path), help="Folder of a model [default: the setting, the shipped].")
@click.option("--config", help="A coolhead.toml [default: COOLHEAD_CONFIG].")
def classify(text: str | None, jsonl: bool, as_json: bool, model: Path | None, config: str | None) -> None:
    """Read TEXT as the proxy would; `-` takes it from standard input.

    Shows probabilities, labels, thresholds, timing and the model's revision. With --jsonl it reads lines and
    answers each with a line, in order; a line that is not understood gets detected=false, invalid_input.
    """
    if jsonl == (text is not None):
        raise click.UsageError("Give either a TEXT (or -) or --jsonl.")
    settings = settings_or_exit({**_NO_UPSTREAM, "detector_model": model}, config)
    policy = Policy(settings.mode, settings.flag_on, settings.control_rate)
    try:
        classifier = OnnxClassifier.load(
            settings.detector_model or shipped(), cache_entries=settings.detector_cache if jsonl else 0
        )
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    try:
        if jsonl:
            _lines(classifier, policy, sys.stdin.buffer, sys.stdout.buffer)
        else:
            given = sys.stdin.buffer.read().decode(errors="replace") if text == "-" else text or ""
            _one(classifier, policy, given, as_json)
    finally:
        classifier.close()


def _lines(classifier: OnnxClassifier, policy: Policy, lines: BinaryIO, out: BinaryIO) -> None:
    for line in lines:
        out.write(msgspec.json.encode(_answer(classifier, policy, line)) + b"\n")
        out.flush()


def _answer(classifier: OnnxClassifier, policy: Policy, line: bytes) -> dict[str, Any]:
    try:
        question = asked.read(line)
        turn = asked.turn_of(question)
    except BadRequest:
        return report(INVALID_INPUT, _id(line), flagged=False)
    reading = _read(classifier, turn)
    return report(reading, question.id, isinstance(reading, Reading) and is_flagged(reading, policy))


def _read(classifier: OnnxClassifier, turn: Turn) -> Reading | Undetected:
    try:
        return classifier.score(turn.text).reading
    except NoWords:
        return Undetected.NO_TEXT
    except Exception as error:
        _log.error("detection_failed", kind=type(error).__name__)
        return Undetected.ERROR


def _id(line: bytes) -> Any:
    """The id of a line that is wrong otherwise."""
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found.get("id") if isinstance(found, dict) else None


def _one(classifier: OnnxClassifier, policy: Policy, text: str, as_json: bool) -> None:
    started = time.perf_counter()
    reading = _read(classifier, Turn.of([text]))
    took = (time.perf_counter() - started) * 1000
    flagged = isinstance(reading, Reading) and is_flagged(reading, policy)
    thresholds = classifier.manifest.thresholds
    if as_json:
        found = detailed(reading, None, flagged, thresholds=thresholds, timing_ms=took)
        click.echo(msgspec.json.encode(found))
    elif isinstance(reading, Reading):
        _show(reading, thresholds, flagged, took)
    else:
        click.echo(f"undetected: {reading}")


def _show(reading: Reading, thresholds: dict[str, dict[str, float]], flagged: bool, took: float) -> None:
    table = Table("head", "label", "probability", "threshold", "")
    heads = {"emotion": reading.emotion, "domain": reading.domain}
    heads |= {"belief": {"belief": reading.belief}} if reading.belief is not None else {}
    heads |= {"crisis": {"crisis": reading.crisis}} if reading.crisis is not None else {}
    for head, found in heads.items():
        for row, (label, value) in enumerate(found.items()):
            limit = thresholds[head][label]
            reached = value >= limit
            cells = ("" if row else head, label, f"{value:.3f}", f"{limit:.3f}", "yes" if reached else "")
            table.add_row(*cells, style="bold" if reached else "")
        table.add_section()
    console = Console()
    console.print(table)
    console.print(f"flagged: {'yes' if flagged else 'no'}", highlight=False)
    console.print(f"read in {took:.1f} ms by {reading.model}", highlight=False)
    if reading.truncated:
        console.print("only a part was read: the text is longer than the budget")
