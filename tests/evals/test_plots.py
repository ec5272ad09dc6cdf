"""Plots of reports."""

from pathlib import Path

import pytest

from guard.evals.plots import draw
from guard.evals.rows import Row

ROWS = [
    Row("errors", "plain, neutral", 60, 0.1, 0.05, 0.2, "<= 0.2", True),
    Row("errors after", "plain, neutral", 60, 0.05, 0.01, 0.1),
    Row("seconds", "all", 60, 4.0, 2.0, 8.0),
]


@pytest.mark.parametrize("by_measure", [False, True])
@pytest.mark.parametrize(("name", "start"), [("plot.svg", b"<?xml"), ("plot.png", b"\x89PNG")])
def test_a_plot_is_drawn(tmp_path: Path, name: str, start: bytes, by_measure: bool) -> None:
    """In the format of its suffix; what is no share is left out."""
    draw(ROWS, tmp_path / name, "title", by_measure=by_measure)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_nothing_to_draw_is_told(tmp_path: Path) -> None:
    """No empty picture."""
    with pytest.raises(ValueError, match="no shares"):
        draw(ROWS[2:], tmp_path / "plot.svg", "title")
