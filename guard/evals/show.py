"""Reports as tables for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from guard.evals.rows import Row

_COUNTED = ("reasons", "corrections", "skipped")
_WRONG = ("lost_facts", "lost_numbers", "kept_feelings", "leaked")


def show(found: Mapping[str, Any], headline: str, beside: Sequence[Row], console: Console) -> None:
    """A report; the rows in `beside` come first, a line a group."""
    console.print(headline, highlight=False)
    if beside:
        console.print(_crossed(beside))
    table = Table("measure", "of", "n", "value", "95 % interval", "target")
    for row in found["rows"]:
        if row not in beside:
            target = f"{row.target} {'reached' if row.met else 'missed'}" if row.target else ""
            interval = f"{row.low:.3f} to {row.high:.3f}"
            table.add_row(row.measure, row.group, str(row.n), f"{row.value:.3f}", interval, target)
    console.print(table)
    for name in _COUNTED:
        if found.get(name):
            listed = ", ".join(f"{count} {reason}" for reason, count in found[name].items())
            console.print(f"{name}: {listed}", highlight=False)
    for note in found.get("notes", ()):
        console.print(note, highlight=False)


def _crossed(rows: Sequence[Row]) -> Table:
    """Measures beside each other, a line a group."""
    measures = list(dict.fromkeys(row.measure for row in rows))
    table = Table("of", "n", *measures)
    for group in dict.fromkeys(row.group for row in rows):
        of = {row.measure: row for row in rows if row.group == group}
        cells = [f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})" if (row := of.get(m)) else "" for m in measures]
        table.add_row(group, str(next(iter(of.values())).n), *cells)
    return table


def show_failures(failures: Sequence[Any], console: Console) -> None:
    """Turns that were neutralised wrongly, and what is wrong with each."""
    for row in failures:
        wrong = [f"{kind.replace('_', ' ')}: {', '.join(getattr(row, kind))}" for kind in _WRONG if getattr(row, kind)]
        wrong += [] if row.askable_right else ["askable told wrong"]
        text = f"\n{row.id}  {'; '.join(wrong)}\n  turn: {row.text}\n  told: {row.told}"
        console.print(text, markup=False, highlight=False, soft_wrap=True)
