"""Sentence pairs made from patterns: names in all their cases, places, numbers, dates, negation.

In: the word lists in `text/patterns.toml`. Out: `patterns.tsv` in the work folder (Russian TAB English). A small
model sees too few names and numbers in running text to carry them over safely; these frames show each in many. Never
meant to read well as a whole.

Run: python -m models.training.patterns
"""

import random
import tomllib
from collections.abc import Iterator

from models.training import places

PAIRS = 30_000
LISTS: dict[str, list[str]] = tomllib.loads((places.OWN_TEXT / "patterns.toml").read_text(encoding="utf-8"))
UNITS = [word.split() for word in LISTS["units"]]
TENS = [word.split() for word in LISTS["tens"]]


def number_words(number: int, feminine: bool = False) -> tuple[str, str]:
    """A number below 1,000,000 in Russian (nominative) and in English words."""
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        russian, english = number_words(thousands, feminine=True)
        russian += " " + ("тысяча", "тысячи", "тысяч")[plural_form(thousands)]
        more = number_words(rest, feminine) if rest else ("", "")
        return f"{russian} {more[0]}".strip(), f"{english} thousand {more[1]}".strip()
    hundreds, rest = divmod(number, 100)
    russian_parts, english_parts = [], []
    if hundreds:
        russian_parts.append(LISTS["hundreds"][hundreds - 1])
        english_parts.append(("a" if hundreds == 1 else UNITS[hundreds][1]) + " hundred")
    if rest or not hundreds:
        tens, unit = divmod(rest, 10) if rest >= 20 else (0, rest)
        words = [TENS[tens - 2][0]] if tens else []
        if unit or not tens:
            words.append({1: "одна", 2: "две"}.get(unit, UNITS[unit][0]) if feminine else UNITS[unit][0])
        russian_parts += words
        small = "-".join(([TENS[tens - 2][1]] if tens else []) + ([UNITS[unit][1]] if unit or not tens else []))
        english_parts.append(("and " if hundreds else "") + small)
    return " ".join(russian_parts), " ".join(english_parts)


def plural_form(number: int) -> int:
    """Which Russian form follows a number: 0 (один дом), 1 (два дома), 2 (пять домов)."""
    if number % 100 in range(11, 15) or number % 10 in (0, 5, 6, 7, 8, 9):
        return 2
    return 0 if number % 10 == 1 else 1


def cases(name: str, surname_of_woman: bool = False) -> dict[str, str]:
    """Nominative, genitive (and accusative), dative, instrumental of a first or last name."""
    if surname_of_woman:
        return {"n": name + "а", "g": name + "ой", "d": name + "ой", "a": name + "у", "i": name + "ой"}
    stem, last = name[:-1], name[-1]
    if last == "а":
        soft = stem[-1] in "кгхжшчщ"
        genitive = stem + ("и" if soft else "ы")
        return {
            "n": name,
            "g": genitive,
            "d": stem + "е",
            "a": stem + "у",
            "i": stem + ("ей" if stem[-1] in "жшчщц" else "ой"),
        }
    if last == "я":
        return {
            "n": name,
            "g": stem + "и",
            "d": stem + ("и" if stem[-1] == "и" else "е"),
            "a": stem + "ю",
            "i": stem + "ей",
        }
    if last in "йь":
        if name == "Любовь":
            return {"n": name, "g": "Любови", "d": "Любови", "a": "Любовь", "i": "Любовью"}
        return {"n": name, "g": stem + "я", "d": stem + "ю", "a": stem + "я", "i": stem + "ем"}
    short = {"Павел": "Павл", "Пётр": "Петр"}.get(name, name)
    return {
        "n": name,
        "g": short + "а",
        "d": short + "у",
        "a": short + "а",
        "i": short + ("ым" if name[-2:] in ("ов", "ев", "ёв", "ин") else "ом"),
    }


LETTERS = dict(pair.split("=") for pair in LISTS["letters"])
ENDINGS = ("ов", "ов", "ев", "ин", "ский", "енко", "ук", "ян")


def in_latin(word: str) -> str:
    """A Russian name as the press writes it: е is ye at the start and after a vowel or sign, -ский is -sky."""
    parts, before = [], ""
    for letter in word.lower().removesuffix("й" if word.endswith(("ий", "ый")) else ""):
        if letter in "ьъ":
            parts.append("")
        elif letter == "ё":
            parts.append("o" if before in "жчшщ" and before else "yo")
        else:
            starts = letter == "е" and (not before or before in "аеёиоуыэюяьъ")
            parts.append("ye" if starts else LETTERS[letter])
        before = letter
    latin = "".join(parts)
    return _upper(latin[:-1] + "y" if word.endswith(("ий", "ый")) else latin)


def invented_surname(chance: random.Random, woman: bool) -> tuple[dict[str, str], str]:
    """A surname that nobody need bear, in its cases, and in English: spelling a name is learned from many names."""
    stem = "".join(
        chance.choice(LISTS["onsets"]) + chance.choice(LISTS["rhymes"]) for _ in range(chance.choice((1, 1, 2)))
    )
    stem += chance.choice("бвгдзклмнпрстш")
    ending = chance.choice(ENDINGS)
    name = _upper(stem + ending)
    english = in_latin(name)
    if ending == "енко" or (woman and ending in ("ук", "ян")):
        return dict.fromkeys("ngdai", name), english
    if ending == "ский":
        forms = ("ая", "ой", "ой", "ую", "ой") if woman else ("ий", "ого", "ому", "ого", "им")
        return dict(zip("ngdai", (name[:-2] + form for form in forms), strict=True)), (
            english[:-1] + "aya" if woman else english
        )
    return cases(name, surname_of_woman=woman), english + "a" * woman


def _gendered(frame: str, woman: bool) -> str:
    """The sentence for a man or a woman: in "пришёл[ла]" the bracket holds what a woman's form ends in."""
    before, bracket, after = frame.partition("[")
    if not bracket:
        return frame
    ending, _, rest = after.partition("]")
    if woman:
        cut = {"ла": 2, "лась": 3}.get(ending, 0)
        before = (before[: len(before) - cut] if cut else before) + ending
        before = before.replace("пришёла", "пришла")
    return before + _gendered(rest, woman)


def name_pairs(chance: random.Random) -> tuple[str, str]:
    """A sentence about a person."""
    kind = chance.random()
    woman = chance.random() < 0.5
    if kind < 0.3:
        forms, english = invented_surname(chance, woman)
    elif kind < 0.7:
        russian, english = chance.choice(LISTS["women_and_short" if woman else "men"]).split()
        woman = woman and russian not in LISTS["men_in_a"]
        forms = cases(russian)
    else:
        russian, english = chance.choice(LISTS["surnames"]).split()
        forms = cases(russian, surname_of_woman=woman)
        english += "a" if woman else ""
    if kind < 0.12 or kind > 0.85:
        rank, rank_english = chance.choice(LISTS["ranks"]).split()
        endings = {"n": "", "g": "а", "d": "у", "a": "а", "i": "ом"}
        forms = {case: f"{rank}{endings[case]} {form}" for case, form in forms.items()}
        english = f"{rank_english} {english}"
    case, frame, meaning = chance.choice(LISTS["name_frames"]).split("|")
    return _upper(_gendered(frame, woman).format(forms[case])), meaning.format(english)


def town_pairs(chance: random.Random) -> tuple[str, str]:
    """A sentence about a town."""
    nominative, genitive, prepositional, english = chance.choice(LISTS["towns"]).split()
    case, frame, meaning = chance.choice(LISTS["town_frames"]).split("|")
    return frame.format({"n": nominative, "g": genitive, "p": prepositional}[case]), meaning.format(english)


def count_pairs(chance: random.Random) -> tuple[str, str]:
    """A sentence with a number, in words or (now and then) in digits."""
    small, round_ = chance.choice((20, 99)), chance.choice((100, 1000))
    number = chance.choice((chance.randint(2, small), chance.randint(100, 9999), round_ * chance.randint(1, 9)))
    one, few, many, gender, _, plural = chance.choice(LISTS["things"]).split()
    noun = (one, few, many)[plural_form(number)]
    russian, english = number_words(number, feminine=gender == "f")
    if chance.random() < 0.2:
        russian = english = str(number)
    frame, meaning = chance.choice(LISTS["count_frames"]).split("|")
    return _upper(frame.format(f"{russian} {noun}")), _upper(meaning.format(f"{english} {plural}".replace("_", " ")))


def date_pairs(chance: random.Random) -> tuple[str, str]:
    """A sentence with a date."""
    day = chance.randint(1, 31)
    russian, english = LISTS["ordinals"][min(day, 20) - 1].split()
    if 20 < day < 30:
        russian, english = (
            f"{tens}{word}"
            for tens, word in zip(("двадцать ", "twenty-"), LISTS["ordinals"][day - 21].split(), strict=True)
        )
    if day >= 30:
        russian, english = ("тридцатого", "thirtieth") if day == 30 else ("тридцать первого", "thirty-first")
    month_russian, month_english = chance.choice(LISTS["months"]).split()
    frame, meaning = chance.choice(LISTS["date_frames"]).split("|")
    if chance.random() < 0.2:
        return _upper(frame.format(f"{day} {month_russian}")), meaning.format(f"{day} {month_english}")
    return _upper(frame.format(f"{russian} {month_russian}")), meaning.format(f"the {english} of {month_english}")


def negation_pairs(chance: random.Random) -> tuple[str, str]:
    """The same deed done or not done: only "не" differs."""
    doing, what = chance.choice(LISTS["deeds"]).split("|")
    stem, man, woman, many, past, base = doing.split()
    thing_russian, thing_english = what.split()
    subject, english, gender = chance.choice(LISTS["subjects"]).split()
    verb = stem + {"m": man, "f": woman, "p": many}[gender].strip("_")
    if chance.random() < 0.4:
        russian, meaning = f"{subject} {verb} {thing_russian}.", f"{english} {past} {thing_english}."
    elif chance.random() < 0.3:
        russian, meaning = f"{subject} никогда не {verb} {thing_russian}.", f"{english} never {past} {thing_english}."
    else:
        russian, meaning = f"{subject} не {verb} {thing_russian}.", f"{english} did not {base} {thing_english}."
    return russian.replace("_", " "), meaning.replace("_", " ")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def pairs(count: int, seed: int = 7) -> Iterator[tuple[str, str]]:
    """`count` distinct pairs."""
    chance, seen = random.Random(seed), set()
    makers = (name_pairs, name_pairs, town_pairs, count_pairs, count_pairs, date_pairs, negation_pairs)
    while len(seen) < count:
        pair = chance.choice(makers)(chance)
        if pair not in seen:
            seen.add(pair)
            yield pair


if __name__ == "__main__":
    with open(places.WORK / "patterns.tsv", "w", encoding="utf-8") as table:
        table.writelines(f"{russian}\t{english}\n" for russian, english in pairs(PAIRS))
