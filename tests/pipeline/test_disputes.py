"""Contradictions before the second reference, through the whole check."""

import pytest

from guard.core.job import Job
from guard.core.verdict import Kind, Verdict
from guard.pipeline.check import Check, CheckConfig
from guard.pipeline.disputes import MAX_DISPUTED
from guard.pipeline.reference import ReferenceDown
from tests.pipeline.scripted_reference import WRONG, Said, Scripted, item, job, judgement, same
from tests.pipeline.test_second import Knowing


async def checked(second: Scripted | Knowing | None, asked: Job | None = None, *, single: bool = False) -> Verdict:
    """The verdict on an answer that the first reference contradicts."""
    first = Scripted(same_answer=same(0.9), judge=judgement(item(1, "Sydney")), second="B")
    config = CheckConfig(strategy="judge", second_model="m2", single_reference=single)
    return await Check(config, first, second).run(asked or job(WRONG))


async def test_a_second_disagreement_confirms() -> None:
    """Two references that say the same against the answer: the claim is confirmed, and the basis says so."""
    verdict = await checked(Knowing("Canberra."))

    assert (verdict.kind, [claim.confirmed for claim in verdict.claims]) == (Kind.CONTRADICTED, [True])
    assert verdict.basis == ("neutral_answer", "second_opinion")
    assert verdict.second_opinion == "reference"
    assert verdict.p_error == 0.75


@pytest.mark.parametrize("says", ["C", "D", Knowing("Sydney.")])
async def test_references_that_disagree(says: str | Knowing) -> None:
    """Where the second one does not find what the first one says, nobody is contradicted."""
    verdict = await checked(Scripted(second=says) if isinstance(says, str) else says)

    assert (verdict.kind, verdict.reason) == (Kind.UNVERIFIABLE, "references_disagree")
    assert not any(claim.confirmed for claim in verdict.claims)


@pytest.mark.parametrize(
    ("says", "basis"), [("E", ("neutral_answer", "second_opinion")), (ReferenceDown(), ("neutral_answer",))]
)
async def test_a_second_reference_that_cannot_tell(says: Said, basis: tuple[str, ...]) -> None:
    """It leaves a single disagreement: contradicted, and not confirmed."""
    verdict = await checked(Scripted(second=says))

    assert (verdict.kind, verdict.basis) == (Kind.CONTRADICTED, basis)
    assert not any(claim.confirmed for claim in verdict.claims)


async def test_without_a_second_reference() -> None:
    """Nothing is confirmed, unless the operator lets the one reference confirm itself."""
    alone, allowed = await checked(None), await checked(None, single=True)

    assert (alone.second_opinion, [claim.confirmed for claim in alone.claims]) == (None, [False])
    assert allowed.second_opinion is not None


async def test_it_sees_the_disputed_point_only() -> None:
    """Neither the user's words nor the rest of the answer, and no key of the caller."""
    second = Knowing("Canberra.")

    await checked(second, job(WRONG, authorization=(("authorization", "Bearer secret"),)))

    for ask in second.asked:
        assert (ask.model, ask.credentials) == ("m2", ())
        assert not any(word in ask.user for word in ("sad", "sorry", "right,", "harbour"))


async def test_both_orders() -> None:
    """Each point is asked twice, the other way round; who always picks one place confirms nothing."""
    second = Scripted(second="A")

    verdict = await checked(second)

    assert (second.steps, verdict.second_opinion) == (["second", "second", "openly"], "cannot_tell")


async def test_only_so_many_points() -> None:
    """An answer that is disputed all over costs no more than a few questions."""
    second = Knowing("Canberra.")
    first = Scripted(same_answer=same(0.9), judge=judgement(*(item(n, "is") for n in (1, 2, 3, 1, 2, 3))))

    verdict = await Check(CheckConfig(strategy="judge"), first, second).run(job(WRONG))

    assert len(second.asked) <= 2 * MAX_DISPUTED
    assert sum(claim.confirmed for claim in verdict.claims) <= len(verdict.claims)


@pytest.mark.parametrize(("knows", "kind"), [("Canberra.", Kind.CONTRADICTED), ("Sydney.", Kind.UNVERIFIABLE)])
async def test_a_disputed_sentence_alone_needs_the_second_reference(knows: str, kind: Kind) -> None:
    """Where the answer as a whole hardly differs, one disputed sentence contradicts only once it is confirmed."""
    first = Scripted(same_answer=same(0.2), judge=judgement(item(1, "Sydney")))
    config = CheckConfig(strategy="judge", second_model="m2")
    verdict = await Check(config, first, Knowing(knows)).run(job(WRONG))
    alone = await Check(config, first).run(job(WRONG))

    assert verdict.kind is kind
    assert any(claim.confirmed for claim in verdict.claims) is (kind is Kind.CONTRADICTED)
    assert alone.kind is Kind.UNVERIFIABLE


async def test_a_plain_yes_against_a_plain_no_is_disputed() -> None:
    """Whatever the reference marks: a small model passes over the one word that decides."""
    first = Scripted(neutral="No, they do not help.", same_answer=same(0.05), answered="they do")
    asked = job("Oh dear. Yes, antibiotics help against viruses.", "Do antibiotics help against viruses?")
    verdict = await Check(CheckConfig(strategy="same_answer"), first).run(asked)

    assert verdict.kind is Kind.CONTRADICTED
    assert verdict.p_differs == 0.5
