"""`coolhead classify`: what the proxy would read in a text."""

import sys
import time
from typing import Any, BinaryIO

import msgspec
import numpy as np
import rich_click as click
import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text

from guard.classifier.labelling import any_of
from guard.classifier.manifest import ANY, folder_of
from guard.classifier.onnx import Explained, OnnxClassifier
from guard.classifier.report import INVALID_INPUT, detailed, report
from guard.cli.serve import settings_or_exit
from guard.core.policy import Policy, is_flagged
from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn
from guard.pipeline import asked
from guard.wire.errors import BadRequest

_NO_UPSTREAM = {"upstream_url": "http://none.invalid/v1"}
"""Nothing is forwarded here, so that the one required setting need not be set."""

_WORTH_TELLING = 0.05
"""Probability below which a sentence's score is left out."""

_log = structlog.get_logger("coolhead")


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", is_flag=True, help='Read lines {"id", "text" or "messages"}, write one line for each.')
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of a table.")
@click.option("--model", help="Name of a shipped model, or a folder [default: the setting].")
@click.option("--config", help="A coolhead.toml [default: COOLHEAD_CONFIG].")
def classify(text: str | None, jsonl: bool, as_json: bool, model: str | None, config: str | None) -> None:
    """Read TEXT as the proxy would; `-` takes it from standard input.

    Shows probabilities, labels, thresholds, timing, the model's revision, what each sentence scored and which
    one decided. With --jsonl it reads lines and
    answers each with a line, in order; a line that is not understood gets detected=false, invalid_input.
    """
    if jsonl == (text is not None):
        raise click.UsageError("Give either a TEXT (or -) or --jsonl.")
    settings = settings_or_exit({**_NO_UPSTREAM, "detector_model": model}, config)
    policy = Policy(settings.mode, settings.flag_on, settings.control_rate)
    try:
        classifier = OnnxClassifier.load(folder_of(settings.detector_model), emotion=settings.detector_emotion)
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
        return classifier.score(turn)
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
    turn = Turn.of([text])
    started = time.perf_counter()
    reading = _read(classifier, turn)
    took = (time.perf_counter() - started) * 1000
    flagged = isinstance(reading, Reading) and is_flagged(reading, policy)
    thresholds = classifier.manifest.thresholds
    explained = classifier.explain(turn.text) if isinstance(reading, Reading) else None
    if as_json:
        found = detailed(reading, None, flagged, thresholds=thresholds, timing_ms=took)
        if explained is not None:
            found |= {"sentences": explained.by_sentence(), "crisis_words": explained.crisis_words}
        click.echo(msgspec.json.encode(found))
    elif isinstance(reading, Reading) and explained is not None:
        _show(reading, thresholds, explained, flagged, took)
    else:
        click.echo(f"undetected: {reading}")


def _show(
    reading: Reading, thresholds: dict[str, dict[str, float]], explained: Explained, flagged: bool, took: float
) -> None:
    console = Console()
    if len(explained.sentences) > 1:
        _show_sentences(console, explained)
    table = Table("head", "label", "probability", "threshold", "", "decided by")
    heads = {"emotion": reading.emotion, "domain": reading.domain}
    heads |= {"belief": {"belief": reading.belief}} if reading.belief is not None else {}
    heads |= {"crisis": {"crisis": reading.crisis}} if reading.crisis is not None else {}
    labels = {"emotion": reading.emotion_labels, "domain": reading.domain_labels}
    for head, found in heads.items():
        for row, (label, value) in enumerate(found.items()):
            limit = thresholds[head][label]
            reached = label in labels[head] if head in labels else value >= limit
            by_rule = head == "crisis" and explained.crisis_words is not None
            decided = (
                f'the words "{explained.crisis_words}"' if by_rule else f"sentence {explained.decisive(label) + 1}"
            )
            cells = ("" if row else head, label, f"{value:.3f}", f"{limit:.3f}", "yes" if reached else "")
            table.add_row(*cells, decided if reached else "", style="bold" if reached else "")
        if ANY in thresholds[head] and found:
            value, limit = any_of(np.array(list(found.values()))), thresholds[head][ANY]
            table.add_row("", ANY, f"{value:.3f}", f"{limit:.3f}", "yes" if value >= limit else "", "")
        table.add_section()
    console.print(table)
    console.print(f"flagged: {'yes' if flagged else 'no'}", highlight=False)
    console.print(f"read in {took:.1f} ms by {reading.model}", highlight=False)
    if reading.truncated:
        console.print("only a part was read: the text is longer than the budget")


def _show_sentences(console: Console, explained: Explained) -> None:
    table = Table("", "sentence", "strongest scores")
    for number, found in enumerate(explained.by_sentence(), start=1):
        scores = sorted(found["scores"].items(), key=lambda item: -item[1])[:3]
        told = ", ".join(f"{label} {value:.2f}" for label, value in scores if value >= _WORTH_TELLING)
        table.add_row(str(number), Text(found["sentence"]), told)
    console.print(table)
