"""Russian (and Ukrainian) attributions: who says it, and with which verb.

In: a window of text beside a quote. Out: the attribution there, or None. Pure; never traces pronouns, never looks
outside the window.

``— заявил командир бригады Иван Петров`` · ``Петров, командир бригады, сказал:`` · ``по словам Петрова`` ·
``как отметил глава Минобороны`` · ``говорится в сообщении ведомства`` · ``сообщили в ведомстве``
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.mentions import Attribution, Mention, Rules, Window, nearest_attribution
from pipeline.press.russian_subjects import PRONOUNS, name_right, stands_before, subject_left, subject_right
from pipeline.press.wordlists import words

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
    r"[\s,]*(?:[—–-]\s+)?(?:(?!(?:и|а|но|что|чтобы|как|то|где|когда|если|потому|или|да|ни|же)\s)[а-яё-]+\s+){0,2}(?P<verb>[а-яё]{2,}(?:ет|ёт|ит|ют|ят|ут|л|ла|ли)(?:ся|сь)?)\s+(?=(?:он|она|они)(?!\w)"
    r"|(?:в\s)?[А-ЯЁ][а-яё])"
)
_ELIDED: Final = re.compile(r"[\s,]*(?:и|а|но|также|затем|потом|і|та)\s+(?:также\s+|затем\s+|потом\s+|[а-яё]+о\s+)?\Z")
_IMPERSONAL: Final = frozenset(
    words("говорится сказано говорилось отмечается сообщается подчёркивается подчеркивается указывается поясняется")
)


def find_attribution(window: Window) -> Attribution | None:
    """The attribution nearest to the quote in ``window``."""
    return nearest_attribution(_RULES, window)


def holds_verb(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` holds a verb of speech or "по словам", or begins with any verb and its subject."""
    return _VERB.search(text, start, end) is not None or _ANY_VERB.match(text, start, end) is not None


def _from_verb(window: Window, match: re.Match[str]) -> Attribution | None:
    verb, start, end = match[0].lower(), match.start(), match.end()
    if match["his"]:
        return Attribution(verb, start, end, Mention("pronoun", PRONOUNS[match["his"].lower()]), False, True)
    if match["according"]:
        mention = subject_right(window, end, oblique=True)
        return Attribution(verb, start, end, mention, False, True) if mention else None
    before = window.text[window.start : start]
    parenthesis = name_right(window, end) if before.rstrip().endswith(",") else None  # "Отход, считает Озерова, был"
    left_first = window.side == "before" and not parenthesis
    mention = subject_left(window, start) if left_first or stands_before(window, start) else None
    if mention is None and _ELIDED.match(before):
        mention = Mention("pronoun", "same")
    if mention is not None and mention.kind == "role" and verb in _IMPERSONAL:
        # "в посте говорится" names no one
        return Attribution(verb, start, end, None, False, True)
    mention = mention or subject_right(window, end, oblique=verb.startswith("цитир")) or subject_left(window, start)
    return Attribution(verb, start, end, mention, bool(match["labels"]), True)


_RULES: Final = Rules(_VERB, _ANY_VERB, _from_verb, subject_right)
