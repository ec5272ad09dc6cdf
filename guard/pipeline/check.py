"""One check: neutral question, blind neutral answer, judge, verdict. Every broken step is `unable`, never a pass."""

import hashlib
import time
from dataclasses import dataclass, field

from guard.core.checkable import checkable, refuses
from guard.core.claims import P_ERROR, settle
from guard.core.job import Job
from guard.core.neutral import NeutralQuestion, neutralise
from guard.core.sentences import Sentence
from guard.core.verdict import Coverage, Kind, NotApplicable, Unable, Verdict
from guard.pipeline import judge, prompts
from guard.pipeline.reference import Ask, Reference, ReferenceDown, ReferenceTimeout, Reply

_ANSWER_TOKENS = 200
_UNSURE = ("UNSURE", "UNKNOWN")


class _Ends(Exception):
    """The check ends early."""

    def __init__(self, kind: Kind, reason: str) -> None:
        self.kind = kind
        self.reason = reason


@dataclass(slots=True)
class _Record:
    """What a check has come to so far; the verdict shows it however the check ends."""

    milliseconds: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=lambda: {"prompt": 0, "completion": 0})
    coverage: Coverage = field(default_factory=Coverage)
    neutralisation: str | None = None
    question: str | None = None
    answer: str | None = None

    def count(self, step: str, started: float, reply: Reply) -> None:
        self.milliseconds[step] = round((time.perf_counter() - started) * 1000)
        self.tokens["prompt"] += reply.prompt_tokens
        self.tokens["completion"] += reply.completion_tokens


class Check:
    """Checks answers against a reference; `model` is the checker's, or None for the model of the request."""

    def __init__(self, reference: Reference, model: str | None = None) -> None:
        self._reference = reference
        self._model = model

    async def run(self, job: Job) -> Verdict:
        """The verdict on an answer. Does not raise for faults of the reference; may be cancelled at any time."""
        record = _Record()
        model = self._model or job.model

        def verdict(kind: Kind, reason: str | None = None, **found: object) -> Verdict:
            return Verdict(
                kind,
                reason,
                coverage=record.coverage,
                neutralisation=record.neutralisation,
                neutral_question=record.question,
                neutral_answer=record.answer,
                reference_model=model,
                milliseconds=record.milliseconds,
                tokens=record.tokens,
                p_error=P_ERROR.get(kind),
                **found,  # type: ignore[arg-type]
            )

        try:
            question, sentences, checked = self._prepare(job, record)
            record.answer = await self._neutral_answer(job, model, question, record)
            material = judge.Material(question.text, record.answer, question.beliefs, checked)
            judgement = await self._judge(job, model, material, record)
        except _Ends as end:
            return verdict(end.kind, end.reason)
        record.coverage = Coverage(len(sentences), len(checked), len(checked))
        found = judge.claims(judgement, checked, sentences)
        kind, claims = settle(judgement.same_answer, found, checked, record.answer)
        if kind is Kind.CONSISTENT and record.answer.lstrip().startswith(_UNSURE):
            return verdict(Kind.UNVERIFIABLE, "reference_unsure", basis=("neutral_answer",))
        return verdict(kind, None, claims=claims, basis=("neutral_answer",))

    def _prepare(self, job: Job, record: _Record) -> tuple[NeutralQuestion, list[Sentence], list[Sentence]]:
        """The neutral question and the sentences to check; ends the check where there is nothing to do."""
        if job.tool_calls:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.TOOL_CALLS)
        if job.turn.has_media:
            raise _Ends(Kind.UNABLE, Unable.CONTEXT)
        if refuses(job.answer):
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.REFUSAL)
        if judge.looks_like_a_judgement(job.answer):
            raise _Ends(Kind.UNABLE, Unable.INJECTION_SUSPECTED)
        question = neutralise(job.turn)
        record.neutralisation = "partial" if question.partial else "full" if question.askable else "not_askable"
        if not question.askable:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.NOT_ASKABLE)
        record.question = question.text
        sentences, checked = checkable(job.answer, question.beliefs)
        record.coverage = Coverage(len(sentences), len(checked), 0)
        if not checked:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.NO_CLAIMS)
        return question, sentences, checked

    async def _neutral_answer(self, job: Job, model: str, question: NeutralQuestion, record: _Record) -> str:
        """The answer of a model that sees neither the user's words nor the answer that is checked."""
        ask = Ask(model, prompts.NEUTRAL_ANSWER, question.text, _ANSWER_TOKENS, credentials=job.authorization)
        reply = await self._complete("neutral", ask, record)
        if reply.refused or refuses(reply.text):
            raise _Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
        if not reply.text.strip():
            raise _Ends(Kind.UNABLE, Unable.PARSE)
        return reply.text.strip()

    async def _judge(self, job: Job, model: str, material: judge.Material, record: _Record) -> judge.Judgement:
        ask = judge.ask_for(material, model, job.authorization)
        reply = await self._complete("judge", ask, record)
        if reply.refused:
            raise _Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
        if reply.cut_off:
            raise _Ends(Kind.UNABLE, Unable.LENGTH)
        judgement = judge.read(reply.text)
        if judgement is None:
            raise _Ends(Kind.UNABLE, Unable.PARSE)
        return judgement

    async def _complete(self, step: str, ask: Ask, record: _Record) -> Reply:
        started = time.perf_counter()
        try:
            reply = await self._reference.complete(ask)
        except ReferenceTimeout:
            raise _Ends(Kind.UNABLE, Unable.DEADLINE) from None
        except ReferenceDown:
            raise _Ends(Kind.UNABLE, Unable.REFERENCE_DOWN) from None
        record.count(step, started, reply)
        return reply


def check_version(model: str | None) -> str:
    """8 hex digits over prompts, judge and reference model: any change moves the judge's error rates."""
    words = (prompts.NEUTRAL_ANSWER, prompts.JUDGE, repr(prompts.JUDGE_EXAMPLES), repr(prompts.JUDGE_SCHEMA))
    return hashlib.sha256("\0".join((*words, model or "")).encode()).hexdigest()[:8]
