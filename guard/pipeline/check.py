"""One check: neutral question, blind answer, comparison, verdict. Every broken step is `unable`, never a pass."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from guard.core import sentences
from guard.core.checkable import checkable, evades, is_bare_assent, opposes, refuses, spelt_out, takes_side
from guard.core.claims import DIFFERS, SAME, Settled, is_disputed, settle
from guard.core.job import Job
from guard.core.neutral import NeutralQuestion, neutralise
from guard.core.neutral import unsure as rules_unsure
from guard.core.sentences import Sentence
from guard.core.turn import Turn
from guard.core.verdict import Claim, Coverage, Kind, NotApplicable, Unable, Unverifiable, Verdict
from guard.pipeline import judge, prompts, same_answer, second
from guard.pipeline.answers import AnswerCache
from guard.pipeline.breaker import Breaker
from guard.pipeline.calls import ATTEMPTS, ROOM, Ends, Spent, complete
from guard.pipeline.disputes import confirm
from guard.pipeline.neutral import Asked, Neutral, NeutralAnswers, asked_of
from guard.pipeline.neutralise import Rewrite
from guard.pipeline.reference import Reference

MAX_SENTENCES = 40
"""Checkable sentences of one answer that are checked; the rest is not."""

MAX_ANSWER = 40_000
"""Characters; a longer answer is not read."""

ENOUGH = 0.9
"""Share of the checkable sentences that must be checked before an answer can pass."""

RULES = "5"
"""Counts changes of the rules in core that move verdicts."""

SILENT = 0.5
"""From this probability on, an answer counts as none."""

OPPOSED = 0.5
"""What a plain yes against a plain no counts for, at least."""

PLAIN = 2
"""Up to so many checkable sentences the word on the whole is the word on each: agreement needs no judge."""

KEY_WORDS = 4
"""The key is the first sentence of the neutral answer for each part of the question; shorter ones do not count."""

Strategy = Literal["auto", "same_answer", "judge"]


@dataclass(frozen=True, slots=True)
class CheckConfig:
    """How answers are checked."""

    model: str | None = None
    """The reference's; None: the model of the request."""
    second_model: str | None = None
    """The second reference's; None: the same model name as the first one's."""
    rewrite: Rewrite = "rules"
    """Who makes the neutral question where the rules are unsure."""
    strategy: Strategy = "auto"
    """Who says where an answer differs: the mark of each sentence, a judge in JSON, or by what the reference can."""
    single_reference: bool = False
    """Without a second reference, the first one may confirm what it disputes."""
    lends_to_second: bool = False
    """The second reference is the caller's upstream, too, and needs the caller's credentials."""
    cache_ttl: float = 86_400.0
    cache_entries: int = 10_000
    """Neutral answers that are kept; 0 keeps none."""
    cache_key: bytes = field(default=b"", repr=False)
    """Of the digests under which they are kept."""


@dataclass(slots=True)
class _Record:
    """What a check has come to so far; the verdict shows it however the check ends."""

    model: str
    spent: Spent = field(default_factory=Spent)
    coverage: Coverage = field(default_factory=Coverage)
    neutral: Neutral | None = None
    p_differs: float | None = None
    second: str | None = None
    key: str | None = None

    def verdict(self, kind: Kind, reason: str | None = None, **found: Any) -> Verdict:
        """The verdict on what was found."""
        neutral = self.neutral
        question = neutral.question if neutral else None
        return Verdict(
            kind,
            reason,
            coverage=self.coverage,
            neutralisation=question.manner if question else None,
            neutral_question=(question.text or None) if question else None,
            neutral_answer=neutral.answer if neutral else None,
            beliefs=question.beliefs if question else (),
            cached=bool(neutral and neutral.cached),
            key=self.key,
            second_opinion=self.second,
            reference_model=self.model,
            milliseconds=self.spent.milliseconds,
            tokens=self.spent.tokens,
            p_differs=self.p_differs,
            **found,
        )


@dataclass(frozen=True, slots=True)
class _Material:
    """What is compared with the neutral answer."""

    question: NeutralQuestion
    neutral: str
    key: str
    sentences: list[Sentence]
    checked: list[Sentence]


class Check:
    """Checks answers against a reference; a second one confirms what the first one disputes."""

    def __init__(self, config: CheckConfig, reference: Reference, second: Reference | None = None) -> None:
        self._config = config
        self._reference = Breaker(reference)
        self._second = Breaker(second) if second else self._reference if config.single_reference else None
        self._lends_to_second = config.lends_to_second or second is None or second is reference
        cache = AnswerCache(config.cache_entries, config.cache_ttl, config.cache_key) if config.cache_entries else None
        self._answers = NeutralAnswers(self._reference, config.model, config.rewrite, cache)
        self._judges = judge.Probed(self._reference)

    async def neutral(self, asked: Asked) -> Neutral:
        """The neutral question and its blind answer, or why there is none. May run beside the main call."""
        return await self._answers.of(asked)

    async def run(self, job: Job, neutral: Awaitable[Neutral | None] | None = None) -> Verdict:
        """The verdict on an answer. Does not raise for faults of the reference; may be cancelled at any time."""
        record = _Record(self._config.model or job.model)
        try:
            material = await self._prepare(job, neutral, record)
            differs = record.p_differs = await self._differs(job, material, record)
            claims: list[Claim] = []
            if differs > SAME or len(material.checked) > PLAIN:
                claims = await self._claims(job, material, differs, record)
        except Ends as end:
            return record.verdict(end.kind, end.reason)
        checked = material.checked
        record.coverage = replace(record.coverage, checked=len(checked))
        settled = settle(differs, claims, checked, material.neutral, material.question.text)
        basis: tuple[str, ...] = ("neutral_answer",)
        if self._second and (settled.kind is Kind.CONTRADICTED or is_disputed(settled)):
            settled = await self._confirmed(job, material, settled, record, self._second)
            basis += ("second_opinion",) if record.second != second.Opinion.UNABLE else ()
        if record.coverage.checkable > len(checked) / ENOUGH and settled.kind is not Kind.CONTRADICTED:
            return record.verdict(Kind.UNABLE, Unable.LENGTH)
        return record.verdict(settled.kind, settled.reason, claims=settled.claims, basis=basis, p_error=settled.p_error)

    async def _prepare(self, job: Job, neutral: Awaitable[Neutral | None] | None, record: _Record) -> _Material:
        """The neutral answer and the sentences to check; ends the check where there is nothing to do."""
        _look(job)
        rules = neutralise(job.turn)
        if not self._may_rewrite(job.turn, rules):
            record.neutral = Neutral(rules)
            if not rules.askable:
                raise Ends(Kind.NOT_APPLICABLE, NotApplicable.NOT_ASKABLE)
        found, checked = checkable(job.answer, rules.beliefs)
        record.coverage = Coverage(len(found), len(checked), 0)
        if not checked:
            raise Ends(Kind.NOT_APPLICABLE, NotApplicable.NO_CLAIMS)
        ahead = await neutral if neutral else None
        known = record.neutral = ahead or await self.neutral(asked_of(job))
        record.spent.add(known.spent)
        if known.ended or known.answer is None:
            raise Ends(*(known.ended or (Kind.UNABLE, Unable.INTERNAL)))
        key = record.key = _key(known.answer, known.question.parts)
        checked = checked[:MAX_SENTENCES]
        said = spelt_out(checked, known.question.beliefs)
        english = job.turn.language == "en"
        if english and evades(said, known.question.text, key, known.question.beliefs):
            raise Ends(Kind.UNVERIFIABLE, Unverifiable.NO_ANSWER)
        return _Material(known.question, known.answer, key, found, checked)

    def _may_rewrite(self, turn: Turn, rules: NeutralQuestion) -> bool:
        return self._config.rewrite == "model" and rules_unsure(turn, rules)

    async def _differs(self, job: Job, material: _Material, record: _Record) -> float:
        """The probability that the answer as a whole is another one than the neutral answer."""
        said = spelt_out(material.checked, material.question.beliefs)
        marked = await self._mark(job, material, said, record)
        question, beliefs = material.question.text, material.question.beliefs
        if marked.differs > SAME and marked.silent < SILENT and not takes_side(said, question, material.key, beliefs):
            # Small models hardly ever say that there is no answer, unless they are asked just that.
            ask = same_answer.ask_whether_answered(question, said, record.model, job.authorization)
            if same_answer.is_silent(await complete(self._reference, "answered", ask, record.spent)):
                raise Ends(Kind.UNVERIFIABLE, Unverifiable.NO_ANSWER)
        if marked.silent >= SILENT:
            raise Ends(Kind.UNVERIFIABLE, Unverifiable.NO_ANSWER)
        # Small models pass over a yes for a no; whether it is one, a second opinion tells.
        opposed = opposes(material.checked, material.key, question)
        return max(marked.differs, OPPOSED) if opposed else marked.differs

    async def _mark(self, job: Job, material: _Material, said: str, record: _Record) -> same_answer.Marked:
        """The reference's mark of an answer, or of a sentence."""
        question = material.question.text
        for attempt in range(ATTEMPTS):
            ask = same_answer.ask_for(
                question, material.key, said, record.model, job.authorization, room=attempt * ROOM
            )
            reply = await complete(self._reference, "same_answer", ask, record.spent)
            if (marked := same_answer.read(reply)) is not None:
                return marked
        raise Ends(Kind.UNABLE, Unable.PARSE)

    async def _claims(self, job: Job, material: _Material, differs: float, record: _Record) -> list[Claim]:
        """What disagrees, sentence by sentence."""
        if await self._judged(job, record):
            found = await self._judge(job, material, record)
            return judge.claims(found, material.checked, material.sentences)
        stating = [sentence for sentence in material.checked if not is_bare_assent(sentence.text)] or material.checked
        stating = stating[: same_answer.MAX_MARKED]
        if len(stating) == 1:
            marks = [same_answer.Marked(differs)]
        else:
            marks = [
                await self._mark(job, material, spelt_out([s], material.question.beliefs), record) for s in stating
            ]
        return same_answer.claims(stating, marks, differs, material.sentences, material.key)

    async def _judged(self, job: Job, record: _Record) -> bool:
        """Does a judge in JSON say where an answer differs?"""
        if self._config.strategy == "auto":
            return await self._judges.can(record.model, job.authorization)
        return self._config.strategy == "judge"

    async def _judge(self, job: Job, material: _Material, record: _Record) -> judge.Judgement:
        beliefs = material.question.beliefs
        compared = judge.Material(material.question.text, material.neutral, beliefs, material.checked)
        cut_off = False
        for _ in range(ATTEMPTS):
            ask = judge.ask_for(compared, record.model, job.authorization)
            reply = await complete(self._reference, "judge", ask, record.spent)
            if judgement := judge.read(reply.text):
                return judgement
            cut_off = reply.cut_off
        raise Ends(Kind.UNABLE, Unable.LENGTH if cut_off else Unable.PARSE)

    async def _confirmed(
        self, job: Job, material: _Material, settled: Settled, record: _Record, reference: Reference
    ) -> Settled:
        """What the second reference makes of a contradiction."""
        model = self._config.second_model or record.model
        asks = second.Asks(reference, model, job.authorization if self._lends_to_second else ())
        question = material.question
        before = settled
        settled, said = await confirm(job, asks, settled, material.sentences, question, material.key, record.spent)
        record.second = said
        if before.kind is Kind.CONTRADICTED:
            return settled
        # A disputed sentence in an answer that is the same as a whole counts only if a second reference disputes it.
        confirmed = any(claim.confirmed for claim in settled.claims)
        return replace(settled, kind=Kind.CONTRADICTED, reason=None) if confirmed else before


def _look(job: Job) -> None:
    """End the check where there is nothing to check, or nothing that may be read."""
    if job.tool_calls:
        raise Ends(Kind.NOT_APPLICABLE, NotApplicable.TOOL_CALLS)
    if job.turn.has_media:
        raise Ends(Kind.UNABLE, Unable.CONTEXT)
    if len(job.answer) > MAX_ANSWER:
        raise Ends(Kind.UNABLE, Unable.LENGTH)
    if refuses(job.answer):
        raise Ends(Kind.NOT_APPLICABLE, NotApplicable.REFUSAL)
    if judge.looks_like_a_judgement(job.answer) or judge.gives_orders(job.turn.text):
        raise Ends(Kind.UNABLE, Unable.INJECTION_SUSPECTED)


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
        *(prompts.JUDGE, repr(prompts.JUDGE_EXAMPLES), repr(prompts.JUDGE_SCHEMA), repr(prompts.JUDGE_PROBES)),
        *(prompts.NEUTRALISER, repr(prompts.NEUTRALISER_EXAMPLES), prompts.ANSWERED, repr(prompts.ANSWERED_EXAMPLES)),
        *(prompts.SECOND, repr(prompts.SECOND_EXAMPLES), prompts.OPENLY, repr(prompts.OPENLY_EXAMPLES)),
        *(str(second.MARGIN), str(second.AGAINST), str(second.AGREES), str(same_answer.DIFFERS_ALONE)),
        *(str(DIFFERS), str(SAME), str(PLAIN), str(SILENT), str(KEY_WORDS), str(OPPOSED), RULES, model or ""),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
