"""The neutral question of a turn and its blind answer: all of a check that can be done before the answer is there."""

from dataclasses import dataclass, field

from guard.core.checkable import refuses, unsure
from guard.core.job import Job
from guard.core.neutral import NeutralQuestion
from guard.core.turn import Turn
from guard.core.verdict import Kind, NotApplicable, Unable, Unverifiable
from guard.pipeline import prompts
from guard.pipeline.answers import AnswerCache, may_be_kept
from guard.pipeline.calls import Ends, Spent, complete
from guard.pipeline.neutralise import Rewrite, question_of
from guard.pipeline.reference import Ask, Reference

_ANSWER_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a neutral answer is made of, known before the answer is."""

    turn: Turn
    model: str
    """Of the request."""
    authorization: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    crisis: bool = False
    """Nothing of such a turn is kept."""


@dataclass(frozen=True, slots=True)
class Neutral:
    """The neutral question and its answer, or why there is none."""

    question: NeutralQuestion
    answer: str | None = None
    ended: tuple[Kind, str] | None = None
    cached: bool = False
    spent: Spent = field(default_factory=Spent)


class NeutralAnswers:
    """Asks the reference for neutral answers; `model` is the reference's, or None for the model of the request."""

    def __init__(self, reference: Reference, model: str | None, rewrite: Rewrite, cache: AnswerCache | None) -> None:
        self._reference = reference
        self._model = model
        self._rewrite: Rewrite = rewrite
        self._cache = cache

    async def of(self, asked: Asked) -> Neutral:
        """The neutral question and its blind answer, or why there is none. May run beside the main call."""
        spent = Spent()
        if asked.turn.has_media:
            return Neutral(NeutralQuestion((), (), ()), ended=(Kind.UNABLE, Unable.CONTEXT))
        model = self._model or asked.model
        ask = (model, asked.authorization)
        question = await question_of(asked.turn, self._rewrite, self._reference, ask, spent)
        if not question.askable:
            return Neutral(question, ended=(Kind.NOT_APPLICABLE, NotApplicable.NOT_ASKABLE), spent=spent)
        if question.stale:
            return Neutral(question, ended=(Kind.UNVERIFIABLE, Unverifiable.STALE), spent=spent)
        try:
            answer, cached = await self._answer(asked, model, question, spent)
        except Ends as end:
            return Neutral(question, ended=(end.kind, end.reason), spent=spent)
        ended = (Kind.UNVERIFIABLE, Unverifiable.REFERENCE_UNSURE) if unsure(answer) else None
        return Neutral(question, answer, ended, cached, spent)

    async def _answer(self, asked: Asked, model: str, question: NeutralQuestion, spent: Spent) -> tuple[str, bool]:
        """The answer of a model that sees neither the user's words nor the answer that is checked."""
        ask = Ask(model, prompts.NEUTRAL_ANSWER, question.text, _ANSWER_TOKENS, credentials=asked.authorization)

        async def answer() -> str:
            reply = await complete(self._reference, "neutral", ask, spent)
            if refuses(reply.text):
                raise Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
            if not reply.text.strip():
                raise Ends(Kind.UNABLE, Unable.PARSE)
            return reply.text.strip()

        if asked.crisis or self._cache is None or not may_be_kept(question.text):
            return await answer(), False
        # One caller's answer is not another's: who asks with a key of their own has a cache of their own.
        key = (*(value for _, value in asked.authorization), model, prompts.NEUTRAL_ANSWER, question.text)
        return await self._cache.get(key, answer)


def asked_of(job: Job) -> Asked:
    """What the neutral answer to a job is made of."""
    return Asked(job.turn, job.model, job.authorization, bool(job.reading.crisis_label))
