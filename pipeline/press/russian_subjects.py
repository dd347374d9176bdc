"""The subject of a Russian verb of speech: a name, a pronoun or a role.

In: a window of text and where the verb begins or ends. Out: the mention, or None. Pure; never traces pronouns.

On the right: "заявил журналистам командир бригады Иван Петров", "сообщили в пресс-службе аэропорта". On the left:
"Петров, командир бригады, сказал", "в ведомстве сообщили".
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.mentions import Mention, Window
from pipeline.press.names import Name
from pipeline.press.wordlists import words

_PRONOUN: Final = r"(он|она|они|оно|вона|він|вони)"
_PRONOUN_RIGHT: Final = re.compile(rf"[\s,]*(?:\w+о\s)?{_PRONOUN}(?!\w)", re.I)
_PRONOUN_LEFT: Final = re.compile(
    rf"(?<!\w){_PRONOUN}(?:\s+(?:также|тоже|затем|потом|ещё|еще|позже|же|уже|сам|сама|не|[а-яё]+о))*\s*\Z", re.I
)
PRONOUNS: Final = {
    "он": "he", "він": "he", "его": "he", "она": "she", "вона": "she", "её": "she", "ее": "she",
    "они": "they", "вони": "they", "их": "they", "оно": "it",
}  # fmt: skip
_PHRASE_END: Final = re.compile(r"[.;:?!()\n—–]|\s-\s")
_SOURCE: Final = re.compile(
    r"(?:\s*[«\"“][^»\"”]{1,60}[»\"”])?\s*в\s+(?:(?:сообщении|заявлении|пресс-службе|посте|тексте|релизе|пресс-релизе"
    r"|письме|записи|аудиозаписи|обращении|документе|докладе|материале|публикации|ответе|отчёте|отчете|приказе|указе|комментарии|видео)(?:\s+|\Z|(?=[.,;:—–])))?"
)
_ADJECTIVE: Final = re.compile(r"(?:ого|ому|ым|ой|ую|ая|ий|ый|ое|их|ых|им)$")
_GENITIVE_ADJECTIVE: Final = re.compile(r"(?:ого|ому|ых|их|ую|ской|цкой)$")
_PARENTHESIS: Final = re.compile(r"\s*\([^()]*\)")
_OFFICE: Final = re.compile(
    r"(?<![\w-])[А-ЯЁ][\w-]+\s+(?:[А-ЯЁ]?[\w-]+(?:ого|ой|их|ых)\s+)+[а-яё]+(?:\s+[А-ЯЁ][\w-]+)?\s*\Z"
)  # "Пресс-служба Северного округа"
_APPOSITION_CHARS: Final = 80
_ROLE_WORDS: Final = 12
_ROLE_WORDS_LEFT: Final = 6
_NEXT_VERB: Final = re.compile(
    r"\sи\s(?:[а-яё]+\s)?[а-яё]+(?:л|ла|ли)(?:ся|сь)?(?!\w).*|\s(?:к|ко|об|про)\s.*", re.S
)  # "отец и вышел из комнаты"
_BELONGS: Final = re.compile(
    r"(?:представител|сотрудни|жител|источни|пресс-служб|собеседни|участни|уроженц|пассажир|клиент)\w*\s+\Z"
)  # "представитель Промсвязьбанка" is no one's name
_IN_OFFICE: Final = re.compile(r"(?:^|.*\s)[Вв]\s+(?=\S)")
_ADVERBS: Final = re.compile(
    r"(?:\s+(?:давно|уже|ранее|позже|также|тоже|вчера|сегодня|потом|затем|часто|прямо|это|так|его|её|их))+\s*\Z"
)
_PARTICIPLE: Final = re.compile(r",\s+[а-яё]+(?:вш|ш|щ)(?:ий|ая|ее|ие|его|ему|ей)(?:ся)?\s")
_SUBORDINATE: Final = re.compile(r".*,\s+(?:как|что|когда|будто)\s+(?=[а-яё])", re.S)


def subject_right(window: Window, start: int, oblique: bool = False) -> Mention | None:
    """The subject after a verb that ends at ``start``."""
    pronoun = _PRONOUN_RIGHT.match(window.text, start, window.end)
    if pronoun:
        return Mention("pronoun", PRONOUNS[pronoun[1].lower()])
    end_match = _PHRASE_END.search(window.text, _past_initials(window, start), window.end)
    end = end_match.start() if end_match else window.end
    comma = window.text.find(",", start, end)
    first = comma if comma != -1 else end
    name = _best_name(window, start, first)
    if name is None and comma != -1 and not _PARTICIPLE.match(window.text, comma):
        name = _best_name(window, first, min(end, first + _APPOSITION_CHARS))
    if name is not None and not (len(name.words) == 1 and _BELONGS.search(window.text, start, name.start)):
        return Mention("name", name.text, name, oblique=oblique)
    return _role(window, start, first)


def stands_before(window: Window, end: int) -> bool:
    """Whether a name or pronoun stands right before the verb: "так Петров обращался"."""
    if _PRONOUN_LEFT.search(window.text, window.start, end):
        return True
    return any(name.end == end - 1 and name.person for name in window.names.within(window.start, end))


def name_right(window: Window, start: int) -> Name | None:
    """A name between the verb and the next comma."""
    comma = window.text.find(",", start, window.end)
    return _best_name(window, start, comma) if comma != -1 else None


def _past_initials(window: Window, start: int) -> int:
    """Past "И. И. Петров", whose points end no sentence."""
    last = start
    for match in re.finditer(r"(?<!\w)[А-ЯЁA-Z]\.\s?(?=[А-ЯЁA-Z])", window.text[start : min(window.end, start + 120)]):
        last = start + match.end()
    return last


def _best_name(window: Window, start: int, end: int) -> Name | None:
    """The person among the names: the longest name, the first of those; not «Север», no adjective."""
    people = [
        name
        for name in window.names.within(start, end)
        if name.person and not _qualifies(window, name) and window.text[name.start - 1] not in '«“„"'
    ]
    return max(people, key=lambda name: min(len(name.words), 2), default=None)


def _qualifies(window: Window, name: Name, verb: int = -1) -> bool:
    """An adjective before its noun: "Самарской области", "эксперты Лондонской школы"; not "Толстой" before the verb."""
    pattern = _ADJECTIVE if len(name.words) == 1 else _GENITIVE_ADJECTIVE
    noun = re.match(r"\s[а-яё]", window.text[name.end : name.end + 2])
    return bool(noun and name.end + 1 != verb and pattern.search(name.text))


def _role(window: Window, start: int, end: int) -> Mention | None:
    """An office, a role or an organisation: "сообщили в Минобороны", "сказал представитель компании"."""
    source = _SOURCE.match(window.text, start, end)
    begin = source.end() if source else start
    phrase = _NEXT_VERB.sub("", window.text[begin:end]).strip(" ,\xa0\n")
    role = phrase.split()
    if not role or len(role) > _ROLE_WORDS or role[0].lower() in _NO_ROLE:
        return None
    return Mention("role", " ".join(role))


_NO_ROLE: Final = frozenset(
    words("что о об в на и а но как также к ко по для с со за из от журналистам это не при этом ему ей им мне нам вам")
)


def subject_left(window: Window, end: int) -> Mention | None:
    """The subject before a verb that starts at ``end``."""
    clause_start = _SUBORDINATE.match(window.text, window.start, end)  # "вспоминает, как отец говорил"
    if clause_start and "," not in window.text[clause_start.end() : end]:
        window = window._replace(start=clause_start.end())
    segment = window.text[window.start : end]
    pronoun = _PRONOUN_LEFT.search(segment)
    if pronoun:
        return Mention("pronoun", PRONOUNS[pronoun[1].lower()])
    within = window.names.within(window.start, end)
    names = [name for name in within if name.person and not _qualifies(window, name, end)]
    office = _OFFICE.search(segment)
    if office:
        return Mention("role", office[0].strip())
    if segment.rstrip().endswith(",") and names:
        return Mention("name", names[0].text, names[0])
    if names:
        best = max(reversed(names), key=lambda name: min(len(name.words), 2))
        return Mention("name", best.text, best)
    clause = re.split(r"[,;:—–(]", _PARENTHESIS.sub("", segment).strip(" ,"))[-1]
    role = _ADVERBS.sub("", _IN_OFFICE.sub("", clause)).split()
    if 0 < len(role) <= _ROLE_WORDS_LEFT and role[0].lower() not in _NO_ROLE:
        return Mention("role", " ".join(role))
    return None
