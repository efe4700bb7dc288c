"""English phrases that distinguish follow-ups from questions that stand alone.

Patterns are matched against a question without its final marks, in any case.
"""

import re


def either(*phrases: str) -> str:
    """Return a pattern for any of some phrases, each one or several that ``|`` separates."""
    return f"(?:{'|'.join(phrases)})"


def _compile(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.IGNORECASE)


AUXILIARY = either(
    "do|does|did|is|are|was|were|can|could|should|would|will|has|have|had|am|may|might|must|shall"
)
_INTERROGATIVE = either("(?:what|who|how|where)'s|what|which|who|whom|how|why|when|where")
_ROLE_NOUN = either("one|role|job|side|career|path|field|profession|position|occupation|work")

# What stands before the follow-up itself.

CONJUNCTION = _compile(r"^(?:(?:and|but|also|plus|then|or)\b[\s,]+)+")
"""What joins a question to one before it, and says nothing where there is none."""
LEAD = _compile(
    "^(?:",
    either("and|or|but|also|plus|then|now|an(?= (?:for|in|w|how))"),
    r"\b[\s,]*)*(?:",
    either(r"(?:wh?[ao]t|wht|how|hw)\s*(?:about|abt|abut|bout|of)", "as for|regarding|concerning"),
    r"\b)?[\s,]*",
)
TO_THE_BOT = _compile(
    r"\b",
    either(
        "(?:are|were|did|do) (?:you|u) (?:sure|know|mean|say|get|make|ask|understand|a|an|real|ok)",
        "(?:are|were|did|do) (?:you|u) (?:human|there|speak|invent|serious)",
        "(?:what|as) you (?:said|mean)|you(?:'re| are)|what (?:do )?you mean|your|thank|bot|joke",
        "my (?:question|name|data|chat)|chat",
        "is (?:this|that|it) (?:true|correct|right)(?! (?:for|of|in|with))",
        "(?:is|are) (?:this|that|it) (?:real|wrong|a joke|working|thing|site)",
        "is (?:it|this) (?:anonymous|private|recorded|safe to)",
        "(?:what is|what's|what was|does|how does|how do i) (?:this|that|use this|this work)$",
        "does this work$",
    ),
    r"\b",
)
"""Said of the conversation itself, which is smalltalk's."""

# Whole follow-ups.

MORE = _compile(
    "^(?:",
    either("can you|could you|please|i want to|i'd like to"),
    " )*",
    either(
        "(?:(?:tell|give|show) me |(?:know|learn|say|hear) )?more(?: info| information| details?)?",
        "go on|continue|elaborate|explain(?: more| further| (?:it|that|this))?|really|seriously",
        r"for real|anything else|what else|details?|for (?:example|instance)|examples?|e\.?g",
        "such as|like what|like",
    ),
    "(?: (?:about|on|of) (?:it|that|this|them))?(?: please)?$",
)
WHY = _compile(
    "^",
    either(
        "why(?:'s (?:that|this|it))?|y|how come|how so",
        "what(?:'s| is| are) the reasons?|for what reasons?",
    ),
    "(?P<no> not)?(?:",
    either(
        ",? (?:is|are|do|does) (?:it|that|this|they|so)(?: so| the case)?",
        " so| there| that one| though| then| exactly| please",
    ),
    ")*$",
)
ASKS = _compile(
    "^",
    either("how|when|where|who|which ones|since when|in what|to what|by how|until when"),
    r"\b",
)
BARE = frozenset(
    """how when where who much many more less long often far soon exactly which ones since till
    until by in to from what way extent really actually though then better older faster high low
    big""".split()  # noqa: SIM905 - the list would take a line a word
)
"""Words of which a question such as ``how much more?`` may be made."""
REVERSED = _compile(
    "^(?:",
    either("is|does|it|that|the|this|work|go|true|possible|in"),
    " )*",
    either(
        "other way (?:a?round|about)|vice[- ]?versa|reversed?|opposite|conversely",
        "(?:other|reverse|opposite) direction",
    ),
    "$",
)
OTHER = _compile(f"^(?:(?:for|in|of|with|as) )?the others?(?: {_ROLE_NOUN})?$")
CHOICE = _compile(
    "^(?:which|who|what)(?: ",
    either("one|of (?:them|those|these)(?!.*(?:job|role|career))"),
    r")+\b(?P<rest>.*)$",
)

# Around a role: ``is it the same for software engineers, too``.

BEFORE_ROLE = _compile(
    "^(?:",
    either(
        "(?:is|does|do|are|would) (?:it|that|this|these|those|they) (?:also )?(?:the same|true)",
        "(?:is|does|do|are|would) (?:it|that|this|these|those|they) (?:also )?(?:apply|hold|so)",
        "(?:is|are) (?:it|that|this|these|those|they) (?:also )?(?:different|similar|like that)",
        "(?:the )?same(?: thing| question)?|for|as|of|with|to|in|by|from|on|is|are|do|does|can",
        "could|should|would|will|if|i'?m|i am|i were|being|be|becoming|become|just|only|working",
        "a|an|the|about",
    ),
    r"\s+)*$",
)
AFTER_ROLE = _compile(
    r"^(?:[\s,]+|",
    either(
        "'s?|too|as well|also|then|instead|though|tho|either|please|again|needs?|do|does|have|use",
        "one|it|that|this|so|roles?|jobs?|careers?|ones|guys?|people|side|(?:the )?same",
    ),
    r"(?!\w))*",
)

# Fragments.

PREPOSITION = _compile(
    "^(?:(?:even|only|especially|just) )?",
    either(
        "in|at|for|with|without|as|from|near|around|under|over|after|before|during|on|by|within",
        "outside|abroad|if i",
    ),
    r"\b(?!.* to )(?! ",
    either("general|short|sure|all|example|instance|well|now|fact|what|which|how|way"),
    r"\b)",
)
FINITE = _compile(
    r"\b",
    either(
        AUXILIARY,
        "needs|earns|makes|pays|gets|want|think|tell|explain|give|show|find|i|i'm",
    ),
    r"\b",
)
POSSESSIVE = _compile(r"^(?:the|its|their|thier|his|her|a|an|any)\s+")
OWN_TOPIC = _compile(r"^(?:the|its|their|thier) [\w-]+(?: [\w-]+)?$")
WH_NOUN = _compile(
    "^(?:what|which|how much|how many)(?: (?:kind|type|sort)s? of)? (?!",
    either(AUXILIARY, "r|u|if|about|else|of|ones?|you|happens?|then|to|pays?|earns?|makes?|needs?"),
    r"\b)[\w+#]+(?: (?!more\b|better\b|less\b|\w+er\b)[\w+#]+)?$",
)
"""``which languages``, ``how much maths``: without a verb."""
IMPERSONAL = _compile(
    r"\b(?:do|can|should|could|must|would|will|may) (?:i|we|one|you)\b",
)

# Pronouns, and whether they refer to something outside their sentence.

ASKING = _compile(
    "^",
    either(
        _INTERROGATIVE,
        AUXILIARY,
        "isn't|aren't|doesn't|don't|won't|can't|tell me|explain|in|at|for|any",
    ),
    r"\b",
)
THEY = _compile(r"\b(?P<they>they|them|their|theirs|thier)\b")
IT = re.compile(
    r"\b(?P<it>[Ii]t's|[Ii]t|[Ii]ts|that(?= "
    + either(
        "be|take|mean|pay|work|help|matter|require|need|hard|difficult|easy|enough|important|common",
        "necessary|normal|good|bad|safe|possible|realistic|worth|still|also|really|so|too|very",
    )
    + r"\b)|that$)\b(?!-)"
)
"""Here the case counts: IT is a trade."""
THE_JOB = _compile(
    r"\b(?:this|that|such an?|said) (?:(?:kind|type|sort) of )?(?P<noun>",
    either("job|role|career|profession|position|work|occupation|field"),
    r")\b",
)
BECOME_ONE = _compile(
    r"\b(?P<verb>become|be|becoming|being|hire|to|as|like) one(?=$| ",
    either("in|with|without|at|if|when|after|from|by|as|too|myself|and|for|on"),
    r"\b)",
)
BEFORE_PRONOUN = _compile(
    "^(?:",
    either(
        either(_INTERROGATIVE, AUXILIARY, "don't|doesn't|isn't|aren't|won't|can't|tell|explain|me"),
        "much|many|long|hard|difficult|easy|often|well|good|bad|fast|soon|far|more|less|i|you|one",
        "we|people|someone|if|and|so|also|exactly|really|of|for|with|from|to|like|about|at|in|into",
        "by|on|without|as|than|only|just|both|all|any|most|some|learn|study|use|start|try|become",
        "get|go|know|need|make|want|afford|manage|live|depend|think",
    ),
    r"\s+)*(?:",
    either("what|which|how much|how many"),
    r" (?:(?:kind|type|sort)s? of )?[\w+#]+(?: [\w+#]+)?",
    rf" {AUXILIARY} |how \w+ {AUXILIARY} )?$",
)
"""Nothing before the pronoun that it could refer to, except what is asked for."""
BESIDE_ROLE = _compile(r"\b(?:than|as|from|with|to|like) (?:an? |the |other |normal |regular )?$")
"""``do they earn more than software engineers``: others are named, not they."""
EXPLETIVE = _compile(
    r"^what (?:time|hour|day|date) |\b(?:it|that)\b.*?",
    either(
        r"\b(?:to|that|if|when|for \w+ to)\s+(?!me\b|you\b)[\w-]+\s+\w+",
        r"\b(?:rain|snow|been|say|seem|look like|going$)|\bcalled \w",
        r"\b(?!"
        + either(
            "during|being|interesting|boring|challenging|rewarding|exciting|demanding|growing",
            "paying|something|anything",
        )
        + r"\b)\w+ing\s+\w+",
    ),
)
"""``is it worth learning C++``: what it is follows in the sentence."""
HOW_LONG = _compile(r"\b(?:it|that|this) take$")
IS_ADJECTIVE = _compile(
    r"^(?:how \w+ )?(?:is|isn't|was|would|will)(?: be)? (?:it|that|this)(?: be)?",
    "(?: (?:really|very|so|too|that|even|still|worth))?(?: [\\w-]+)?$",
)

# What an earlier question was about.

OPENS = _compile(rf"^{AUXILIARY}(?:n't)?\b")
INTERROGATIVE = _compile(
    rf"^(?P<asks>{_INTERROGATIVE})\b(?P<noun>.*?)\s*\b(?P<rest>{AUXILIARY}\b.*)$",
)
TOPIC = _compile(
    "^",
    either("what(?:'s| is| are| does| do)|tell me about|explain|define|describe|how (?:does|do)"),
    r" (?:(?:an?|the) )?(?!(?:i|you|we|people|they|it|that|this|their|its)\b)",
    "(?P<topic>.{2,50}?)(?: (?:works?|means?|used for))?$",
)
DEED = _compile(
    either(
        r"\b(?:can|could|should|do|would|must|will) (?:i|you|we|one|someone|people) ",
        r"\b(?:how|possible|want|able|takes?|hard|difficult|easy|worth|need|have) to |^to ",
    ),
    "(?P<deed>(?!",
    either("be|need|have|know|do|want|think"),
    r"\b)[a-z]+ .{3,70})$",
)
"""What somebody does: ``learn machine learning on your own``."""
NAME = re.compile(r"(?<=\s)(?:[A-Z][\w.]*[+#]*|\w+[+#]+)(?![\w+#])")
"""A proper name, or one such as ``c++``; here the case counts."""
EITHER = _compile(r"([\w+#.]+) (?:or|and|vs\.?|versus) ([\w+#.]+)")
BESIDE = _compile(r" ?(?:and|or|vs\.?|versus|/|&|,) ?(?:an? |the )?")
"""Between two that are spoken of alike."""
LAST_PLACE = _compile(
    r"^(?P<first>.*)\s(?P<which>in|at|for|with|without|as|on|after|near)",
    r"(?P<where>(?: [\w+#'-]+){1,3})$",
)
