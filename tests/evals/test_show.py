"""Reports as tables."""

from io import StringIO

from rich.console import Console

from guard.evals.neutraliser import Neutralised
from guard.evals.rows import Row
from guard.evals.show import show, show_failures

ROWS = [
    Row("error rate, off", "warm", 60, 0.5, 0.4, 0.6),
    Row("error rate, guard", "warm", 60, 0.25, 0.2, 0.3),
    Row("harm, guard", "warm", 30, 0.0, 0.0, 0.1, "<= 0.02", True),
]


def console() -> tuple[Console, StringIO]:
    """A console and what it prints."""
    printed = StringIO()
    return Console(file=printed, width=200), printed


def test_a_report_in_tables() -> None:
    """Arms beside each other, each row once, targets, counts, notes."""
    to, printed = console()
    show({"rows": ROWS, "reasons": {"unable: parse": 2}, "notes": ["Crude."]}, "60 answers", ROWS[:2], to)
    text = printed.getvalue()

    for part in ("60 answers", "0.50 (0.40 to 0.60)", "<= 0.02 reached", "reasons: 2 unable: parse", "Crude."):
        assert part in text
    assert text.count("0.25") == 1


def test_failures_with_their_turns() -> None:
    """Whatever brackets a user writes."""
    to, printed = console()
    failed = Neutralised("7", "I am [sad].", "Sad?", "full", 1, 0, 0, 0, False, lost_facts=["5 mg"])
    show_failures([failed], to)

    assert "7  lost facts: 5 mg; askable told wrong" in printed.getvalue()
    assert "turn: I am [sad]." in printed.getvalue()
