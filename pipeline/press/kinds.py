"""What a quoted span is: speech, a fragment of speech, a scare word, a title. An ordered list of rules.

In: a scene (span and surroundings) and its attribution. Out: a kind. Pure. The first rule that speaks wins.

    titled        a noun before it asks for a title: the film "X", газета «X»
    scare_cue     so-called "X", так называемый «X»
    labelled      a verb of naming before it: called it "X", назвал это «X»
    whole         begins like a sentence and is introduced, followed or continued as speech: direct
    named         Russian «X» after a noun, capital first letter, no verb of speech next to it: title
    capitals      every main word has a capital letter and no one says it: title
    attributed    anything else that someone says: partial
    sentence      begins like a sentence after a colon, or fills a paragraph, or ends like a sentence: direct
    first_person  a fragment in the words of its speaker ("we will see"): partial
    short         up to three words that no one says: scare
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from pipeline.press.attribution import Scene
from pipeline.press.mentions import Attribution
from pipeline.press.wordlists import words
from pipeline.records import QuoteKind


class Candidate(NamedTuple):
    """A scene with the attribution that was found and the rule that found it."""

    scene: Scene
    rule: str
    attribution: Attribution | None
    words: list[str]


_TITLE_NOUN_EN: Final = re.compile(
    r"(?:\b(?:film|films|movie|movies|book|books|novel|song|songs|single|album|play|musical|opera|series|show|sitcom"
    r"|drama|documentary|podcast|poem|painting|article|essay|magazine|newspaper|paper|hit|track|episode|bestseller"
    r"|memoir|comedy|thriller|ballet|game|exhibition|titled|entitled|headlined|starring in|starred in|party|group"
    r"|movement|company|firm|club|team|band|battalion|brigade|unit|missile|system|operation|exercise|ship|frigate|submarine|tank"
    r"|drone|channel|station|agency|website|blog|app|project|programme|program|campaign|festival|award|prize|restaurant"
    r"|hotel|café|cafe|bar|pub|call sign|callsign|code name|codenamed|named|yacht|boat|train|mall|mine|cave|ward)"
    r"\s*,?\s*)\Z",
    re.I,
)
_TITLE_NOUN_RU: Final = re.compile(
    r"(?<!\w)(?:фильм|кинофильм|сериал|книг|роман|повест|рассказ(?:е|а|у|ом)?\b|песн|альбом|спектакл|пьес|опер|балет"
    r"|газет|журнал|издани|телеканал|канал|радиостанци|агентств|компани|корпораци|концерн|холдинг|завод|фабрик|банк"
    r"|партии|партия|партию|партией|движени|фонд|клуб|команд[аыуе]\b|отел|гостиниц|ресторан|кафе|магазин|ракет|комплекс"
    r"|корабл|крейсер|подводн|лодк|самол|вертол|систем|проект|программ|операци|батальон|бригад|рот[аыу]\b|полк|отряд"
    r"|групп|групп[аыу]\b|премии|премия|конкурс|фестивал|выставк|форум|станци|аэропорт|центр|музе|театр|стадион|трасс"
    r"|шоссе|картин|поэм|мультфильм|передач|шоу|ооо|оао|зао|ао|пао|чвк|нко|ано|фк|хк|жк|тц|трц|орден|медал|обществ"
    r"|журналист|мессенджер|портал|сайт|подкаст|сборник|стать[яиюе]\b|колонк|учебник|приложени)\w*\s*\Z",
    re.I,
)
_SCARE_CUE: Final = re.compile(
    r"(?:so-called|self-styled|supposed|alleged|так\s+называем\w+|якобы|т\.\s?н\.)\s*\Z", re.I
)
_SPEECH_END: Final = re.compile(r"[,.?!…—–][’'\"”»]?\s*\Z")
_SENTENCE_END: Final = re.compile(r"[.?!…][\])’'\"”»]*\s*\Z")
_COLON: Final = re.compile(r":\s*\Z")
_OPENS: Final = re.compile(r"[:(]\s*\Z")
_MAIN_WORD: Final = re.compile(r"[^\W\d_][\w’'-]{3,}")
_CYRILLIC: Final = re.compile(r"[А-Яа-яЁё]")
_LOWER_WORD_BEFORE: Final = re.compile(r"[а-яёіїєґ]\s\Z|[А-Я]{2,}\s\Z|\A\s*\Z")
_LISTED: Final = re.compile(r"\A\s*(?:,|и|или|, и|, а)\s*\Z")  # «Север», «Юг» и «Восток»
_TITLE_WORDS: Final = 8
_NAMED_WORDS: Final = 5
_SCARE_WORDS: Final = 3
_FIRST_PERSON: Final = frozenset(
    words("""
    i i’m i'm i’ll i'll i’ve i've we we’re we're we’ll we'll we’ve we've me us my our you your
    я мы мне нам меня нас мой моя моё мои наш наша наше наши вы вам вас ты ми нам наші
    """)
)


def _begins_sentence(candidate: Candidate) -> bool:
    start = candidate.scene.text[candidate.scene.span.start : candidate.scene.span.start + 12].lstrip(
        " \xa0[(…—–.'‘’\"“„«"
    )
    return bool(start) and (start[0].isupper() or start[0].isdigit())


def _ends_speech(candidate: Candidate) -> bool:
    return bool(_SPEECH_END.search(candidate.scene.quoted)) or candidate.scene.separated


def _titled(candidate: Candidate) -> QuoteKind | None:
    before = candidate.scene.before[-40:]
    if _COLON.search(before) or len(candidate.words) > _TITLE_WORDS or not _begins_sentence(candidate):
        return None
    if _TITLE_NOUN_RU.search(before):
        return QuoteKind.TITLE
    capitals = all(word[0].isupper() for word in candidate.words if _MAIN_WORD.match(word))
    return QuoteKind.TITLE if capitals and _TITLE_NOUN_EN.search(before) else None


def _scare_cue(candidate: Candidate) -> QuoteKind | None:
    return (
        QuoteKind.SCARE
        if _SCARE_CUE.search(candidate.scene.before[-30:]) and len(candidate.words) <= _TITLE_WORDS
        else None
    )


def _labelled(candidate: Candidate) -> QuoteKind | None:
    if candidate.attribution and candidate.attribution.labels and candidate.rule in ("embeds", "sentence", "trails"):
        return QuoteKind.PARTIAL
    return None


def _whole(candidate: Candidate) -> QuoteKind | None:
    if candidate.rule in ("inside", "continues"):
        return QuoteKind.DIRECT
    if not candidate.attribution or not _begins_sentence(candidate):
        return None
    if candidate.rule == "introduced" and (
        _COLON.search(candidate.scene.before) or candidate.scene.around.introduction
    ):
        return QuoteKind.DIRECT
    if candidate.rule in ("introduced", "follows", "appended"):
        return QuoteKind.DIRECT if _ends_speech(candidate) else None
    if not candidate.scene.before.strip() and len(candidate.words) > _SCARE_WORDS:
        return QuoteKind.DIRECT
    return QuoteKind.DIRECT if _SENTENCE_END.search(candidate.scene.quoted) and len(candidate.words) > 1 else None


def _named(candidate: Candidate) -> QuoteKind | None:
    """«Ромашка», ОАО «Рога»: a capital letter in the middle of a Russian sentence without speech around it."""
    quoted = candidate.scene.text[candidate.scene.span.start : candidate.scene.span.end]
    if not _CYRILLIC.search(quoted) or not _begins_sentence(candidate) or len(candidate.words) > _NAMED_WORDS:
        return None
    after = candidate.scene.after.lstrip()
    if len(candidate.words) >= _SCARE_WORDS and (after[:1] in ("", ".", "!", "?") or _says_i(candidate.words)):
        return None
    before = candidate.scene.before
    if _SPEECH_END.search(quoted) or not (_LOWER_WORD_BEFORE.search(before[-4:]) or _LISTED.match(before)):
        return None
    return QuoteKind.TITLE if candidate.rule not in ("introduced", "follows", "inside") else None


def _capitals(candidate: Candidate) -> QuoteKind | None:
    main = [word for word in candidate.words if _MAIN_WORD.match(word)]
    if not main or len(candidate.words) > _TITLE_WORDS or not all(word[0].isupper() for word in main):
        return None
    if _SENTENCE_END.search(candidate.scene.quoted) or not _begins_sentence(candidate) or _in_headline(candidate):
        return None
    if len(main) == 1 and _CYRILLIC.search(main[0]):
        return None
    return QuoteKind.TITLE if len(main) > 1 or candidate.attribution is None else None


def _in_headline(candidate: Candidate) -> bool:
    """Whether the words around it have capitals too, as American headlines do."""
    around = [word for word in f"{candidate.scene.before} {candidate.scene.after}".split() if _MAIN_WORD.match(word)]
    return len(around) > 1 and all(word[0].isupper() for word in around)


def _attributed(candidate: Candidate) -> QuoteKind | None:
    return QuoteKind.PARTIAL if candidate.attribution else None


def _sentence(candidate: Candidate) -> QuoteKind | None:
    if _COLON.search(candidate.scene.before) and _begins_sentence(candidate) and len(candidate.words) > 1:
        return QuoteKind.DIRECT
    own_line = not candidate.scene.before.strip() or _OPENS.search(candidate.scene.before)
    if own_line and _begins_sentence(candidate) and len(candidate.words) >= _SCARE_WORDS:
        return QuoteKind.DIRECT
    return QuoteKind.DIRECT if _begins_sentence(candidate) and _SENTENCE_END.search(candidate.scene.quoted) else None


def _first_person(candidate: Candidate) -> QuoteKind | None:
    return QuoteKind.PARTIAL if len(candidate.words) > 1 and _says_i(candidate.words) else None


def _says_i(quoted: list[str]) -> bool:
    return any(word.lower().strip(".,!?") in _FIRST_PERSON for word in quoted)


def _short(candidate: Candidate) -> QuoteKind | None:
    return QuoteKind.SCARE if len(candidate.words) <= _SCARE_WORDS else None


KindRule = Callable[[Candidate], QuoteKind | None]
RULES: Final[tuple[tuple[str, KindRule], ...]] = (
    ("titled", _titled),
    ("scare_cue", _scare_cue),
    ("labelled", _labelled),
    ("whole", _whole),
    ("named", _named),
    ("capitals", _capitals),
    ("attributed", _attributed),
    ("sentence", _sentence),
    ("first_person", _first_person),
    ("short", _short),
)


def kind_of(candidate: Candidate) -> QuoteKind:
    """The kind of one quote; what no rule knows is a fragment of speech, so that it gets checked."""
    for _, rule in RULES:
        kind = rule(candidate)
        if kind is not None:
            return kind
    return QuoteKind.PARTIAL
