"""Names across scripts: do a Latin and a Cyrillic spelling sound alike?

In: two words. Out: a similarity in 0..1. Never consults a list of names.

Both spellings are folded to one coarse phonetic alphabet in which the usual transliterations of a Russian name
(Kazakh, Ukrainian and English ones too) and the usual Russian renderings of a foreign name (Хьюз, Джордж, Вашингтон)
fall together; then edit similarity decides. The folding follows ICAO 9303, BGN/PCGN and the Russian practice of
rendering English names (Gilyarevsky and Starostin).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Indel

CYRILLIC_SOUNDS = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "ґ": "g",
    "д": "d",
    "е": "e",
    "ж": "j",
    "з": "z",
    "и": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "h",
    "ц": "c",
    "ч": "j",
    "ш": "j",
    "щ": "j",
    "ъ": "",
    "ы": "i",
    "ь": "",
    "э": "e",
    "ю": "iu",
    "я": "ia",
    "ё": "e",
    "і": "i",
    "ї": "i",
    "є": "e",
    "ә": "a",
    "ө": "o",
    "қ": "k",
    "ғ": "g",
    "ң": "n",
    "ү": "u",
    "ұ": "u",
    "һ": "h",
}
CYRILLIC_CLUSTERS = (("дж", "j"), ("тч", "j"), ("кс", "ks"), ("тс", "c"), ("дз", "z"))
LATIN_CLUSTERS = (
    ("shch", "j"),
    ("sch", "j"),
    ("tch", "j"),
    ("dzh", "j"),
    ("zh", "j"),
    ("sh", "j"),
    ("ch", "j"),
    ("kh", "h"),
    ("ts", "c"),
    ("tz", "c"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("gh", "g"),
    ("wh", "v"),
    ("qu", "kv"),
    ("x", "ks"),
    ("yu", "iu"),
    ("ya", "ia"),
    ("ye", "e"),
    ("yo", "e"),
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("ow", "ou"),
    ("ay", "ei"),
    ("dg", "j"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
)
ENDINGS = re.compile(r"(?<=..[bvgdjzklmnprsthcf])[aeiou]{1,3}[hm]?[iu]?$")
VOWELS = re.compile(r"[aeiou]")


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The coarse phonetic spelling of a word of either script."""
    lower = word.lower()
    if re.search(r"[\u0400-\u04ff]", lower):
        for cluster, letter in CYRILLIC_CLUSTERS:
            lower = lower.replace(cluster, letter)
        spelled = "".join(CYRILLIC_SOUNDS.get(letter, letter) for letter in lower)
    else:
        plain = unicodedata.normalize("NFKD", lower)
        spelled = "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
        for cluster, letter in LATIN_CLUSTERS:
            spelled = spelled.replace(cluster, letter)
    return re.sub(r"(.)\1+", r"\1", spelled)


def name_likeness(left: str, right: str) -> float:
    """How alike two spellings sound: 0..1. Inflected endings and vowels count less than consonants."""
    one, two = sound(left), sound(right)
    if len(one) < 2 or len(two) < 2:
        return float(one == two != "")
    whole = Indel.normalized_similarity(one, two)
    stems = Indel.normalized_similarity(ENDINGS.sub("", one), ENDINGS.sub("", two))
    dry = Indel.normalized_similarity(bones(left), bones(right))
    return max(whole, stems) * 0.6 + dry * 0.4


SAME_BONES = str.maketrans("hzcs", "gjjj")


@lru_cache(maxsize=100_000)
def bones(word: str) -> str:
    """Consonants only; g and h are one sound, and so are all sibilants (Гитлер, Жанна)."""
    return VOWELS.sub("", sound(word)).translate(SAME_BONES)
