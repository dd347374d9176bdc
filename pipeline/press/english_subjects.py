"""The subject of an English verb of speech: a name, a pronoun or a role.

In: a window of text and where the verb begins or ends. Out: the mention, or None. Pure; never traces pronouns.

On the left the subject ends at the verb, adverbs and auxiliaries apart, or at the comma that closes an apposition:
"Petrov, who leads the brigade, has also said". On the right it begins the clause: "said a spokesman for the ministry".
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.mentions import Mention, Window
from pipeline.press.names import ABBREVIATED_TITLES, Name
from pipeline.press.wordlists import words

_BETWEEN: Final = re.compile(
    r"(?:[\s,]+(?:also|later|then|once|now|has|have|had|did|does|is|was|were|are|been|would|will|has|reportedly|often"
    r"|again|further|never|not|to|himself|herself|simply|only|still|appear(?:s|ed)? to|seem(?:s|ed)? to"
    r"|heard to|went on to|goes on to|used to|could be heard|[a-z]+ly))*[\s,]*\Z"
)
_PRONOUN: Final = re.compile(r"(?:^|(?<=[\s,;:—–(\"“”’]))(he|she|they|it|I|we|who|which)\Z", re.I)
_FIRST_PRONOUN: Final = re.compile(r"(?<![\w’'])(he|she|they|it)(?![\w’'])", re.I)
_DETERMINER: Final = r"(?:the|a|an|his|her|their|its|our|one(?! of\b)|another|some(?! of\b)|several|many|other)"
_DETERMINERS: Final = re.compile(rf"\b{_DETERMINER}\s+", re.I)
_INDEFINITE: Final = re.compile(r"\b(?:a|an|one|another|some|several|many|other)\s+\Z", re.I)
_ROLE_LEFT: Final = re.compile(
    r"(?<![\w’'-])(?:[\w’'-]+\s+){0,4}?[\w’'-]+(?:\s+(?:of|for|at|from|in|with|to|by)\s+(?:the\s+|a\s+|an\s+)?[\w’'-]+"
    r"(?:\s+(?:&\s+)?[\w’'-]+){0,3})?\Z"
)
_PREPOSITION: Final = re.compile(r"\b(?:of|for|at|from|in|with|to|by|on|as|after|before|during)\s", re.I)
_PHRASE_PREPOSITIONS: Final = frozenset(words("of for at from in with to by"))
_NO_STOP: Final = "".join(rf"(?<!\b{word})" for word in [*ABBREVIATED_TITLES, "[A-Z]"])
_ROLE_END: Final = re.compile(
    rf"{_NO_STOP}\.|[,;:?!()\n—–\"“”«»]|\s(?:in|on|at a|during|after|before|as|when|while|who|that|by|via)\s"
    r"|\sand\s(?=[a-z]+ed\b)"
)
_NOUN_NEXT: Final = re.compile(
    r"['’]?s?\s(?!(?:to|in|on|at|and|for|with|from|about|later|also|as|who|while|when|after|before|during|by|but|then)\b)[a-z]"
)
_BARE: Final = re.compile(r"(?:[Tt]he\s+|[Aa]n?\s+)?(?:\d+(?:st|nd|rd|th)?\s+)?(?:[A-Z&][\w’'.-]*\s*)*\Z")
_ADVERBIAL: Final = re.compile(r"\s*(?:in|on|at|after|before|during|speaking)\b", re.I)
_LEADING: Final = re.compile(rf"\s*(?:{_DETERMINER}\s+)?", re.I)
_PARENTHESIS: Final = re.compile(r"\s*\([^()]*\)")
_LAST_PARENTHESIS: Final = re.compile(r"\s*\([^()]*\)\s*\Z")
_CLAUSE: Final = re.compile(r"[,;:—–(]\s*|\s-\s")
_ROLE_WORDS: Final = 12
_CLAUSE_CHARS: Final = 90
_NOT_LAST: Final = frozenset(
    words("and or but that which what there to of than as if when while because so not be i we")
)
_NOT_FIRST: Final = frozenset(
    words("""
    that to in on at it's it’s there reporters journalists me him us them for about of and but how why what if whether
    """)
)


def subject_left(window: Window, end: int) -> Mention | None:
    """The subject before a verb that starts at ``end``."""
    segment = window.text[window.start : end]
    between = _BETWEEN.search(segment)
    stripped = _LAST_PARENTHESIS.sub("", segment[: between.start() if between else None]).rstrip(" ,\xa0\n")
    stop = window.start + len(stripped)
    pronoun = _PRONOUN.search(stripped)
    if pronoun:
        return _pronoun(window, pronoun[1].lower(), stop)
    names = window.names.within(window.start, stop)
    if names and segment.rstrip().endswith(","):
        return _apposition(window, names, stop)
    if names and names[-1].end >= stop - 2 and not _inside_role(window, names[-1]):
        return Mention("name", names[-1].text, names[-1])
    return _role(stripped)


def _pronoun(window: Window, word: str, stop: int) -> Mention | None:
    if word in ("he", "she", "they", "it"):
        return Mention("pronoun", word)
    if word in ("who", "which"):
        before = window.text[window.start : stop - len(word)].rstrip(" ,")
        names = window.names.within(window.start, window.start + len(before))
        if names and names[-1].end == window.start + len(before):
            return Mention("name", names[-1].text, names[-1])
        return _role(before)
    return Mention("role", word)


def _apposition(window: Window, names: list[Name], stop: int) -> Mention | None:
    """In "Petrov, who leads the brigade, said" the name before the first comma, else the last person named.

    In "A council spokesman, asked about it, said" the words before the first comma are a role.
    """
    comma = window.text.find(",", window.start, stop)
    chunk_end = comma if comma != -1 else stop
    adverbial = _ADVERBIAL.match(window.text, window.start, chunk_end) is not None  # "In Estmark, the president, …"
    first = [name for name in names if name.end <= chunk_end and not adverbial]
    if first and chunk_end - first[-1].end <= 2:
        return Mention("name", first[-1].text, first[-1])
    people = [name for name in names if window.names.is_person(name)]
    if people:
        return Mention("name", people[-1].text, people[-1])
    return _role(window.text[window.start : chunk_end]) or Mention("name", names[-1].text, names[-1])


def _inside_role(window: Window, name: Name) -> bool:
    """Whether the name belongs to a role: "a spokesman for the Northern Fleet", "analysts at Hale & Co"."""
    clause = _CLAUSE.split(window.text[max(window.start, name.start - 60) : name.start])[-1]
    prepositions = list(_PREPOSITION.finditer(clause))
    if not prepositions or _ADVERBIAL.match(clause) or not clause[: prepositions[-1].start()].strip():
        return False
    return _BARE.match(clause[prepositions[-1].end() :]) is not None


def _role(segment: str) -> Mention | None:
    """The noun phrase at the end of ``segment``, without its article."""
    clause = _CLAUSE.split(_PARENTHESIS.sub("", segment))[-1].strip()
    match = _ROLE_LEFT.search(clause[-_CLAUSE_CHARS:])
    if match is None or not match[0].strip():
        return None
    start = _first_determiner(clause)
    role = clause[start:].strip() if start is not None else match[0].strip()
    role_words = role.split()
    if not 0 < len(role_words) <= _ROLE_WORDS or role_words[-1].lower() in _NOT_LAST:
        return None
    return Mention("role", role, indefinite=start is not None and _INDEFINITE.search(clause[:start]) is not None)


def _first_determiner(clause: str) -> int | None:
    """Where the last noun phrase starts; one behind a preposition belongs to the phrase before it."""
    start = None
    for match in _DETERMINERS.finditer(clause):
        before = clause[: match.start()].rstrip().rsplit(" ", 1)[-1].lower()
        if start is None or before not in _PHRASE_PREPOSITIONS:
            start = match.end()
    return start


def subject_right(window: Window, start: int) -> Mention | None:
    """The subject after a verb that ends at ``start``: "said Ivan Petrov", "said a spokesman for the ministry"."""
    leading = _LEADING.match(window.text, start, window.end)
    begin = leading.end() if leading else start
    stop = _ROLE_END.search(window.text, begin, window.end)
    end = stop.start() if stop else window.end
    phrase = window.text[begin:end].strip()
    pronoun = re.match(r"(he|she|they|it)\b", phrase, re.I)
    if pronoun:
        return Mention("pronoun", pronoun[1].lower())
    names = window.names.within(begin, end)
    office = names and not window.names.is_person(names[0]) and _NOUN_NEXT.match(window.text, names[0].end, end)
    if names and not office and not _PREPOSITION.search(window.text, begin, names[0].start):
        return Mention("name", names[0].text, names[0])
    role_words = phrase.split()
    if not 0 < len(role_words) <= _ROLE_WORDS or role_words[0].lower() in _NOT_FIRST:
        return None
    after = window.names.within(end, min(window.end, end + 60))
    if stop and stop[0] == "," and after and after[0].start - end <= 3 and len(after[0].words) > 1:
        return Mention("name", after[0].text, after[0])
    indefinite = _INDEFINITE.search(window.text, start, begin) is not None
    return Mention("role", phrase, indefinite=indefinite)


def sentence_subject(window: Window, end: int) -> Mention | None:
    """The first pronoun or name of the clause: the subject of ``…, calling it``."""
    pronoun = _FIRST_PRONOUN.search(window.text, window.start, end)
    names = window.names.within(window.start, end)
    if names and (pronoun is None or names[0].start < pronoun.start()):
        return None if _inside_role(window, names[0]) else Mention("name", names[0].text, names[0])
    return Mention("pronoun", pronoun[1].lower()) if pronoun else None
