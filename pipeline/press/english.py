"""English attributions: who says it, and with which verb.

In: a window of text beside a quote. Out: the attribution there, or None. Pure; never traces pronouns, never looks
outside the window.

``Petrov said`` · ``said brigade commander Ivan Petrov`` · ``Petrov, who leads the brigade, told reporters`` ·
``according to a spokesman`` · ``he was quoted as saying`` · ``…, calling it``
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.mentions import Attribution, Mention, Window
from pipeline.press.names import ABBREVIATED_TITLES, Name
from pipeline.press.wordlists import words

_SPEECH: Final = words("""
said says say told tells tell added adds wrote writes tweeted posted replied replies answered answers asked asks
explained explains insisted insists claimed claims stated states announced announces warned warns declared declares
recalled recalls continued continues concluded concludes admitted admits acknowledged acknowledges noted notes argued
argues shouted shouts yelled cried whispered joked exclaimed responded responds commented comments remarked observed
stressed stresses emphasised emphasized suggested suggests complained boasted promised promises vowed vows pledged
confirmed confirms testified quipped urged urges demanded ordered orders reads muttered mused countered
conceded reiterated asserted asserts alleged alleges reported retorted snapped pleaded begged texted texts repeated
""")
_LABELS: Final = words("""
called calls described describes branded dubbed labelled labeled denounced denounces condemned condemns praised praises
criticised criticized hailed accused accuses blasted slammed dismissed dismisses characterised characterized rejected
likened lamented mocked derided decried rebuked termed spoke speaks referred refers cited blamed referred voiced
expressed expects thinks believes feels
""")
_GERUNDS: Final = words("""
saying adding telling calling describing writing warning insisting claiming arguing noting stressing explaining asking
urging branding labelling labeling dismissing denouncing condemning promising vowing accusing referring declaring
announcing suggesting complaining shouting joking replying
""")
_VERB: Final = re.compile(
    r"\b(?P<passive>(?:quoted|cited)(?: by [^,.;:]{1,40}?)? as saying)\b"
    r"|\b(?P<according>according to|in the words of|as)\s+(?=[\w’'“\"])"
    rf"|\b(?P<speech>{'|'.join(_SPEECH)})\b|\b(?P<labels>{'|'.join(_LABELS)})\b|\b(?P<gerund>{'|'.join(_GERUNDS)})\b",
    re.I,
)
_BETWEEN: Final = re.compile(
    r"(?:[\s,]+(?:also|later|then|once|now|has|have|had|did|does|is|was|were|are|been|would|will|has|reportedly|often"
    r"|again|further|never|not|to|himself|herself|simply|only|still|appear(?:s|ed)? to|seem(?:s|ed)? to"
    r"|heard to|went on to|goes on to|used to|could be heard|[a-z]+ly))*[\s,]*\Z"
)
_PASSIVE: Final = re.compile(r"\b(?:was|were|is|are|been|being|be)\s+(?:[a-z]+ly\s+|also\s+|not\s+)?\Z")
_ELIDED: Final = re.compile(r"[\s,]*(?:and|but|then|and then)\s+(?:[a-z]+ly\s+|later\s+|also\s+)?\Z")
_PRONOUN: Final = re.compile(r"(?:^|(?<=[\s,;:—–(\"“”’]))(he|she|they|it|I|we|who)\Z", re.I)
_FIRST_PRONOUN: Final = re.compile(r"(?<![\w’'])(he|she|they|it)(?![\w’'])", re.I)
_DETERMINER: Final = r"(?:the|a|an|his|her|their|its|our|one(?! of)|another|some(?! of)|several|many|other)"
_NOUN_MARKER: Final = re.compile(r"\b(?:the|a|an|his|her|their|its|our|my|no|any|these|those|such|of|this)\s+\Z", re.I)
_ROLE_LEFT: Final = re.compile(
    rf"(?:\b{_DETERMINER}\s+)?(?P<role>(?:[\w’'-]+\s+){{0,4}}?[a-z’'-]+(?:\s+(?:of|for|at|from|in|with|to|by)\s+"
    rf"(?:the\s+|a\s+|an\s+)?[\w’'-]+(?:\s+[\w’'-]+){{0,3}})?)\Z"
)
_PREPOSITION: Final = re.compile(r"\b(?:of|for|at|from|in|with|to|by|on|as|after|before|during)\s", re.I)
_NO_STOP: Final = "".join(rf"(?<!\b{word})" for word in [*ABBREVIATED_TITLES, "[A-Z]"])
_ROLE_END: Final = re.compile(
    rf"{_NO_STOP}\.|[,;:?!()\n—–\"“”«»]|\s(?:in|on|at a|during|after|before|as|when|while|who|that|by|via)\s"
)
_NAME_COLON: Final = re.compile(r"\s*([A-Z][\w’'-]*(?: [\w’'-]+){0,3}):\s*\Z")
_BARE: Final = re.compile(r"(?:the|a|an)?\s*(?:\d+(?:st|nd|rd|th)?)?\Z")
_ADVERBIAL: Final = re.compile(r"\s*(?:in|on|at|after|before|during|speaking)\b", re.I)
_LEADING: Final = re.compile(rf"\s*(?:{_DETERMINER}\s+)?", re.I)
_AS_SUBJECT: Final = re.compile(r"as\s+(.{1,60}?)\s+(?:put|said|says|told|noted|explained|wrote|described)\b", re.I)
_TRIES: Final = 5
_ROLE_WORDS: Final = 12


def find_attribution(window: Window) -> Attribution | None:
    """The attribution nearest to the quote in ``window``."""
    matches = list(_VERB.finditer(window.text, window.start, window.end))
    if window.side == "before":
        matches.reverse()
    for match in matches[:_TRIES]:
        found = _from_verb(window, match)
        if found is not None:
            return found
    return _name_and_colon(window) if window.side == "before" else None


def _name_and_colon(window: Window) -> Attribution | None:
    """A headline's speaker without a verb: "Minister: 'No plans'"."""
    match = _NAME_COLON.match(window.text[window.start : window.end])
    if match is None:
        return None
    start, end = window.start + match.start(1), window.start + match.end(1)
    names = [name for name in window.names.within(start, end) if name.end == end]
    mention = Mention("name", names[0].text, names[0]) if names else Mention("role", match[1])
    return Attribution("", start, end, mention, False, True)


def _from_verb(window: Window, match: re.Match[str]) -> Attribution | None:
    if match["according"]:
        return _according(window, match)
    if match["gerund"]:
        mention = _sentence_subject(window, match.start())
        return Attribution(match[0].lower(), match.start(), match.end(), mention, _is_label(match[0]), False)
    before = window.text[window.start : match.start()]
    if not match["passive"] and (_PASSIVE.search(before) or _NOUN_MARKER.search(before)):
        return None
    mention = _subject_left(window, match.start())
    if mention is None and not match["passive"]:
        mention = _subject_right(window, match.end())
    if mention is None and _ELIDED.match(before):
        mention = Mention("pronoun", "same")
    if mention is None:
        return None
    direct = window.side == "before" or match.start() - window.start < 120
    return Attribution(match[0].lower(), match.start(), match.end(), mention, bool(match["labels"]), direct)


def _is_label(gerund: str) -> bool:
    return gerund.lower() in ("calling", "describing", "branding", "labelling", "labeling", "dismissing", "denouncing")


def _according(window: Window, match: re.Match[str]) -> Attribution | None:
    """What stands after "according to" or between "as" and its verb: "as Petrov put it"."""
    phrase = match["according"].lower()
    if phrase == "as":
        clause = _AS_SUBJECT.match(window.text, match.start(), window.end)
        mention = clause and _subject_left(window._replace(start=clause.start(1)), clause.end(1))
        return Attribution("as", match.start(), clause.end(), mention, False, True) if clause and mention else None
    mention = _subject_right(window, match.end())
    return Attribution(phrase, match.start(), match.end(), mention, False, True) if mention else None


def _subject_left(window: Window, end: int) -> Mention | None:
    """The subject before a verb that starts at ``end``."""
    segment = window.text[window.start : end]
    segment = segment[: _between_start(segment)]
    stripped = segment.rstrip(" ,\xa0\n")
    apposition = "," in segment[len(stripped) :] or _ends_with_comma(window.text, window.start, end)
    stop = window.start + len(stripped)
    pronoun = _PRONOUN.search(stripped)
    if pronoun:
        return _relative(window, stop) if pronoun[1].lower() == "who" else _pronoun(pronoun[1])
    names = window.names.within(window.start, stop)
    if apposition and names:
        return _apposition(window, names, stop)
    if names and names[-1].end >= stop - 2 and not _inside_role(window, names[-1]):
        return Mention("name", names[-1].text, names[-1])
    return _role(stripped)


def _between_start(segment: str) -> int:
    found = _BETWEEN.search(segment)
    return found.start() if found else len(segment)


def _ends_with_comma(text: str, start: int, end: int) -> bool:
    return text[start:end].rstrip().endswith(",")


def _apposition(window: Window, names: list[Name], stop: int) -> Mention:
    """In "Petrov, who leads the brigade, said": the name before the first comma, else the last one."""
    comma = window.text.find(",", names[0].end, stop)
    if comma != -1 and comma - names[0].end <= 2:
        return Mention("name", names[0].text, names[0])
    people = [name for name in names if window.names.is_person(name)] or names
    return Mention("name", people[-1].text, people[-1])


def _inside_role(window: Window, name: Name) -> bool:
    """Whether the name belongs to a role: "a spokesman for the Northern Fleet"."""
    before = window.text[max(window.start, name.start - 60) : name.start]
    clause = re.split(r"[,;:]", before)[-1]
    prepositions = list(_PREPOSITION.finditer(clause))
    if not prepositions or not re.search(rf"\b{_DETERMINER}\s+[a-z]", clause, re.I):
        return False
    between = clause[prepositions[-1].end() :].strip().lower()
    return _BARE.match(between) is not None and not _ADVERBIAL.match(clause)


def _relative(window: Window, stop: int) -> Mention | None:
    """The name before "who said"."""
    names = window.names.within(window.start, stop)
    return Mention("name", names[-1].text, names[-1]) if names else None


def _pronoun(word: str) -> Mention | None:
    lowered = word.lower()
    return Mention("pronoun", lowered) if lowered in ("he", "she", "they", "it") else Mention("role", word)


def _role(segment: str) -> Mention | None:
    """The noun phrase at the end of ``segment``."""
    clause = re.split(r"[,;:—–(]\s*", segment)[-1].strip()
    match = _ROLE_LEFT.search(clause[-90:])
    if match is None or not match["role"].strip():
        return None
    start = _last_determiner(clause)
    role = clause[start:].strip() if start is not None else match["role"].strip()
    role_words = role.split()
    fits = 0 < len(role_words) <= _ROLE_WORDS and role_words[-1].lower() not in _NO_ROLE
    return Mention("role", role) if fits else None


_NO_ROLE: Final = frozenset(
    words("and or but that which what there to of than as if when while because so not be i we you")
)


def _last_determiner(clause: str) -> int | None:
    """Where the noun phrase after the first determiner starts; one behind a preposition belongs to the same phrase."""
    start = None
    for match in re.finditer(rf"\b{_DETERMINER}\s+", clause, re.I):
        before = clause[: match.start()].rstrip().rsplit(" ", 1)[-1].lower()
        if start is None or before not in ("of", "for", "at", "from", "in", "with", "to", "by"):
            start = match.end()
    return start


def _subject_right(window: Window, start: int) -> Mention | None:
    """The subject after a verb that ends at ``start``: "said Ivan Petrov", "said a spokesman for the ministry"."""
    begin = _LEADING.match(window.text, start, window.end)
    begin_char = begin.end() if begin else start
    stop = _ROLE_END.search(window.text, begin_char, window.end)
    end = stop.start() if stop else window.end
    phrase = window.text[begin_char:end]
    if not phrase.strip():
        return None
    pronoun = re.match(r"(he|she|they|it)\b", phrase, re.I)
    if pronoun:
        return Mention("pronoun", pronoun[1].lower())
    names = window.names.within(begin_char, end)
    if names and not _PREPOSITION.search(window.text, begin_char, names[0].start):
        return Mention("name", names[0].text, names[0])
    if not _LEADING.match(window.text, start)[0].strip() and not re.match(r"[a-z’'-]+s?\b", phrase):  # type: ignore[index]
        return None
    after = window.names.within(end, min(window.end, end + 60))
    if stop and stop[0] == "," and after and after[0].start - end <= 3 and len(after[0].words) > 1:
        return Mention("name", after[0].text, after[0])
    role_words = phrase.split()
    fits = 0 < len(role_words) <= _ROLE_WORDS and role_words[0].lower() not in _NOT_SUBJECT
    return Mention("role", phrase.strip()) if fits else None


_NOT_SUBJECT: Final = frozenset(
    words("""
    that to in on at it's it’s there reporters journalists me him us them for about of and but how why what if whether
    """)
)


def _sentence_subject(window: Window, end: int) -> Mention | None:
    """The first pronoun or name of the clause: the subject of ``…, calling it``."""
    pronoun = _FIRST_PRONOUN.search(window.text, window.start, end)
    names = window.names.within(window.start, end)
    if names and (pronoun is None or names[0].start < pronoun.start()):
        return Mention("name", names[0].text, names[0])
    return Mention("pronoun", pronoun[1].lower()) if pronoun else None
