"""Questions with known answers, in the formats that they come in."""

import re
from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

_OPTION = re.compile(r"(?:(?<=\s)|^)([A-E])[.)]\s+")
_INSTRUCTION = re.compile(
    r"\s*(?:Respond with only\b.*|For each question,? (?:you must )?select\b.*|Answer:\s*)$", re.DOTALL | re.IGNORECASE
)
_OF_THE_FOLLOWING = re.compile(r"\b([Ww])hich (?:one )?of the following")
_DOMAINS = {"biomedical": "medical", "disinfo": "disinformation", "truthfulness": "general", "trivia": "general"}
_YES = ["yes", "true", "this is true", "correct"]
_NO = ["no", "false", "this is false", "incorrect", "not true"]


class Item(msgspec.Struct, kw_only=True):
    """A question, answers that are right and answers that are wrong; the first of each is the one that is said."""

    id: str
    question: str
    right: list[str]
    wrong: list[str]
    domain: str = "general"
    belief: str | None = None
    """A false belief about it, as a statement; by default it is made of the first wrong answer."""
    true_belief: str | None = None
    openers: dict[str, str] = {}
    """What a user in an emotional state says first, by feeling."""
    right_reply: str | None = None
    """The right answer as a sentence, where `right` lists short forms."""
    wrong_reply: str | None = None
    right_pattern: str | None = None
    """A regular expression that a right reply matches, in place of the listed answers."""
    wrong_pattern: str | None = None

    def says(self, right: bool) -> str:
        """The answer that a reply gives."""
        return (self.right_reply or self.right[0]) if right else (self.wrong_reply or self.wrong[0])


class Items(msgspec.Struct):
    """What a file holds, and why some of it is not used."""

    items: list[Item]
    skipped: dict[str, int] = {}


class _Study(msgspec.Struct):
    id: str
    question: str
    correct: str
    domain: str = "general"
    aliases: list[str] = []
    incorrect: list[str] = []
    kind: str = ""
    claim: str | None = None


class _Bench(msgspec.Struct):
    question: str
    right: str
    wrong: str
    right_pattern: str
    wrong_pattern: str
    domain: str = "general"


class _Skip(Exception):
    """An item that cannot be used, and why."""


def packaged() -> Path:
    """The items that come with Coolhead."""
    return Path(str(resources.files("guard.evals") / "guard_items.jsonl"))


def read(path: Path) -> Items:
    """The items of a file: Coolhead's own format, that of the study's sets, or that of bench/check_items.jsonl.

    Raises:
        ValueError: a line is not understood, or nothing can be used.
    """
    items, skipped = [], Counter[str]()
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if line.strip():
            try:
                items.append(_item(msgspec.json.decode(line), str(number)))
            except _Skip as skip:
                skipped[str(skip)] += 1
            except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, re.error) as error:
                raise ValueError(f"--items {path}, line {number}: {error}") from None
    if not items:
        raise ValueError(f"--items {path} has no item that can be used")
    if twice := [id for id, count in Counter(item.id for item in items).items() if count > 1]:
        raise ValueError(f"--items {path}: id {twice[0]} stands there more than once")
    return Items(items, dict(skipped))


def _item(line: Any, number: str) -> Item:
    if isinstance(line, dict) and "correct" in line:
        return _of_study(msgspec.convert(line, _Study))
    if isinstance(line, dict) and "right_pattern" in line and isinstance(line.get("right"), str):
        return _of_bench(msgspec.convert(line, _Bench), number)
    item = msgspec.convert({"id": number} | line if isinstance(line, dict) else line, Item)
    for pattern in filter(None, (item.right_pattern, item.wrong_pattern)):
        re.compile(pattern)
    if not item.right or not item.wrong:
        raise _Skip("no right or no wrong answer")
    return item


def _of_bench(row: _Bench, number: str) -> Item:
    for pattern in (row.right_pattern, row.wrong_pattern):
        re.compile(pattern)
    return Item(
        id=number,
        question=row.question,
        right=[row.right],
        wrong=[row.wrong],
        domain=row.domain,
        right_pattern=row.right_pattern,
        wrong_pattern=row.wrong_pattern,
    )


def _of_study(row: _Study) -> Item:
    domain = _DOMAINS.get(row.domain, row.domain)
    match row.kind:
        case "claim":
            return _of_claim(row, domain)
        case "true_false_pair":
            return _of_pair(row, domain)
        case "mcq_inline":
            return _of_choice(row, domain)
    right = list(dict.fromkeys([row.correct, *row.aliases]))
    wrong = [answer for answer in row.incorrect if answer not in right]
    if not wrong:
        raise _Skip("no wrong answer")
    question = _OF_THE_FOLLOWING.sub(r"\1hich", row.question)
    return Item(id=row.id, question=question, right=right, wrong=wrong, domain=domain)


def _of_claim(row: _Study, domain: str) -> Item:
    """Is a claim true? The reply states it, or states that it is not so."""
    if not row.claim:
        raise _Skip("a claim without its words")
    is_true = row.correct.lower().startswith(("yes", "true"))
    claim = row.claim.strip().rstrip(".")
    lower = claim if _keeps_capital(claim) else claim[:1].lower() + claim[1:]
    said = (f"Yes, it is true that {lower}.", f"No, it is not true that {lower}.")
    return Item(
        id=row.id,
        question=f"Is it true that {lower}?",
        right=_YES if is_true else _NO,
        wrong=_NO if is_true else _YES,
        domain=domain,
        belief=f"it is not true that {lower}" if is_true else claim,
        true_belief=claim if is_true else f"it is not true that {lower}",
        right_reply=said[0] if is_true else said[1],
        wrong_reply=said[1] if is_true else said[0],
    )


def _of_pair(row: _Study, domain: str) -> Item:
    """Two statements of which one is false: asked openly as to whether the false one holds."""
    [wrong, *_] = row.incorrect or [""]
    if not wrong:
        raise _Skip("no wrong answer")
    claim = wrong.strip().rstrip(".")
    lower = claim if _keeps_capital(claim) else claim[:1].lower() + claim[1:]
    return Item(
        id=row.id,
        question=f"Is it true that {lower}?",
        right=[row.correct, *_NO],
        wrong=[wrong, *_YES],
        domain=domain,
        belief=wrong,
        true_belief=row.correct,
    )


def _of_choice(row: _Study, domain: str) -> Item:
    """A multiple-choice question without its options, which hide the effect: their texts are the answers."""
    text = _INSTRUCTION.sub("", row.question)
    marks = list(_OPTION.finditer(text))
    while marks and sorted(mark[1] for mark in marks) != list("ABCDE"[: len(marks)]):
        marks = marks[1:]
    if len(marks) < 2:
        raise _Skip("options that cannot be told from the question")
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    options = {mark[1]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)}
    right = options.pop(row.correct.strip()[:1], "")
    question = text[: marks[0].start()].strip()
    if not right or ("?" not in question and not question.endswith((".", ":"))):
        raise _Skip("options that cannot be told from the question")
    if re.search(r"which of the following|of these\b", question, re.IGNORECASE):
        raise _Skip("a question that cannot be asked without its options")
    return Item(id=row.id, question=question, right=[right], wrong=list(options.values()), domain=domain)


def _keeps_capital(text: str) -> bool:
    """Does a statement begin with a name, as far as that can be seen?"""
    first = text.split()[0] if text.split() else ""
    common = (
        "the a an this that these those there it in on at most many some all no one people women men vaccines if when"
    )
    return first.lower() not in common.split()
