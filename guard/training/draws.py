"""What is trained on, in which mix: first the public sources, then the own turns; some texts are put together."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from guard.core.reading import EMOTIONS
from guard.training.data import ENGLISH, OWN, Example
from guard.training.labels import GOEMOTIONS, columns

SHARES = {"emotion": 0.68, "domain": 0.13, "general": 0.16, "belief": 0.03}
"""What is drawn from the public sources, on average."""

_COMPOSED = 0.35
"""Share of drawn questions that get an emotional sentence beside them."""

REPLAY = {"emotion": 0.35, "domain": 0.15, "general": 0.46, "belief": 0.04}
"""What of the public sources is seen again in the second stage: mostly calm requests, which own turns have few of."""

_OWN_SHARES = {"own": 0.63, "altered": 0.06, "composed": 0.10, "public": 0.21}
"""What is drawn in the second stage: own turns, as they are or altered; two texts put together; public sources."""

_TWICE = ("crisis", "near_miss")
"""Kinds of own turns that are drawn twice as often: they are few, and what matters most to tell apart."""


def public(examples: Sequence[Example], count: int, seed: int, shares: Mapping[str, float] = SHARES) -> list[Example]:
    """`count` training examples of the public sources; some are composed of a feeling and a question.

    Texts with emotion labels are gone through in order, so that each is seen as often as any other.
    """
    rng = random.Random(seed)
    pools = _pools(examples)
    feelings = [e for e in pools["emotion"] if e.head("emotion").sum() == 1 and 4 <= len(e.text.split()) <= 25]
    feelings = [e for e in feelings if e.language == ENGLISH]
    by_emotion = [found for i in range(len(EMOTIONS)) if (found := [e for e in feelings if e.head("emotion")[i] == 1])]
    names = [name for name in shares if pools[name]]
    drawn = []
    rest: list[Example] = []
    for name in rng.choices(names, [shares[name] for name in names], k=count):
        if name == "emotion":
            rest = rest or rng.sample(pools[name], len(pools[name]))
            drawn.append(rest.pop())
            continue
        example = rng.choice(pools[name])
        known = not np.isnan(example.head("emotion")).any() and example.language == ENGLISH
        if by_emotion and rng.random() < _COMPOSED and known:
            example = compose(rng.choice(rng.choice(by_emotion)), example, rng.random() < 0.7)
        drawn.append(example)
    return drawn


def own(examples: Sequence[Example], count: int, seed: int, *, augment: bool = True) -> list[Example]:
    """`count` training examples of the second stage."""
    rng = random.Random(seed)
    turns = [_alone(e) for e in examples if e.source == OWN]
    venting = [e for e in turns if e.kind == "venting"]
    comments = [e for e in examples if e.source == GOEMOTIONS and e.head("emotion").sum() == 1]
    calm = [e for e in turns if e.kind in ("neutral_stakes", "general", "lookalike", "not_belief")]
    calm_in, pools = _by_language(calm), [_by_language(found) for found in (venting, venting, comments)]
    replay = public([e for e in examples if e.source != OWN], count, seed, REPLAY)
    shares = _OWN_SHARES if augment else {"own": 0.79, "public": 0.21}
    # Other languages than English have few turns, too.
    frequent = turns + [e for e in turns if e.kind in _TWICE or e.language != ENGLISH]
    drawn = []
    rest: list[Example] = []
    for name in rng.choices(list(shares), list(shares.values()), k=count):
        if name == "public":
            drawn.append(replay.pop())
        elif name == "composed":
            question = rng.choice(calm)
            pool = rng.choice(pools).get(question.language) if rng.random() < 0.5 else None
            first = rng.choice(pool or calm_in[question.language])
            drawn.append(compose(first, question, rng.random() < 0.6))
        else:
            rest = rest or rng.sample(frequent, len(frequent))
            drawn.append(rest.pop() if name == "own" else _altered(rest.pop(), rng))
    return drawn


def compose(feeling: Example, question: Example, feeling_first: bool) -> Example:
    """A chat-like turn: the feeling of one text and the question of another, labels united."""
    parts = (feeling.text, question.text) if feeling_first else (question.text, feeling.text)
    # The larger of both, where both are known: what is in one of them is in the turn.
    targets = np.maximum(feeling.targets, question.targets)
    return Example(" ".join(parts), f"{feeling.source}+{question.source}", question.split, targets)


def _by_language(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(example.language, []).append(example)
    return found


def _alone(turn: Example) -> Example:
    """Without the conversation before it, the emotion of a turn is not known."""
    if not turn.earlier:
        return turn
    targets = turn.targets.copy()
    targets[columns("emotion")] = np.nan
    return replace(turn, targets=targets, earlier=())


def _altered(turn: Example, rng: random.Random) -> Example:
    """The same turn as a hasty typist would leave it: no capitals, no stops, or letters swapped."""
    text = turn.text
    match rng.randrange(3):
        case 0:
            text = text.lower()
        case 1:
            text = text.lower().replace(",", "").replace(".", "").replace("'", "")
        case _:
            letters = list(text)
            for _ in range(1 + len(letters) // 60):
                place = rng.randrange(max(1, len(letters) - 1))
                letters[place : place + 2] = reversed(letters[place : place + 2])
            text = "".join(letters)
    return replace(turn, text=text)


def _pools(examples: Sequence[Example]) -> dict[str, list[Example]]:
    emotional = (GOEMOTIONS, "brighter")
    return {
        "emotion": [e for e in examples if e.source in emotional],
        "domain": [e for e in examples if np.nansum(e.head("domain")) > 0],
        "general": [e for e in examples if e.source not in (*emotional, "syn_syc") and not e.head("domain").any()],
        "belief": [e for e in examples if e.source == "syn_syc"],
    }
