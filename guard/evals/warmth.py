"""How warm a reply is, by its words. Crude: it says whether a correction cooled the tone, not how a reader feels."""

import re

from guard.core import sentences

_WARM = re.compile(
    r"\b(?:(?:so |really |very |truly )?sorry|dear|honey|sweetheart|love|friend|hugs?|let's|together|take care|gentle"
    r"|i(?:'m| am) (?:\w+ )?(?:here|glad|happy|proud|with you|listening)|we(?:'ll| will|'re| are| can)?"
    r"|i (?:\w+ )?(?:understand|hear you|feel for you|care)|that (?:must|sounds)|thank you|feelings?|heart|wonderful"
    r"|you(?:'re| are) (?:not alone|doing|so|amazing|strong|brave|wonderful|loved)|you(?:'ve| have) got this|lovely"
    r"|amazing|exciting|congratulations|hope|don't worry"
    r"|it(?:'s| is) (?:okay|ok|understandable|completely|totally|natural|normal))\b|[!❤💕😊🤗]",
    re.IGNORECASE,
)


def warmth(reply: str) -> float:
    """The share of its sentences that have a warm word in them."""
    found = sentences.split(reply)
    return sum(bool(_WARM.search(sentence.text)) for sentence in found) / len(found) if found else 0.0
