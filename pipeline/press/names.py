"""Names of people and organisations in an article, as far as quotes need them.

In: the article's text. Out: runs of capitalised words with what is known of them, the fullest form of a name, a guess
at gender. Never looks anything up outside the text and the short word lists below; never changes the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.press import wordlists

Gender = Literal["he", "she", "unknown"]

_CAPITALISED: Final = r"[A-ZÀ-ÞА-ЯЁІЇЄҐ]"
_WORD: Final = rf"(?:(?:[Dd]['’]|[OО]['’]|al-)?{_CAPITALISED}[\w’'-]*\w|{_CAPITALISED}\.(?:-?{_CAPITALISED}\.)*)"
ABBREVIATED_TITLES: Final = wordlists.words(
    "Dr Gen Lt Col Maj Capt Sgt Mr Mrs Ms Rep Sen Gov Brig Adm Cpl Pvt Prof Rev Sir Cmdr Supt Insp"
)
_RUN: Final = re.compile(
    rf"(?<![\w’'.-])(?:(?:{'|'.join(ABBREVIATED_TITLES)})\.?[ \xa0])*"
    rf"{_WORD}(?:[ \xa0](?:(?:de|da|del|van|von|der|bin|al|el|la|le|ibn)[ \xa0]){{0,2}}{_WORD})*"
)
_OPENING_MARKS: Final = ("«", "“", "„", '"', "‘")
_FORMS: Final = 20  # people of one surname that an article can tell apart
_TOKEN: Final = re.compile(r"\S+")
_POSSESSIVE: Final = re.compile(r"['’]s?$")
_SHE_ENDING: Final = re.compile(r"(?:[oe]va|[^n]ina|aya|skaya|ова|ева|ёва|ина|ая|овна|евна|ична)$")
_SHE_OR_GENITIVE: Final = re.compile(r"(?:ова|ева|ёва|ина)$")
_HE_ENDING: Final = re.compile(r"(?:[oe]v|[^aeo]in|sky|skiy|skyi|ov|enko|ов|ев|ёв|ин|ый|ий|ович|евич|ич)$")
_CASE_ENDING: Final = re.compile(
    r"(?:ого|его|ому|ему|ыми|ими|ами|ями|ом|ем|ым|им|ой|ей|ую|юю|ою|ая|яя|ий|ый|а|у|е|я|ю|ы|и)$"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words: ``text`` without titles; ``titled`` when one stood before it."""

    text: str
    start: int
    end: int
    titled: bool
    gender: Gender

    @property
    def words(self) -> list[str]:
        """The words of the name."""
        return self.text.split()

    @property
    def person(self) -> bool:
        """Whether no word of it belongs to organisations or places."""
        return not any(_is_organisation_word(word) for word in self.words)


class NameIndex:
    """The names of one text in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._names = list(_names(text, 0, len(text)))
        self._starts = [name.start for name in self._names]
        self._full: dict[str, list[Name]] = {}
        seen: set[str] = set()
        for name in self._names:
            if name.text not in seen and len(name.words) > 1 and self.is_person(name):
                seen.add(name.text)
                forms = self._full.setdefault(stem(name.words[-1]), [])
                if len(forms) < _FORMS:
                    forms.append(name)

    def within(self, start: int, end: int) -> list[Name]:
        """The names in ``text[start:end]``; a name cut by the start is read again from there."""
        first = bisect_left(self._starts, start)
        if first and self._names[first - 1].end > start:
            return list(_names(self._text, start, end))
        last = bisect_left(self._starts, end)
        return [name for name in self._names[first:last] if name.end <= end]

    def people_before(self, char: int, at_most: int = 40) -> Iterator[Name]:
        """Names of people that end before ``char``, the nearest first."""
        index = bisect_left(self._starts, char)
        for name in reversed(self._names[max(0, index - at_most) : index]):
            if name.end <= char and self.is_person(name):
                yield name

    def is_person(self, name: Name) -> bool:
        """Two words, a title, a first name, or the surname of someone named so; nothing right after an opening mark."""
        if self._text[max(0, name.start - 1) : name.start] in _OPENING_MARKS:
            return False
        known = name.titled or name.text.lower() in wordlists.HE_NAMES | wordlists.SHE_NAMES
        return name.person and (len(name.words) > 1 or known or stem(name.words[-1]) in self._full)

    def fullest(self, name: Name) -> str:
        """The longest form of the name in the article: "Petrov" becomes "Ivan Petrov"; text case is kept."""
        if len(name.words) > 1 or not name.person:
            return name.text
        forms = [full for full in self._full.get(stem(name.words[-1]), ()) if _may_be_same(full, name)]
        before = [full for full in forms if full.start <= name.start]
        return (before or forms)[0].text if forms else name.text

    def gender(self, name: Name) -> Gender:
        """What the titles, first names and endings of all forms of the name say."""
        if name.gender != "unknown" or not name.words:
            return name.gender
        for full in self._full.get(stem(name.words[-1]), ()):
            if full.gender != "unknown" and _may_be_same(full, name):
                return full.gender
        return "unknown"


def stem(word: str) -> str:
    """A name's word without the ending of its case, to compare forms of one name."""
    bare = _POSSESSIVE.sub("", word.lower().replace("ё", "е"))
    shorter = _CASE_ENDING.sub("", bare)
    return shorter if len(shorter) > 2 else bare


def _may_be_same(full: Name, name: Name) -> bool:
    return "unknown" in (full.gender, name.gender) or full.gender == name.gender


def _names(text: str, start: int, end: int) -> Iterator[Name]:
    for match in _RUN.finditer(text, start, end):
        name = _trimmed(match)
        if name is not None:
            yield name


def _trimmed(match: re.Match[str]) -> Name | None:
    """The run without sentence openers before it and titles of office."""
    tokens = [
        (token[0], match.start() + token.start(), match.start() + token.end()) for token in _TOKEN.finditer(match[0])
    ]
    titled = False
    gender: Gender = "unknown"
    first = 0
    for first, (token, _, _) in enumerate(tokens):
        word = token.strip(".").lower()
        if word in wordlists.TITLES and first + 1 < len(tokens):
            titled = True
            gender = "she" if word in wordlists.SHE_TITLES else "he" if word in wordlists.HE_TITLES else gender
        elif not (_opens_sentence(token) or _is_employer(tokens[first:]) or _is_profession(tokens[first:])):
            break
    else:
        return None
    last = len(tokens)
    while last - first > 2 and _is_organisation_word(tokens[last - 1][0]):
        last -= 1
    tokens = [*tokens[first : last - 1], _without_possessive(tokens[last - 1])]
    words = [word for word, _, _ in tokens]
    return Name(" ".join(words), tokens[0][1], tokens[-1][2], titled, gender if gender != "unknown" else _gender(words))


def _opens_sentence(token: str) -> bool:
    """Whether it is a common word with a capital, and no initial."""
    return not token.endswith(".") and token.lower() in wordlists.NOT_NAMES


def _is_employer(tokens: list[tuple[str, int, int]]) -> bool:
    """An agency or office right before a person of two names: "ТАСС Игорь Ладов"."""
    later = [token for token, _, _ in tokens[1:]]
    if later and tokens[0][0].lower() in wordlists.AGENCIES and not _is_organisation_word(later[-1]):
        return True
    rest = len(later) - (1 if later and _is_organisation_word(later[0]) else 0)
    return rest >= 2 and _is_organisation_word(tokens[0][0]) and not any(_is_organisation_word(t) for t in later[-2:])


def _is_profession(tokens: list[tuple[str, int, int]]) -> bool:
    """A word at the head of a sentence before a first and a last name: "Blogger Ivan Petrov"."""
    if len(tokens) < 3 or tokens[0][0].endswith("."):
        return False
    first_names = wordlists.HE_NAMES | wordlists.SHE_NAMES
    return tokens[1][0].lower() in first_names and tokens[0][0].lower() not in first_names


def _without_possessive(token: tuple[str, int, int]) -> tuple[str, int, int]:
    word, start, _ = token
    bare = re.sub(r"['’]s?$", "", word)
    return bare, start, start + len(bare)


def _gender(words: list[str]) -> Gender:
    first, last = words[0].lower(), words[-1].lower()
    if first in wordlists.SHE_NAMES:
        return "she"
    if first in wordlists.HE_NAMES:
        return "he"
    if _SHE_ENDING.search(last):
        # Alone, Петрова may be the genitive of Петров.
        return "she" if len(words) > 1 or not _SHE_OR_GENITIVE.search(last) else "unknown"
    return "he" if _HE_ENDING.search(last) else "unknown"


def _is_organisation_word(word: str) -> bool:
    return word.lower() in wordlists.ORGANISATION_WORDS or (word.isupper() and len(word) > 2 and "." not in word)
