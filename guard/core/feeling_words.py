"""What a clause looks like that only feels, flatters, pleads, raises the stakes or tells a quarrel. English.

One pattern for each, by its build where there is one (who does what to whom), by words where there is none.
"""

import re

_I = re.IGNORECASE
_VERY = (
    r"(?:(?:so|very|really|extremely|absolutely|totally|completely|utterly|literally|truly|just|still|quite|pretty"
    r"|too|super|incredibly|beyond|kind of|a bit|always|all|being|such) )*"
)
_LEAD = (
    r"^\W*(?:(?:and|but|so|because|also|just|now|well|oh|ha|wow|omg|ugh|honestly|seriously|anyway|bro|dude|man|guys|sis"
    r"|buddy|hey|hi|hello|yet|plus)\W+)*"
)
_PERSON = (
    r"(?:(?:best|late|little|older|younger|big|own|whole|entire|poor) )?(?:wife|husband|partner|spouse|ex(?:-\w+)?"
    r"|boy ?friend|girl ?friend|fianc\w+|mum|mom|mother|dad|father|parents|brother|sister|siblings|in-laws"
    r"|(?:brother|sister|mother|father)-in-law|uncle|aunt|cousin|family|friends?|mates?|room ?mates?|flat ?mates?"
    r"|neighbou?rs?|boss|manager|colleagues?|co-?workers?|team|teacher|professor|students?|classmates|landlord|coach"
    r"|grand(?:ma|pa|mother|father|parents)|people|kids|children)"
)
_THEY = rf"(?:(?:my|our|his|her|the) {_PERSON}|he|she|they|everyone|everybody|people)"
"""People whose moods are the story. A small child's or an animal's are signs of its health and not among them."""
_EMOTION = (
    r"(?:disappointed|bitter|relieved|delighted|elated|glad|hyped|pumped|psyched|stoked|buzzing|giddy|euphoric|chuffed"
    r"|honou?red|flattered|fuming|fed up|annoyed|irritated|irate|enraged|outraged|offended|insulted|distraught"
    r"|dismayed|discouraged|disheartened|dejected|despondent|downhearted|tormented|rattled|spooked|alarmed|appalled"
    r"|horrified|sickened|repulsed|flustered|insecure|envious|resentful|unloved|unwanted|homesick|lovesick|in tears"
    r"|in pieces|on edge|at a loss|torn(?= between|\W*$)|curious|intrigued|ashamed|embarrassed|humiliated|guilty"
    r"|furious|livid|devastated|heartbroken|terrified|petrified|thrilled)\b"
)
_PRAISE = (
    r"(?:angel|genius|life ?savers?|stars?|legend|gem|hero|saint|treasure|godsend|blessing|brilliant|amazing"
    r"|wonderful|awesome|great|fantastic|incredible|smart|clever|wise|kind|patient|helpful|sweet|lovely|perfect"
    r"|useless|rude|cruel|heartless|annoying|hopeless)\b"
)
_JUDGED = (
    r"(?:an? )?(?:greedy|crazy|mad|insane|stupid|lazy|dramatic|selfish|paranoid|overreacting|ridiculous|useless"
    r"|naive|silly|pathetic|idiot|coward|fool|failure|loser|burden|hypochondriac|monster|too sensitive"
    r"|(?:making|imagining) (?:it|this|things|stuff)(?: up)?|(?:bad|terrible|awful|lousy) \w+)\b"
)
_HURT = (
    r"(?:break|scare|eat|haunt|crush|destroy|driv|tear|shatter|tortur|torment|terrif|frighten|worr|bother|upset|annoy"
    r"|anger|sadden|depress|embarrass|humiliat|freak|creep|fascinat|thrill|delight|amaz|disgust|infuriat|frustrat"
    r"|devastat|wreck|consum|paraly[sz]|overwhelm|brok|tore|ruin)(?:e|es|s|ed|ing|ting|en|ies|ied|y)?"
)
_FEAST = r"(?:thanksgiving|christmas|easter)"

IS_FELT = re.compile(
    rf"{_LEAD}(?:i|we)(?:'| )?(?:m|am|are|re|was|were|feel|felt|ve been| have been| got| get) {_VERY}{_EMOTION}"
    rf"|{_LEAD}{_THEY} ?(?:'s|is|are|was|were|feels?|has been|gets?) {_VERY}{_EMOTION}"
    rf"|{_LEAD}(?:it |this |that )?(?:makes?|made) (?:me|us) (?:feel )?{_VERY}(?:{_EMOTION}|(?:sad|mad|angry|happy)\b)"
    r"|\bi (?:really |already |just |do |still )*(?:miss(?:ed)? (?:him|her|them|you)\b"
    rf"|miss (?:my|our) {_PERSON}|(?:dread|loathe|adore|envy|resent) \w+)",
    _I,
)
"""Someone is or is made to be in a mood, or longs for someone."""
HURTS_ME = re.compile(
    rf"{_LEAD}(?:it|this|that|which|all this|everything"
    r"|th(?:e|at|is) (?:thought|idea|guilt|shame|waiting|uncertainty|fear))"
    rf"(?:'s| is| has| was|'d| would|'ll| will)?(?: \w+ly| been| just| all)*"
    rf"(?: {_HURT} (?:me|us|him|her|them|my (?:heart|soul|{_PERSON}))\b| sucks\b)",
    _I,
)
"""`It would destroy my parents`: something is done to a mind."""
ADDRESS = re.compile(
    rf"{_LEAD}(?:you|u|ur)\b(?!.*\b(?:if|when|until|unless)\b)"
    rf"(?:(?:'re| are| r|'ve been| have been|'ve always been| were)? {_VERY}(?:(?:my|an?|the|absolute) )?{_PRAISE}"
    r"|(?:'re| are|'ve been| have been| were) (?:\w+ly |always |so )*(?:my|like an?|such an?|the only"
    r"|(?:more|better|worse|\w+er) (?:\w+ ){0,2}than)\b"
    r"|(?:'ve|'d| have| had)?(?: \w+ly| always| never| once| again| still| just)* "
    r"(?:save|help|rescue|underst\w+|get|got|explain|listen|comfort|teach|taught|support|carr|calm|cheer|love|hate|judge"
    r"|lie|fail|abandon|care|ma[dk]e|ke[ep]+t?|believe|guide|inspire)(?:s|d|ed|ied)?\b.*\b(?:me|us|mine|my|our)\b)"
    r"|^\W*(?:my )?dear \w+"
    r"|\bi(?:'ve| have|ve)? (?:already )?(?:asked|begged|thanked) you\b"
    r"|\b(?:admiration|respect|gratitude|affection|disappointed|fond|faith) (?:\w+ )?(?:for|of|in|with|by) your?\b",
    _I,
)
"""Of the two of us: praise, blame and thanks for whom is asked, and what `you` did for `me`."""
PLEA = re.compile(
    rf"{_LEAD}(?:please |pls |plz )*(?:"
    r"be (?:honest|straight|frank|gentle|kind|nice|real|brutal|patient|my|a friend|there)\b"
    r"|(?:do not|don't|dont|never) (?:you dare|lecture|judge|laugh|lie|hold back|preach|scold|leave me|mock|ignore"
    r"|hate|be (?:mad|angry|mean|harsh|cruel|shy)|tell me (?:off|to|that i|i'm))"
    r"|(?:reassure|comfort|spare|forgive|hug|save|pity|believe|trust|indulge|rescue|hear|bear with|stay with|console"
    r"|calm) (?:me|us)\b"
    r"|(?:just )?say yes\b"
    rf"|tell me (?:that )?(?:i'?m|i am) (?:not )?(?:being |just )?(?:{_JUDGED}"
    r"|alone|going \w+|ok|okay|fine|right|wrong)\b"
    r"|tell me (?:that )?(?:it|everything|things|all|he|she|we)(?:'s| is|'ll| will)?(?: be| going to be)?"
    r" (?:ok|okay|fine|alright|all right|over)\b(?! (?:to|if|for|with)\b)"
    r"|i(?:'?m| am)? (?:beg|begging|implore|imploring|pray|praying)\b)",
    _I,
)
"""What is begged for is a tone or comfort, not an answer."""
WISH = re.compile(
    r"\bi(?:'d| would)? (?:really |just |so |only |desperately |do )*(?:"
    r"(?:want|need|wish)(?:ed)? (?:it|this|that) to (?:be true|(?:be over|stop|end|go away|work out)\W*$)"
    r"|(?:want|need|wish)(?:ed)? (?:for )?(?:him|her|them|you|someone|somebody|everyone) to"
    r" (?:suffer|pay for|hurt|love|feel|hold|understand|come back|regret)"
    r"|want(?:ed)? to (?:strangle|slap|scream|cry|disappear|vanish|weep|hug|kiss))\b"
    r"|\bi(?:'d| would| could) (?:just |almost |honestly )*(?:(?:give|do) (?:anything|everything)"
    r"|(?:kiss|cry|weep|scream|strangle)\b|kill (?:him|her|them|someone|for))",
    _I,
)
AT_STAKE = re.compile(
    rf"{_LEAD}(?:my (?:whole |entire )?(?:{_PERSON}|life|job|career|future|marriage)|the whole {_PERSON}|{_THEY}"
    r"|everything|so much|(?:i|we)(?= am|'m| are|'re)) ?(?:\w+|'\w+)? ?"
    r"(?:count|rel|depend|bank|hing)(?:s|y|ies|ying|ing|e|es)? "
    r"(?:\w+ )?on (?:me|us|you|this|it|that)\b"
    r"|\b(?:at stake|make or break|do or die|now or never|last (?:chance|hope|resort)|no room for error)\b"
    r"|(?:\b(?:i|we)|^(?:and|but)?) ?(?:\w+ )?(?:can't|cannot|cant|mustn't|must not|couldn't) (?:fail\b|lose\W*$"
    r"|lose (?:face|this|him|her|them)\b|mess (?:this|it)|screw (?:this|it)|blow (?:this|it)|be wrong"
    r"|get (?:this|it) wrong|let (?:\w+ ){1,2}down|go through (?:this|it|that|another)|go on(?: like| any|\W*$)"
    r"|face (?:it|this|him|her|them|another)|bear (?:it|this|to|the thought)|take (?:it|this|much)(?: any ?more)?\W*$"
    r"|stand (?:it|this|him|her|them|the thought)\b|do this(?: any|\W*$)|handle (?:it|this)\W*$|think straight"
    r"|wait to (?:see|hear|know|tell)|believe (?:it|this|how)|forgive)"
    rf"|{_LEAD}{_THEY}(?:'ll| will| would|'d) (?:\w+ly |never )*"
    r"(?:(?:kill|murder|skin|hate|forgive|mock|let) (?:me|us)\b|leave (?:me )?if"
    r"|(?:freak out|flip out|go mad|lose it|laugh at)\b)",
    _I,
)
"""What hangs on the answer, and who will be angry."""
QUARREL = re.compile(
    rf"{_LEAD}(?:my|our|his|her|the) {_PERSON} (?:\w+ly |just |always |never |even )*"
    r"(?:smirk|sneer|gloat|sulk|nag|whin|mock|taunt|teas|belittl|worship|ador|gaslight|lectur)(?:e?s|ed|ing)?\b"
    rf"|{_LEAD}{_THEY} (?:\w+ly |just |always |never |even )*"
    r"(?:(?:scream|shout|yell|snap|glar|swear|swor)(?:e?s|e|ed)? at"
    r"|(?:won't|wouldn't|doesn't|can't) (?:shut up|let it go|leave me alone|stop (?:going on|talking|nagging|bragging))"
    r"|(?:thinks?|says?|thought|said) (?:that )?(?:i'?m|i am|we're|we are) (?:\w+ly |so |just |such |being )*"
    rf"{_JUDGED}"
    rf"|(?:is|are|was|were) {_VERY}"
    r"(?:(?:smug|mean|cruel|rude|nasty|selfish|heartless)\b|(?:mad|angry) (?:at|with) (?:me|us)))"
    r"|\bhad (?:a|an|the|another) (?:\w+ ){0,3}(?:row|fight|argument|falling[- ]out|blow-?up|shouting match)\b(?! of)"
    r"|\bat each other's throats\b|\bnot on speaking terms\b"
    rf"|\b(?:ruin|spoil)(?:s|ed|ing|t) (?:{_FEAST}"
    r"|(?:\w+ ){0,2}(?:life|day|evening|night|weekend|holiday|birthday|wedding|party|mood|everything))\b"
    rf"|^\W*(?:i'?m|i am) (?:not )?(?:\w+ly |so |just |such |being )*{_JUDGED}",
    _I,
)
"""What others do, say and think of the person."""
DRAMA = re.compile(
    r"\b(?:(?:worst|best|hardest|longest|happiest|scariest|darkest|greatest|proudest) (?:\w+ )?"
    r"(?:day|night|week|month|year|time|moment|thing) (?:of|in) (?:my|our|his|her) life"
    r"|(?:absolute|living|pure|been|through) hell|hell on earth|nightmare|hanging by a thread|barely holding"
    r"|wits'? end|last straw|last nerve|losing it(?=\W*$)|los(?:ing|t) (?:my temper|my cool|all hope)|los(?:e|ing) face"
    r"|dying (?:to know|inside|of (?:curiosity|shame|embarrassment|laughter|boredom|suspense))|in tears"
    r"|going out (?:of )?the window|going (?:crazy|insane|nuts)|keeps? (?:me|us|him|her|my \w+) (?:going|sane)"
    r"|(?:years|life|everything) (?:of my life )?to (?:him|her|them)|over the moon"
    r"|saved? (?:my|our|his|her|my \w+'s) (?:life|day|skin|job)|i(?:'?m| am) about to (?:cry|scream|explode|lose it))\b"
    r"|^\W*what an? \w+\W*$"
    r"|^\W*(?:help|ugh|wow|argh|phew|yay|damn|dammit|yikes|oof|sigh|gosh|jeez|hooray|finally)(?: me)?\W*$",
    _I,
)
"""Superlatives, exclamations and figures of speech."""
FAMILIES = (IS_FELT, HURTS_ME, ADDRESS, PLEA, WISH, AT_STAKE, QUARREL, DRAMA)
FILLER = re.compile(
    r"\b(?:lol|lmao|rofl|(?:ha){2,}|hehe|smh|fml|tbh|ngl|wtf|barely holding (?:it|on)(?: together)?)\b[,.!]*\s*"
    r"|^\W*(?:bro|dude|man|guys|sis|buddy|hey|hi|hello|ugh|wow|help)\b[,.!]+\s*",
    _I,
)
"""Said without a meaning of its own, wherever it stands."""
IT_IS_HARD = re.compile(
    r"^\W*(?:it|this|life|everything)(?:'s| is| has)(?: been)? (?:(?:so|such|absolute|pure|living|a|really|very) )*"
    r"(?:hell|nightmare|torture|awful|unbearable|terrible|horrible|heartbreaking|rough|amazing|wonderful) "
    r"(?:ever )?(?=since\b|after\b)",
    _I,
)
"""A judgement on life before the event it began with; the event stays."""
LASTS = re.compile(
    r"\b(?:for (?:\w+ ){0,2}(?:days?|weeks?|months?|years?)|(?:once|twice|\w+ times) an? (?:day|week|month)"
    r"|every (?:day|night|morning|week)|most (?:days|nights))\b",
    _I,
)
"""What lasts or returns is a symptom, if it is a state."""
