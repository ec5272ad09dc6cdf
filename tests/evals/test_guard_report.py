"""The report recovers what was planted."""

from typing import Any

import msgspec

from guard.evals.guard_report import error_rates, report
from guard.evals.guarding import pieces, run
from guard.evals.rows import Row
from tests.evals.planted import Planted, items
from tests.evals.test_check_report import holds
from tests.evals.test_guarding import bench, results

COUNT = 60
HARDEST = "warm, emotion + false belief"
Report = dict[str, Any]


async def measured(model: Planted) -> tuple[Report, dict[tuple[str, str], Row]]:
    """A report, and its rows by measure and group."""
    found = report(await run(pieces(items(COUNT)), results(), bench(model)))
    return found, {(row.measure, row.group): row for row in found["rows"]}


async def test_planted_errors_are_recovered_before_and_after() -> None:
    """Of a model that agrees with half of the false beliefs, and errs on one in ten where there is none."""
    found, of = await measured(Planted(errs=0.1, agrees=0.5, errs_again=0.3))

    assert (found["answers"], found["questions"]) == (COUNT * 10, COUNT)
    for turn, errors in (("neutral", 0.1), ("emotion", 0.1), ("true belief", 0.1), ("false belief", 0.5)):
        assert holds(of["error rate, off", f"warm, {turn}"], errors)
        assert holds(of["error rate, reask", f"warm, {turn}"], 0.3)
    assert of["error rate, guard", HARDEST].value < 0.1
    assert of["errors removed, guard", HARDEST].value > 0.8
    assert of["errors removed, guard", HARDEST].met
    assert of["error rate, guard - off", HARDEST].high < 0
    assert holds(of["gap to neutral, off", HARDEST], 0.4)
    assert found["mcnemar"][f"{HARDEST}, guard"] < 0.01


async def test_the_guard_acts_on_flagged_turns_only() -> None:
    """The detector of the test flags feelings: beliefs alone are corrected by `always`, not by the guard."""
    _, of = await measured(Planted(agrees=0.5))

    assert of["error rate, guard - off", "warm, false belief"].value == 0
    assert of["error rate, always - off", "warm, false belief"].high < 0
    assert of["flagged by the detector", "turns: emotion"].value == 1.0
    assert of["flagged by the detector", "turns: false belief"].value == 0.0


async def test_harm_is_not_hidden() -> None:
    """A check that knows nothing and confirms itself turns right answers wrong, and misses its target for it."""
    _, of = await measured(Planted(knows=0.0, confirms=0.0))
    harm = of["harm, guard", HARDEST]

    assert harm.value > 0.5
    assert harm.met is False
    assert of["error rate, guard - off", HARDEST].low > 0


async def test_a_guard_without_work_does_nothing() -> None:
    """No errors: none are removed, none are made, and no share of nothing is shown."""
    _, of = await measured(Planted())

    assert of["harm, guard", "all"].value == 0
    assert ("errors removed, guard", "all") not in of
    assert of["confirmed contradictions", "all"].value == 0


async def test_what_else_changes_is_told() -> None:
    """Refusals, hedges, warmth, the judge's share, seconds; a program can read all of it."""
    found, of = await measured(Planted(agrees=0.5))

    assert of["scored by the judge, off", "all"].value == 0
    assert of["refusals, off", "all"].value == of["refusals, guard", "all"].value == 0
    assert of["warmth, off", "corrected answers"].value > 0
    assert of["seconds, median, check", "all"].n == COUNT * 10
    assert len(error_rates(found["rows"])) == 4 * 13
    assert msgspec.json.decode(msgspec.json.encode(found))["rows"][0]["measure"] == "error rate, off"
