"""Letters of symbol fonts, such as Wingdings -> the Unicode characters that look alike. Pure.

Word writes them as letters in that font, or in the private-use area from U+F000 on. Codes as in
proposal L2/11-052 to the Unicode Consortium, which added the characters of these fonts.
"""

_CIRCLED, _FILLED = "①②③④⑤⑥⑦⑧⑨⑩", "❶❷❸❹❺❻❼❽❾❿"
_RUNS = {
    "wingdings": (
        *((0x21, "✏✂"), (0x28, "☎"), (0x2A, "✉"), (0x36, "⌛"), (0x3F, "✍"), (0x41, "✌")),
        *((0x45, "☜☞☝☟"), (0x4A, "☺"), (0x4C, "☹"), (0x52, "☼"), (0x6C, "●❍■□")),
        *((0x70, "❐❑❒⬧⧫◆❖⬥⌧"), (0x81, _CIRCLED), (0x8C, _FILLED), (0x9E, "·•▪○"), (0xA4, "◉◎")),
        *((0xA7, "▪◻"), (0xAA, "✦★"), (0xD5, "⌫⌦◁➢"), (0xDC, "➲"), (0xDF, "←→↑↓")),
        *((0xE7, "⇦➔"), (0xEF, "⇦⇨⇧⇩"), (0xFB, "✗✓☒☑")),
    ),
    "wingdings 2": ((0x4F, "✗✓☒☑☒☒"), (0x96, "•●"), (0xA2, "▪□")),
    "symbol": (
        *((0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"), (0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ")),
        *((0x2D, "−"), (0xA0, "€"), (0xA2, "′≤"), (0xA5, "∞"), (0xAB, "↔←↑→↓°±″≥×∝∂•÷≠≡≈…")),  # noqa: RUF001
        *((0xD2, "®©™∏√"), (0xDB, "⇔⇐⇑⇒⇓"), (0xE5, "∑"), (0xF2, "∫")),
    ),
}  # fmt: skip
SYMBOL_FONTS = {
    font: {first + place: sign for first, signs in runs for place, sign in enumerate(signs)}
    for font, runs in _RUNS.items()
}
"""Characters by the name of a font and the code in it."""
_PRIVATE = 0xF000
ANY_FONT = {_PRIVATE + code: sign for code, sign in SYMBOL_FONTS["wingdings"].items()}
ANY_FONT[_PRIVATE + 0xB7] = "•"
"""For private-use characters of a text that names no font: bullets and check marks of Word."""


def unicode_of(font: str, letter: str) -> str:
    """Return the character that a letter of a font looks like; empty where there is none."""
    return SYMBOL_FONTS.get(font.casefold(), {}).get(ord(letter) % _PRIVATE, "")
