"""Details apart from wording: what a quote prints and what was heard instead.

In: a ``Finding``. Out: ``Difference`` rows. Never decides a verdict.
"""

from __future__ import annotations

from pipeline.match.align import NONE
from pipeline.match.bridge import english_counts, renderable
from pipeline.match.cuts import cuts, marked_slots
from pipeline.match.difference import Difference
from pipeline.match.find import Finding
from pipeline.match.lexicon import groups
from pipeline.match.library import Library
from pipeline.match.negation import negations
from pipeline.match.numbers import numbers
from pipeline.match.opposites import opposites
from pipeline.match.scope import scope_of
from pipeline.records import QuoteFlagKind

KNOWN = 0.4
TITLES = frozenset(groups("titles.txt")["en"])


def details(library: Library, finding: Finding, text: str) -> list[Difference]:
    """All differences of a quote from what was heard."""
    scope = scope_of(finding)
    return [
        *_numbers(finding),
        *_names(finding, text),
        *negations(finding, scope, marked_slots(finding, text)),
        *opposites(finding, scope),
        *cuts(library, finding, text),
    ]


def _numbers(finding: Finding) -> list[Difference]:
    known = [number for line in finding.lines for number in line.numbers]
    found = []
    for number in numbers(finding.quoted):
        if not any(number.agrees(other) or number.scales(other) for other in known):
            text = " ".join(token.text for token in finding.quoted[number.first : number.end])
            found.append(Difference(QuoteFlagKind.NUMBER, text, _heard_numbers(finding), True))
    return found


def _heard_numbers(finding: Finding) -> str:
    heard = [line.heard[number.first : number.end] for line in finding.lines for number in numbers(line.heard)]
    return ", ".join(" ".join(token.text for token in words) for words in heard)


def _names(finding: Finding, text: str) -> list[Difference]:
    """Printed names that nothing heard sounds like or renders.

    A common word in capitals (Agency, Story) is only taken for a name when a heard name stands in its place; a run of
    such words is the long form of a title and is left alone.
    """
    found = []
    for place, token in enumerate(finding.quoted):
        if not _is_name(finding, place, text) or finding.support[place] >= KNOWN or _joined(finding, place):
            continue
        common = token.key in renderable() or token.key in english_counts()[0]
        run = _in_run(finding, place, text)
        turns = not (run and _short_form_left(finding)) and (
            not common or (not run and _heard_name_left(finding, place))
        )
        found.append(Difference(QuoteFlagKind.NAME, token.text, _near(finding, place), turns))
    return found


def _is_name(finding: Finding, place: int, text: str) -> bool:
    """Whether a printed word is a name: a capital that no sentence start explains, no title, no abbreviation."""
    token = finding.quoted[place]
    if token.text in TITLES or not token.capital or not token.content or len(token.text) < 3 or token.text.isupper():
        return False
    begins = place == 0 or text[: token.start_char].rstrip(" \"“”«»'’(—-").endswith((".", "!", "?", "…"))
    after = finding.quoted[place + 1 : place + 2]
    return not begins or (any(other.capital for other in after) and token.key not in renderable())


def _joined(finding: Finding, place: int) -> bool:
    """Whether a name was heard in pieces (WhatsApp, What's App) or is a part of a heard one."""
    bare = finding.quoted[place].text.lower().replace("'", "").replace("’", "")
    heard = "".join(slot.heard.text for slot in finding.row).lower().replace("'", "").replace("’", "")
    other = "".join(token.text for line in finding.lines for token in line.translated).lower().replace("'", "")
    return len(bare) > 3 and (bare in heard or bare in other)


def _in_run(finding: Finding, place: int, text: str) -> bool:
    """Whether a capital word without an account stands beside another one."""
    return any(
        0 <= other < len(finding.quoted) and _is_name(finding, other, text) and finding.support[other] < KNOWN
        for other in (place - 2, place - 1, place + 1, place + 2)
    )


def _heard_name_left(finding: Finding, place: int) -> bool:
    """Whether a heard name that no printed word accounts for stands where a printed one would."""
    wanted = [word.equivalents for word in finding.wanted if word.token.content]
    low, high = _window(finding, place)
    return any(
        slot.heard.content
        and slot.heard.text[0].isalpha()
        and not any(row.get(key, 0.0) >= KNOWN for row in wanted for key in slot.keys)
        for slot in finding.row[low:high]
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
