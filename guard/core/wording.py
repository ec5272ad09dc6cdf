"""How feelings, pleas, stakes and beliefs are worded in English chats: the lexicon of the neutraliser."""

import re

_I = re.IGNORECASE


def _any(*words: str) -> str:
    return "|".join("|".join(part.strip().split(" | ")) for part in words)


AFFECT_WORDS = _any(
    "sad | depressed | heartbroken | devastated | crying | cried | lonely | alone | scared | terrified | afraid",
    "anxious | panicking | worried | furious | angry | mad | pissed(?: off)? | frustrated | upset | happy | excited",
    "thrilled | overjoyed | hopeless | miserable | down | broken | hurting | grieving | stressed(?: out)?",
    "overwhelmed | exhausted | ashamed | disgusted | desperate | nervous | freaking out | a (?:total )?(?:mess|wreck)",
    "falling apart | shocked | stunned | over the moon | low | numb | proud | grateful | heartsick | livid | jealous",
    "frightened | hysterical | a failure | such a failure | stupid | worthless | lost | awful | terrible | empty",
    "tired | confused | (?:being )?silly | (?:like )?an idiot",
)
AFFECT = re.compile(
    rf"\b(?:{AFFECT_WORDS}|tears?|my heart|laughed at me"
    r"|can't (?:stop (?:crying|worrying)|sleep|cope|breathe|go on(?! (?:the|a|my)\b))"
    r"|hate (?:myself|this|everything)|so much pain)\b",
    _I,
)
FEELING = re.compile(
    r"\b(?:i(?:'m| am| feel| felt| was| have been|'ve been| just feel| can't| hate| haven't)|feeling|makes? me"
    r"|made me|my heart|everything (?:is|in))\b",
    _I,
)
RELATION = re.compile(
    r"\b(?:you(?:'re| are) (?:my|the only|such|so|always|amazing|wonderful|the best|a (?:good|great|true)|wrong about)"
    r"|i (?:trust|love|need|respect|appreciate) you|i feel (?:so )?close to you|best friend i have|only one who"
    r"|you (?:always|never) \w+|you understand me|thank(?:s| you)|please (?:be honest|help me|don't judge)"
    r"|i (?:really )?appreciate|i look up to you|(?:nobody|no one|no-one) (?:else|ever|listens|understands|cares))\b",
    _I,
)
STAKES = re.compile(
    r"\b(?:this is (?:really |so |very |super )?(?:important|urgent|critical)"
    r"|it'?s (?:really |so )?(?:important|urgent)"
    r"|my (?:whole )?(?:life|job|career|future|marriage) depends|everything depends"
    r"|i can'?t afford to|a lot is riding|life or death|means (?:the world|everything)|i(?:'m| am) counting on you)\b",
    _I,
)
GREETING = re.compile(
    r"^(?:hi|hey|hello|good (?:morning|evening|afternoon)|ok(?:ay)?|so|well|oh(?: my god)?|omg|yes|no|sure)"
    r"(?: (?:there|again|friend))?\b[\s,!.]*$",
    _I,
)
_SURELY = (
    r"(?:(?:really|pretty|quite|absolutely|100%|fairly|still|totally|always|just|so|very|firmly|strongly|honestly|also"
    r"|all|once|been|even|now|genuinely) )*"
)
BELIEF = re.compile(
    rf"^\s*(?:(?:but|and|so|well|because|also),? )?(?:(?:honestly|personally|to be honest|as far as i know),? )?"
    rf"(?:i(?:'m| am)? {_SURELY}(?:(?:convinced|sure|certain|positive)(?: that(?!'))?+"
    r"|(?:afraid|worried|scared|terrified)(?: that)?+(?! right now| today| tonight| (?:my|i)\b))"
    rf"|i(?:'ve|'d| have| had| would)? {_SURELY}(?:think|thought|believe|believed|guess|know|knew"
    rf"|heard|read|assume|suspect"
    r"|reckon|bet(?: (?:my|you|your|anything)(?: (?:house|life|savings))?)?|learned|was told"
    r"|been told|told|feel that|swear"
    r"|feel it in my bones|was \w+ to (?:read|hear|learn)|know for (?:a fact|sure))"
    r"(?: (?:somewhere|online|for a fact|for sure|on the internet|on \w+))?(?: that(?!'))?+"
    r"|you and i(?: both)? know(?: that(?!'))?+|in my opinion,?"
    r"|as far as i(?:'m| am)? (?:know|aware|concerned),?|(?:pretty|fairly|quite) sure(?: that(?!'))?+"
    r"|(?:obviously|clearly),?|(?:claims|insists|swears)(?: that(?!'))?+"
    r"|(?:everyone|everybody) (?:knows|says|agrees)(?: that(?!'))?+"
    r"|(?:people|they)(?: all)? say(?: that(?!'))?+"
    r"|(?:my|a|the|our) [\w-]+(?: [\w-]+)? (?:says|said|told (?:me|us)|thinks|swears|insists|claims|believes"
    r"|keeps (?:saying|telling (?:me|us))|(?:screamed|shouted|yelled)(?: at (?:me|us))?(?= that))(?: that(?!'))?+)"
    r"(?:(?<=\bthat)\s+|\s+(?!of\b|about\b|because\b|since\b|and\b|but\b|to\b|for\b|as\b|when\b|by\b|so\b))"
    r"(?P<belief>(?!you(?:'re|'ve| are| have| always| never| understand| know)\b).+)$",
    _I,
)
"""`I am sure that ...`, `my aunt says ...`. A fear that something is so is a belief too."""
BELIEVER = re.compile(
    r"(?<=[\s,;:])(?=(?:i|i'm|i've|i'd|we|everyone|everybody|people|they|in my opinion|as far as i|my \w+|the \w+)\b)",
    _I,
)
"""Where a belief may begin inside a sentence."""
ASSERTS = re.compile(
    rf"^\W*(?:and |but )?(?:i(?:'m| am) {_SURELY}(?:sure|convinced|certain|positive) (?:of|about) (?:it|that|this)"
    r"|(?:and )?that(?:'s| is) what (?:i|we|they|everyone|people) (?:\w+ )?(?:believe|think|say|says|heard|know)"
    r"|(?:any|every) \w+ knows (?:this|that|it)(?=\W*(?:[.,;!]|and\b|but\b|$))"
    r"|every(?:one|body) knows (?:this|that|it)(?=\W*(?:[.,;!]|and\b|but\b|$))"
    r"|i (?:just |simply )?know (?:it|this|that)(?=\W*(?:[.,;!]|and\b|but\b|$))|trust me"
    r"|no doubt(?: about it)?|end of story|period)\b(?P<rest>.*)$",
    _I,
)
"""Says of what was just said that it is so."""
GENERAL = re.compile(
    r"^(?!(?:the|this|that|these|those|a|an|my|our|his|her|their|its|your|it|there|here|he|she|they|we|you|i|no|not"
    r"|yes|so|and|but|if|when|while|since|after|before|as|to|in|on|at|for|with|from|by|of|some|all|both|each|also"
    r"|mom|mum|dad|mother|father|grandma|grandpa|gran|grandad|granny|son|daughter|husband|wife|boss|landlord|doctor"
    r"|brother|sister|aunt|uncle|baby|dog|cat|works?|got|lost|had|been|was|is|are|am|just|still|only)\b)"
    r"[A-Za-z][\w'-]*(?: [\w'-]+){0,3}? "
    r"(?:is|are|isn't|aren't|has|have|makes?|causes?|cures?|lowers?|raises?|spreads?|contains?|gives?|helps?|kills?"
    r"|works?|protects?|damages?|prevents?|can|can't|cannot|never|always|does|doesn't|do|don't|will|won't) \w+",
    _I,
)
"""A statement about the world without a person, thing or number at hand: what a belief looks like unmarked."""
PERSONAL = re.compile(
    r"\b(?:i|me|my|mine|myself|we|us|our|he|him|his|she|her|hers|they|them|their|you|your|today|yesterday|now|ago"
    r"|currently|already|yet)\b|\d",
    _I,
)
STRONG = re.compile(
    r"\b(?:gutt(?:ed|ing)|livid|petrified|paranoid|devastat(?:ed|ing)|heart(?:sick|broken|breaking)"
    r"|furious|seething|rage"
    r"|violated|betrayed|humiliated|mortified|a burden|such an? \w+|a jerk|a monster|idiots?"
    r"|scream(?:ed|ing)?|cr(?:y|ied|ying)"
    r"|sob(?:bed|bing)?|tears|trembl(?:e|ing)|dread(?:ing)?|panic(?:k(?:ing|ed))?|freaking|overjoyed|thrilled|ecstatic"
    r"|super proud|so proud|ashamed|happiest|best day|worst day|my nerves|on my knees|on the line|whole world"
    r"|everything to (?:me|us)|love you|the best\b(?= ever)|(?:u r|you are|you're|ur) the best|without you|judge me"
    r"|missed? (?:me|you)|helpless|hopeless|hypochondriac|nauseous|how cruel|i hate|i resent"
    r"|despises?|resent"
    r"|ungrateful|so unfair|pathetic|lie awake|los(?:e|ing) sleep|worr(?:y|ied|ying)|anxious"
    r"|it hurts|total failure|failure"
    r"|takes? me seriously|people like you|between us|ugh|wow|no idea what to do|beside (?:my|him|her)self|can't take"
    r"|(?:shaking|scared|terrified|lonely|miserable|desperate|angry|mad|stressed|overwhelmed|guilty"
    r"|stupid|embarrassed))\b",
    _I,
)
"""Feeling by one word: a clause with it is dropped, unless a number, a name or a negated finding stands in it."""
SYMPTOM = re.compile(
    r"\b(?:pregnan\w+|diagnosed|symptoms?|pain|fever|blood|medicat\w+|pills?|dos(?:e|es|age)"
    r"|therap(?:y|ies)|surgery|swallow\w*|bankrupt\w*|overdos\w*|miscarr\w*|injur\w*"
    r"|dizz(?:y|iness)|faint\w*|headaches?|stroke|palpitations|heart (?:rac\w+|rate|attack|failure|beats?)"
    r"|vomit\w*|seizures?|allerg\w+|cancer|diabet\w+|rash|swollen|breath\w*|chest|antidepressants?|insulin)\b",
    _I,
)
"""A finding: its clause stays, whatever is felt about it."""
AT_ME = re.compile(
    r"\b(?:call(?:s|ed)|treat(?:s|ed)?|mock(?:s|ed)?|laugh(?:s|ed)? at|scream(?:s|ed)? at|yell(?:s|ed)? at|despises?"
    r"|hates?|ignor(?:es|ed)|dumped|betrayed|blam(?:es|ed)|judg(?:es|ed|ing)|bull(?:ies|ied)|abandoned|understands?"
    r"|listens? to|believes?|explains?|fights? (?:with|about)|no longer speaks?|speak over) (?:me|us"
    r"|it|things|everything)\b"
    r"|\bno longer speak\b|\bwe (?:fight|argue|fought|argued)\b",
    _I,
)
"""What others do to the person: the story, not the question."""
KIN = r"mum|mom|mother|dad|father|parent|wife|husband|student|girl|boy|man|woman|person|teacher|nurse|teen|gran\w*"
WORRIED = re.compile(
    r"\b(?:(?:very|really|so|super|deeply) )?(?:worried|terrified|desperate|anxious|scared|sad|proud|stressed|exhausted"
    rf"|heartbroken|frantic|concerned|overwhelmed|lonely|angry|happy) (?=(?:{KIN})\b)",
    _I,
)
CLAUSE = re.compile(
    r"\s*(?:[,;:—–]+\s*(?:(?:and|but|so|because|yet|plus|though) (?:yet |now |then )?)?|\s(?:and|but"
    r"|because|so|yet) (?:yet )?)"
    r"(?=(?:i|i'm|im|i've|i'd|my|he|she|we|it hurts|it scares|nobody|no one|people|they|everyone|feel|feeling|the|our"
    r"|his|her|this|that's|that is|any|claims|would|now i)\b)",
    _I,
)
"""Where one sentence says two things."""
TAG = re.compile(
    r"^(?P<belief>.*?)[,;.]?\s*(?P<tag>right|correct|isn't it|aren't (?:they|we)|doesn't it|don't (?:they|we)|wasn't it"
    r"|won't it|can't (?:it|they)|isn't s?he|no|yeah|am i right|don't you (?:think|agree)|wouldn't you (?:say|agree)"
    r"|(?:is )?(?:that|this|it)(?: is|'s)? (?:right|correct|true)(?: or (?:not|false))?|you agree)\s*\?$",
    _I,
)
LEADS = re.compile(
    r"^\s*(?:(?:and|but|so) )?(?:isn't it (?:true|right|obvious|the case) that|is it not true that"
    r"|don't you (?:think|agree)(?: that)?+|wouldn't you (?:say|agree)(?: that)?+|you agree that"
    r"|surely,?(?: you'd agree that)?)\s+"
    r"(?P<belief>.+?)\s*\?$",
    _I,
)
ASKS = re.compile(
    r"^\s*(?!what an? [^?]*$)(?:(?:and|so|but|also|now),? )?"
    r"(?:what|what'?s|who|who'?s|whom|whose|when|where|where'?s|why|how|how'?s|which"
    r"|is|are|was|were|am|can|could|should|would|do|does|did|will|may|might|has|have"
    r"|tell me|explain|give me|show me|list|name|describe|define|convert|calculate|compute|compare|summari[sz]e"
    r"|(?:please |kindly )(?:tell|explain|list|give|show|state|say|name))\b",
    _I,
)
WANTS = re.compile(
    r"^\s*(?:(?:and|but|so|also|now),? )?(?:(?:can|could|would|will) you (?:please )?|please )?"
    r"(?:tell me|explain to me|let me know|help me (?:understand|figure out|find out)|do you know"
    r"|i(?:'d| would)? (?:just |really )*(?:need|want|like|have|am trying|was trying) to "
    r"(?:know|understand|find out|ask|figure out)"
    r"|i(?:'m| am| was) (?:just |also )*wondering|i wonder)(?: about)?:?,?\s+(?P<question>.+)$",
    _I,
)
"""Polite wrappers around a question."""
OPENERS = re.compile(
    r"^\s*(?:(?:and|but|so|also),? )?"
    r"(?:i(?:'m| am| feel| just feel|'ve been feeling| have been feeling|'ve been| have been)|feeling) "
    rf"(?:(?:really|so|very|just|absolutely|completely|totally|a bit|kind of|such) )*(?:{AFFECT_WORDS})"
    rf"(?:\s*(?:,|and)\s*(?:(?:really|so) )*(?:{AFFECT_WORDS}))*"
    # A state that has lasted is a symptom.
    r"\b(?!\s+(?:for|since)\b)(?:\s+(?:right now|today|tonight|lately|these days|all \w+))?\s*"
    r"(?:[,;:–—-]\s*)?(?:because|since|that|about|as|and|but)?\s*"
    r"|^\s*i can't (?:stop crying|cope)(?: because| since|,)\s*",
    _I,
)
PLEAS = re.compile(
    r"\b(?:please|pls|plz|oh my god|oh god|omg|help me|i beg you|for the love of god|i'm begging you)\b[,!.]*\s*", _I
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]|(?<!\\w):['’]?[()D/]|<3")
CUT = re.compile(
    r"\s*[,;–—]\s*(?:(?:but|and|because|so) )?(?=i(?:'m| am)? "
    r"(?:really |pretty |quite |absolutely |so )*(?:sure|convinced|certain|think|believe|guess|bet)\b)",
    _I,
)
"""Where a belief is hung on to a question: `what is X, I think it's Y?`"""
SMALL_TALK = re.compile(
    r"^\W*(?:(?:hey|hi|hello|good (?:morning|evening|night))\b[^?]{0,20}\b)?(?:(?:do|did|are|would|will|have|can) )?"
    r"(?:you )?(?:really |still )?(?:love|like|hate|miss(?:ed)?|remember|care about|slept|sleep|feel|believe in) ?"
    r"(?:me|us|well|good|ok|okay|today)\W*$|^\W*(?:are you|you) (?:there|ok|okay|real|mad at me|listening)\b[^?]*\?$",
    _I,
)
"""A question between the two of us."""
QUESTION_WORD = re.compile(
    r"[,:;]\s*(?=(?:so |and |but )?"
    r"(?:what|who|when|where|why|how|is|are|can|could|should|does|do|did|which|will|was|were|may)\b)",
    _I,
)
ASKS_OF_BELIEF = re.compile(
    r"^(?:so |and |but )?(?:is|are|was) (?:that|this|it|he|she|they)(?: really)? "
    r"(?:true|right|correct|accurate|so|wrong)(?: or not)?\s*\?$",
    _I,
)
"""`Is that true?`: asks of the belief that was just stated."""
WHY = re.compile(r"^why (?P<rest>(?P<verb>do|does|did|is|are|was|were) (?!not\b)(?!i\b|you\b).+?)\s*\?$", _I)
"""A question that takes its premise for granted."""
OWN = re.compile(r"^(?:i|i'm|i've|i'll|i'd|my|we|our)\b", _I)
"""What people say about their own lives is taken as a fact."""
THIRD_PERSON = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\b[Aa]m I\b", "is the person"),
        (r"\b([Ww])as I\b", r"\1as the person"),
        (r"\b([Dd])o I\b", r"\1oes the person"),
        (r"\b([Hh])ave I\b", r"\1as the person"),
        (r"\bI'm\b|\bI am\b", "the person is"),
        (r"\bI've\b|\bI have\b", "the person has"),
        (r"\bI don't\b", "the person doesn't"),
        (r"\bI haven't\b", "the person hasn't"),
        (r"\bI'll\b", "the person will"),
        (r"\bI'd\b", "the person would"),
        (r"\bI\b", "the person"),
        (r"\bi(?:'m| am)\b", "the person is"),
        (r"\bi\b(?!\.)", "the person"),
        (r"\b[Mm]yself\b", "themselves"),
        (r"\b[Mm]y\b", "the person's"),
        (r"\b[Mm]ine\b", "the person's"),
        (r"\b[Mm]e\b", "the person"),
    )
)
NEGATION = re.compile(r"\b(?:not|never|no|none|nobody|nothing|without|cannot)\b|n't\b", _I)
NEGATIONS = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|without|cannot"
    r"|nicht|kein\w*|nie|niemals|ohne|ne|pas|jamais|sans|aucune?|nunca|sin|non|mai|senza|não|sem"
    r"|niet|geen|nooit|zonder)\b|n['’]t\b|\bn['’](?=\w)",
    _I,
)
"""In English, German, French, Spanish, Italian, Portuguese and Dutch."""
STALE = re.compile(
    r"\b(?:latest|newest|current(?!ly)|today's|up-to-date|as of (?:now|today)"
    r"|this (?:year|month|week)'?s?|at the moment)\b",
    _I,
)
"""Asks for what changes from day to day."""
DEPENDENT = re.compile(
    r"^(?:(?:the|my) (?:right |correct |real )?answer\b|(?:that|this|it|they|them|those|these|he|she|yes|no)\b)", _I
)
"""A belief that says nothing without the question it answers."""
DANGLING = re.compile(r"^\s*(?:and|but|so|what about|how about)\b|\b(?:that|this|it|they|them|those|these)\b", _I)
"""Leans on what was said before."""
STOP_WORDS = frozenset(
    "a an the of to in is are was were it its this that i you your my me we our be been am so and or but for with "
    "on at as do does did have has had no yes can could would should will just really very please tell know want "
    "if how what why when who which there here they them he she his her from about i'm it's feel feeling feels "
    "like right now today all night because since answer person person's ".split()
)
