"""Slugs: ids for headings without an explicit one. Pure."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

_LONGEST = 80
"""Characters; an anchor that is longer is no use in an address."""


def slug(heading: str) -> str:
    """Lower-case words joined by hyphens; a digest where a script has no ASCII form."""
    folded = unicodedata.normalize("NFKD", heading.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", re.sub(r"['`]", "", folded))
    joined = "-".join(words)
    letters = sum(character.isalnum() for character in heading)
    if 2 * len(joined) < letters:
        # Most letters were lost, so that different headings would share what is left.
        return "section-" + hashlib.sha256(heading.strip().encode()).hexdigest()[:8]
    if len(joined) > _LONGEST:
        joined = joined[:_LONGEST].rsplit("-", 1)[0]
    return joined


def unique_slugs(
    headings: Sequence[str], parents: Sequence[str], taken: Collection[str]
) -> tuple[str, ...]:
    """One id a heading, whatever its position among the others.

    Headings with the same slug get the heading above them as a prefix; if that is the same as well,
    a number.
    """
    slugs = [slug(heading) or "section" for heading in headings]
    seen = Counter([*slugs, *taken])
    for position, parent in enumerate(parents):
        if seen[slugs[position]] > 1 and parent:
            slugs[position] = f"{slug(parent)}-{slugs[position]}"
    return _numbered(slugs, set(taken))


def _numbered(slugs: Sequence[str], used: set[str]) -> tuple[str, ...]:
    numbered = []
    for base in slugs:
        candidate, number = base, 1
        while candidate in used:
            number += 1
            candidate = f"{base}-{number}"
        used.add(candidate)
        numbered.append(candidate)
    return tuple(numbered)
