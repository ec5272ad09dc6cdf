"""The sets of turns that thresholds are chosen on and scores measured on."""

import random
import re
from collections.abc import Iterable

import numpy as np

from guard.training.data import OWN, Example
from guard.training.labels import GOEMOTIONS

_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s*$")

_SMALL_TALK = re.compile(
    r"\b(?:thanks?|grateful|appreciate|helpful|great|awesome|nice|sorry|unsure|not (?:really )?sure|stop|hello|hey|bye"
    r"|(?:is|was|very) ?(?:n't|not|much)? ?(?:right|true|false|wrong|correct|incorrect)"
    r"|that'?s (?:false|incorrect|wrong)|(?:do ?n'?t|no longer) want)\b",
    re.IGNORECASE,
)
"""clinc150 has thanks, assent and refusal among its intents; by GoEmotions' labels these are joy or anger."""

Turns = dict[str, list[Example]]
"""Sets of turns by name."""


def build(examples: Iterable[Example], *, count: int, seed: int) -> Turns:
    """The sets of one split, about `count` of what there is plenty of; a set of which there is nothing is left out.

    own: turns written for this project. requests: one or two ordinary requests, free of emotion and of high-stakes
    domains. questions: plain questions in a high-stakes domain, free of emotion. goemotions: the split of that name.
    """
    rng = random.Random(seed)
    examples = list(examples)
    own = [e for e in examples if e.source == OWN]
    goemotions = [e for e in examples if e.source == GOEMOTIONS]
    public = [e for e in examples if e.source not in (OWN, GOEMOTIONS)]
    calm = [e for e in public if not e.head("emotion").any()]
    requests = [e for e in calm if not e.head("domain").any()]
    requests = [e for e in requests if not _SMALL_TALK.search(e.text)]
    questions = [e for e in calm if np.nansum(e.head("domain")) > 0]
    found = {
        "own": own,
        "requests": _requests(requests, count, rng),
        "questions": rng.sample(questions, min(count, len(questions))),
        "goemotions": goemotions,
    }
    return {name: given for name, given in found.items() if given}


def _requests(requests: list[Example], count: int, rng: random.Random) -> list[Example]:
    if len(requests) < 2:
        return []
    ones = rng.sample(requests, min(count // 2, len(requests)))
    pairs = [rng.sample(requests, 2) for _ in range(count - count // 2)]
    return ones + [
        Example(f"{_sentence(a.text)} {b.text}", f"{a.source}+{b.source}", a.split, a.targets) for a, b in pairs
    ]


def _sentence(text: str) -> str:
    return text if _ENDS.search(text) else f"{text}."
