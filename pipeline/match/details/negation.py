"""Negations that a quote adds or drops.

In: a ``Finding`` and its ``Scope``. Out: differences, and what only a translation model could settle. Never counts a
negation that stands in another clause than the words it would turn.

A plain *not* without a heard partner (``pairing``) was added; a plain не without one, whose verb is printed, was
dropped.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.align.slots import Slot
from pipeline.match.details.contrast import Question, affirmed, denied
from pipeline.match.details.cuts import beside_marks, marked_slots
from pipeline.match.details.denials import (
    USED,
    Denial,
    heard_denials,
    lemma_at,
    printed_denials,
    stands_for,
    twofold,
)
from pipeline.match.details.difference import Difference
from pipeline.match.details.empty_denials import asks_whether, empty, parted_slots
from pipeline.match.details.opposites import opposite_printed, other_side_heard
from pipeline.match.details.pairing import DOUBLE, unpaired
from pipeline.match.details.scope import Scope
from pipeline.match.words.denying import denial_words, denies, denies_plainly, heard_denies
from pipeline.match.words.tokens import russian_form
from pipeline.records import QuoteFlagKind

UNRENDERED = 1  # content words
LEAST_NATS = 0.5
SETTLED = 2
REACH_BACK = 6
OPENING = 2  # printed words that begin a question
COORDINATED = 4
OPPOSED = 3


def negations(finding: Finding, scope: Scope, text: str) -> list[Difference]:
    """Denials that were printed but not heard, and those that were heard but not printed.

    A denial that a marked ellipsis leaves out, or tears from a word beside the mark, is named as swallowed, not turned.
    """
    marked = marked_slots(finding, text), beside_marks(finding.quoted, text)
    all_printed = printed_denials(finding)
    plain = [denial.word for denial in all_printed if denial.plain]
    printed, heard = unpaired(finding, all_printed, heard_denials(finding))
    added = [_added(scope, denial) for denial in printed if denial.plain or _turned_back(finding, denial, plain)]
    missing = [
        denial
        for denial in heard
        if (denial.plain or _due_word(finding, denial))
        and scope.first <= denial.word <= scope.last
        and not twofold(finding, denial, heard)
    ]
    dropped = [_dropped(scope, denial, marked) for denial in missing]
    return [difference for difference in (*added, *dropped) if difference]


def _due_word(finding: Finding, denial: Denial) -> bool:
    """Whether a heard denial is a word such as без, which denies what comes next plainly enough."""
    empty_one = denial.word + 1 < len(finding.row) and empty(finding, denial.word)
    return lemma_at(finding, denial.word) in denial_words("due") and not empty_one


def question(finding: Finding, text: str) -> Question | None:
    """Whether the quote should deny more, or less: asked where one side denies plainly more often than the other does.

    A denial before the first printed word of a fragment, or in a marked ellipsis, is none that the quote should have.
    """
    span = _due(finding, text)
    if span is None:
        return None
    printed, heard = printed_denials(finding), heard_denials(finding)
    plain = [denial for denial in printed if denial.plain]
    marked = marked_slots(finding, text)
    due = [d for d in heard if d.plain and span[0] <= d.word <= span[1] and d.word not in marked]
    due = [d for d in due if not _met(d, [o for o in printed if not o.plain]) and not twofold(finding, d, heard)]
    plain = [d for d in plain if not _met(d, [other for other in heard if not other.plain])]
    if len(due) > len(plain):
        wordings = denied(finding, text, [d.place for d in due])
    elif len(plain) > sum(denial.plain for denial in heard):
        wordings = tuple(wording for denial in plain for wording in affirmed(finding, text, denial.word))
    else:
        return None
    words = " ".join(finding.quoted[denial.word].text for denial in plain)
    said = " ".join(finding.row[denial.word].heard.text for denial in due)
    return Question(Difference(QuoteFlagKind.NEGATION, words, said, True), wordings, LEAST_NATS) if wordings else None


def _due(finding: Finding, text: str) -> tuple[int, int] | None:
    """The slots (inclusive) whose denials a quote should have.

    From the first to the last content word it uses; a sentence that is printed from its start, or to its end, is held
    to the start, or the end, of what was heard, where that is no more than a few words off.
    """
    used = [
        column
        for column, held, token in zip(finding.path, finding.support, finding.quoted, strict=True)
        if column != NONE and held >= USED and token.content
    ]
    if not used:
        return None
    first, last = min(used), max(used)
    own = [c for c, slot in enumerate(finding.row) if slot.line == finding.row[first].line and c < first]
    rest = [c for c, slot in enumerate(finding.row) if slot.line == finding.row[last].line and c > last]
    ends = text.rstrip(" \"”»'’)").endswith((".", "!", "?"))
    if finding.quoted[0].capital and _few(finding, own):
        first = min(own, default=first)
    if ends and _few(finding, rest):
        last = max(rest, default=last)
    return first, last


def _few(finding: Finding, columns: Sequence[int]) -> bool:
    """Whether so little is heard there that a quote may render it otherwise."""
    return sum(finding.row[column].heard.content for column in columns) <= UNRENDERED


def _met(denial: Denial, others: Sequence[Denial]) -> bool:
    """Whether a denial by other means turns the same words."""
    return any(abs(denial.place - other.place) <= SETTLED for other in others)


def _turned_back(finding: Finding, denial: Denial, plain: Sequence[int]) -> bool:
    """Whether a printed *not* turns a denial (not devoid of) of which only one was heard or translated there."""
    if finding.quoted[denial.word].key in denial_words("no twofold") or denial.affix:
        return False
    near = finding.row[max(0, denial.place - REACH_BACK) : denial.place + REACH_BACK + 1]
    said = sum(heard_denies(slot.heard) for slot in near) - sum(map(_strengthens, near, near[1:]))
    rendered = sum(denies(token) for slot in near for token in slot.translated)
    return any(0 < denial.word - word <= DOUBLE for word in plain) and max(said, rendered) == 1


def _strengthens(one: Slot, two: Slot) -> bool:
    """Whether two neighbouring heard words deny once: никому не."""
    return one.heard.text.lower().startswith("ни") and two.heard.text.lower() in denial_words("particle")


def _added(scope: Scope, denial: Denial) -> Difference | None:
    """A printed denial that was not heard, unless it opens a question, or turns the opposite of what was heard."""
    finding, first = scope.finding, denial.word + 1
    turned = range(first, min(first + OPPOSED, len(finding.quoted)))
    opens = denial.word <= OPENING and asks_whether(finding, denial.place)
    if opens or _said_otherwise(finding, denial) or any(other_side_heard(scope, place) for place in turned):
        return None
    printed = " ".join(token.text for token in finding.quoted[max(0, denial.word - 1) : denial.word + 3])
    return Difference(QuoteFlagKind.NEGATION, printed, finding.row[denial.place].heard.text, True)


def _said_otherwise(finding: Finding, denial: Denial) -> bool:
    """Whether a printed denial turns a denying word that renders nothing heard (don't get me wrong): it affirms."""
    after = range(denial.word + 1, min(denial.word + 1 + DOUBLE, len(finding.quoted)))
    turned = [p for p in after if denies(finding.quoted[p]) and not denies_plainly(finding.quoted[p])]
    return any(finding.path[p] == NONE or finding.support[p] < USED for p in turned)


def _dropped(scope: Scope, denial: Denial, marked: tuple[Set[int], Set[int]]) -> Difference | None:
    """A heard denial that the quote lacks, if the word it turns is printed and the translation denies it too.

    A fragment that begins just after the denial has a cut edge; it has not turned the claim. ``marked``: the slots that
    a marked ellipsis leaves out, and the printed words beside it.
    """
    finding, row = scope.finding, scope.finding.row
    used = {
        column: place
        for place, (column, held) in enumerate(zip(finding.path, finding.support, strict=True))
        if column != NONE and held >= USED and stands_for(finding, place, column)
    }
    order = _turned(finding, denial)
    target = next((c for c in order if c in used), None)
    if target is None or _goes_on(finding, used[target]) or opposite_printed(scope, order):
        return None
    if not _due_word(finding, denial) and not _translated_denies(finding, denial):
        return None
    said = row[min(denial.word, target) : max(denial.word, target) + 1]
    heard = " ".join(slot.heard.text for slot in said)
    if denial.word < min(used) and not finding.quoted[0].capital:
        return Difference(QuoteFlagKind.EDGE, finding.quoted[used[target]].text, heard, False)
    swallowed = denial.word in marked[0] or used[target] in marked[1]
    return Difference(QuoteFlagKind.NEGATION, finding.quoted[used[target]].text, heard, not swallowed, swallowed)


def _turned(finding: Finding, denial: Denial) -> tuple[int, ...]:
    """The slots of the content words that a heard denial may turn, the likeliest first."""
    row, first = finding.row, denial.place + 1
    own = [denial.word] if row[denial.word].heard.content else []
    if first < len(row) and row[first].heard.text.lower() in denial_words("turned alone"):
        return (*own, first)
    closing = row[denial.place].heard.text.lower() in denial_words("closing")
    if closing and (first == len(row) or parted_slots(row[first - 1], row[first])):
        return _closed(row, denial.place)
    end = next((c for c in range(first + 1, len(row)) if parted_slots(row[c - 1], row[c])), len(row))
    after = [c for c in range(first, min(denial.place + 6, end)) if row[c].heard.content]
    inside = [c for c in range(denial.word + 1, denial.place) if row[c].heard.content]
    before = [c for c in range(max(0, denial.place - 3), denial.place) if row[c].heard.content]
    return (*own, *after[:2], *inside[-1:], *(before[-1:] if _helped(finding, denial) else ()))


def _closed(row: Sequence[Slot], place: int) -> tuple[int, ...]:
    """The slot of what a denial at the end of a clause turns: the first genitive there (опасности для деревни нет)."""
    marks = (c for c in range(place, 0, -1) if parted_slots(row[c - 1], row[c]))
    clause = range(next(marks, 0), place)
    return tuple(c for c in clause if row[c].heard.content and "gent" in russian_form(row[c].heard.text).tags)[:1]


def _goes_on(finding: Finding, place: int) -> bool:
    """Whether a printed word stands behind *or*, *nor*, or a close *and*, and so under the denial before those."""
    words = [token.text.lower() for token in finding.quoted[:place]]
    for reach, joining in ((COORDINATED, ("or", "nor")), (1, ("and",))):
        found = next((p for p in reversed(range(max(0, place - reach), place)) if words[p] in joining), None)
        if found is not None:
            far = 2 * COORDINATED if reach > 1 else COORDINATED - 1
            return any(denies_plainly(token) for token in finding.quoted[max(0, found - far) : found])
    return False


def _helped(finding: Finding, denial: Denial) -> bool:
    """Whether an auxiliary follows the denial, so that the verb may stand before it (закрывать не будут)."""
    after = finding.row[denial.place + 1 : denial.place + 2]
    return any(slot.heard.text.lower() in denial_words("auxiliary") for slot in after)


def _translated_denies(finding: Finding, denial: Denial) -> bool:
    """Whether the translation denies near a heard denial too, or near what it repeats, where there is a translation."""
    low, high = sorted((denial.word, denial.place))
    near = [token for slot in finding.row[max(0, low - 4) : high + 5] for token in slot.translated]
    return not near or any(map(denies_plainly, near))
