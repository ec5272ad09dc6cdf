"""Checks on written replies: what is asked, what comes back, what is kept."""

from pathlib import Path

import pytest

from guard.core.correction import Edit
from guard.evals.checks import Checked, Piece, by, outside, pieces, run
from guard.evals.match import Side
from guard.evals.results import Results
from guard.evals.tools import Tools
from guard.evals.wrapping import Tone, Turn
from guard.pipeline.check import Check, CheckConfig
from guard.pipeline.correct import Correction, Corrector
from guard.pipeline.reference import Ask, ReferenceDown, Reply
from tests.evals.planted import Planted, items

CONFIG = CheckConfig("m", single_reference=True, strategy="same_answer")


def tools(reference: Planted) -> Tools:
    """The check and the corrector in front of a planted reference."""
    return Tools(Check(CONFIG, reference), Corrector(CONFIG, reference), "m")


def results(path: Path | None = None) -> Results[Checked]:
    """The results of one run."""
    return Results(path, Checked, {})


def test_every_item_is_four_replies() -> None:
    """Right and wrong in both tones, on one kind of turn after the other; crossed, on all of them."""
    work = pieces(items(8))

    assert len({piece.id for piece in work}) == 8 * 4
    assert {piece.turn for piece in work} == {Turn.NEUTRAL, Turn.EMOTION, Turn.FALSE_BELIEF, Turn.EMOTION_FALSE_BELIEF}
    assert len({piece.id for piece in pieces(items(8), crossed=True)}) == 8 * 16


async def test_a_wrong_reply_is_contradicted_and_corrected() -> None:
    """The corrected reply is right, warm as before, and nothing changed outside the edits."""
    [item] = items(1)
    [found] = await run([Piece(item, Turn.EMOTION, False, Tone.WARM)], results(), tools(Planted()))

    assert (found.kind, found.confirmed, found.right) == ("contradicted", True, False)
    assert (found.neutral_side, found.corrected_side) == (Side.RIGHT, Side.RIGHT)
    assert found.corrected is not None
    assert (found.corrected_by, found.outside) == ("edit", 0)
    assert found.reply.split(".")[0] in found.corrected


async def test_a_right_reply_is_left_alone() -> None:
    """And its tokens are counted."""
    [item] = items(1)
    [found] = await run([Piece(item, Turn.NEUTRAL, True, Tone.NEUTRAL)], results(), tools(Planted()))

    assert (found.kind, found.corrected, found.confirmed) == ("consistent", None, False)
    assert found.tokens > 0


async def test_a_fault_of_the_reference_is_a_result() -> None:
    """It is unable, never a pass."""

    class Down(Planted):
        async def complete(self, ask: Ask) -> Reply:
            raise ReferenceDown("gone")

    [item] = items(1)
    [found] = await run([Piece(item, Turn.NEUTRAL, True, Tone.NEUTRAL)], results(), tools(Down()))

    assert (found.kind, found.reason) == ("unable", "reference_down")


async def test_a_rerun_checks_nothing_again(tmp_path: Path) -> None:
    """Results come from the file, word for word."""
    work, path = pieces(items(3)), tmp_path / "out.jsonl"
    before = await run(work, results(path), tools(Planted()))
    silent = Planted()
    after = await run(work, results(path), tools(silent))

    assert after == before
    assert silent.asked == []


@pytest.mark.parametrize(
    ("after", "edits", "changed"),
    [
        ("It is four, dear.", (Edit(6, 10, "four"),), 0),
        ("It is four, deer.", (Edit(6, 10, "four"),), 1),
        ("It was four, dear.", (Edit(6, 10, "four"),), 11),
        ("It is five, dear.", (), 0),
        (None, (), 0),
    ],
)
def test_changes_outside_the_spans_are_counted(after: str | None, edits: tuple[Edit, ...], changed: int) -> None:
    """By comparing texts, not by trusting the edits; a regenerated answer has no spans."""
    found = outside("It is five, dear.", after, edits)
    assert found == changed if changed < 2 else found > 1


def test_how_it_was_corrected() -> None:
    """By edits, by asking again, or why not."""
    assert by(Correction("text", (Edit(0, 1, "a"),))) == "edit"
    assert by(Correction("text")) == "regeneration"
    assert by(Correction(failed="lecture")) == "lecture"
