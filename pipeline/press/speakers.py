"""Mentions become speakers: the fullest form of a name, the person behind a pronoun.

In: the mentions of an article in order. Out: a speaker for each, or None. Never invents: a pronoun without a fitting
name before it has no speaker.

"he" and "she" mean the person named since someone last spoke, one with whom a sentence begins before others; without
such a name, whoever spoke last. A name in a sentence about "he" is someone else. A person whose titles, first name or
endings speak against the pronoun is passed over.
"it" and "they" mean the last role or organisation that spoke.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from pipeline.press import nominative, wordlists
from pipeline.press.mentions import Attribution, Mention
from pipeline.press.names import Gender, Name, NameIndex
from pipeline.press.windows import sentence_start

_REACH_CHARS: Final = 3_000  # a pronoun further away from its name would puzzle a reader too
_HISTORY: Final = 40
_ROLE_WORDS: Final = 3  # "the regiment's colonel" may be him, a longer role says who it is
_ROLE_CHARS: Final = 40
_SENTENCE_CHARS: Final = 300
_OPENING_WORDS: Final = 2  # titles before the name


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Someone who spoke: a person with a gender, or anything else."""

    speaker: str
    char: int
    person: bool
    gender: Gender


class Speakers:
    """Remembers who spoke; ask in the order of the text."""

    def __init__(self, text: str, names: NameIndex) -> None:
        self._text = text
        self._names = names
        self._history: deque[_Spoken] = deque(maxlen=_HISTORY)
        self._latest: _Spoken | None = None

    def speaker(self, attribution: Attribution, quote_char: int) -> str | None:
        """Who speaks in ``attribution``, which belongs to the quote at ``quote_char``."""
        mention = attribution.mention
        if mention is None:
            return None
        if mention.text != "same" or mention.kind != "pronoun":
            self._latest = self._spoken(mention, min(attribution.start, quote_char))
            if self._latest is not None:
                self._history.append(self._latest)
        return self._latest.speaker if self._latest else None

    def _spoken(self, mention: Mention, char: int) -> _Spoken | None:
        if mention.kind == "name" and mention.name is not None:
            text = nominative.of(mention.name, self._names) if mention.oblique else self._full_name(mention.name)
            return _Spoken(text, mention.name.end, mention.name.person, self._names.gender(mention.name))
        if mention.kind == "role":
            bearer = None if mention.indefinite else self._bearer(mention.text, char)
            return bearer or _Spoken(mention.text, char, False, "unknown")
        return self._person(mention.text, char) if mention.text in ("he", "she") else self._other(char)

    def _person(self, pronoun: str, char: int) -> _Spoken | None:
        last = next(
            (spoken for spoken in reversed(self._history) if spoken.person and _fits(spoken.gender, pronoun)), None
        )
        named = None
        for name in self._names.people_before(char):
            if name.start < char - _REACH_CHARS or (last and name.end <= last.char):
                break
            if not _fits(self._names.gender(name), pronoun) or self._follows_pronoun(name.start):
                continue
            begins = self._begins_sentence(name.start)
            if not begins and last and not self._is_surely_a_person(name):
                continue
            named = _Spoken(self._full_name(name), name.end, True, self._names.gender(name))
            if begins:
                break
        if named is None and last and char - last.char <= _REACH_CHARS:
            return _Spoken(last.speaker, char, True, last.gender)
        return named

    def _full_name(self, name: Name) -> str:
        return nominative.of_oblique(self._names.fullest(name))

    def _is_surely_a_person(self, name: Name) -> bool:
        """Whether more than two capitals speak for it: a title, a gender, words in quotes before."""
        known = name.titled or self._names.gender(name) != "unknown"
        return known or self._names.fullest(name) in {spoken.speaker for spoken in self._history if spoken.person}

    def _bearer(self, role: str, char: int) -> _Spoken | None:
        """The person whom the article has introduced with that role: "the colonel" after "Col. Pavel Vetrov"."""
        words = [word.strip(".,").lower() for word in role.split()]
        if len(words) > _ROLE_WORDS:
            return None
        head = next((word for word in words if word in wordlists.ROLES), "")
        forms = {head, *wordlists.ROLES.get(head, ())}
        for name in self._names.people_before(char) if head else ():
            if name.start < char - _REACH_CHARS:
                break
            if forms & self._words_around(name):
                return _Spoken(self._full_name(name), char, True, self._names.gender(name))
        pronoun = wordlists.GENERIC_ROLES.get(words[-1]) if len(words) == 1 else None
        return self._person(pronoun, char) if pronoun else None

    def _words_around(self, name: Name) -> set[str]:
        """The words beside a name where a title or an apposition stands, within its line."""
        before = self._text[max(0, name.start - _ROLE_CHARS) : name.start].rpartition("\n")[2]
        after = self._text[name.end : name.end + _ROLE_CHARS].partition("\n")[0]
        return {word.strip(".,").lower() for word in [*before.split(), *(after.split() if after[:1] == "," else ())]}

    def _other(self, char: int) -> _Spoken | None:
        last = next((s for s in reversed(self._history) if not s.person), None)
        return last if last and char - last.char <= _REACH_CHARS else None

    def _begins_sentence(self, char: int) -> bool:
        return len(self._sentence_before(char).split()) <= _OPENING_WORDS

    def _follows_pronoun(self, char: int) -> bool:
        """Whether the name stands in a sentence about someone else: "He met Petrov"."""
        words = self._sentence_before(char).split()
        return bool(words) and words[0].lower() in ("he", "she", "они", "он", "она", "they", "i", "я")

    def _sentence_before(self, char: int) -> str:
        low = max(0, char - _SENTENCE_CHARS, self._text.rfind("\n", 0, char) + 1)
        return self._text[sentence_start(self._text, low, char) : char]


def _fits(gender: Gender, pronoun: str) -> bool:
    return gender in ("unknown", pronoun)
