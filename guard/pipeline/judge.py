"""The judge: a strict reply about numbered sentences, turned into claims with spans in the answer."""

import asyncio
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakValueDictionary

import msgspec
from cachetools import LRUCache

from guard.core.sentences import Sentence, split
from guard.core.verdict import Claim, Unable
from guard.pipeline.calls import Ends, Spent, complete
from guard.pipeline.prompts import JUDGE, JUDGE_EXAMPLES, JUDGE_PROBES, JUDGE_SCHEMA, MARK_BYTES, judge_material
from guard.pipeline.reference import Ask, Reference

MAX_TOKENS = 500
_MAX_PROBED = 100
_FAILED = -1
_JUDGE_LIKE = re.compile(
    r"""["']items["']\s*:\s*\[|["']label["']\s*:\s*["'](?:contradicted|endorses_user_error|not_covered)"""
    r"""|^[ \t]*(?:student|key|reference|answer given|true fact|wrong sentence)[ \t]*:"""
    r"""|\byou\s+are\s+(?:now\s+)?(?:the|a)\s+judge\b""",
    re.IGNORECASE | re.MULTILINE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+)?"
    r"(?:previous|prior|above|earlier)\s+(?:instructions|rules|prompts?)\b",
    re.IGNORECASE,
)


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """A sentence with a problem, as the judge reports it."""

    s: int
    label: Literal["contradicted", "endorses_user_error", "not_covered"]
    quote: str
    kind: Literal["number", "date", "entity", "cause", "safety", "law", "other"]
    severity: Literal["low", "medium", "high"]
    correct_fact: str | None


class Judgement(msgspec.Struct, forbid_unknown_fields=True):
    """The judge's whole reply."""

    items: list[Item]


NOTHING = Judgement([])
"""Nothing to report."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is compared."""

    question: str
    neutral_answer: str
    beliefs: tuple[str, ...]
    sentences: Sequence[Sentence]
    """The checkable sentences of the answer."""


def ask_for(material: Material, model: str, credentials: tuple[tuple[str, str], ...]) -> Ask:
    """The question to the judge, with a mark of its own."""
    texts = [sentence.text for sentence in material.sentences]
    mark = secrets.token_hex(MARK_BYTES)
    return Ask(
        model=model,
        system=JUDGE,
        user=judge_material(material.question, material.neutral_answer, material.beliefs, texts, mark),
        max_tokens=MAX_TOKENS,
        schema=JUDGE_SCHEMA,
        examples=JUDGE_EXAMPLES,
        credentials=credentials,
    )


def looks_like_a_judgement(answer: str) -> bool:
    """Does the checked answer hold what only the judge should say, or speak to it?"""
    return bool(_JUDGE_LIKE.search(answer)) or gives_orders(answer)


def gives_orders(text: str) -> bool:
    """Does a text tell a model to drop its instructions?"""
    return bool(_ORDERS.search(text))


def read(reply: str) -> Judgement | None:
    """The judgement; None when the reply is not exactly one. Never evaluated, only parsed."""
    text = reply.strip()
    fenced = re.fullmatch(r"```(?:json)?\s*(.*?)\s*```", text, re.DOTALL)
    try:
        return msgspec.json.decode(fenced[1] if fenced else text, type=Judgement)
    except msgspec.DecodeError:
        return None


def claims(judgement: Judgement, sentences: Sequence[Sentence], all_sentences: Sequence[Sentence]) -> list[Claim]:
    """The claims of a judgement. A quote that is not in its sentence is replaced by the sentence.

    Items about sentences that do not exist are dropped.
    """
    number: Callable[[Sentence], int] = list(all_sentences).index
    found = []
    for item in judgement.items:
        if not 1 <= item.s <= len(sentences):
            continue
        sentence = sentences[item.s - 1]
        at = sentence.text.find(item.quote) if item.quote.strip() else -1
        quote = item.quote if at >= 0 else sentence.text
        start = sentence.start + max(at, 0)
        found.append(
            Claim(
                id=f"s{number(sentence) + 1}",
                quote=quote,
                start=start,
                end=start + len(quote),
                kind=item.kind,
                label=item.label,
                severity=item.severity,
                correct_fact=item.correct_fact,
            )
        )
    return found


class Probed:
    """Which models can judge: each is tried once, on items with known problems, before its first judgement."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._passed: LRUCache[str, int] = LRUCache(_MAX_PROBED)
        """Items that a model judged right; `_FAILED` for one that cannot judge."""
        self._trying: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def can(self, model: str, credentials: tuple[tuple[str, str], ...]) -> bool:
        """Does it judge every item right?

        A trial that fails, or that the end of a check cuts short, goes on at the next check where it stood.
        """
        lock = self._trying.setdefault(model, asyncio.Lock())
        async with lock:
            while 0 <= (passed := self._passed.get(model, 0)) < len(JUDGE_PROBES):
                try:
                    right = await self._judges(model, credentials, *JUDGE_PROBES[passed])
                except Ends as end:
                    if end.reason in (Unable.DEADLINE, Unable.REFERENCE_DOWN):
                        return False
                    right = False
                self._passed[model] = passed + 1 if right else _FAILED
            return passed != _FAILED

    async def _judges(
        self,
        model: str,
        credentials: tuple[tuple[str, str], ...],
        question: str,
        reference: str,
        answer: str,
        wrong: str | None,
    ) -> bool:
        ask = ask_for(Material(question, reference, (), split(answer)), model, credentials)
        judgement = read((await complete(self._reference, "probe", ask, Spent())).text)
        if judgement is None:
            return False
        quoted = [item.quote for item in judgement.items if item.label != "not_covered"]
        return not quoted if wrong is None else len(quoted) == 1 and wrong in quoted[0] and quoted[0] in answer
