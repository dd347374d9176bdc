"""Natural sentences with another name or number in them: what running text shows too seldom.

In: a pair. Out: pairs in which one name, or one number word, is replaced on both sides by another that takes the same
form. Only where it is plain what stands for what: the name or number stands once on either side, and its form tells
its case. Never touches a pair that it does not fully understand.
"""

import random
import re
from collections.abc import Iterator

from models.training.patterns import LISTS, TENS, UNITS, cases, invented_surname

Forms = dict[str, str]
_WORD = re.compile(r"[^\W_]+")
_BARE_TENS = {russian for russian, _ in TENS}
# Five and more of anything stand with the same form of it, so one may stand for another.
NUMBERS: Forms = dict([*UNITS[5:], *TENS])
NUMBER_WORDS = {word for word, _ in [*UNITS, *TENS]} | set(LISTS["hundreds"]) | {"два", "две", "одна", "одно"}


def known_names() -> dict[str, tuple[bool, str, str]]:
    """Every form of every listed name that has one reading: whether a woman's, the name in English, the case."""
    readings: dict[str, set[tuple[bool, str, str]]] = {}
    boys = set(LISTS["men_in_a"])
    for kind in ("men", "women_and_short", "surnames"):
        for russian, english in (line.split() for line in LISTS[kind]):
            for woman in {"men": (False,), "women_and_short": (True,)}.get(kind, (False, True)):
                if russian in boys:
                    continue
                surname_of_woman = kind == "surnames" and woman
                forms = cases(russian, surname_of_woman)
                for case, form in forms.items():
                    same = "g" if case == "a" and forms["a"] == forms["g"] else case
                    if surname_of_woman and same in "gdi":
                        continue  # one form for three cases
                    readings.setdefault(form, set()).add((woman, english + "a" * surname_of_woman, same))
    return {form: found.pop() for form, found in readings.items() if len(found) == 1}


NAMES = known_names()


def another_name(chance: random.Random, woman: bool) -> tuple[Forms, str]:
    """A name in its cases, and in English: mostly one that nobody bears."""
    draw = chance.random()
    if draw < 0.6:
        return invented_surname(chance, woman)
    if draw < 0.85:
        found = [line.split() for line in LISTS["women_and_short" if woman else "men"]]
        russian, english = chance.choice([pair for pair in found if pair[0] not in LISTS["men_in_a"]])
        return cases(russian), english
    russian, english = chance.choice(LISTS["surnames"]).split()
    return cases(russian, surname_of_woman=woman), english + "a" * woman


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<![^\W_]){re.escape(old)}(?![^\W_])", new, text)


def _once(word: str, text: str) -> bool:
    return _WORD.findall(text).count(word) == 1


def with_names(russian: str, english: str, count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """`count` variants with other names; none if no name, or more than one, is known in the Russian."""
    known = [word for word in _WORD.findall(russian) if word in NAMES]
    if len(known) != 1 or not _once(NAMES[known[0]][1], english) or re.search(rf"{known[0]} [А-ЯЁ]", russian):
        return  # nobody, two people, or a name of two words
    woman, name, case = NAMES[known[0]]
    for _ in range(count):
        forms, latin = another_name(chance, woman)
        yield _replaced(russian, known[0], forms[case]), _replaced(english, name, latin)


def with_numbers(russian: str, english: str, count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """`count` variants with other numbers from five up; none if there is another number word beside it."""
    numbers = [word for word in _WORD.findall(russian.lower()) if word in NUMBER_WORDS]
    if len(numbers) != 1 or numbers[0] not in NUMBERS or not _once(numbers[0], russian):
        return
    word = NUMBERS[numbers[0]]
    if not _once(word, english) or re.search(rf"\w-{word}|{word}-\w", english):
        return
    for _ in range(count):
        new_russian, new_english = chance.choice(list(NUMBERS.items()))
        if new_russian in _BARE_TENS and chance.random() < 0.6:
            unit, unit_english = chance.choice(UNITS[5:10])
            new_russian, new_english = f"{new_russian} {unit}", f"{new_english}-{unit_english}"
        yield _replaced(russian, numbers[0], new_russian), _replaced(english, word, new_english)
