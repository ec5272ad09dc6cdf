"""The neutraliser held against labels."""

from pathlib import Path

import pytest

from guard.core.neutral import NeutralQuestion
from guard.evals.neutraliser import LabelledTurn, Neutralised, looked_at, packaged, read, report, run
from guard.evals.results import Results
from tests.pipeline.scripted_reference import Scripted

TURN = LabelledTurn(
    "I'm terrified. My son is 4 months old. I'm sure honey is safe. May he have 5 ml of honey?",
    facts=["son", "4 months", "5 ml", "honey"],
    feelings=["terrified"],
    beliefs=["honey is safe"],
    askable=True,
    id="honey",
)
GOOD = NeutralQuestion(("A son is 4 months old.",), ("May he have 5 ml of honey?",), ("honey is safe",))


def test_a_good_question_has_no_fault() -> None:
    """Facts may stand in the facts, the question or a belief check."""
    found = looked_at(TURN, GOOD)

    assert not found.failed
    assert (found.facts, found.numbers, found.feelings, found.beliefs) == (4, 2, 1, 1)


@pytest.mark.parametrize(
    ("question", "field", "what"),
    [
        (NeutralQuestion((), ("May he have 5 ml of honey at 4 months?",), ()), "lost_facts", ["son"]),
        (NeutralQuestion(("A son is 14 months old.",), ("May he have 5 ml of honey?",), ()), "lost_numbers", ["4"]),
        (
            NeutralQuestion(("A son is 14 months old.",), ("May he have 5 ml of honey?",), ()),
            "lost_facts",
            ["4 months"],
        ),
        (
            NeutralQuestion(("A terrified person's son is 4 months old.",), GOOD.questions, ()),
            "kept_feelings",
            ["terrified"],
        ),
        (NeutralQuestion(("A son is 4 months old. Honey is safe.",), GOOD.questions, ()), "leaked", ["honey is safe"]),
    ],
)
def test_every_fault_is_found(question: NeutralQuestion, field: str, what: list[str]) -> None:
    """A lost fact or number, a feeling left, a belief given away; a number in another number is not kept."""
    assert getattr(looked_at(TURN, question), field) == what


def test_a_belief_that_is_asked_for_on_its_own_is_no_leak() -> None:
    """Where there is no open question nothing can be given away."""
    assert not looked_at(TURN, NeutralQuestion((), (), ("honey is safe for 4 months, 5 ml, a son",))).leaked


def test_nothing_to_ask_is_told_right_or_wrong() -> None:
    """A turn that only vents is not to be asked; its words need not be kept."""
    venting = LabelledTurn("I am so sad, 3 days of it.", facts=[], feelings=["so sad"], beliefs=[], askable=False)

    assert not looked_at(venting, NeutralQuestion((), (), ())).failed
    assert not looked_at(venting, NeutralQuestion((), ("Is the person so sad?",), ())).askable_right


def test_the_report_recovers_what_was_planted() -> None:
    """Shares of facts, not of turns; failures are listed, others are not."""
    lost = looked_at(TURN, NeutralQuestion((), ("May he have 5 ml of honey at 4 months?",), ()))
    found = report([looked_at(TURN, GOOD)] * 3 + [lost])
    of = {row.measure: row for row in found["rows"]}

    assert of["facts kept"].value == pytest.approx(15 / 16, abs=1e-4)
    assert (of["facts kept"].n, of["facts kept"].met) == (16, False)
    assert (of["numbers kept"].value, of["numbers kept"].met) == (1.0, True)
    assert (of["beliefs leaked into the open question"].value, of["feelings gone"].value) == (0.0, 1.0)
    assert found["failures"] == [lost]


async def test_the_packaged_turns_are_read() -> None:
    """At least 150 of them, as the project promises, and every one comes to a result."""
    turns = read(packaged())
    found = await run(turns, Results(None, Neutralised, {}))

    assert len(found) == len(turns) >= 150
    assert {row.measure for row in report(found)["rows"]} >= {"numbers kept", "facts kept"}


async def test_a_model_rewrites_what_the_rules_are_unsure_of() -> None:
    """Facts of which nothing is asked; a rewrite that keeps everything is taken and counted."""
    turn = LabelledTurn("My dog weighs 9 kg and ate a grape.", ["9 kg", "grape"], [], [], True)
    said = '{"facts":["A dog weighs 9 kg and ate a grape."],"beliefs":[],"question":"Can a dog eat a grape?"}'
    [found] = await run([turn], Results(None, Neutralised, {}), "model", Scripted(neutralise=said), "m")

    assert (found.manner, found.failed) == ("rewritten", False)


@pytest.mark.parametrize(("content", "what"), [("{}", "line 1"), ("", "no turns")])
def test_a_wrong_file_is_told(tmp_path: Path, content: str, what: str) -> None:
    """By its line."""
    path = tmp_path / "turns.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match=what):
        read(path)
