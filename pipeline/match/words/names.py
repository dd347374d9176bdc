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

from pipeline.match.words.spellings import foreign_readings

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
CYRILLIC_CLUSTERS = (("дж", "j"), ("тч", "j"), ("кс", "ks"), ("тс", "c"), ("тц", "c"), ("дз", "z"), ("цз", "z"))
ASPIRATES = re.compile(r"(?<=[бгдкптч])х(?=[аеёиоуыэюяв]|$)")  # Чхан, Тхайланд: Latin letters mostly do not tell them
LATIN_CLUSTERS = (
    ("shch", "j"),
    ("sch", "j"),
    ("tch", "j"),
    ("dzh", "j"),
    ("zh", "j"),
    ("sh", "j"),
    ("ch", "j"),
    ("kh", "h"),
    ("dh", "d"),
    ("ts", "C"),  # a capital is out of the reach of the lines below
    ("tz", "C"),
    ("dz", "z"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("gh", "g"),
    ("wh", "v"),
    ("qu", "kv"),
    ("gue", "ge"),
    ("gui", "gi"),
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
MARKED_LETTERS = str.maketrans(
    {"č": "ch", "ć": "ch", "š": "sh", "ş": "sh", "ș": "sh", "ž": "zh", "ż": "zh", "ř": "rzh", "ț": "ts", "ţ": "ts"}
    | {"ł": "l", "đ": "d", "ð": "d", "þ": "t", "ø": "o", "å": "o", "æ": "e", "œ": "e", "ı": "i", "ß": "ss"}
)
OTHER_READINGS = (  # what the same letters stand for in names of other languages
    (re.compile(r"wh?"), "u"),  # Wuhan, William, White
    (re.compile(r"(?<!s)ch"), "k"),  # Chris, Michael
    (re.compile(r"(?<!s)ch"), "kh"),  # Bach, Wojciech
    (re.compile(r"j"), "i"),  # Jan, Juncker
    (re.compile(r"j"), "kh"),  # Juan
    (re.compile(r"^h|(?<=[r])h|(?<=[aeiou])h(?=[bcdfgklmnprstv])"), ""),  # Hadrian, Rhine, Johnson
    (re.compile(r"(?<=[aeiou])h(?=[aeiou])"), ""),  # Cohen
    (re.compile(r"qu"), "k"),  # Duquesne
    (re.compile(r"ew"), "yu"),  # Andrew, Newton
    (re.compile(r"ow(?=[aeiou])"), "ov"),  # Howard
    (re.compile(r"au"), "o"),  # Paul
    (re.compile(r"oi"), "ua"),  # Benoit
    (re.compile(r"ei"), "ai"),  # Heinz
    (re.compile(r"ai"), "ei"),  # Vail
    (re.compile(r"ea"), "i"),  # Wear
    (re.compile(r"gh"), ""),  # Hughes
    (re.compile(r"ng(?=$|[bcdfghklmnprstvz])"), "n"),  # Jinping
    (re.compile(r"a(?=[bcdfgklmnprstvz]es?$)"), "ey"),  # James, Wales
    (re.compile(r"[iy](?=[bcdfgklmnpstvz]e(?:$|[bcdfghklmnprstvwz]))"), "ai"),  # Hyde, Whitefield
    (re.compile(r"u(?=[bcdfgklmnpst](?:$|[bcdfgklmnpst]))"), "a"),  # Bull Run, Hunt
    (re.compile(r"(?<=[aeiou])s(?=[aeiou])"), "z"),  # Susan
    (re.compile(r"g(?=[eiy])"), "j"),  # Assange, Angeles
    (re.compile(r"c(?=[aeiou]|$)"), "ts"),  # Fico
    (re.compile(r"(?<=[aeiou])(?:s|t)$"), ""),  # Louis, Peugeot
)
POSSESSIVE = re.compile(r"['’]s$")
SILENT = re.compile(r"(?<=[bcdfgklmnprstvz])e(?=s?$)")
MOST_READINGS = 24
HOPELESS = 0.42  # so unlike that no other reading would help
DOUBT = 0.04  # what another reading than the first costs
FORMATIVE = re.compile(r"(ovij|evij|enk|ov|ev|in|uk|ian)[aeiou]*[hm]?[iu]?$")  # of surnames, as they sound
OTHER_FAMILY = 0.7  # at most so alike are surnames that are formed differently (Popov, Попович)
ENDINGS = re.compile(r"(?<=..[bvgdjzklmnprsthcf])[aeiou]{1,3}[hm]?[iu]?$")
VOWELS = re.compile(r"[aeiou]")


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The coarse phonetic spelling of a word of either script; the first of its readings."""
    lower = word.lower()
    if re.search(r"[\u0400-\u04ff]", lower):
        lower = ASPIRATES.sub("", lower)
        for cluster, letter in CYRILLIC_CLUSTERS:
            lower = lower.replace(cluster, letter)
        spelled = "".join(CYRILLIC_SOUNDS.get(letter, letter) for letter in lower)
    else:
        spelled = _plain(lower)
        for cluster, letter in LATIN_CLUSTERS:
            spelled = spelled.replace(cluster, letter)
    return re.sub(r"(.)\1+", r"\1", spelled.lower())


@lru_cache(maxsize=100_000)
def readings(word: str) -> tuple[str, ...]:
    """All ways in which a name may sound: one in Cyrillic, a few in Latin letters, where the language is not known."""
    if re.search(r"[\u0400-\u04ff]", word.lower()):
        return (sound(word),)
    spellings = [_plain(word.lower())]
    for pattern, letters in OTHER_READINGS:
        spellings += [pattern.sub(letters, spelling) for spelling in spellings if pattern.search(spelling)]
        spellings = spellings[:MOST_READINGS]
    spellings += [SILENT.sub("", spelling) for spelling in spellings]
    spellings += foreign_readings(POSSESSIVE.sub("", word.lower()))
    return tuple(dict.fromkeys(sound(spelling) for spelling in spellings))


def _plain(lower: str) -> str:
    """Latin letters without marks and without a possessive ending."""
    bare = unicodedata.normalize("NFKD", POSSESSIVE.sub("", lower).translate(MARKED_LETTERS))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalpha())


def name_likeness(left: str, right: str) -> float:
    """How alike two spellings sound: 0..1. Inflected endings and vowels count less than consonants."""
    one, two = readings(left), readings(right)
    if len(two) > 1:  # one side is enough: the other is in Cyrillic, or spelled by the same habits
        one, two = (two, one[:1]) if len(one) == 1 else (one, two[:1])
    first = _likeness(one[0], two[0])
    alike = first if first < HOPELESS else max(first, *(_likeness(reading, two[0]) - DOUBT for reading in one))
    return min(alike, OTHER_FAMILY) if other_family(left, right) else alike


@lru_cache(maxsize=200_000)
def other_family(left: str, right: str) -> bool:
    """Whether two spellings are surnames that are formed differently."""
    formed, other = FORMATIVE.search(sound(left)), FORMATIVE.search(sound(right))
    return bool(formed and other and formed[1] != other[1])


@lru_cache(maxsize=200_000)
def _likeness(one: str, two: str) -> float:
    if len(one) < 2 or len(two) < 2:
        return float(one == two != "")
    whole = Indel.normalized_similarity(one, two)
    stems = Indel.normalized_similarity(ENDINGS.sub("", one), ENDINGS.sub("", two))
    dry = Indel.normalized_similarity(bones(one), bones(two))
    return max(whole, stems) * 0.6 + dry * 0.4


RUSSIAN_DERIVED = re.compile(r"(?:[оеё]в|[иеая]н|ьян|[иеа]йс?)?(?:ск|цк)(?:ий|ой|о)$|(?:[ая]н)?(?:ин|ец|ка)$|ный$|ик$")
ENGLISH_DERIVED = re.compile(r"(?:[ie]?an|n?ese|ish|ic|ite|ist|er)$")
LEAST_BASE = 3


def bases(word: str) -> tuple[str, ...]:
    """A word, and it without what makes a people or an adjective of a name (гарвардский), if enough stays."""
    russian = re.search(r"[\u0400-\u04ff]", word.lower())
    one = word.lower() if russian else re.sub(r"['’]?s$", "", word.lower())
    bare = (RUSSIAN_DERIVED if russian else ENGLISH_DERIVED).sub("", one)
    return (word, *(form for form in (one, bare) if len(form) >= LEAST_BASE and form != word))


def derived_likeness(left: str, right: str) -> float:
    """How alike two spellings sound if either may be derived from a name: 0..1."""
    return max(name_likeness(one, two) for one in bases(left) for two in bases(right))


SAME_BONES = str.maketrans("hzcs", "gjjj")


@lru_cache(maxsize=100_000)
def bones(sounds: str) -> str:
    """The consonants of a reading; g and h are one sound, and so are all sibilants (Гитлер, Жанна)."""
    return VOWELS.sub("", sounds).translate(SAME_BONES)
