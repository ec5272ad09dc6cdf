"""One check: neutral question, blind neutral answer, judge, verdict. Every broken step is `unable`, never a pass."""

import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import Any

from guard.core import sentences
from guard.core.checkable import checkable, refuses, spelt_out, unsure
from guard.core.claims import DIFFERS, SAME, settle
from guard.core.job import Job
from guard.core.neutral import NeutralQuestion, neutralise
from guard.core.sentences import Sentence
from guard.core.verdict import Coverage, Kind, NotApplicable, Unable, Unverifiable, Verdict
from guard.pipeline import judge, prompts, same_answer
from guard.pipeline.reference import Ask, Reference, ReferenceDown, ReferenceTimeout, ReferenceTooSmall, Reply

MAX_SENTENCES = 40
"""Checkable sentences of one answer that are checked; the rest is not."""

MAX_ANSWER = 40_000
"""Characters; a longer answer is not read."""

ENOUGH = 0.9
"""Share of the checkable sentences that must be checked before an answer can pass."""

ATTEMPTS = 2
"""How often a reply is asked for that must be parsed."""

RULES = "1"
"""Counts changes of the rules in core that move verdicts."""

SILENT = 0.5
"""From this probability on, an answer counts as none."""

PLAIN = 2
"""Up to so many checkable sentences the word on the whole is the word on each: agreement needs no judge."""

KEY_WORDS = 4
"""The key is the first sentence of the neutral answer for each part of the question; shorter ones do not count."""

_ANSWER_TOKENS = 200


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
    p_differs: float | None = None

    def count(self, step: str, started: float, reply: Reply) -> None:
        self.milliseconds[step] = self.milliseconds.get(step, 0) + round((time.perf_counter() - started) * 1000)
        self.tokens["prompt"] += reply.prompt_tokens
        self.tokens["completion"] += reply.completion_tokens


@dataclass(frozen=True, slots=True)
class _Material:
    """What is compared with the neutral answer."""

    question: NeutralQuestion
    sentences: list[Sentence]
    checked: list[Sentence]


class Check:
    """Checks answers against a reference; `model` is the checker's, or None for the model of the request."""

    def __init__(self, reference: Reference, model: str | None = None) -> None:
        self._reference = reference
        self._model = model

    async def run(self, job: Job) -> Verdict:
        """The verdict on an answer. Does not raise for faults of the reference; may be cancelled at any time."""
        record = _Record()
        model = self._model or job.model

        def verdict(kind: Kind, reason: str | None = None, **found: Any) -> Verdict:
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
                p_differs=record.p_differs,
                **found,
            )

        try:
            material = self._prepare(job, record)
            neutral = record.answer = await self._neutral_answer(job, model, material.question, record)
            differs = record.p_differs = await self._differs(job, model, material, neutral, record)
            judgement = judge.NOTHING
            if differs > SAME or len(material.checked) > PLAIN:
                judgement = await self._judge(job, model, material, neutral, record)
        except _Ends as end:
            return verdict(end.kind, end.reason)
        checked = material.checked
        record.coverage = replace(record.coverage, checked=len(checked))
        found = judge.claims(judgement, checked, material.sentences)
        settled = settle(differs, found, checked, neutral, material.question.text)
        if record.coverage.checkable > len(checked) / ENOUGH and settled.kind is not Kind.CONTRADICTED:
            return verdict(Kind.UNABLE, Unable.LENGTH)
        return verdict(
            settled.kind, settled.reason, claims=settled.claims, basis=("neutral_answer",), p_error=settled.p_error
        )

    def _prepare(self, job: Job, record: _Record) -> _Material:
        """The neutral question and the sentences to check; ends the check where there is nothing to do."""
        if job.tool_calls:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.TOOL_CALLS)
        if job.turn.has_media:
            raise _Ends(Kind.UNABLE, Unable.CONTEXT)
        if len(job.answer) > MAX_ANSWER:
            raise _Ends(Kind.UNABLE, Unable.LENGTH)
        if refuses(job.answer):
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.REFUSAL)
        if judge.looks_like_a_judgement(job.answer):
            raise _Ends(Kind.UNABLE, Unable.INJECTION_SUSPECTED)
        question = neutralise(job.turn)
        record.neutralisation = "partial" if question.partial else "full" if question.askable else "not_askable"
        if not question.askable:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.NOT_ASKABLE)
        record.question = question.text
        found, checkable_ones = checkable(job.answer, question.beliefs)
        record.coverage = Coverage(len(found), len(checkable_ones), 0)
        if not checkable_ones:
            raise _Ends(Kind.NOT_APPLICABLE, NotApplicable.NO_CLAIMS)
        if question.stale:
            raise _Ends(Kind.UNVERIFIABLE, Unverifiable.STALE)
        return _Material(question, found, checkable_ones[:MAX_SENTENCES])

    async def _neutral_answer(self, job: Job, model: str, question: NeutralQuestion, record: _Record) -> str:
        """The answer of a model that sees neither the user's words nor the answer that is checked."""
        ask = Ask(model, prompts.NEUTRAL_ANSWER, question.text, _ANSWER_TOKENS, credentials=job.authorization)
        reply = await self._complete("neutral", ask, record)
        if reply.refused or refuses(reply.text):
            raise _Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
        if not reply.text.strip():
            raise _Ends(Kind.UNABLE, Unable.PARSE)
        record.answer = reply.text.strip()
        if unsure(record.answer):
            raise _Ends(Kind.UNVERIFIABLE, Unverifiable.REFERENCE_UNSURE)
        return record.answer

    async def _differs(self, job: Job, model: str, material: _Material, neutral: str, record: _Record) -> float:
        """The probability that the answer as a whole is another one than the neutral answer."""
        answer = spelt_out(material.checked, material.question.beliefs)
        key = _key(neutral, material.question.parts)
        for _ in range(ATTEMPTS):
            ask = same_answer.ask_for(material.question.text, key, answer, model, job.authorization)
            reply = await self._complete("same_answer", ask, record)
            if reply.refused:
                raise _Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
            if (marked := same_answer.read(reply)) is not None:
                if marked.silent >= SILENT:
                    raise _Ends(Kind.UNVERIFIABLE, Unverifiable.NO_ANSWER)
                return marked.differs
        raise _Ends(Kind.UNABLE, Unable.PARSE)

    async def _judge(self, job: Job, model: str, material: _Material, neutral: str, record: _Record) -> judge.Judgement:
        """What disagrees, sentence by sentence."""
        beliefs = material.question.beliefs
        compared = judge.Material(material.question.text, neutral, beliefs, material.checked)
        cut_off = False
        for _ in range(ATTEMPTS):
            reply = await self._complete("judge", judge.ask_for(compared, model, job.authorization), record)
            if reply.refused:
                raise _Ends(Kind.UNABLE, Unable.REFERENCE_REFUSED)
            if judgement := judge.read(reply.text):
                return judgement
            cut_off = reply.cut_off
        raise _Ends(Kind.UNABLE, Unable.LENGTH if cut_off else Unable.PARSE)

    async def _complete(self, step: str, ask: Ask, record: _Record) -> Reply:
        started = time.perf_counter()
        try:
            reply = await self._reference.complete(ask)
        except ReferenceTimeout:
            raise _Ends(Kind.UNABLE, Unable.DEADLINE) from None
        except ReferenceTooSmall:
            raise _Ends(Kind.UNABLE, Unable.LENGTH) from None
        except ReferenceDown:
            raise _Ends(Kind.UNABLE, Unable.REFERENCE_DOWN) from None
        record.count(step, started, reply)
        return reply


def _key(neutral: str, parts: int) -> str:
    """What the neutral answer says first: details that follow would be held against answers that leave them out."""
    end = taken = 0
    for sentence in sentences.split(neutral):
        end = sentence.end
        taken += len(sentence.text.split()) >= KEY_WORDS
        if taken >= parts:
            break
    return neutral[:end]


def check_version(model: str | None) -> str:
    """8 hex digits over prompts, judge and reference model: any change moves the judge's error rates."""
    parts = (
        *(prompts.NEUTRAL_ANSWER, prompts.SAME_ANSWER, repr(prompts.SAME_ANSWER_EXAMPLES)),
        *(prompts.JUDGE, repr(prompts.JUDGE_EXAMPLES), repr(prompts.JUDGE_SCHEMA)),
        *(str(DIFFERS), str(SAME), str(PLAIN), str(SILENT), str(KEY_WORDS), RULES, model or ""),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
