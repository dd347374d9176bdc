"""Russian (and Ukrainian) attributions: who says it, and with which verb.

In: a window of text beside a quote. Out: the attribution there, or None. Pure; never traces pronouns, never looks
outside the window.

``— заявил командир бригады Иван Петров`` · ``Петров, командир бригады, сказал:`` · ``по словам Петрова`` ·
``как отметил глава Минобороны`` · ``говорится в сообщении ведомства`` · ``сообщили в ведомстве``
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.mentions import Attribution, Mention, Window
from pipeline.press.names import Name
from pipeline.press.wordlists import NOT_NAMES, words

_PAST: Final = r"(?:л|ла|ли|ло|в)(?:ся|сь)?"
_PRESENT: Final = r"(?:ет|ют|ёт|ит|ят)(?:ся)?"
_PAST_STEMS: Final = words("""
сказа говори заяви заявля сообщи сообща отмети отмеча добави добавля подчеркну подчёркива подчеркива рассказа
рассказыва объясни поясни уточни написа замети замеча ответи отвеча спроси предупреди предупрежда призна признава
утвержда констатирова напомни напомина пообеща обеща обраща счита полага резюмирова заключи продолжи продолжа
крикну крича перечисля уверя повторя
разъясни скандирова смея шути размышля рассужда недоумева возмуща удивля вздыха предлага советова
воскликну прошепта буркну усмехну возрази парирова согласи пожалова подели высказа прокомментирова комментирова
призва призыва потребова требова приказа настаива подтверди подтвержда указа указыва обрати вспомни вспомина проговори
подытожи вырази пошути пригрози похвали повтори переспроси вздохну произне заверя завери подчерки доложи приветствова
повідоми зазначи дода підкресли розпові відпові наголоси
""")
_PRESENT_STEMS: Final = words("""
говор заявля сообща отмеча добавля подчёркива подчеркива рассказыва объясня поясня уточня замеча отвеча спрашива
предупрежда призна утвержда констатиру напомина обеща счита полага резюмиру заключа продолжа настаива подтвержда
указыва вспомина признава цитиру комментиру призыва требу уверя дума перечисля повторя сме шут размышля рассужда
недоумева возмуща удивля вздыха предлага совету соглаша оценива описыва обраща уточня сожале
""")
_OTHER_VERBS: Final = words("""
пишет пишут произнёс произнес уверен уверена уверены убеждён убежден убеждена убеждены каже кажуть говорить говорят
говорится сказано говорилось отмечается сообщается подчёркивается подчеркивается указывается поясняется цитируют
произнесла произнесли
""")
_LABEL_STEMS: Final = words("назва называ охарактеризова окрести обвини раскритикова обозва сравни осуди осужда")
_VERB: Final = re.compile(
    r"(?<!\w)(?:"
    r"(?P<according>по (?:словам|мнению|утверждению|данным|выражению|признанию|оценке|сообщению)|со слов|согласно"
    r"|в словах|за словами|из слов|слова)(?!\w)"
    r"|по (?P<his>его|её|ее|их) (?:словам|мнению|утверждению|выражению|признанию|оценке)(?!\w)"
    rf"|(?P<labels>(?:{'|'.join(_LABEL_STEMS)})(?:{_PAST}|{_PRESENT}))(?!\w)"
    rf"|(?P<speech>(?:{'|'.join(_PAST_STEMS)}){_PAST}|(?:{'|'.join(_PRESENT_STEMS)}){_PRESENT}|{'|'.join(_OTHER_VERBS)})"
    r"(?!\w))",
    re.I,
)
# Any other verb right after the quote's dash with a subject behind it: "— хмурится Петров", "— тянет она".
_ANY_VERB: Final = re.compile(
    r"[\s,]*(?:[—–-]\s+)?(?P<verb>[а-яё]{2,}(?:ет|ёт|ит|ют|ят|ут|л|ла|ли)(?:ся|сь)?)\s+(?=(?:он|она|они)(?!\w)"
    r"|(?:в\s)?[А-ЯЁ][а-яё])"
)
_PRONOUN: Final = r"(он|она|они|оно|вона|він|вони)"
_PRONOUN_RIGHT: Final = re.compile(rf"[\s,]*(?:\w+о\s)?{_PRONOUN}(?!\w)", re.I)
_PRONOUN_LEFT: Final = re.compile(
    rf"(?<!\w){_PRONOUN}(?:\s+(?:также|тоже|затем|потом|ещё|еще|позже|же|уже|сам|сама|не|[а-яё]+о))*\s*\Z", re.I
)
_PRONOUNS: Final = {
    "он": "he", "він": "he", "его": "he", "она": "she", "вона": "she", "её": "she", "ее": "she",
    "они": "they", "вони": "they", "их": "they", "оно": "it",
}  # fmt: skip
_PHRASE_END: Final = re.compile(r"[.;:?!()\n—–]|\s-\s")
_SOURCE: Final = re.compile(
    r"(?:\s*[«\"“][^»\"”]{1,60}[»\"”])?\s*в\s+(?:(?:сообщении|заявлении|пресс-службе|посте|тексте|релизе|пресс-релизе|письме|записи|аудиозаписи|обращении"
    r"|документе|докладе|материале|публикации|ответе|отчёте|отчете|приказе|указе|комментарии|видео)(?:\s+|\Z|(?=[.,;:—–])))?"
)
_ADJECTIVE: Final = re.compile(r"(?:ого|ому|ым|ой|ую|ая|ий|ый|ое|их|ых|им|ем|ей)$")
_GENITIVE_ADJECTIVE: Final = re.compile(r"(?:ого|ому|ых|их|ую|ской|цкой)$")
_PARENTHESIS: Final = re.compile(r"\s*\([^()]*\)")
_ELIDED: Final = re.compile(r"[\s,]*(?:и|а|но|также|затем|потом|і|та)\s+(?:также\s+|затем\s+|потом\s+|[а-яё]+о\s+)?\Z")
_NAME_COLON: Final = re.compile(r"\s*([А-ЯЁІЇЄҐ][\w-]*(?: [\w-]+)?):\s*\Z")
_PARTICIPLE: Final = re.compile(r",\s+[а-яё]+(?:вш|ш|щ)(?:ий|ая|ее|ие|его|ему|ей)(?:ся)?\s")
_SUBORDINATE: Final = re.compile(r".*,\s+(?:как|что|когда|будто)\s+(?=[а-яё])", re.S)
_IMPERSONAL: Final = frozenset(
    words("говорится сказано говорилось отмечается сообщается подчёркивается подчеркивается указывается поясняется")
)
_ADVERBS: Final = re.compile(
    r"(?:\s+(?:давно|уже|ранее|позже|также|тоже|вчера|сегодня|потом|затем|часто|прямо|это|так|его|её|их))+\s*\Z"
)
_BELONGS: Final = re.compile(
    r"(?:представител|сотрудни|жител|источни|пресс-служб|собеседни|участни|уроженц|пассажир|клиент)\w*\s+\Z"
)  # "представитель Промсвязьбанка" is no one's name
_IN_OFFICE: Final = re.compile(r"(?:^|.*\s)[Вв]\s+(?=\S)")
_OFFICE: Final = re.compile(
    r"(?<![\w-])[А-ЯЁ][\w-]+\s+(?:[А-ЯЁ]?[\w-]+(?:ого|ой|их|ых)\s+)+[а-яё]+(?:\s+[А-ЯЁ][\w-]+)?\s*\Z"
)  # "Пресс-служба Северного округа"
_APPOSITION_CHARS: Final = 80
_TRIES: Final = 5
_ROLE_WORDS: Final = 12
_ROLE_WORDS_LEFT: Final = 6


def find_attribution(window: Window) -> Attribution | None:
    """The attribution nearest to the quote in ``window``."""
    matches = list(_VERB.finditer(window.text, window.start, window.end))
    if window.side == "before":
        matches.reverse()
    for match in matches[:_TRIES]:
        found = _from_verb(window, match)
        if found is not None:
            return found
    if window.side == "before":
        return _name_and_colon(window)
    other = _ANY_VERB.match(window.text, window.start, window.end)
    if other is None:
        return None
    mention = _subject_right(window, other.end("verb"))
    return Attribution(other["verb"], other.start("verb"), other.end("verb"), mention, False, True)


def _name_and_colon(window: Window) -> Attribution | None:
    """A headline's speaker without a verb: "Минобороны: «Потерь нет»"."""
    match = _NAME_COLON.match(window.text[window.start : window.end])
    if match is None or match[1].split()[0].lower() in NOT_NAMES:
        return None
    start, end = window.start + match.start(1), window.start + match.end(1)
    names = [name for name in window.names.within(start, end) if name.end == end]
    mention = Mention("name", names[0].text, names[0]) if names else Mention("role", match[1])
    return Attribution("", start, end, mention, False, True)


def holds_verb(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` holds a verb of speech or "по словам", or begins with any verb and its subject."""
    return _VERB.search(text, start, end) is not None or _ANY_VERB.match(text, start, end) is not None


def _from_verb(window: Window, match: re.Match[str]) -> Attribution | None:
    verb, start, end = match[0].lower(), match.start(), match.end()
    if match["his"]:
        return Attribution(verb, start, end, Mention("pronoun", _PRONOUNS[match["his"].lower()]), False, True)
    if match["according"]:
        mention = _subject_right(window, end, oblique=True)
        return Attribution(verb, start, end, mention, False, True) if mention else None
    before = window.text[window.start : start]
    parenthesis = _name_right(window, end) if before.rstrip().endswith(",") else None  # "Отход, считает Озерова, был"
    left_first = window.side == "before" and not parenthesis
    mention = _subject_left(window, start) if left_first or _stands_before(window, start) else None
    if mention is None and _ELIDED.match(before):
        mention = Mention("pronoun", "same")
    if mention is not None and mention.kind == "role" and verb in _IMPERSONAL:
        # "в посте говорится" names no one
        return Attribution(verb, start, end, None, False, True)
    mention = mention or _subject_right(window, end, oblique=verb.startswith("цитир")) or _subject_left(window, start)
    return Attribution(verb, start, end, mention, bool(match["labels"]), True)


def _subject_right(window: Window, start: int, oblique: bool = False) -> Mention | None:
    """The subject after a verb that ends at ``start``."""
    pronoun = _PRONOUN_RIGHT.match(window.text, start, window.end)
    if pronoun:
        return Mention("pronoun", _PRONOUNS[pronoun[1].lower()])
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


def _stands_before(window: Window, end: int) -> bool:
    """Whether a name or pronoun stands right before the verb: "так Петров обращался"."""
    if _PRONOUN_LEFT.search(window.text, window.start, end):
        return True
    return any(name.end == end - 1 and name.person for name in window.names.within(window.start, end))


def _name_right(window: Window, start: int) -> Name | None:
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
    phrase = window.text[begin:end].strip(" ,\xa0\n")
    role = phrase.split()
    if not role or len(role) > _ROLE_WORDS or role[0].lower() in _NO_ROLE:
        return None
    return Mention("role", " ".join(role))


_NO_ROLE: Final = frozenset(
    words("что о об в на и а но как также к ко по для с со за из от журналистам это не при этом ему ей им мне нам вам")
)


def _subject_left(window: Window, end: int) -> Mention | None:
    """The subject before a verb that starts at ``end``."""
    clause_start = _SUBORDINATE.match(window.text, window.start, end)  # "вспоминает, как отец говорил"
    if clause_start and "," not in window.text[clause_start.end() : end]:
        window = window._replace(start=clause_start.end())
    segment = window.text[window.start : end]
    pronoun = _PRONOUN_LEFT.search(segment)
    if pronoun:
        return Mention("pronoun", _PRONOUNS[pronoun[1].lower()])
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
