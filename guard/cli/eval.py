"""`coolhead eval`: how well the parts do their work, on data of your own."""

import asyncio
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from guard.classifier.manifest import folder_of

if TYPE_CHECKING:
    from guard.evals.endpoints import Endpoint
    from guard.evals.rows import Row

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])


def _shared(command: Command) -> Command:
    """The options that all evaluations with results have."""
    options = (
        click.option("--out", type=_NEW_FILE, help="Every result is a line here; a stopped run goes on from it."),
        click.option("--limit", type=click.IntRange(1), help="Only so many items, drawn by the seed."),
        click.option("--seed", default=0, show_default=True, help="Of every draw."),
        click.option("--concurrency", type=click.IntRange(1), default=1, show_default=True, help="Items at a time."),
        click.option("--plot", type=_NEW_FILE, help="Draw the shares with their intervals (.svg, .png)."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object in place of tables."),
        click.option(
            "--api-key", envvar="COOLHEAD_UPSTREAM_API_KEY", help="Of the endpoints [env: COOLHEAD_UPSTREAM_API_KEY]."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


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


@evaluation.command()
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--base-url", help="An OpenAI-compatible endpoint, with /v1: a model rewrites where the rules are unsure."
)
@click.option("--model", help="The model that rewrites.")
@click.option("--failures", is_flag=True, help="List the turns on which something went wrong.")
@_shared
def neutraliser(file: Path | None, base_url: str | None, model: str | None, failures: bool, **options: Any) -> None:
    """Measure what the neutral question keeps and drops.

    FILE has one labelled turn a line [default: 170 own turns that come with Coolhead]:

    \b
    {"text": "...", "facts": ["10 mg"], "feelings": ["terrified"], "beliefs": ["honey is safe"], "askable": true}

    Facts and numbers must be in the neutral question, its facts or its belief checks; feelings must not; beliefs must
    not be in the open question. `earlier` holds the user messages before it. Intervals are Wilson's, 95 %.
    """
    from guard.evals import neutraliser as measured
    from guard.evals.endpoints import opened
    from guard.pipeline.check import check_version

    if bool(base_url) != bool(model):
        raise click.UsageError("--base-url and --model go together: a model rewrites, or only the rules are measured")

    async def run(tell: Callable[[int, int], None]) -> Any:
        from guard.evals.results import Results

        turns = _drawn(measured.read(file or measured.packaged()), options)
        about = {"eval": "neutraliser", "data": str(file or "packaged"), "check": check_version(model)}
        results = Results(options["out"], measured.Neutralised, about)
        if base_url is None or model is None:
            return measured.report(await measured.run(turns, results, tell=tell))
        endpoint = _endpoint(base_url, model, options)
        async with opened(endpoint) as reference:
            concurrency = options["concurrency"]
            return measured.report(await measured.run(turns, results, "model", reference, model, concurrency, tell))

    found = _measured("turns", run)
    found = {"eval": "neutraliser", "model": model or "rules"} | found
    _tell(found, f"{found['turns']} turns, neutralised by {found['model']}", options)
    if failures and not options["as_json"]:
        from guard.evals.show import show_failures

        show_failures(found["failures"], Console())


def _references(command: Command) -> Command:
    """The options that say who checks, and how."""
    options = (
        click.option("--base-url", required=True, help="An OpenAI-compatible endpoint that checks, with /v1."),
        click.option("--model", required=True, help="The model that checks."),
        click.option("--second-url", help="The second reference's endpoint [default: --base-url]."),
        click.option("--second-model", help="The second reference: only what both contradict is confirmed."),
        click.option("--single-reference", is_flag=True, help="Let the model itself confirm what it disputes."),
        click.option(
            "--rewrite",
            type=click.Choice(("rules", "model")),
            default="rules",
            show_default=True,
            help="Who makes the neutral question where the rules are unsure.",
        ),
        click.option(
            "--strategy",
            type=click.Choice(("auto", "same_answer", "judge")),
            default="auto",
            show_default=True,
            help="Who says where a reply differs.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@evaluation.command()
@click.option("--items", type=_FILE, help="Questions with known answers [default: 60 own ones].")
@click.option("--crossed", is_flag=True, help="Every item in every kind of turn: four times the checks.")
@_references
@_shared
def check(items: Path | None, crossed: bool, **options: Any) -> None:
    """Measure the check on replies that are known to be right or wrong.

    Each item becomes four replies by own templates: right and wrong, in a neutral and in a warm tone, some of the wrong
    ones endorsing what the user believes. The user asks plainly, with emotion, with a false belief or with both, in
    turn. Every reply is checked; what two references contradict is corrected. An item a line:

    \b
    {"id": "1", "question": "...", "right": ["12 months"], "wrong": ["3 months"], "domain": "medical", "belief": "..."}
    """
    from guard.evals import checks
    from guard.evals.check_report import report
    from guard.evals.items import packaged, read
    from guard.evals.results import Results
    from guard.evals.tools import prepared
    from guard.pipeline.check import check_version

    setup = _setup(options)

    async def run(tell: Callable[[int, int], None]) -> Any:
        listed = read(items or packaged())
        about = {"eval": "check", "items": str(items or "packaged"), "seed": options["seed"]} | setup.run
        about["check"] = check_version(options["model"])
        results = Results(options["out"], checks.Checked, about)
        work = checks.pieces(_drawn(listed.items, options), crossed=crossed)
        async with prepared(setup) as tools:
            found = await checks.run(work, results, tools, options["seed"], options["concurrency"], tell)
        return about | {"skipped": listed.skipped} | report(found)

    found = _measured("checks", run)
    _tell(found, f"{found['checks']} checks on {found['questions']} questions by {options['model']}", options)


def _setup(options: dict[str, Any]) -> Any:
    from guard.evals.tools import Setup

    if options["second_url"] and not options["second_model"]:
        raise click.UsageError("--second-url needs --second-model")
    if options["second_model"] and options["single_reference"]:
        raise click.UsageError("--single-reference is for a check without --second-model")
    second = None
    if options["second_model"]:
        url = options["second_url"] or options["base_url"]
        second = _endpoint(url, options["second_model"], options, "--second-url")
    reference = _endpoint(options["base_url"], options["model"], options)
    return Setup(reference, second, options["single_reference"], options["rewrite"], options["strategy"])


@evaluation.command()
@click.option("--items", type=_FILE, help="Questions with known answers [default: 60 own ones].")
@click.option("--answers-url", help="The endpoint whose answers are guarded [default: --base-url].")
@click.option("--answers-model", help="The model whose answers are guarded [default: --model].")
@click.option("--judge-url", help="Scores what the listed answers cannot tell [default: --base-url].")
@click.option("--judge-model", help="The model that does [default: --model]; better one of another family.")
@click.option("--system", type=_FILE, help="Your system prompt, in place of the warm one.")
@click.option("--detector", help="Name of a shipped detector, or a folder [default: the English one].")
@_references
@_shared
def guard(items: Path | None, system: Path | None, detector: str | None, **options: Any) -> None:
    """Measure whether the guard helps: a model's answers before and after it.

    The same model, plain and with a warm system prompt, is asked each question neutrally, with emotion, with a false
    and a true belief, and with emotion and a false belief. Its answers are scored before and after mode `correct`, in
    which the shipped detector decides what is flagged, and beside it in the arms `always` (every turn is checked and
    corrected) and `reask` (the model is asked the user's own words again, not neutralised). Scores come from the
    listed answers first, from a judge only where they do not tell; its share is shown.
    """
    from guard.evals import guarding
    from guard.evals.guard_report import error_rates, report
    from guard.evals.items import packaged, read
    from guard.evals.results import Results
    from guard.pipeline.check import check_version

    setup = _setup(options)
    answers = _other(options, "answers")
    judge = _other(options, "judge")
    prompts = {guarding.System.PLAIN: guarding.PLAIN, guarding.System.WARM: guarding.WARM}
    if system:
        prompts[guarding.System.WARM] = system.read_text(encoding="utf-8").strip()

    async def run(tell: Callable[[int, int], None]) -> Any:
        listed = read(items or packaged())
        about = {"eval": "guard", "items": str(items or "packaged"), "seed": options["seed"]} | setup.run
        about |= {"check": check_version(options["model"]), "detector": str(folder_of(detector).name)}
        about |= {"answers": answers.model, "judge": judge.model, "prompts": dict(prompts)}
        results = Results(options["out"], guarding.Guarded, about)
        work = guarding.pieces(_drawn(listed.items, options))
        async with guarding.prepared_bench(setup, answers, judge, folder_of(detector), prompts) as bench:
            found = await guarding.run(work, results, bench, options["seed"], options["concurrency"], tell)
        return about | {"skipped": listed.skipped} | report(found)

    found = _measured("answers", run)
    headline = f"{found['answers']} answers to {found['questions']} questions by {answers.model}"
    _tell(found, headline, options, drawn=error_rates(found["rows"]))


def _other(options: dict[str, Any], who: str) -> "Endpoint":
    """An endpoint that is the checking one where nothing else is given."""
    url, model = options[f"{who}_url"], options[f"{who}_model"]
    if url and not model:
        raise click.UsageError(f"--{who}-url needs --{who}-model")
    return _endpoint(url or options["base_url"], model or options["model"], options, f"--{who}-url")


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


def _measured(what: str, run: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """What a run comes to, with a bar on stderr; its foreseeable faults as one sentence."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task(what, total=None)
            return asyncio.run(run(lambda done, total: progress.update(bar, completed=done, total=total)))
    except KeyboardInterrupt:
        raise click.ClickException("stopped; with --out the next run goes on from here") from None
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None


Item = TypeVar("Item")


def _drawn(items: Sequence[Item], options: dict[str, Any]) -> list[Item]:
    """The items in the seed's order, up to the limit: a larger limit adds items to those of a smaller one."""
    shuffled = list(items)
    random.Random(options["seed"]).shuffle(shuffled)
    return shuffled[: options["limit"]]


def _endpoint(url: str, model: str, options: dict[str, Any], option: str = "--base-url") -> "Endpoint":
    from guard.evals.endpoints import Endpoint

    return Endpoint(url, model, options["api_key"], option)


def _tell(found: dict[str, Any], headline: str, options: dict[str, Any], *, drawn: Sequence["Row"] = ()) -> None:
    """The report as JSON or as a table, and its plot."""
    if options["plot"] is not None:
        _plot(drawn or found["rows"], options["plot"], headline, by_measure=bool(drawn))
    if options["as_json"]:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
        return
    from guard.evals.show import show

    show(found, headline, drawn, Console())


def _plot(rows: Sequence["Row"], path: Path, title: str, *, by_measure: bool) -> None:
    try:
        from guard.evals.plots import draw

        draw(rows, path, title, by_measure=by_measure)
    except ModuleNotFoundError:
        raise click.ClickException("--plot needs matplotlib; install coolhead[plots]") from None
    except (OSError, ValueError) as error:
        raise click.ClickException(f"--plot {path}: {error}") from None
