"""Which words of the recordings could account for a printed word, and how well.

In: a printed token. Out: keys of heard and translated words with a likeness in 0..1: the same word, one of the same
root, a name or loan word that sounds alike in the other script, a Russian word that the token renders, a number of the
same value. Never looks at sentences or order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import Indel

from pipeline.match.words.bridge import CaseLexicon, dictionary
from pipeline.match.words.names import bones, derived_likeness, name_likeness, other_family, readings
from pipeline.match.words.tokens import CYRILLIC, Token

DERIVED = 0.75
GARBLED = 0.6
NAME_FLOOR = 0.79
LOAN_FLOOR = 0.8
DERIVED_FLOOR = 0.86
LEAST_STRENGTH = 0.3
LEAST_LETTERS = 4
LEAST_NAME_LETTERS = 2
SHORT_FLOOR = 0.9


def number_key(value: float) -> str:
    """The index key of a number's value."""
    return f"#{value:g}"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All keys of a library, in buckets by their first letters and by their consonants."""

    keys: frozenset[str]
    named: Mapping[str, frozenset[str]]
    renders: Mapping[str, Mapping[str, float]]
    by_letters: Mapping[str, tuple[str, ...]]
    by_sound: Mapping[str, tuple[str, ...]]
    cache: dict[tuple[str, bool], Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def build(cls, keys: Iterable[str], named: Mapping[str, Iterable[str]], lexicon: CaseLexicon) -> Vocabulary:
        """From the keys of all heard and translated words, names as they are spelled, and what the case teaches."""
        known = frozenset(keys)
        letters: dict[str, list[str]] = defaultdict(list)
        sounds: dict[str, list[str]] = defaultdict(list)
        renders: dict[str, dict[str, float]] = defaultdict(dict)
        for key in sorted(known):
            if key[0].isalpha() and len(key) >= LEAST_LETTERS:
                letters[key[:4]].append(key)
            for spelling in {key, *named.get(key, ())}:
                if key[0].isalpha() and len(spelling) >= LEAST_NAME_LETTERS:
                    for bucket in _buckets(spelling):
                        sounds[bucket].append(key)
            for table in (dictionary(), lexicon.strengths):
                for english, strength in table.get(key, {}).items():
                    if strength >= LEAST_STRENGTH:
                        renders[english][key] = max(renders[english].get(key, 0.0), strength)
        return cls(
            known, {key: frozenset(forms) for key, forms in named.items()}, renders, _frozen(letters), _frozen(sounds)
        )

    def equivalents(self, token: Token) -> Mapping[str, float]:
        """Keys of the library that may account for a printed word, with likeness 0..1."""
        label = (token.text, token.content)
        if label not in self.cache:
            self.cache[label] = self._equivalents(token)
        return self.cache[label]

    def _equivalents(self, token: Token) -> Mapping[str, float]:
        found = {token.key: 1.0} if token.key in self.keys else {}
        found.update({key: strength for key, strength in self.renders.get(token.key, {}).items() if key not in found})
        if not token.content or not token.text[0].isalpha() or len(token.text) < LEAST_NAME_LETTERS:
            return found
        if len(token.text) >= LEAST_LETTERS:
            for key in self.by_letters.get(token.key[:4], ()):
                if not (token.capital and other_family(token.text, key)):
                    found[key] = max(found.get(key, 0.0), key_likeness(token.key, key))
        for key in {key for bucket in _buckets(token.text) for key in self.by_sound.get(bucket, ())}:
            found[key] = max(found.get(key, 0.0), self._sounds_alike(token, key))
        return {key: value for key, value in found.items() if value > 0}

    def _sounds_alike(self, token: Token, key: str) -> float:
        spellings = self.named.get(key, frozenset())
        alike = max(name_likeness(token.text, spelling) for spelling in (key, *spellings))
        if min(len(token.text), len(key)) < LEAST_LETTERS:
            return alike if token.capital and spellings and alike >= SHORT_FLOOR else 0.0
        if token.capital and (alike >= LOAN_FLOOR or (spellings and alike >= NAME_FLOOR)):
            return alike
        if token.capital and derived_likeness(token.text, key) >= DERIVED_FLOOR:
            return DERIVED
        across = bool(CYRILLIC.match(key)) != bool(CYRILLIC.match(token.text))
        return alike - 0.1 if across and alike >= LOAN_FLOOR else 0.0


def _buckets(word: str) -> frozenset[str]:
    """The first two consonants of each reading, in the order of the alphabet, so that a slip stays in the bucket."""
    return frozenset("".join(sorted(bones(reading)[:2])) for reading in readings(word))


def _frozen(buckets: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(keys) for name, keys in buckets.items()}


def key_likeness(left: str, right: str) -> float:
    """Likeness of two keys of one script: equal, of one root (vaccin, vaccinat), or spelled nearly alike."""
    if left == right:
        return 1.0
    shorter, longer = sorted((len(left), len(right)))
    prefix = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    if prefix >= LEAST_LETTERS and prefix >= 0.6 * longer:
        return DERIVED
    if shorter >= 6 and Indel.normalized_similarity(left, right) >= 0.82:
        return GARBLED
    return 0.0
