"""Words that turn a claim round: quantifiers, modal verbs, antonyms and words of direction.

In: a ``Finding``. Out: differences where the quote prints one side of an opposition and the other side was heard.
Never calls a word wrong only because it was not heard, save the few that the list marks.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.alignment import NONE
from pipeline.match.align.find import Finding
from pipeline.match.details.contrast import Question, reworded
from pipeline.match.details.cuts import marked_slots
from pipeline.match.details.difference import Difference
from pipeline.match.details.oppositions import Side, oppositions
from pipeline.match.details.scope import Said, Scope
from pipeline.match.words.numerals import word_value
from pipeline.match.words.tokens import CYRILLIC, Token, english_key, is_preposition
from pipeline.records import QuoteFlagKind

CLOSE = 2
HELD = 0.45
WIDE = 4
LEAST_NATS = 2.0
ASKED = frozenset({QuoteFlagKind.QUANTIFIER})  # for the others the model's answer was no better than the words'
PREPOSITIONS = frozenset(map(english_key, ("before", "after", "for", "against", "with", "without")))
PRONOUNS = frozenset({"him", "her", "them", "me", "us", "you", "it", "no"})
# sides of which the denied one is not the other: who did not win need not have lost
RELATIVE = PREPOSITIONS | {"more", "less", "first", "last", "up", "down", "higher", "lower", "win", "lose"}
GOVERNED = 3  # words from a preposition to what it governs, at most
COMPARATIVE = "@comp"
ESTIMATED = 10  # the least number that is one: some 90 people, but not some two
NOT_ALL = frozenset({"весь", "все", "каждый"})
MOST_WORDS = 3  # of the other side that the model is asked about


def other_side_heard(scope: Scope, place: int) -> bool:
    """Whether the other side of a printed word was heard near its place, and its own side was not."""
    key, close = scope.keys[place], scope.around(place, CLOSE)
    rows = [row for row in oppositions() if row.kind is QuoteFlagKind.ANTONYM]
    sides = [pair for row in rows for pair in (row.sides, row.sides[::-1]) if key in pair[0].account]
    return any(
        _heard(scope, far.proof, *close) and not _heard(scope, near.account | near.proof, *close) for near, far in sides
    )


def opposite_printed(scope: Scope, columns: Sequence[int]) -> bool:
    """Whether the opposite of a heard word is printed and the word itself is not: it was denied there."""
    keys = {key for word in scope.heard if word.column in columns for key in word.keys}
    printed = set(scope.keys)
    return any(
        not near.proof.isdisjoint(keys) and near.account.isdisjoint(printed) and not far.printed.isdisjoint(printed)
        for row in oppositions()
        if row.kind is QuoteFlagKind.ANTONYM
        for near, far in (row.sides, row.sides[::-1])
    )


def opposites(scope: Scope, text: str) -> list[Difference]:
    """One difference for each opposition whose printed side was not heard while the other one was.

    Nothing that a marked ellipsis leaves out contradicts what is printed.
    """
    found: list[Difference] = []
    left_out = frozenset(marked_slots(scope.finding, text))
    for row in oppositions():
        for near, far in (row.sides, row.sides[::-1]):
            difference = _compare(row.kind, (near, far), scope, left_out)
            if difference and all(difference.quote != other.quote for other in found):
                found.append(difference)
    return found


def questions(finding: Finding, scope: Scope, text: str) -> list[Question]:
    """For each printed side of an opposition that was not heard near its place: was it the other side?"""
    asked: dict[tuple[int, QuoteFlagKind], Question] = {}
    for row in (row for row in oppositions() if row.kind in ASKED):
        for near, far in (row.sides, row.sides[::-1]):
            for place, token in enumerate(scope.printed):
                label = place, row.kind
                if (
                    token.key in near.printed
                    and label not in asked
                    and not _estimate(scope.printed, place)
                    and not _words(scope, near.account, *scope.around(place, WIDE))
                ):
                    wordings = reworded(finding, text, place, far.words[:MOST_WORDS])
                    asked[label] = Question(Difference(row.kind, token.text, "", True), wordings, LEAST_NATS)
    return [question for question in asked.values() if question.wordings]


def _compare(
    kind: QuoteFlagKind, sides: tuple[Side, Side], scope: Scope, left_out: frozenset[int]
) -> Difference | None:
    near, far = sides
    for place, token in enumerate(scope.printed):
        if scope.keys[place] not in near.printed or _estimate(scope.printed, place):
            continue
        governing = _governing(scope, place) if token.key in PREPOSITIONS else []
        keys = frozenset(key for word in governing for key in word.keys)
        close, wide = scope.around(place, CLOSE), scope.around(place, WIDE)
        otherwise = near.needed and _governs_otherwise(governing, near, _words(scope, near.account, *wide))
        if (otherwise or not keys.isdisjoint(far.proof)) and keys.isdisjoint(near.proof):
            return Difference(kind, token.text, " ".join(word.text for word in governing), True)
        firm = _words(scope, far.firm, *close)
        if firm and far.account.isdisjoint(scope.keys):
            return Difference(kind, token.text, ", ".join(word.text for word in firm), True)
        if _words(scope, near.proof, *wide) or _stands(scope, near, place):
            continue
        far_printed = [key for key in scope.keys[max(0, place - WIDE) : place + WIDE] if key in far.printed]
        accounted = bool(_words(scope, near.account, *wide))
        turned = _words(
            scope, far.proof, *(close if accounted else wide), _taken(scope, far) | _excused(scope, near) | left_out
        )
        if kind is QuoteFlagKind.ANTONYM and near.printed.isdisjoint(RELATIVE):
            turned = [word for word in turned if scope.denied_aloud(word.column) == scope.denied_in_print(place)]
        if len(turned) > len(far_printed):
            return Difference(kind, token.text, ", ".join(dict.fromkeys(word.text for word in turned)), True)
        if near.needed and not accounted:
            return Difference(kind, token.text, "", True)
    return None


def _estimate(printed: Sequence[Token], place: int) -> bool:
    """Whether a printed word makes an estimate of the number behind it (some 90 people; but not some two people)."""
    return printed[place].key == "some" and any(_many(token) for token in printed[place + 1 : place + 2])


def _many(token: Token) -> bool:
    found = word_value(token.text)
    return (found is not None and found[1] >= ESTIMATED) or (token.text[0].isdigit() and len(token.text) > 1)


def _heard(scope: Scope, wanted: frozenset[str], low: int, high: int) -> bool:
    """Whether a heard word of a set lies at some places."""
    return any(low <= word.column <= high and not word.keys.isdisjoint(wanted) for word in scope.heard)


def _governing(scope: Scope, place: int) -> list[Said]:
    """The heard words just before the one that a printed preposition governs, where that one is placed."""
    path, support = scope.finding.path, scope.finding.support
    after = range(place + 1, min(len(scope.printed), place + 1 + GOVERNED))
    head = next((p for p in after if scope.printed[p].content), None)
    if head is None or scope.printed[place + 1].text.lower() in PRONOUNS or path[head] == NONE or support[head] < HELD:
        return []
    return [word for word in scope.heard if path[head] - GOVERNED <= word.column < path[head]]


def _governs_otherwise(governing: Sequence[Said], side: Side, accounts: Sequence[Said]) -> bool:
    """Whether another preposition stands before what a printed one governs, and no heard word renders the side."""
    heard = [word for word in accounts if CYRILLIC.match(word.text)]
    keys = frozenset(key for word in governing for key in word.keys)
    rendered = not keys.isdisjoint(side.account) or any(
        not is_preposition(word.text) or not word.keys.isdisjoint(side.proof) for word in heard
    )
    return not rendered and any(is_preposition(word.text) for word in governing)


def _stands(scope: Scope, side: Side, place: int) -> bool:
    """Whether a printed word, and no other one, stands on a heard word of its own side, wherever that is."""
    path, support = scope.finding.path, scope.finding.support
    own = path[place]
    if own == NONE or support[place] < HELD:
        return False
    if any(p != place and path[p] == own and token.content for p, token in enumerate(scope.printed)):
        return False
    return any(word.column == own and not word.keys.isdisjoint(side.proof) for word in scope.heard)


def _taken(scope: Scope, side: Side) -> frozenset[int]:
    """The places that words of a side account for in print, wherever that is."""
    path, support = scope.finding.path, scope.finding.support
    return frozenset(
        path[place]
        for place, key in enumerate(scope.keys)
        if key in side.account and path[place] != NONE and support[place] >= HELD
    )


def _excused(scope: Scope, side: Side) -> frozenset[int]:
    """The places of comparatives that render a side fairly (хуже is one, but of less), and of all in не все."""
    return frozenset(
        word.column
        for before, word in zip((None, *scope.heard), scope.heard, strict=False)
        if (COMPARATIVE in word.keys and not word.keys.isdisjoint(side.account))
        or (before is not None and before.text.lower() == "не" and not word.keys.isdisjoint(NOT_ALL))
    )


def _words(
    scope: Scope, wanted: frozenset[str], low: int, high: int, taken: frozenset[int] = frozenset()
) -> list[Said]:
    """The heard words of a set at some places, or the translated ones where none was heard; ``taken`` do not count."""
    for said in (scope.heard, scope.translated):
        found = [
            word
            for word in said
            if low <= word.column <= high and word.column not in taken and not word.keys.isdisjoint(wanted)
        ]
        if found:
            return found
    return []
