"""Which language a quote is in, as far as matching needs to know.

In: text. Out: ``ru``, ``en``, another code for a few languages, or None where the text is too short to tell. Never
loads a model: it counts letters and the commonest short words.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words.tokens import is_cyrillic

LEAST_WORDS = 5


@cache
def _common() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in groups("languages.txt").items()}


def language_of(text: str) -> str | None:
    """The language whose commonest words the text clearly holds most of; English where nothing speaks against it."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words:
        return None
    if re.search(r"[іїєґ]", text.lower()):
        return "uk"
    if is_cyrillic(text):
        return "ru"
    if not re.search(r"[a-z]", text.lower()):
        return "other"
    counts = {name: sum(word in common for word in words) for name, common in _common().items()}
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    foreign = counts[best] >= max(3, 3 * counts["en"], len(words) // 5)
    return best if foreign and len(words) >= LEAST_WORDS else "en"
