r"""Personal data out of a text, before it touches a disk. Pure, and linear in the text's length.

What is looked for: addresses of the web and of mail, phone and other long numbers, street
addresses, and names after "my name is", "I am" and the like. It errs on the side of hiding.
"""

import re

_WORD = r"[^\W\d_][\w'\u2019-]{0,40}"
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'\u2019-]{1,40}(?:[ \t][A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'\u2019-]{1,40}){0,2}"
_STREETS = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq|way|"
    "terrace|place|close|straße|strasse|str|platz|gasse"
)

# Every repetition is bounded or over one class of characters that the next part cannot begin with,
# so no pattern tries a text twice.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+", re.I), "[link]"),
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"), "[email]"),
    (
        re.compile(rf"\b\d{{1,5}}[a-z]?[ ,]{{1,2}}(?:{_WORD}[ ]){{1,3}}(?:{_STREETS})\b\.?", re.I),
        "[address]",
    ),
    (
        # Two years, as in 2020-2024, are no phone number.
        re.compile(
            r"(?<![\w.])(?!(?:19|20)\d\d[ /-]{1,3}(?:19|20)\d\d(?!\d))"
            r"\+?\(?\d(?:[ ()./-]{0,2}\d){6,30}(?!\w)"
        ),
        "[number]",
    ),
    (re.compile(r"\d{6,}"), "[number]"),
    (
        re.compile(rf"(?i:\bmy name(?: is|['\u2019]s)|\bcall me)\s{{1,3}}({_WORD}(?:[ ]{_NAME})?)"),
        "",
    ),
    (re.compile(rf"(?i:\bi am|\bi['\u2019]m|\bim)\s{{1,3}}({_NAME})"), ""),
)


def redact(text: str) -> str:
    """Put `[link]`, `[email]`, `[address]`, `[number]` and `[name]` where such things stood."""
    for pattern, mark in _RULES:
        text = pattern.sub(mark, text) if mark else pattern.sub(_hide_name, text)
    return text


def _hide_name(match: re.Match[str]) -> str:
    return match[0][: match.start(1) - match.start()] + "[name]"
