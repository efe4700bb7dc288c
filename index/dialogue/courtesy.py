"""Courtesy: greetings, thanks, fillers, emoji and marks around a question, and what is left.

Whatever stands at either end and says nothing of the topic is removed, so that "hi, is it hard? 🙂"
is asked as "is it hard". When in doubt a word stays: content that is lost does more harm.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from index.dialogue.phrases import AUXILIARY, either
from index.text.normalisation import CACHED

_MOST_AROUND = 12
"""Courtesies that are removed from one message at most."""
_TAIL = 90
"""Characters at the end in which one courtesy is looked for."""

_EMOJI = re.compile(
    r"[\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3\U0001f000-\U0001faff]"
    r"|(?<!\S)(?:[:;=]['-]?[)(DPp/|*]+|:\w+:|<3+|\^_?\^|[xX]D+)(?!\S)|(?<=\w)[:;]['-]?[)(]+(?=\W|$)"
)
_SAYS = (
    ("👋", "hello"),
    ("🙏", "thank you"),
    ("❤", "thank you"),
    ("👍", "ok"),
    ("👌", "ok"),
)
"""Emoji that say something when nothing else does."""
_FIRST_MARKS = re.compile(r"^[\s,;:!?…*>~\"'`“”–—-]+|^[.•·]+\s+")  # noqa: RUF001 - typed so
_LAST_MARKS = re.compile(r"[\s,;:!?¿¡….*~\"'`“”–—-]+$")  # noqa: RUF001 - typed so
_ASKS = either(
    "what|wat|wht|which|who|whom|whose|how|hw|why|when|where|(?:what|how|who|where)'?s",
    AUXILIARY,
    "isn't|aren't|doesn't|don't|won't|can't|i|i'm|i'd|u|you|tell|explain|is|there",
)
_THEN = rf"(?:\s*[,.!?;:…]+\s*|\s+[-–—]+\s+|\s+(?={_ASKS}\b)|\s*$)"  # noqa: RUF001 - typed so
"""After a courtesy that could also be content: a mark, the question, or nothing."""
_ENDED = r"(?:\s*[,.!?;:…]+\s*|\s+[-–—]+\s+|\s*\n\s*|\s*$)"  # noqa: RUF001 - typed so
_PLEASE = either("plea+se+", "pl[sz]+", "plse", "kindly")
_THANKS = either(
    "(?:many )?than(?:k+s+|x)(?: you)?|thank (?:yo)?u+|thx+|thnx|tysm|tyvm|ty|tia|cheers",
    "much appreciated|(?:i )?(?:really )?appreciate (?:it|that|your help)",
) + either(
    " (?:so|very) much| a (?:lot|bunch|million|ton)| again| in advance| anyway| all| everyone",
    " for (?:that|this|it|everything)",
    " for (?:answering|helping|explaining|replying|clarifying)(?: me| that| this| it)?",
    " for (?:all )?(?:the|your|ur) (?:info|information|(?:quick )?(?:help|answers?|reply|response)"
    "|explanation|time|support|advice)",
    ",? (?:bot|mate|man|bro|guys|dear|sir|madam|friend)",
)
_THANKS += "*"
_BYE = either(
    "good ?bye|bye+(?:[ -]?bye+)*|cya|see (?:you|ya)(?: later| soon| around)?|ttyl|take care",
    "have a (?:nice|good|great|lovely|wonderful) (?:day|one|evening|weekend|night|time)|good night",
)
_GREETING = either(
    "hi+|hey+a?|hel+o+|hallo+|hiya|howdy|good (?:morning|afternoon|evening|day)",
) + either(
    r"[ ,]+(?:there|again|all|everyone|everybody|(?:careers )?team|folks|guys|bot|assistant",
    "sir|madam|ma'?am|dear|friends?|mate|buddy|good (?:morning|afternoon|evening|day))",
)
_GREETING = _GREETING + r"*\b(?! ?(?:world|fi\b))(?!')"
_ADVERBS = either(f"{_PLEASE}|possibly|maybe|perhaps|just|also|quickly|briefly|all|guys|again")
_SOMEONE = "(?:you|u|ya|anyone|anybody|someone|somebody)(?: guys| all| people| here)?"
_REQUEST = either(
    rf"(?:could|can|cud|would|will) {_SOMEONE}(?: {_ADVERBS})* (?:tell|explain|help|advise|clarify"
    r"|say|answer|inform|guide|let)(?: to)?(?: (?:me|us))?(?: (?:know|understand|out|with this"
    r"|please|something|a question))*",
    rf"(?:(?:{_PLEASE}|just|so|then|now) )*(?:tell|remind|advise|inform|explain to|let) (?:me|us)"
    rf"(?: (?:know|{_ADVERBS}))*",
    rf"(?:(?:do|does|did|would) )?{_SOMEONE}(?: even| happen to| perhaps| maybe)? knows?",
    "(?:i(?:'m|m| am| was|'ve been)? )?(?:just |also )?(?:wonder(?:ing|ed)?|curious)(?: to know)?",
    "i(?:'d| would|d)? (?:just |really |also )?(?:want(?:ed)?|need(?:ed)?|like|love)(?:ed)? to "
    "(?:know|ask|find out)(?: you)?",
    "(?:any(?:one|body)? (?:have |got )?(?:any |an )?|got any )(?:idea|clue)s?",
    "(?:may|can|could) (?:i|we)(?: just)? ask(?: you)?(?: (?:something|this|one thing|(?:a|one) "
    "(?:quick )?question))?",
)
_QUESTION = either(
    "(?:(?:i(?:'ve| have| hv)?|ive)(?: got)? |just |here's |here is |but |and |so |ok )*"
    "(?:an?|one|my|another|1)? ?(?:(?:quick|small|simple|short|stupid|dumb|silly|basic|noob|newbie"
    "|other|general|last|final|first|next|random|more|honest|genuine|serious) )*"
    "(?:question|q|query|doubt|ques)(?: (?:for you|here|pls|please|guys|is|though|but))?",
    "(?:an? |just |real(?:ly)? )*quick(?: one)?|asking for a friend",
    "(?:total )?(?:noob|newbie|beginner) here",
    "(?:i'?m )?not sure (?:if|whether) (?:this|here) is the right place"
    "(?: (?:to ask|for this))?,? but",
    "(?:(?:and|but|so|just) )?one (?:more|last) thing|me again|it'?s me again",
)
_HOW_ARE_YOU = either(
    "how(?:'s| is|s) (?:it going|everything|life)|how (?:are|r) (?:you|u|ya)(?: doing)?(?: today)?",
    "(?:i )?hope (?:you(?:'re| are)|u r|ur|all is|this (?:message |email )?finds you)"
    "(?: doing| all)? ?(?:well|good|ok|fine|great)?",
    "nice to meet (?:you|u)|dear (?:sir|madam|team|sir or madam|sir/madam|all|[\\w ]{2,20}team)",
    "sorry (?:to (?:bother|disturb)|for (?:bothering|disturbing|the|my)) ?[\\w ]{0,20}",
    "happy (?:new year|holidays|easter|friday|monday)|merry christmas|long time no see",
    "(?:morning|afternoon|evening)(?: (?:all|everyone|folks|team|guys))?",
    "yo|sup|gm|greetings|help(?: me)?|urgent",
)
_REACTION = either(
    "ok(?:ay|ey|ie)?|k|kk|oo*h|aa*h+|aha|h+m+|u+mm*|u+hh*|er+m*|well|so|right|al(?:l )?right|sure",
    "cool|great|nice|fine|good|perfect|awesome|amazing|wow|yes|yeah+|yep|yup|no+|nope|nah",
    "interesting|got it|i see|understood|makes sense|true|lo+l|(?:ha){2,}h?|lmao|omg|anyways?|btw",
    "by the way|actually|basically|listen|sorry|excuse me|pardon(?: me)?|i mean|i meant|wait|yo",
    "good to know|that helps|very helpful|fair enough|alrighty|oops|ya|yea|dear",
)
_LIGHT = either("ok|okay|so|well|yes|yeah|no|sorry|h+m+|u+m+|oh|ah|alright|i mean|i meant|actually")
_FRAGMENT = either(
    "and|or|but|for|in|at|as|about|with|then|also|plus|if|my|the|so|well|actually|basically"
)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_OPENERS = (
    _compile(rf"(?P<said>(?:hi+|hey+|hello+|dear) [a-z][\w'-]+)\s*,\s*(?={_ASKS}\b)"),
    _compile(rf"(?P<said>{_GREETING})(?:\s*[,.!?;:…]+\s*|\s+[-–—]+\s+|\s+|$)"),  # noqa: RUF001
    _compile(rf"(?P<said>{_PLEASE})(?:\s*[,.!:]+\s*|\s+|$)"),
    _compile(
        rf"(?:(?:ok(?:ay)?|great|perfect|cool|nice|alright) )?(?P<said>{_THANKS}|{_BYE}){_THEN}"
    ),
    _compile(rf"(?P<said>{_THANKS})\s+(?=(?:and|but|now|also|so|one|just|ok|please|another)\b)"),
    _compile(rf"(?P<said>{_REQUEST})(?:\s+(?:if|whether)\s+|{_THEN})"),
    _compile(rf"(?P<said>{_QUESTION}){_THEN}"),
    _compile(rf"(?P<said>{_HOW_ARE_YOU}){_ENDED}"),
    _compile(rf"(?P<said>{_REACTION}(?: {_REACTION})*){_THEN}"),
    _compile(rf"(?P<said>{_LIGHT})\s+(?={_FRAGMENT}\b)"),
    _compile(r"(?P<said>i mean(?:t)?)\s+(?=\S)"),
)
_BEFORE = r"(?:^|[\s,.!?;:…–—-]+)"  # noqa: RUF001 - typed so
_MARK_BEFORE = r"(?:^|[^\S\n]*+[,.!?;:…\n–—-]++\s*+)"  # noqa: RUF001 - typed so
_NOT_MEANT = rf"(?={_BEFORE})" + "".join(
    rf"(?<!\b{word})"
    for word in (
        "say",
        "saying",
        "send",
        "write",
        "a",
        "the",
        "my",
        "of",
        "with",
        "to",
        "is",
        "for",
        "and",
    )
)
"""Between words, unless after these: thanks and please are spoken of in ``how do I say thanks``."""
_LAST_WORDS = either(
    r"(?:thanks (?:&|and|n) )?(?:(?:best|kind|warm) )?(?:regards|wishes)(?:,? \w+)?",
    "lo+l|(?:h[ae]){2,}h?|lmao|rofl|btw|then",
    "tho|though|tbh|bro|dude|asap|h+m+|sir|ma'?am|xx+|dear|i wonder|if possible|if you please",
    "if (?:you|u) (?:don'?t|do not) mind(?: (?:me )?asking)?|if (?:i|you) may(?: i)? ask",
    "if i (?:can|could) ask|if you (?:can|could|know)|(?:just )?asking for a friend",
    "(?:i'?m )?just (?:curious|wondering|asking)",
    "any (?:ideas?|help|advice|tips|thoughts|suggestions|info) (?:(?:is|are|would be|will be) )?"
    "(?:much |greatly |highly )?(?:appreciated|welcome)",
)
_PLEAS = either(
    "help(?: me)?(?: out)?|advise|explain|tell(?: me)?|let me know|reply|respond|clarify|suggest",
    "answer(?: me)?|guide(?: me)?",
) + either(" soon", " quick(?:ly)?", " fast")
_PLEAS += "?"
_AFTERTHOUGHT = either(
    "ok(?:ay)?|right|yeah|yes|no|man|mate|buddy|guys|folks|friends?|everyone|anyone|someone|bot",
    "madam|hi+|hello+|hey+|huh|idk|eh|urgent(?:ly)?|curious|sorry|yes or no|how are (?:you|u)",
    "any (?:ideas?|help|advice|tips|thoughts|clues?|suggestions|info)(?: would be (?:great|nice))?",
    "(?:i )?(?:really )?need (?:to know|help|an answer)(?: (?:soon|fast|urgently))?",
    rf"(?:could|can) {_SOMEONE} (?:help|explain|answer|tell me|advise)(?: me)?",
    rf"(?:do )?{_SOMEONE} know|i(?:'d| would)? (?:like|want) to know",
    _PLEAS,
)
_CLOSERS = (
    _compile(rf"{_NOT_MEANT}{_BEFORE}(?P<said>{_PLEASE})$"),
    _compile(rf"{_NOT_MEANT}{_BEFORE}(?:(?:and|but|so|ok|many) )?(?P<said>{_THANKS}|{_BYE})$"),
    _compile(rf"{_BEFORE}(?P<said>{_LAST_WORDS})$"),
    _compile(rf"{_MARK_BEFORE}(?P<said>{_AFTERTHOUGHT})$"),
    _compile(rf"{_BEFORE}(?P<said>{_PLEASE} (?:{_PLEAS}|and thank(?:s| you)))$"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """What a visitor wrote, taken apart."""

    core: str
    """The question without its final mark; empty when there is nothing but courtesy."""
    courtesies: tuple[str, ...]
    """What was removed, in order; empty for a bare question."""


@lru_cache(CACHED)
def take_apart(text: str) -> Message:
    """Remove courtesy, fillers, emoji and marks from both ends of a cleaned message."""
    core = _trimmed(_EMOJI.sub(" ", text))
    if core.isupper() and len(core.split()) > 1:
        core = core.lower()
    before: list[str] = []
    after: list[str] = []
    for _ in range(_MOST_AROUND):
        rest = _without_opener(core, before)
        rest = _without_closer(rest, after)
        if rest == core:
            break
        core = rest
    if not any(character.isalnum() for character in core):
        core = ""
    said = (*before, *reversed(after))
    if not core and not said:
        said = _meant(text)
    return Message(core, said)


def _meant(text: str) -> tuple[str, ...]:
    """Return what emoji or marks alone say; nothing for other signs."""
    if meant := tuple(word for emoji, word in _SAYS if emoji in text):
        return meant
    rest = _trimmed(_EMOJI.sub("", text))
    if rest or not text:
        return ()
    return ("ok",) if _EMOJI.search(text) else ("can you help me",)


def _trimmed(text: str) -> str:
    """Remove blank space and marks at both ends; a repeated blank between words, too."""
    one_line = re.sub(r"[^\S\n]+", " ", text)
    return _LAST_MARKS.sub("", _FIRST_MARKS.sub("", one_line))


def _without_opener(text: str, said: list[str]) -> str:
    for opener in _OPENERS:
        if match := opener.match(text):
            said.append(match["said"])
            return _trimmed(text[match.end() :])
    return text


def _without_closer(text: str, said: list[str]) -> str:
    start = max(0, len(text) - _TAIL)
    for closer in _CLOSERS:
        if match := closer.search(text, start):
            said.append(match["said"])
            return _trimmed(text[: match.start()])
    return text
