"""Shares with their intervals, drawn. Needs matplotlib, which is in the extra `plots`."""

from collections.abc import Sequence
from pathlib import Path

from guard.evals.rows import Row

_COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#edae49", "#6d597a", "#5c677d")


def draw(rows: Sequence[Row], path: Path, title: str, *, by_measure: bool = False) -> None:
    """One line a row; by measure, one line a group with the measures beside each other in colours.

    Raises:
        ModuleNotFoundError: matplotlib is missing.
        ValueError: the suffix is unknown, or there is nothing to draw.
        OSError: the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = [row for row in rows if -1 <= row.low <= row.high <= 1]
    if not drawn:
        raise ValueError("there are no shares to draw yet")
    labels = list(dict.fromkeys(row.group if by_measure else f"{row.measure} ({row.group})" for row in drawn))
    measures = list(dict.fromkeys(row.measure for row in drawn)) if by_measure else [""]
    figure = Figure(figsize=(9, 1.4 + 0.32 * len(labels) * max(1, 0.7 * len(measures))), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for nth, measure in enumerate(measures):
        chosen = [row for row in drawn if not by_measure or row.measure == measure]
        places = [labels.index(row.group if by_measure else f"{row.measure} ({row.group})") for row in chosen]
        offset = 0.7 * ((nth + 0.5) / len(measures) - 0.5)
        spans = [[max(0.0, r.value - r.low) for r in chosen], [max(0.0, r.high - r.value) for r in chosen]]
        axes.errorbar(
            [row.value for row in chosen],
            [place + offset for place in places],
            xerr=spans,
            fmt="o",
            capsize=3,
            color=_COLOURS[nth % len(_COLOURS)],
            label=measure,
        )
        for row, place in zip(chosen, places, strict=True):
            if row.target:
                axes.plot(float(row.target.split()[1]), place + offset, marker="|", markersize=14, color="#222222")
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("share, with 95 % interval; a black bar is a target")
    axes.set_title(title)
    axes.grid(axis="x", alpha=0.3)
    if by_measure:
        axes.legend(loc="best")
    figure.savefig(path, dpi=150)
