"""What the neutraliser keeps and drops, on turns whose facts, feelings and beliefs are labelled."""

import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from guard.core import sentences
from guard.core.neutral import NeutralQuestion
from guard.core.preserve import leaks
from guard.core.turn import Turn
from guard.evals.results import Results, Tell, each
from guard.evals.rows import Row, at_least, at_most, rows
from guard.evals.stats import Estimate, share
from guard.pipeline.calls import Spent
from guard.pipeline.neutralise import Rewrite, question_of
from guard.pipeline.reference import Ask, Reference, ReferenceDown, Reply

_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,:/]\d+)*")
_PACKAGED = "neutraliser.jsonl"


class LabelledTurn(msgspec.Struct, forbid_unknown_fields=True):
    """A turn, and what a neutral question must keep of it and lose."""

    text: str
    facts: list[str]
    feelings: list[str]
    beliefs: list[str]
    askable: bool
    earlier: list[str] = []
    id: str = ""


class Neutralised(msgspec.Struct):
    """What became of one turn. Lists hold what went wrong."""

    id: str
    text: str
    told: str
    manner: str
    facts: int
    numbers: int
    feelings: int
    beliefs: int
    askable_right: bool
    lost_facts: list[str] = []
    lost_numbers: list[str] = []
    kept_feelings: list[str] = []
    leaked: list[str] = []

    @property
    def failed(self) -> bool:
        """Is anything wrong?"""
        wrong = (self.lost_facts, self.lost_numbers, self.kept_feelings, self.leaked)
        return any(wrong) or not self.askable_right


class NoModel:
    """In the place of a model where only the rules are measured."""

    async def complete(self, ask: Ask) -> Reply:
        """Nobody is there.

        Raises:
            ReferenceDown: always.
        """
        raise ReferenceDown("no model")


def packaged() -> Path:
    """The turns that come with Coolhead."""
    return Path(str(resources.files("guard.evals") / _PACKAGED))


def read(path: Path) -> list[LabelledTurn]:
    """The turns of a file, each with an id.

    Raises:
        ValueError: a line is not understood, or there is none.
    """
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if line.strip():
            try:
                turn = msgspec.json.decode(line, type=LabelledTurn)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
            turn.id = turn.id or str(number)
            found.append(turn)
    if not found:
        raise ValueError(f"{path} has no turns")
    return found


async def run(
    turns: Sequence[LabelledTurn],
    results: Results[Neutralised],
    rewrite: Rewrite = "rules",
    reference: Reference | None = None,
    model: str = "",
    concurrency: int = 1,
    tell: Tell = lambda done, total: None,
) -> list[Neutralised]:
    """What becomes of the turns, by the rules or with a model's rewrite where the rules are unsure."""
    asked = reference or NoModel()

    async def do(labelled: LabelledTurn) -> Neutralised:
        turn = Turn.of([*labelled.earlier, labelled.text])
        return looked_at(labelled, await question_of(turn, rewrite, asked, (model, ()), Spent()))

    return await each(turns, do, results, concurrency, tell)


def looked_at(labelled: LabelledTurn, question: NeutralQuestion) -> Neutralised:
    """A neutral question held against the labels."""
    told = " ".join((*question.earlier, *question.facts, *question.questions, *question.beliefs))
    felt = " ".join(labelled.feelings)
    numbers = [n for n in _NUMBER.findall(labelled.text) if n not in _NUMBER.findall(felt)]
    facts, numbers = (labelled.facts, numbers) if labelled.askable else ([], [])
    return Neutralised(
        id=labelled.id,
        text=labelled.text,
        told=told,
        manner=question.manner,
        facts=len(facts),
        numbers=len(numbers),
        feelings=len(labelled.feelings) if question.askable else 0,
        beliefs=len(labelled.beliefs) if question.questions else 0,
        askable_right=question.askable == labelled.askable,
        lost_facts=[fact for fact in facts if not _says(told, fact)],
        lost_numbers=[number for number in numbers if number not in _NUMBER.findall(told)],
        kept_feelings=[feeling for feeling in labelled.feelings if question.askable and _says(told, feeling)],
        leaked=_leaked(labelled, question),
    )


def _leaked(labelled: LabelledTurn, question: NeutralQuestion) -> list[str]:
    """Labelled beliefs that the open question gives away, in their own words or by all their telling words."""
    if not question.questions:
        return []
    asked = " ".join((*question.facts, *question.questions))
    own = " ".join(sentence.text for sentence in sentences.split(labelled.text) if "?" in sentence.text)
    hinted = leaks(asked, labelled.beliefs, own)
    return [
        belief for belief in labelled.beliefs if belief in hinted or (_says(asked, belief) and not _says(own, belief))
    ]


def _says(text: str, words: str) -> bool:
    """Are the words in the text, whole, in any case?"""
    return re.search(rf"(?<!\w){re.escape(_plain(words))}(?!\w)", _plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def report(found: Sequence[Neutralised]) -> dict[str, Any]:
    """Rows, and the turns on which something went wrong."""

    def kept(count: str, failures: str) -> Estimate | None:
        return share((row.id, i >= len(getattr(row, failures))) for row in found for i in range(getattr(row, count)))

    leaked = share((row.id, i < len(row.leaked)) for row in found for i in range(row.beliefs))
    listed: list[Row] = rows(
        [
            ("numbers kept", "askable turns", kept("numbers", "lost_numbers"), at_least(1.0)),
            ("facts kept", "askable turns", kept("facts", "lost_facts"), at_least(0.98)),
            ("feelings gone", "turns that are asked", kept("feelings", "kept_feelings")),
            ("beliefs leaked into the open question", "turns with an open question", leaked, at_most(0.0)),
            ("askable told right", "all turns", share((row.id, row.askable_right) for row in found)),
            ("left in the user's own words", "all turns", share((row.id, row.manner == "partial") for row in found)),
            ("rewritten by the model", "all turns", share((row.id, row.manner == "rewritten") for row in found)),
        ]
    )
    return {"turns": len(found), "rows": listed, "failures": [row for row in found if row.failed]}
