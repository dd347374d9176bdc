"""Printed names that nothing heard sounds like or renders.

In: a ``Finding`` and the quote's text. Out: differences. Never decides whether two names sound alike: that is
``words.names``.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import cache

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.cuts import marked_slots
from pipeline.match.details.difference import Difference
from pipeline.match.lexicon import groups, lines
from pipeline.match.words.bridge import common_words, place_names, renderable, short_names
from pipeline.match.words.calendar import is_short_date
from pipeline.match.words.names import other_family
from pipeline.match.words.tokens import CYRILLIC, Token, is_russian_word, russian_form
from pipeline.records import QuoteFlagKind

KNOWN = 0.4
NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"})  # grammemes of OpenCorpora
TITLES = frozenset(groups("titles.txt")["en"])


def other_names(finding: Finding, text: str) -> list[Difference]:
    """Printed names that nothing heard sounds like or renders.

    A common word in capitals (Agency, Story) is only a changed name where something that was heard stands in its
    place: a name, if it is part of a title in capitals, since titles are rendered freely; any word, if it stands alone.
    """
    found = []
    marked = marked_slots(finding, text)
    for place, token in enumerate(finding.quoted):
        if not _is_name(finding, place, text) or finding.support[place] >= KNOWN or _joined(finding, place):
            continue
        if is_short_date(finding.quoted, place):
            continue
        common = token.key in common_words() or _abbreviates(token)
        opens = _begins(finding, place, text) and not (_capital_after(finding, place) and not common)
        if (opens and token.key in place_names()) or token.text.isupper():
            turns = _place_left(finding, marked)
        elif (_in_run(finding, place, text) or _abbreviates(token)) and _short_form_left(finding):
            turns = False
        elif common:
            turns = _left(finding, place, _replaces(finding, place), marked)
        else:
            turns = True
        found.append(Difference(QuoteFlagKind.NAME, token.text, _near(finding, place), turns))
    return found


def _abbreviates(token: Token) -> bool:
    """Whether a word is an abbreviation (SMBs): how it is read in the other language, nobody knows."""
    return sum(letter.isupper() for letter in token.text) > 1 and token.text.rstrip("s'’").isupper()


def _replaces(finding: Finding, place: int) -> Callable[[Token], bool]:
    """What would have to be heard in place of a common word in capitals for it to be a changed one."""
    calendar = groups("calendar.txt")
    if finding.quoted[place].text.lower() in calendar["en"]:
        return lambda heard: heard.key in calendar["ru"]
    beside = (*finding.quoted[max(0, place - 1) : place], *finding.quoted[place + 1 : place + 2])
    titled = any(token.capital and token.content for token in beside) or _abbreviates(finding.quoted[place])
    return _sounds_a_name if titled else lambda heard: True


def _sounds_a_name(heard: Token) -> bool:
    """Whether a heard word is a name: by its grammar, as a people or a place, or because no dictionary has it.

    A heard abbreviation (МФТИ) is none: it is printed at length, in words that nobody said.
    """
    if not CYRILLIC.match(heard.text):
        return heard.capital
    if heard.text.isupper() and len(heard.text) > 1:
        return False
    if heard.key in _peoples_and_places():
        return True
    proper = not NAMES.isdisjoint(russian_form(heard.text).tags)
    return proper or (heard.capital and not is_russian_word(heard.text.lower()))


def _is_name(finding: Finding, place: int, text: str) -> bool:
    """Whether a printed word is a name: a capital that no sentence start explains, no title, no unknown abbreviation.

    Where a sentence starts, a people or a place of the lists is one.
    """
    token = finding.quoted[place]
    if token.text in TITLES or not token.capital or not token.content:
        return False
    if token.text.isupper() or len(token.text) < 3:
        return token.text.isupper() and token.key in short_names()
    known = token.key in place_names() or (_capital_after(finding, place) and token.key not in renderable())
    return known or not _begins(finding, place, text)


def _capital_after(finding: Finding, place: int) -> bool:
    return any(other.capital for other in finding.quoted[place + 1 : place + 2])


def _begins(finding: Finding, place: int, text: str) -> bool:
    """Whether a sentence start explains a capital."""
    before = text[: finding.quoted[place].start_char].rstrip(" \"“”«»'’(—-")
    return place == 0 or before.endswith((".", "!", "?", "…"))


def _joined(finding: Finding, place: int) -> bool:
    """Whether a name was heard in pieces (WhatsApp, What's App) or is a part of a heard one (not of a surname)."""
    name = finding.quoted[place].text
    heard = [slot.heard.text for slot in finding.row]
    translated = [token.text for line in finding.lines for token in line.translated]
    runs = ("".join(word for word in words if not other_family(name, word)) for words in (heard, translated))
    return len(_bare(name)) > 3 and any(_bare(name) in _bare(run) for run in runs)


def _bare(text: str) -> str:
    return text.lower().replace("'", "").replace("’", "")


def _in_run(finding: Finding, place: int, text: str) -> bool:
    """Whether a capital word without an account stands beside another one."""
    return any(
        0 <= other < len(finding.quoted) and _is_name(finding, other, text) and finding.support[other] < KNOWN
        for other in (place - 2, place - 1, place + 1, place + 2)
    )


@cache
def _peoples_and_places() -> frozenset[str]:
    """Russian lemmas that English prints in capitals."""
    return frozenset(lemma for line in lines("places.txt") for lemma in line.partition(":")[0].split())


def _left(finding: Finding, place: int, asked: Callable[[Token], bool], marked: Set[int]) -> bool:
    """Whether such a word was heard where a printed one would stand, and no printed word accounts for it.

    ``marked`` are slots that a marked ellipsis leaves out.
    """
    return _left_within(finding, _window(finding, place), asked, marked)


def _left_within(finding: Finding, span: tuple[int, int], asked: Callable[[Token], bool], marked: Set[int]) -> bool:
    """The same within a span of slots."""
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    low, high = span
    return any(
        column not in marked
        and slot.heard.content
        and slot.heard.text[0].isalpha()
        and asked(slot.heard)
        and not any(row.get(key, 0.0) >= KNOWN for row in wanted for key in slot.keys)
        for column, slot in enumerate(finding.row[low:high], low)
    )


def _place_left(finding: Finding, marked: Set[int]) -> bool:
    """Whether a people, a place or an abbreviation was heard on the stretch that no printed word accounts for."""
    used = [column for column in finding.path if column != NONE]
    span = (max(0, min(used) - 2), max(used) + 3) if used else (0, 0)
    return _left_within(
        finding,
        span,
        lambda heard: heard.key in _peoples_and_places() or (heard.text.isupper() and len(heard.text) > 1),
        marked,
    )


def _short_form_left(finding: Finding) -> bool:
    """Whether an abbreviation was heard that no printed word accounts for (МВК for a commission's long name)."""
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    return any(
        slot.heard.text.isupper()
        and len(slot.heard.text) > 1
        and not any(row.get(key, 0.0) >= KNOWN for row in wanted for key in slot.keys)
        for slot in finding.row
    )


def _window(finding: Finding, place: int) -> tuple[int, int]:
    near = [c for c in finding.path[max(0, place - 2) : place + 3] if c != NONE]
    return (max(0, min(near) - 2), max(near) + 3) if near else (0, 0)


def _near(finding: Finding, place: int) -> str:
    """The heard words that stand where a printed word would stand."""
    before = next((c for c in reversed(finding.path[:place]) if c != NONE), None)
    after = next((c for c in finding.path[place + 1 :] if c != NONE), None)
    if before is None and after is None:
        return ""
    first = before + 1 if before is not None else max(0, (after or 0) - 2)
    last = after if after is not None and after > first else first + 2
    return " ".join(slot.heard.text for slot in finding.row[first : min(last, first + 4)])
