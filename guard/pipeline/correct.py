"""A confirmed contradiction put right: a sentence edited, or the answer asked for once more; then checked again.

Whatever cannot be done safely is not done, and says why.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from guard.core.checkable import checkable, endorses, is_bare_assent, plain, refuses, spelt_out
from guard.core.claims import DIFFERS, SAME
from guard.core.correction import Edit, apply, difference, problem, reveals
from guard.core.job import Job
from guard.core.preserve import stems
from guard.core.sentences import Sentence
from guard.core.verdict import Claim, Verdict
from guard.pipeline import judge, same_answer
from guard.pipeline.calls import Ends, Spent, complete
from guard.pipeline.check import SILENT, CheckConfig
from guard.pipeline.prompts import (
    EDITOR,
    EDITOR_EXAMPLES,
    EDITOR_SCHEMA,
    MARK_BYTES,
    REGENERATE,
    REGENERATE_BELIEF,
    editor_material,
)
from guard.pipeline.reference import Ask, Reference

MAX_CLAIMS = 6
_MAX_TOKENS = 160
_MAX_FACT = 240
_LEANS = re.compile(
    r"^\W*(?:it|its|it's|they|their|them|these|this|that|that's|those|he|she|his|her|so|because|therefore|which"
    r"|as such|in (?:fact|addition)|also|plus)\b",
    re.IGNORECASE,
)
"""A sentence that goes on about the one before."""

_EXPLETIVE = re.compile(
    r"^\W*(?:it|that|this)(?:'s| is) (?:(?:also|so|very|really|always|completely|totally|perfectly|just) )*"
    r"(?:important|okay|ok|normal|natural|understandable|hard|good|great|fine|easy|wonderful|best|never|not easy)\b",
    re.IGNORECASE,
)

_YOU_ARE_RIGHT = re.compile(
    r"^\W*(?:you(?:'re| are) (?:\w+ )?(?:right|correct)|exactly|absolutely|spot on"
    r"|that(?:'s| is) (?:right|correct|true)|i (?:\w+ )?agree)\b",
    re.IGNORECASE,
)

Regenerate = Callable[[str], Awaitable[str | None]]
"""Asks the application's own model for the answer once more, with a private note."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The new text, and the edits that made it where it was edited; or why there is none."""

    text: str | None = None
    edits: tuple[Edit, ...] = ()
    failed: str | None = None


class Edited(msgspec.Struct, forbid_unknown_fields=True):
    """The editor's whole reply."""

    sentence: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What is corrected, and by what."""

    job: Job
    verdict: Verdict
    model: str
    question: str
    key: str
    claims: tuple[Claim, ...]
    sentences: list[Sentence]
    checkable: list[Sentence]
    spent: Spent

    @property
    def disputed(self) -> list[tuple[Sentence, Claim]]:
        """The sentences of the confirmed claims, each once, in order."""
        found: dict[int, tuple[Sentence, Claim]] = {}
        for claim in self.claims:
            for sentence in self.sentences:
                if sentence.start <= claim.start < sentence.end:
                    found.setdefault(sentence.start, (sentence, claim))
        return [found[start] for start in sorted(found)]

    @property
    def rest(self) -> list[Sentence]:
        """What else the answer states on the same subject, which may be built on what is disputed."""
        disputed = {sentence.start for sentence, _ in self.disputed}
        subject = stems(" ".join((self.question, self.key, *self.verdict.beliefs)))
        return [
            sentence
            for sentence in self.checkable
            if sentence.start not in disputed
            and not is_bare_assent(sentence.text)
            and (stems(sentence.text) & subject or _leans(sentence.text))
        ]

    @property
    def is_patchable(self) -> bool:
        """Is the rest of the answer still true and still makes sense once the disputed sentences are?"""
        flips = (self.verdict.p_differs or 0.0) >= DIFFERS
        return not self.rest or (not flips and len(self.disputed) * 3 <= len(self.checkable))

    @property
    def leans(self) -> bool:
        """Does a later sentence go on about a disputed one?"""
        first = min(sentence.start for sentence, _ in self.disputed)
        return any(sentence.start > first and _leans(sentence.text) for sentence in self.rest)


class Corrector:
    """Corrects confirmed contradictions, and nothing else."""

    def __init__(self, config: CheckConfig, reference: Reference) -> None:
        self._config = config
        self._reference = reference

    async def correct(self, job: Job, verdict: Verdict, regenerate: Regenerate | None) -> Correction:
        """The corrected answer, or why there is none. Does not raise for faults of the reference."""
        case = self._case(job, verdict)
        if isinstance(case, str):
            return Correction(failed=case)
        if case.is_patchable:
            edited = await self._edited(case)
            return edited if edited.text is not None or regenerate is None else await self._again(case, regenerate)
        again = await self._again(case, regenerate) if regenerate else Correction(failed="load_bearing")
        if again.text is not None or case.leans:
            return again
        edited = await self._edited(case)
        return edited if edited.text is not None else again

    def _case(self, job: Job, verdict: Verdict) -> _Case | str:
        """What there is to correct; else the reason why it is not done."""
        claims = tuple(claim for claim in verdict.claims if claim.confirmed)
        if job.reading.crisis_label:
            return "crisis"
        if not claims or not verdict.neutral_answer or not verdict.neutral_question:
            return "unconfirmed"
        if len(claims) > MAX_CLAIMS:
            return "too_many_edits"
        found, checked = checkable(job.answer, verdict.beliefs)
        return _Case(
            job,
            verdict,
            self._config.model or job.model,
            verdict.neutral_question,
            verdict.key or verdict.neutral_answer,
            claims,
            found,
            checked,
            Spent(verdict.milliseconds, verdict.tokens),
        )

    async def _edited(self, case: _Case) -> Correction:
        """The answer with the disputed sentences put right; by the editor's words, else by the fact's own."""
        failed = "nothing_to_edit"
        for by_editor in (True, False):
            edits = list(_without_assent(case))
            for sentence, claim in case.disputed:
                fact = claim.correct_fact or case.key
                new = await self._rewritten(case, sentence, fact) if by_editor else _statement_of(fact)
                if new is None:
                    break
                edits += difference(sentence.text, new, sentence.start)
            else:
                facts = " ".join(claim.correct_fact or case.key for claim in case.claims)
                if reason := problem(case.job.answer, edits, facts):
                    failed = reason.value
                    continue
                text = apply(case.job.answer, edits)
                if await self._agrees(case, text):
                    return Correction(text, tuple(sorted(edits, key=lambda edit: edit.start)))
                failed = "still_differs"
                continue
            failed = "no_edit"
        return Correction(failed=failed)

    async def _rewritten(self, case: _Case, sentence: Sentence, fact: str) -> str | None:
        """A sentence in the editor's words; None when there is none that can be read."""
        ask = Ask(
            case.model,
            EDITOR,
            editor_material(plain(sentence.text, case.verdict.beliefs), fact, secrets.token_hex(MARK_BYTES)),
            _MAX_TOKENS,
            schema=EDITOR_SCHEMA,
            examples=EDITOR_EXAMPLES,
            credentials=case.job.authorization,
        )
        try:
            reply = await complete(self._reference, "edit", ask, case.spent)
            new = msgspec.json.decode(reply.text.strip(), type=Edited).sentence.strip()
        except (Ends, msgspec.DecodeError):
            return None
        return new or None

    async def _again(self, case: _Case, regenerate: Regenerate) -> Correction:
        """The application's own model once more, told the fact; taken if it agrees with it now."""
        belief = next(iter(case.verdict.beliefs), "")
        note = REGENERATE.format(fact=case.key, belief=REGENERATE_BELIEF.format(belief=belief) if belief else "")
        text = await regenerate(note)
        if not text or not text.strip():
            return Correction(failed="regenerate_failed")
        if refuses(text) or reveals(text) or judge.looks_like_a_judgement(text):
            return Correction(failed="regenerated_unfit")
        if not await self._agrees(case, text):
            return Correction(failed="still_differs")
        return Correction(text)

    async def _agrees(self, case: _Case, text: str) -> bool:
        """Does a text give the neutral answer now?"""
        beliefs = case.verdict.beliefs
        _, checked = checkable(text, beliefs)
        if not checked or any(_endorses_belief(sentence, beliefs) for sentence in checked):
            return False
        ask = same_answer.ask_for(
            case.question, case.key, spelt_out(checked, beliefs), case.model, case.job.authorization
        )
        try:
            marked = same_answer.read(await complete(self._reference, "recheck", ask, case.spent))
        except Ends:
            return False
        return marked is not None and marked.differs <= SAME and marked.silent < SILENT


def _leans(sentence: str) -> bool:
    """Does a sentence go on about the one before? `It is normal to feel so` does not."""
    return bool(_LEANS.match(sentence)) and not _EXPLETIVE.match(sentence)


def _endorses_belief(sentence: Sentence, beliefs: Sequence[str]) -> bool:
    """Does it still agree with what the user believes? An answer that begins with yes may be right."""
    return bool(beliefs) and endorses(sentence.text) and bool(_YOU_ARE_RIGHT.match(sentence.text))


def _without_assent(case: _Case) -> list[Edit]:
    """Edits that take out bare assent to the belief, with the space behind it."""
    answer, disputed = case.job.answer, {sentence.start for sentence, _ in case.disputed}
    edits = []
    for sentence in case.sentences:
        if sentence.start not in disputed and is_bare_assent(sentence.text):
            space = len(answer[sentence.end :]) - len(answer[sentence.end :].lstrip(" "))
            edits.append(Edit(sentence.start, sentence.end + space, ""))
    return edits


def _statement_of(fact: str) -> str | None:
    """The fact as a sentence of the answer, where it is short enough."""
    line = " ".join(fact.split())
    return line if line and len(line) <= _MAX_FACT else None
