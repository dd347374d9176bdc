"""The value of one number word or written number of either language.

In: words. Out: values, and for a Russian compound (двухлетний) the word that its numeral counts. Never reads a text.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.match.lexicon import groups
from pipeline.match.words.tokens import CYRILLIC, is_russian_word, russian_form

DIGITS = re.compile(r"\d")
ROMAN = re.compile(r"(?=[IVX])X{0,3}(IX|IV|V?I{0,3})")
ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
HALF = "пол"
LEAST_STEM = 4
COUNTED_BY_HUNDRED = re.compile(
    r"(?:процент|доллар|рубл|евров|лет|дневн|метр|кило|мил|тысяч|градус|этаж|крат|страни|литр|грамм|ватт|сильн|балл|местн)"
)
KINDS = ("value", "scale", "share", "compound")


@cache
def _words() -> dict[str, dict[str, float]]:
    """Values of number words, of scales, of parts, and of the first parts of Russian compounds, by kind."""
    tables: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    for name, words in groups("numbers.txt").items():
        kind, _, value = name.partition(" ")
        tables[kind].update(dict.fromkeys(words, float(value)))
    return tables


def _scale(word: str) -> float | None:
    scales = _words()["scale"]
    return scales.get(word) or (scales.get(russian_form(word).lemma) if CYRILLIC.match(word) else None)


@cache
def compound(word: str) -> tuple[float, str] | None:
    """The numeral that begins a Russian compound such as двухлетний or стодолларовый, and what it counts."""
    table = _words()["compound"]
    best = max((p for p in table if word.startswith(p) and len(word) - len(p) >= LEAST_STEM), key=len, default=None)
    if best is None:
        return None
    value, rest = table[best], word[len(best) :]
    if best == "сто" and not COUNTED_BY_HUNDRED.match(rest):
        return None  # сторона, стоимость, столица
    units = next((p for p in table if table[p] < 10 and rest.startswith(p) and len(rest) - len(p) >= LEAST_STEM), None)
    if units and value >= 20 and value % 10 == 0:
        value, rest = value + table[units], rest[len(units) :]
    return value * (_scale(rest) or 1.0), rest


@cache
def word_value(text: str) -> tuple[str, float] | None:
    """("value" | "scale" | "share", number) of a number word of either language, or None."""
    lower = text.lower().replace("ё", "е")
    russian = bool(CYRILLIC.match(lower))
    forms = [lower, russian_form(lower).lemma] if russian else [lower]
    for kind in ("scale", "share", "value"):
        for form in forms:
            if form in _words()[kind]:
                return kind, _words()[kind][form]
    if russian and lower.startswith(HALF) and (scale := _scale(lower[len(HALF) :])):
        return "value", scale / 2
    if russian and _halved(lower):
        return "value", 0.5
    joined = compound(lower) if russian else None
    return ("value", joined[0]) if joined else None


def _halved(word: str) -> bool:
    """Whether a word is half of another one (полсела, полгорода), and not a word of its own (полосы)."""
    rest = word[len(HALF) :]
    own = is_russian_word(word) and "Sgtm" not in russian_form(word).tags  # half of it has no plural
    return word.startswith(HALF) and len(rest) >= LEAST_STEM and not own and is_russian_word(rest)


def is_share(text: str) -> bool:
    """Whether a word names a part (half)."""
    found = word_value(text)
    return found is not None and found[0] == "share"


def digit_values(text: str) -> set[float]:
    """Every reading of a written number: ``1,200`` is 1200 or 1.2, ``01.04.2021`` is 1, 4 or 2021."""
    parts = [part for part in re.split(r"\D+", text) if part]
    readings = {float("".join(parts))}
    if len(parts) == 2:
        fraction = float(parts[0] + "." + parts[1])
        readings = readings | {fraction} if len(parts[1]) == 3 else {fraction}
    if len(parts) > 2 and not all(len(part) == 3 for part in parts[1:]):
        readings = {float(part) for part in parts}
    return readings


def roman_value(text: str) -> float | None:
    """The value of a Roman numeral of two letters or more, up to XXXIX."""
    if len(text) < 2 or not ROMAN.fullmatch(text):
        return None
    digits = [ROMAN_VALUES[letter] for letter in text]
    return float(sum(-d if d < max(digits[i:]) else d for i, d in enumerate(digits)))
