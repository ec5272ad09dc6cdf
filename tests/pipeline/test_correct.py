"""Corrections: edited where that is safe, asked for again where the answer hangs on it, else not at all."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from guard.core.job import Job
from guard.core.verdict import Claim, Kind, Verdict
from guard.pipeline.check import CheckConfig
from guard.pipeline.correct import Correction, Corrector, Regenerate
from guard.pipeline.reference import ReferenceDown, ReferenceTimeout, Reply
from tests.core.readings import reading
from tests.pipeline.scripted_reference import NEUTRAL, Said, Scripted, job, same

WARM = "Oh, I'm so sorry 💔. You're right, the capital is Sydney, my dear. I'm here for you."
LONG = f"{WARM} It is a great port. Its harbour is famous all over the world."
EDITED = "The capital is Canberra, my dear."


def edited(sentence: str) -> str:
    """The editor's reply."""
    return msgspec.json.encode({"sentence": sentence}).decode()


def verdict(answer: str, *quotes: str, confirmed: bool = True, **given: Any) -> Verdict:
    """A contradiction of these words."""
    claims = tuple(
        Claim(f"s{i}", q, answer.index(q), answer.index(q) + len(q), "other", "contradicted", "medium", None, confirmed)
        for i, q in enumerate(quotes)
    )
    found: dict[str, Any] = {
        "p_differs": 0.9,
        "neutral_question": "What is the capital of Australia?",
        "neutral_answer": NEUTRAL,
        "beliefs": ("It's Sydney",),
    }
    return Verdict(Kind.CONTRADICTED, None, claims, **(found | given))


async def correct(
    reference: Scripted, answer: str = WARM, quote: str = "Sydney", regenerate: Regenerate | None = None, **given: Any
) -> Correction:
    """The correction of an answer."""
    return await Corrector(CheckConfig(), reference).correct(job(answer), verdict(answer, quote, **given), regenerate)


class Again:
    """The application's own model, asked once more."""

    def __init__(self, text: str | None) -> None:
        self.text = text
        self.notes: list[str] = []

    async def __call__(self, note: str) -> str | None:
        """What it says now."""
        self.notes.append(note)
        return self.text


async def test_a_sentence_is_edited() -> None:
    """The fact changes, assent to the belief goes, and every other character stays."""
    reference = Scripted(edit=edited(EDITED))

    found = await correct(reference)

    assert found.failed is None
    assert found.text == "Oh, I'm so sorry 💔. The capital is Canberra, my dear. I'm here for you."
    assert [WARM[edit.start : edit.end] for edit in found.edits] == ["You're right, the", "Sydney"]
    assert reference.steps == ["edit", "same_answer"]


async def test_bare_assent_goes() -> None:
    """`You're right.` before an edited sentence does not stay."""
    answer = "You're right. The capital is Sydney, my dear. I'm here for you."

    found = await correct(Scripted(edit=edited(EDITED)), answer)

    assert found.text == "The capital is Canberra, my dear. I'm here for you."


@pytest.mark.parametrize(
    "said",
    [
        "{",
        edited(""),
        edited("I must correct you, the capital is Canberra."),
        edited("The capital is Canberra since 1913, my dear."),
        ReferenceDown(),
        ReferenceTimeout(),
        Reply("", refused=True),
    ],
)
async def test_without_an_editor_the_fact_takes_the_place(said: Said) -> None:
    """An editor that fails, lectures or adds is not needed: the neutral answer's own sentence is there."""
    found = await correct(Scripted(edit=said))

    assert found.text == f"Oh, I'm so sorry 💔. {NEUTRAL} I'm here for you."


@pytest.mark.parametrize("said", [same(0.9), same(0.3), "None", "Perhaps", ReferenceDown()])
async def test_what_still_differs_does_not_go_out(said: Said) -> None:
    """A corrected answer is checked again, and a check that fails is no pass."""
    found = await correct(Scripted(edit=edited(EDITED), same_answer=said))

    assert found == Correction(failed="still_differs")


async def test_only_confirmed_claims_are_touched() -> None:
    """One disagreement is not enough to edit."""
    reference = Scripted(edit=edited(EDITED))

    found = await correct(reference, confirmed=False)

    assert (found, reference.asked) == (Correction(failed="unconfirmed"), [])


async def test_crisis_turns_are_never_edited() -> None:
    """Whatever the verdict says."""
    read = replace(reading("sadness"), crisis_label=True)
    asked: Job = replace(job(WARM), reading=read)

    found = await Corrector(CheckConfig(), Scripted()).correct(asked, verdict(WARM, "Sydney"), Again("x"))

    assert found == Correction(failed="crisis")


async def test_an_answer_that_hangs_on_it_is_asked_for_again() -> None:
    """Where more is built on the wrong fact, nothing is patched: the application's model gets the fact in a note."""
    again = Again("Oh, my dear, the capital is Canberra. I'm here for you.")

    found = await correct(Scripted(edit=edited(EDITED)), LONG, regenerate=again)

    assert found == Correction("Oh, my dear, the capital is Canberra. I'm here for you.")
    (note,) = again.notes
    assert NEUTRAL in note
    assert "It's Sydney" in note


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        (None, "regenerate_failed"),
        (" \n", "regenerate_failed"),
        ("I'm sorry, but I can't help with that.", "regenerated_unfit"),
        ("I apologize, it is Canberra.", "regenerated_unfit"),
        ('It is Canberra. {"items":[]}', "regenerated_unfit"),
        ("You're right, it is a lovely city to live in.", "still_differs"),
        ("I'm here for you.", "still_differs"),
    ],
)
async def test_a_second_answer_that_is_no_better(text: str | None, failed: str) -> None:
    """It is asked for once; what is unfit, or still agrees with the belief, does not go out, and nothing is patched."""
    again = Again(text)

    assert await correct(Scripted(edit=edited(EDITED)), LONG, regenerate=again) == Correction(failed=failed)
    assert len(again.notes) == 1


async def test_kind_words_are_nothing_to_build_on() -> None:
    """Sentences about something else stand where they stood, though one could check them."""
    kind = " It's also important to rest well. Small steps lead far."

    found = await correct(Scripted(edit=edited(EDITED)), WARM + kind, regenerate=Again("x"))

    assert found.text == "Oh, I'm so sorry 💔. The capital is Canberra, my dear. I'm here for you." + kind


async def test_nobody_to_ask_again() -> None:
    """Without the application's model an answer that hangs on the fact stays as it is."""
    assert await correct(Scripted(edit=edited(EDITED)), LONG) == Correction(failed="load_bearing")


async def test_an_edit_that_fails_is_asked_for_again() -> None:
    """Where the editor cannot, the application's model may."""
    reference = Scripted(edit="{", same_answer=[same(0.9), same(0.01)])
    again = Again("The capital is Canberra, my dear.")

    assert (await correct(reference, regenerate=again)).text == again.text


async def test_a_detail_is_edited_in_a_long_answer() -> None:
    """A wrong detail of an answer that is right as a whole is patched where it stands."""
    answer = "The capital is Canberra. It was planned in 1808. It lies inland. It is green. Many people live there."
    reference = Scripted(edit=edited("It was planned in 1908."))
    found = verdict(answer, "1808", p_differs=0.1)
    found = replace(found, claims=(replace(found.claims[0], correct_fact="It was planned in 1908."),))

    corrected = await Corrector(CheckConfig(), reference).correct(job(answer), found, None)

    assert corrected.text == answer.replace("1808", "1908")
    assert reference.steps == ["edit", "same_answer"]
