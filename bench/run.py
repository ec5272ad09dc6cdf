"""`make bench`: Coolhead, its peers and no proxy, side by side in one interleaved run.

Writes each measurement as a JSON line to bench/out/, and the tables into docs/performance.md.
"""

import datetime
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import bodies, procs
from bench.measure import Bench, Row
from bench.report import Results, report
from bench.scenarios import CLASSIFIED, PASS_THROUGH, Scenario, scaled
from bench.targets import OUT, ROOT, TARGETS, Server, servers

DOCUMENT = ROOT / "docs/performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
_console = Console(stderr=True)


@click.command()
@click.option("--quick", is_flag=True, help="One short round; the document is left as it is.")
@click.option("--rounds", type=int, default=3, show_default=True, help="Interleaved rounds.")
@click.option("--scale", type=float, default=1.0, show_default=True, help="Factor on all durations.")
@click.option(
    "--patience", type=float, default=60, show_default=True, help="Seconds to wait in all for a quiet machine."
)
@click.option("--only", multiple=True, help="Targets or scenarios to run; may be given again.")
@click.option("--render", type=click.Path(exists=True, path_type=Path), help="Write the tables of this JSONL; no run.")
def main(quick: bool, rounds: int, scale: float, patience: float, only: tuple[str, ...], render: Path | None) -> None:
    """Measure Coolhead beside nginx, the Portkey gateway and the LiteLLM proxy."""
    if render:
        results = _stored(render)
    else:
        if quick:
            rounds, scale, patience = 1, 0.3, 5
        try:
            results = _run(_chosen(only, scale), rounds, scale, patience)
        except procs.NotReady as error:
            raise click.ClickException(str(error)) from None
    text = report(results)
    print(text)
    if render or not (quick or only):
        _write(text)
    if any(row["problem"] for row in results.rows):
        sys.exit(1)


def _chosen(only: tuple[str, ...], scale: float) -> list[Scenario]:
    """The scenarios; with `only` those that it names, or those parts that have a target it names."""
    every = scaled(PASS_THROUGH + CLASSIFIED, scale)
    names = {scenario.key for scenario in every} & set(only)
    keep = set(only) - names
    if keep - set(TARGETS):
        raise click.UsageError(f"there is no {', '.join(keep - set(TARGETS))}; see bench/targets.py and scenarios.py")
    chosen = [replace(s, targets=tuple(t for t in s.targets if not keep or t in keep)) for s in every]
    return [s for s in chosen if s.targets and (not names or s.key in names)]


def _run(scenarios: list[Scenario], rounds: int, scale: float, patience: float) -> Results:
    if (os.cpu_count() or 1) < 2:
        raise click.ClickException("needs two cores: one for what is measured, one for the load")
    bodies.write(OUT / "bodies")
    available = servers()
    used = {t for s in scenarios for t in (*s.targets, *([s.beside] if s.beside else []))}
    wanted = [server for key, server in available.items() if key in {TARGETS[t].server for t in used}]
    missing = [server for server in wanted if server.missing]
    for server in missing:
        _console.print(f"[yellow]{server.key} is left out: {server.missing}")
    present = [server for server in wanted if not server.missing]
    meta = _meta(present, missing, rounds, scale)
    lines = OUT / f"run-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}.jsonl"
    _console.print(f"Writing to {lines.relative_to(ROOT)}; starting {', '.join(s.key for s in present)} ...")
    rows: list[Row] = []
    absent = {server.key for server in missing}
    with procs.mock() as mock, procs.serving(present, (OUT / "bodies/seen-whole.json").read_bytes()) as running:
        bench = Bench(mock, available, running, patience)
        with lines.open("w") as out:
            out.write(json.dumps({"meta": meta}) + "\n")
            for row in _rounds(bench, scenarios, used, absent, rounds):
                rows.append(row)
                out.write(json.dumps(row) + "\n")
                out.flush()
    return Results(meta, rows)


def _rounds(bench: Bench, scenarios: list[Scenario], used: set[str], absent: set[str], rounds: int) -> Iterator[Row]:
    """All measurements, round after round, so that a bad minute falls on all targets alike."""
    plan = [(s, TARGETS[t]) for s in scenarios for t in s.targets if TARGETS[t].server not in absent]
    bench.pace(scenarios[0])
    for key in sorted(used):
        if TARGETS[key].server not in absent:
            bench.warm(TARGETS[key])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console) as progress:
        task = progress.add_task("", total=len(plan) * rounds)
        for number in range(rounds):
            paced = None
            for scenario, target in plan:
                if scenario is not paced:
                    bench.pace(scenario)
                    paced = scenario
                progress.update(task, description=f"{scenario.key}: {target.key}")
                row = bench.measure(scenario, target) | {"round": number}
                if row["problem"]:
                    progress.console.print(f"[red]{scenario.key}, {target.key}: {row['problem']}", highlight=False)
                yield row
                progress.advance(task)


def _meta(present: list[Server], missing: list[Server], rounds: int, scale: float) -> dict[str, Any]:
    model = next((v for k, v in _cpu_info() if k == "model name"), platform.machine())
    return {
        "date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores of {model}, Linux {platform.release()}, Python {platform.python_version()}",
        "servers": [server.title for server in present],
        "missing": [f"{server.key}: {server.missing}" for server in missing],
        "rounds": rounds,
        "scale": scale,
    }


def _cpu_info() -> list[tuple[str, str]]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return [(key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines)]


def _stored(path: Path) -> Results:
    first, *rest = map(json.loads, path.read_text().splitlines())
    return Results(first["meta"], rest)


def _write(text: str) -> None:
    document = DOCUMENT.read_text()
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")
    _console.print(f"Written to {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
