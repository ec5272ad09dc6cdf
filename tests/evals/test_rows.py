"""Rows beside their targets."""

from guard.evals.rows import at_least, at_most, rows
from guard.evals.stats import Estimate


def test_a_row_says_whether_its_target_is_reached() -> None:
    """From below and from above; a row without a target says nothing of one."""
    found = rows(
        [
            ("facts kept", "all", Estimate(0.98, 0.9, 1.0, 50), at_least(0.98)),
            ("leaks", "all", Estimate(0.1, 0.0, 0.2, 50), at_most(0.0)),
            ("share", "all", Estimate(0.1, 0.0, 0.2, 50)),
        ]
    )

    assert [(row.target, row.met) for row in found] == [(">= 0.98", True), ("<= 0", False), (None, None)]


def test_what_could_not_be_estimated_has_no_row() -> None:
    """It is not shown as 0."""
    assert rows([("share", "nobody", None)]) == []
