"""When a model is asked to rewrite a turn, and which rewrites are taken."""

import msgspec
import pytest

from guard.core.neutral import NeutralQuestion
from guard.core.turn import Turn
from guard.pipeline.calls import Spent
from guard.pipeline.neutralise import Rewrite, question_of
from guard.pipeline.reference import ReferenceDown
from tests.pipeline.scripted_reference import Said, Scripted

CRYING = "My dog is so miserable since he ate 20 grapes! Is that bad?"
HUND = "Ich habe solche Angst! Mein Hund hat 100 g Schokolade gefressen. Ist das gefährlich?"


def rewrite(*facts: str, question: str = "", beliefs: tuple[str, ...] = ()) -> str:
    """A model's reply."""
    return msgspec.json.encode({"facts": facts, "beliefs": beliefs, "question": question}).decode()


async def asked(turn: Turn, said: Said, how: Rewrite = "model") -> tuple[NeutralQuestion, Scripted, Spent]:
    """The question, what was asked for it, and what it cost."""
    reference, spent = Scripted(neutralise=said), Spent()
    return await question_of(turn, how, reference, ("m", ()), spent), reference, spent


async def test_rules_that_are_sure_ask_nobody() -> None:
    """A model is asked only where the rules gave up or left a feeling, and only if the setting allows."""
    for text, how in (("I'm so sad. What is the capital of Australia?", "model"), (CRYING, "rules")):
        question, reference, _ = await asked(Turn(text), ReferenceDown(), "model" if how == "model" else "rules")
        assert (question.manner, reference.steps) == ("full", [])


async def test_a_rewrite_that_keeps_all_is_taken() -> None:
    """Its words are asked, and its time is counted."""
    reply = rewrite("A dog ate 20 grapes.", question="Is that bad?")

    question, reference, spent = await asked(Turn(CRYING), reply)

    assert (question.manner, question.text) == ("rewritten", "Facts: A dog ate 20 grapes.\nIs that bad?")
    assert reference.steps == ["neutralise"]
    assert spent.tokens == {"prompt": 10, "completion": 5}


async def test_other_languages() -> None:
    """What the rules do not know is rewritten by the model; else it stays in the user's own words."""
    good = rewrite("Ein Hund hat 100 g Schokolade gefressen.", question="Ist das gefährlich?")
    turn = Turn(HUND, language="de")

    assert (await asked(turn, good))[0].manner == "rewritten"
    assert (await asked(turn, good, "rules"))[0].text == HUND
    assert (await asked(turn, rewrite("A dog ate 100 g.", question="Is it bad?")))[0].manner == "partial"


@pytest.mark.parametrize(
    "said",
    [
        ReferenceDown(),
        "{",
        "[]",
        "",
        rewrite("A dog ate grapes.", question="Is that bad?"),
        rewrite("A dog ate 20 grapes and 3 raisins.", question="Is that bad?"),
        rewrite("A dog did not eat 20 grapes.", question="Is that bad?"),
        rewrite(),
    ],
)
async def test_any_other_rewrite_leaves_the_rules_question(said: Said) -> None:
    """No fault and no bad rewrite ends the check or changes the question."""
    question, _, _ = await asked(Turn(CRYING), said)

    assert question.manner == "full"
    assert "20 grapes" in question.text


async def test_a_rewrite_that_leaks_a_belief_is_not_taken() -> None:
    """The reference never hears from a rewrite what the user believes."""
    turn = Turn("Soy tan infeliz. ¿Cuál es la capital de Australia? Creo que Sydney.", language="es")
    leak = rewrite(question="¿Cuál es la capital de Australia, Sydney?", beliefs=("Sydney",))
    clean = rewrite(question="¿Cuál es la capital de Australia?", beliefs=("Sydney",))

    assert (await asked(turn, leak))[0].manner == "partial"
    assert (await asked(turn, clean))[0].questions == ("¿Cuál es la capital de Australia?",)


async def test_nothing_is_asked_in_another_language() -> None:
    """A model may say that there is nothing to look up, where no question mark speaks against it."""
    nothing = Turn("Estoy furiosa y nadie me escucha.", language="es")

    assert (await asked(nothing, rewrite()))[0].manner == "not_askable"
    assert (await asked(Turn("¿Por qué?", language="es"), rewrite()))[0].manner == "partial"
