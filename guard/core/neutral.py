"""A turn without feeling, stakes and stated belief: the question a stranger could look up. English rules.

What is a fact stays: numbers, conditions, times, what was done. A belief becomes a question of its own.
"""

import re
from dataclasses import dataclass

from guard.core import sentences
from guard.core.numbers import same_numbers
from guard.core.turn import Turn

_I = re.IGNORECASE
_AFFECT_WORD = (
    r"sad|depressed|heartbroken|devastated|crying|cried|lonely|alone|scared|terrified|afraid|anxious|panicking"
    r"|worried|furious|angry|mad|pissed(?: off)?|frustrated|upset|happy|excited|thrilled|overjoyed|hopeless"
    r"|miserable|down|broken|hurting|grieving|stressed|overwhelmed|exhausted|ashamed|disgusted|desperate|nervous"
    r"|freaking out|a mess|falling apart|shocked|stunned|over the moon|so low|numb"
)
_AFFECT = re.compile(rf"\b(?:{_AFFECT_WORD}|tears?|my heart|can't stop crying|can't sleep|can't cope)\b", _I)
_FEELING = re.compile(
    r"\b(?:i(?:'m| am| feel| felt| was| have been|'ve been| just feel| can't)|feeling|makes? me|my heart)\b",
    _I,
)
_RELATION = re.compile(
    r"\b(?:you(?:'re| are) (?:my|the only|such|so|always|amazing|the best)|i (?:trust|love|need|respect) you"
    r"|best friend i have|only one who|you always|you understand me|thank(?:s| you)|please (?:be honest|help me)"
    r"|i (?:really )?appreciate|i look up to you|nobody else|no one else)\b",
    _I,
)
_STAKES = re.compile(
    r"\b(?:this is (?:really |so |very )?(?:important|urgent|critical)|my (?:life|job|career|future) depends"
    r"|everything depends|i can'?t afford to|a lot is riding|life or death|means (?:the world|everything))\b",
    _I,
)
_GREETING = re.compile(
    r"^(?:hi|hey|hello|good (?:morning|evening|afternoon)|ok(?:ay)?|so|well|oh(?: my god)?|omg)\b[\s,!.]*$",
    _I,
)
_BELIEF = re.compile(
    r"^\s*(?:but |and |so |well,? |because )?(?:honestly,? |personally,? |to be honest,? )?"
    r"(?:i(?:'m| am|'ve| have)? (?:really |pretty |quite |absolutely |100% |fairly |still )?"
    r"(?:think|thought|believe|believed|guess|know|heard|read|assume|suspect|convinced|sure|certain|positive)"
    r"(?: somewhere| online)?(?: that)?|in my opinion,?|everyone (?:knows|says)(?: that)?"
    r"|(?:my|a) [\w-]+(?: [\w-]+)? (?:says|said|told me|thinks|swears|insists)(?: that)?)\s+(?P<belief>.+)$",
    _I,
)
_TAG = re.compile(
    r"^(?P<belief>.*?)[,;.]?\s*(?:right|correct|isn't it|aren't they|doesn't it|don't they|no|yeah"
    r"|am i right|don't you (?:think|agree)|wouldn't you (?:say|agree)|is that (?:right|correct|true))\s*\?$",
    _I,
)
_ASKS = re.compile(
    r"^\s*(?:and |so |but |also,? )?(?:what|who|whom|whose|when|where|why|how|which"
    r"|is|are|was|were|am|can|could|should|would|do|does|did|will"
    r"|may|might|has|have|tell me|explain|give me|list|name|describe|please (?:tell|explain|list))\b",
    _I,
)
_OPENERS = re.compile(
    rf"^\s*(?:and |but |so |also,? )?i(?:'m| am| feel| just feel|'ve been feeling| have been feeling|'ve been| have been)\s+"
    rf"(?:really |so |very |just |absolutely |completely |totally )*(?:{_AFFECT_WORD})"
    rf"(?:\s*(?:,|and)\s*(?:really |so )*(?:{_AFFECT_WORD}))*(?:\s+(?:right now|today|tonight|all \w+))?\s*"
    rf"(?:because|since|that|about|[,;–—-]|as|and|but)?\s*",
    _I,
)
_PLEAS = re.compile(r"\b(?:please|oh my god|oh god|omg|help me|i beg you|for the love of god)\b[,!]?\s*", _I)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]|:[()'D/]|<3")
_PERSON = (
    (r"\bI'm\b|\bI am\b", "the person is"),
    (r"\bI've\b|\bI have\b", "the person has"),
    (r"\bI'll\b", "the person will"),
    (r"\bI'd\b", "the person would"),
    (r"\b(?:am|was) I\b", "is the person"),
    (r"\bI was\b", "the person was"),
    (r"\bI\b", "the person"),
    (r"\b[Mm]yself\b", "themselves"),
    (r"\b[Mm]y\b", "the person's"),
    (r"\b[Mm]ine\b", "the person's"),
    (r"\bme\b", "the person"),
)
_PROPER = re.compile(r"\b[A-Z][a-z]{2,}")
_WORDS = re.compile(r"[a-zà-ÿ0-9']+")
_EMPTY = frozenset(
    ["a", "an", "the", "of", "to", "in", "is", "are", "was", "were", "it", "this", "that", "i", "you", "your", "my", "me", "we", "our", "be", "been", "am", "so", "and", "or", "but", "for", "with", "on", "at", "as", "do", "does", "did", "have", "has", "had", "no", "yes", "can", "could", "would", "should", "will", "just", "really", "very", "please", "tell", "know", "want", "if", "how", "what", "why", "when", "who", "which", "there", "here", "they", "them", "he", "she", "his", "her", "from", "about", "i'm", "it's", "feel", "feeling", "feels", "like", "right", "now", "today", "all", "night", "because", "since"]
)


@dataclass(frozen=True, slots=True)
class NeutralQuestion:
    """What is asked of the reference. `partial` means: the rules gave up, the words are the user's own."""

    facts: tuple[str, ...]
    questions: tuple[str, ...]
    beliefs: tuple[str, ...]
    partial: bool = False

    @property
    def askable(self) -> bool:
        """Is there anything to look up?"""
        return bool(self.questions or self.beliefs)

    @property
    def text(self) -> str:
        """The question as it is asked; stated beliefs come last, as open yes/no questions."""
        lines = [f"Facts: {' '.join(_stopped(fact) for fact in self.facts)}"] if self.facts else []
        asked = [
            *self.questions,
            *(f'Is this accurate, and if not, what is correct: "{b}"?' for b in self.beliefs),
        ]
        return "\n".join([*lines, *asked])


def neutralise(turn: Turn) -> NeutralQuestion:
    """The neutral question of a turn. Numbers are kept, or the result is `partial`."""
    facts: list[str] = []
    questions: list[str] = []
    beliefs: list[str] = []
    dropped: list[str] = []
    for sentence in sentences.split(turn.text):
        _sort(sentence.text, facts, questions, beliefs, dropped)
    result = NeutralQuestion(_all_third(facts), _all_third(questions), _all_third(beliefs))
    if not result.askable:
        return result
    kept = " . ".join((*result.facts, *result.questions, *result.beliefs))
    if not same_numbers(turn.text, " . ".join((kept, *dropped))):
        return NeutralQuestion((), (turn.text.strip(),), (), partial=True)
    return result


def _sort(text: str, facts: list[str], questions: list[str], beliefs: list[str], dropped: list[str]) -> None:
    """Put one sentence where it belongs; one without a fact in it is dropped."""
    asks = text.rstrip().endswith("?")
    if (belief := _BELIEF.match(text)) and not asks:
        beliefs.append(_plain(belief["belief"]).rstrip(". "))
        return
    bare = _plain(text)
    if asks and (tagged := _TAG.match(bare)) and len(_content(tagged["belief"])) >= 2:
        stated = tagged["belief"]
        inner = _BELIEF.match(stated)
        beliefs.append((inner["belief"] if inner else stated).rstrip(" ,."))
    elif asks or _ASKS.match(bare):
        questions.append(_after_affect(bare))
    elif _is_feeling(text, bare):
        dropped.append(text)
    elif bare.strip(" .,"):
        facts.append(bare)


def _after_affect(question: str) -> str:
    """The question alone, where one sentence first feels and then asks."""
    parts = re.split(
        r",\s*(?=(?:what|who|when|where|why|how|is|are|can|could|should|does|do|did|which)\b)",
        question,
        maxsplit=1,
        flags=_I,
    )
    if len(parts) == 2 and _is_feeling(parts[0], parts[0]):
        return parts[1]
    return question


def _is_feeling(text: str, bare: str) -> bool:
    """Is there nothing in it but feeling, flattery, stakes or greeting?"""
    if _GREETING.match(text):
        return True
    if _has_fact(bare):
        return False
    if _RELATION.search(text) or _STAKES.search(text):
        return True
    return bool(_AFFECT.search(text) and _FEELING.search(text) and len(_content(bare)) <= 4)


def _has_fact(text: str) -> bool:
    return _numbers_in(text) or bool(_PROPER.search(re.sub(r"^\W*\w+", "", text)))


def _numbers_in(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _plain(text: str) -> str:
    """Without opening feelings, pleas, emoji and shouting."""
    text = _PLEAS.sub("", _OPENERS.sub("", _EMOJI.sub("", text)))
    text = re.sub(r"[!?]{2,}", lambda marks: "?" if "?" in marks[0] else ".", text)
    return text.replace("!", ".").strip()


def _content(text: str) -> set[str]:
    return {word for word in _WORDS.findall(text.lower()) if word not in _EMPTY and not _AFFECT.search(word)}


def _all_third(parts: list[str]) -> tuple[str, ...]:
    return tuple(map(_third_person, parts))


def _third_person(text: str) -> str:
    for pattern, replacement in _PERSON:
        text = re.sub(pattern, replacement, text)
    return text[:1].upper() + text[1:]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
