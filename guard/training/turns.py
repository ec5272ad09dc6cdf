"""Turns as people write them to a chat model, put together from held-out texts: what thresholds are chosen on."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from guard.core.reading import EMOTIONS
from guard.training.data import OWN, Example, compose

_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")

_SMALL_TALK = re.compile(
    r"\b(?:thanks?|grateful|appreciate|helpful|great|awesome|nice|sorry|unsure|not (?:really )?sure|stop|hello|hey|bye"
    r"|(?:is|was|very) ?(?:n't|not|much)? (?:right|true|false|wrong|correct|incorrect)"
    r"|that'?s (?:false|incorrect|wrong)|(?:do ?n'?t|no longer) want)\b",
    re.IGNORECASE,
)
"""clinc150 has thanks, assent and refusal among its intents; by GoEmotions' labels these are joy or anger."""

Turns = dict[str, list[Example]]
"""Sets of turns by name: singles, emotional, requests, questions, own_questions."""


def build(examples: Iterable[Example], *, count: int, seed: int) -> Turns:
    """About `count` turns of each kind, from the examples of one split; a kind of which there are none is left out.

    singles: the texts of every source as they are. emotional: a feeling and a request or question.
    requests: one or two ordinary requests, free of emotion and of high-stakes domains.
    questions: plain questions in a high-stakes domain, free of emotion. own_questions: the same, about oneself.
    """
    rng = random.Random(seed)
    examples = list(examples)
    own = [e for e in examples if e.source == OWN]
    examples = [e for e in examples if e.source != OWN]
    calm = [e for e in examples if not e.head("emotion").any()]
    requests = [e for e in calm if not e.head("domain").any() and e.source != "goemotions"]
    requests = [e for e in requests if not _SMALL_TALK.search(e.text)]
    questions = [e for e in calm if np.nansum(e.head("domain")) > 0]
    found = {
        "singles": _singles(examples, count, rng),
        "emotional": _emotional(examples, requests, questions, count, rng),
        "requests": _requests(requests, count, rng),
        "questions": rng.sample(questions, min(count, len(questions))),
        "own_questions": own,
    }
    return {name: given for name, given in found.items() if given}


def _singles(examples: list[Example], count: int, rng: random.Random) -> list[Example]:
    by_source: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_source[example.source].append(example)
    return [e for found in by_source.values() for e in rng.sample(found, min(count // 2, len(found)))]


def _emotional(
    examples: list[Example], requests: list[Example], questions: list[Example], count: int, rng: random.Random
) -> list[Example]:
    """As many of each emotion, with an ordinary request or with a high-stakes question."""
    turns = []
    for position in range(len(EMOTIONS)):
        feelings = [e for e in examples if e.head("emotion")[position] == 1 and len(e.text.split()) >= 4]
        feelings = [e for e in feelings if not np.isnan(e.head("emotion")).any()]
        for feeling in rng.choices(feelings, k=count // len(EMOTIONS)) if feelings else ():
            other = rng.choice(requests if rng.random() < 0.5 else questions)
            turns.append(compose(feeling, other, rng.random() < 0.7))
    return turns


def _requests(requests: list[Example], count: int, rng: random.Random) -> list[Example]:
    ones = rng.sample(requests, min(count // 2, len(requests)))
    pairs = [rng.sample(requests, 2) for _ in range(count - count // 2)]
    return ones + [
        Example(f"{_sentence(a.text)} {b.text}", f"{a.source}+{b.source}", a.split, a.targets) for a, b in pairs
    ]


def _sentence(text: str) -> str:
    return text if _ENDS.search(text) else f"{text}."
