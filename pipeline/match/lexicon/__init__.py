"""Word lists written for this project, read once from the text files beside this module.

In: nothing. Out: frozen sets and mappings of words. Never judges. Each file says in its first lines where its content
comes from; a line that starts with ``#`` is a comment.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def lines(name: str) -> list[str]:
    """The lines of a word list without comments and blank lines."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def groups(name: str) -> dict[str, tuple[str, ...]]:
    """``name: word word | phrase of words`` lines as a mapping; phrases may hold blanks when ``|`` divides them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines(name):
        head, _, tail = line.partition(":")
        parts = tail.split("|") if "|" in tail else tail.split()
        found[head.strip()] = found.get(head.strip(), ()) + tuple(part.strip() for part in parts if part.strip())
    return found


ENGLISH_FUNCTION_WORDS = frozenset(groups("function_words.txt")["en"])
RUSSIAN_FUNCTION_WORDS = frozenset(groups("function_words.txt")["ru"])
IRREGULAR_FORMS = {form: base for base, forms in groups("irregular.txt").items() for form in forms}
