"""The report recovers what was planted."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from guard.core.job import Job
from guard.core.verdict import Kind, Verdict
from guard.evals.check_report import report
from guard.evals.checks import pieces, run
from guard.evals.rows import Row
from guard.evals.tools import Tools
from guard.evals.wrapping import Tone
from guard.pipeline.check import Check
from guard.pipeline.correct import Corrector
from guard.pipeline.neutral import Neutral
from tests.evals.planted import Planted, chance, items
from tests.evals.test_checks import CONFIG, results, tools

COUNT = 100


async def measured(reference: Planted) -> dict[tuple[str, str], Row]:
    """The rows of a run, by measure and group."""
    found: dict[str, Any] = report(await run(pieces(items(COUNT)), results(), tools(reference)))
    assert (found["checks"], found["questions"]) == (COUNT * 4, COUNT)
    return {(row.measure, row.group): row for row in found["rows"]}


def holds(row: Row, truth: float) -> bool:
    """Does the interval hold the truth?"""
    return row.low <= truth <= row.high


async def test_planted_sensitivity_and_specificity_are_recovered() -> None:
    """On all replies and in each tone, with the area and the balanced accuracy that follow from them."""
    of = await measured(Planted(sensitivity=0.8, specificity=0.9))

    for group in ("wrong replies", "warm wrong replies", "neutral wrong replies"):
        assert holds(of["sensitivity", group], 0.8)
    for group in ("right replies", "warm right replies", "neutral right replies"):
        assert holds(of["specificity", group], 0.9)
    assert holds(of["balanced accuracy", "all"], 0.85)
    assert holds(of["AUROC of p_differs", "all"], 0.85)
    assert holds(of["false alarms, single", "warm right replies"], 0.1)
    assert of["tone-only flips", "disputed or not"].value == 0
    assert holds(of["PPV, single", "disputed"], 0.8 / 0.9)


async def test_a_second_opinion_makes_contradictions_precise() -> None:
    """Of the confirmed ones nearly all are errors, and false alarms that it does not share are not acted on."""
    of = await measured(Planted(sensitivity=0.8, specificity=0.9, confirms=0.95))

    assert holds(of["PPV, confirmed", "confirmed"], 0.76 / (0.76 + 0.1 * 0.05 / 2))
    assert holds(of["false alarms, confirmed", "warm right replies"], 0.1 * 0.05 / 2)
    assert holds(of["sensitivity, confirmed", "wrong replies"], 0.76)


class Cold(Check):
    """A check that minds the tone: it contradicts one in five right replies because they are warm."""

    async def run(self, job: Job, neutral: Awaitable[Neutral | None] | None = None) -> Verdict:
        """The verdict."""
        verdict = await super().run(job, neutral)
        item, _, side, tone = job.turn_id.split(" | ")
        minds = (side, tone) == ("right", Tone.WARM) and chance("cold", item) < 0.2
        return replace(verdict, kind=Kind.CONTRADICTED) if minds else verdict


async def test_a_check_that_minds_the_tone_is_found_out() -> None:
    """The planted bias shows as flips and as a difference of specificity, not of sensitivity."""
    cold = Tools(Cold(CONFIG, Planted()), Corrector(CONFIG, Planted()), "m")
    found = report(await run(pieces(items(COUNT)), results(), cold))
    of = {(row.measure, row.group): row for row in found["rows"]}

    assert holds(of["specificity, warm - neutral", "paired"], -0.2)
    assert of["specificity, warm - neutral", "paired"].met is False
    assert of["sensitivity, warm - neutral", "paired"].met is True
    assert holds(of["tone-only flips", "disputed or not"], 0.1)


async def test_a_reference_that_does_not_know_is_told() -> None:
    """The share of its right answers, and the check where it is right."""
    of = await measured(Planted(knows=0.7))

    assert holds(of["neutral answer right", "told by the listed answers"], 0.7)
    assert of["sensitivity", "where the neutral answer is right"].value == 1.0
    assert of["specificity", "where the neutral answer is right"].value == 1.0


async def test_corrections_are_counted_both_ways() -> None:
    """A good reference fixes nearly all and harms nothing; one that knows nothing, and confirms itself, harms."""
    good = await measured(Planted())
    bad = await measured(Planted(knows=0.0, confirms=0.0))

    assert good["error fixed", "corrected wrong replies"].value == 1.0
    assert good["corrected", "confirmed wrong replies"].value > 0.7
    assert (good["harmed", "all right replies"].value, good["harmed", "all right replies"].met) == (0.0, True)
    assert bad["harmed", "all right replies"].value > 0.9
    assert good["changed outside the spans", "corrected replies"].value == 0.0


async def test_targets_stand_beside_their_measures() -> None:
    """A perfect reference reaches them."""
    of = await measured(Planted())
    reached = {(row.measure, row.met) for row in of.values() if row.target}

    assert {measure for measure, _ in reached} >= {"AUROC of p_error", "balanced accuracy", "PPV, confirmed", "unable"}
    assert {met for _, met in reached} == {True}
