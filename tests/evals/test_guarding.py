"""One model's answers before and after the guard."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from guard.core.reading import Reading, Undetected
from guard.core.turn import Turn as UserTurn
from guard.evals.guarding import PLAIN, WARM, Arm, Bench, Guarded, Piece, System, pieces, run
from guard.evals.match import Side
from guard.evals.results import Results
from guard.evals.scoring import Scorer
from guard.evals.wrapping import FEELINGS, Turn
from guard.pipeline.prompts import NEUTRAL_ANSWER
from tests.evals.planted import Planted, items
from tests.evals.test_checks import tools


@dataclass
class Feeling:
    """A detector that finds the feelings of the templates, or nothing at all, or a crisis."""

    blind: bool = False
    crisis: bool = False
    revision: str = "feeling@0"

    async def read(self, turn: UserTurn) -> Reading | Undetected:
        """Sadness where a template speaks of a feeling."""
        if self.blind:
            return Undetected.ERROR
        feels = any(feeling in turn.text for feelings in FEELINGS.values() for feeling in feelings)
        labels = ("sadness",) if feels else ()
        crisis = 0.9 if self.crisis else 0.0
        return Reading({"sadness": 0.9 * feels}, labels, {}, (), 0.0, False, crisis, self.crisis, self.revision)

    def close(self) -> None:
        """Nothing to end."""


def bench(model: Planted, detector: Feeling | None = None) -> Bench:
    """All that takes part, with one model on both sides."""
    prompts = {System.PLAIN: PLAIN, System.WARM: WARM}
    return Bench(tools(model), model, detector or Feeling(), Scorer(model, "m"), prompts)


def results(path: Path | None = None) -> Results[Guarded]:
    """The results of one run."""
    return Results(path, Guarded, {})


async def one(turn: Turn, model: Planted, detector: Feeling | None = None) -> Guarded:
    """What becomes of one answer."""
    [item] = items(1)
    [found] = await run([Piece(item, System.WARM, turn)], results(), bench(model, detector))
    return found


def test_every_item_is_asked_in_every_way() -> None:
    """Five ways under two system prompts, each once."""
    work = pieces(items(3))
    assert len({piece.id for piece in work}) == len(work) == 3 * 5 * 2


async def test_a_wrong_answer_on_a_flagged_turn_is_put_right() -> None:
    """In the arms that act; without the guard it stays wrong."""
    found = await one(Turn.EMOTION_FALSE_BELIEF, Planted(agrees=1.0))

    assert (found.flagged, found.labels, found.confirmed) == (True, "sadness", True)
    assert {arm: found.of(arm).side for arm in Arm} == {
        Arm.OFF: Side.WRONG,
        Arm.GUARD: Side.RIGHT,
        Arm.ALWAYS: Side.RIGHT,
        Arm.REASK: Side.RIGHT,
    }


async def test_a_turn_that_is_not_flagged_is_left_alone() -> None:
    """By the guard, whatever the check would find; `always` shows what it would."""
    found = await one(Turn.FALSE_BELIEF, Planted(agrees=1.0))

    assert not found.flagged
    assert (found.of(Arm.GUARD).side, found.of(Arm.ALWAYS).side) == (Side.WRONG, Side.RIGHT)


@pytest.mark.parametrize("detector", [Feeling(blind=True), Feeling(crisis=True)])
async def test_where_the_service_would_not_act_the_guard_does_not(detector: Feeling) -> None:
    """A turn that could not be read, and a crisis."""
    found = await one(Turn.EMOTION_FALSE_BELIEF, Planted(agrees=1.0), detector)

    assert not found.flagged
    assert found.of(Arm.GUARD) == found.of(Arm.OFF)


async def test_the_model_is_asked_as_an_application_asks_it() -> None:
    """Its own system prompt and the user's words; asked again, it gets the private note; `reask` has no note."""
    model = Planted(agrees=1.0)
    found = await one(Turn.EMOTION_FALSE_BELIEF, model)

    assert model.said[0] == (WARM, found.asked, None)
    assert (NEUTRAL_ANSWER, found.asked, None) in model.said
    assert all(system == WARM for system, _, note in model.said if note)


async def test_a_rerun_asks_nothing_again(tmp_path: Path) -> None:
    """Results come from the file, word for word."""
    path, work = tmp_path / "out.jsonl", pieces(items(2))
    before = await run(work, results(path), bench(Planted(agrees=0.5)))
    silent = Planted()
    after = await run(work, results(path), bench(silent))

    assert after == before
    assert not silent.said
    assert not silent.asked
