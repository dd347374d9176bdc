"""Denials that deny nothing: set phrases, answers, polite questions, what only repeats.

In: a place among printed or heard words. Out: whether a denial there says anything of its own. Never pairs denials.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.align.find import Finding
from pipeline.match.align.slots import Slot
from pipeline.match.words.denying import denial_words, denies_plainly
from pipeline.match.words.numerals import word_value
from pipeline.match.words.tokens import Token, russian_form

FAR_DOUBLE = 12
ELLIPTIC = 4


def asks_whether(finding: Finding, column: int) -> bool:
    """Whether a slot lies in a question for yes or no: those are put with *not* or without, as each language likes."""
    line = next(line for line in finding.lines if line.number == finding.row[column].line)
    words = {token.text.lower() for token in line.heard} | {token.key for token in line.heard}
    return line.heard_text.rstrip(' "»”').endswith("?") and words.isdisjoint(denial_words("interrogative"))


def empty_print(finding: Finding, place: int) -> bool:
    """Whether a printed denial says nothing of its own.

    As an answer (No.), in *or not*, in *why don't we*; with *either*, where тоже was heard; in what compares or delays.
    """
    quoted = finding.quoted
    word = quoted[place].text.lower()
    before = quoted[place - 1].text.lower() if place else ""
    after = quoted[place + 1 : place + 2]
    if word == "nothing" and _idle_nothing(finding, place):
        return True
    if word == "not" and after and after[0].text.lower() == "even" and any(map(denies_plainly, quoted[:place])):
        return True
    if word == "no" and (_alone([*map(parted, quoted, quoted[1:])], place) or before == "no"):
        return True
    if _delayed(finding, place) or _preferred(finding, place):
        return True
    if word in ("no", "not") and before == "or" and _either_way(finding):
        return all(parted(quoted[place], token) or denies_plainly(token) for token in after)
    if word.replace("’", "'") == "don't" and before == "why":
        return any(token.text.lower() in ("we", "you", "i") for token in after) and not _doubts(finding)
    either = any(token.text.lower() == "either" for token in quoted[place + 1 : place + 1 + ELLIPTIC])
    return either and _too_heard(finding)


def _idle_nothing(finding: Finding, place: int) -> bool:
    """*Next to nothing*, *for nothing*; *nothing but* where only was heard."""
    before = [token.text.lower() for token in finding.quoted[max(0, place - 2) : place]]
    but = [token.text.lower() for token in finding.quoted[place + 1 : place + 2]] == ["but"]
    alone = any(slot.heard.key in denial_words("alone") for slot in finding.row)
    return before == ["next", "to"] or before[-1:] == ["for"] or (but and alone)


def _either_way(finding: Finding) -> bool:
    """Whether alternatives were heard: или, ли."""
    return _hears(finding, "or")


def _doubts(finding: Finding) -> bool:
    """Whether почему was heard without бы: a reason is asked for, nothing is proposed."""
    return _hears(finding, "why") and not _hears(finding, "would")


def _hears(finding: Finding, group: str) -> bool:
    """Whether a word of a group was heard anywhere in the passage."""
    return any(slot.heard.text.lower() in denial_words(group) for slot in finding.row)


def _delayed(finding: Finding, place: int) -> bool:
    """*Did not … until* for what was heard as лишь or только."""
    after = (token.text.lower() for token in finding.quoted[place + 1 : place + 1 + FAR_DOUBLE])
    return denies_plainly(finding.quoted[place]) and "until" in after and _hears(finding, "delay")


def _preferred(finding: Finding, place: int) -> bool:
    """*…, not …* for what was heard as скорее … чем."""
    behind_mark = place > 0 and parted(finding.quoted[place - 1], finding.quoted[place])
    return behind_mark and _hears(finding, "rather") and _hears(finding, "than")


def _too_heard(finding: Finding) -> bool:
    """Whether the passage has a тоже without a denial after it: it repeats the one before."""
    return any(
        slot.heard.text.lower() in denial_words("too") and not any(map(is_particle, finding.row[c : c + ELLIPTIC]))
        for c, slot in enumerate(finding.row)
    )


def _none_word(word: str) -> bool:
    return word.startswith("ни") and word in denial_words("heard")


def asks(finding: Finding, column: int) -> bool:
    """Whether не only makes a question polite: не видел ли …, почему бы не …; or asks whether, as не числится ли."""
    before = " ".join(slot.heard.text.lower() for slot in finding.row[max(0, column - FAR_DOUBLE) : column])
    after = [slot.heard.text.lower() for slot in finding.row[column + 1 : column + 3]]
    return "почему бы" in before or "отчего бы" in before or "ли" in after or asks_whether(finding, column)


def idle(finding: Finding, column: int) -> bool:
    """Whether a heard denial says nothing of its own: нет-нет, или нет, на нет, едва ли не, без десяти."""
    word = finding.row[column].heard.text.lower()
    before = finding.row[column - 1].heard.text.lower() if column else ""
    named = before == "без" and word in denial_words("empty heard after")
    answers = before in ("нет", "или", "на") or _alone([*map(parted_slots, finding.row, finding.row[1:])], column)
    to_the_hour = word == "без" and any(word_value(slot.heard.text) for slot in finding.row[column + 1 : column + 2])
    return _nearly(finding, column) or named or to_the_hour or (word == "нет" and answers)


def _nearly(finding: Finding, column: int) -> bool:
    """Whether a denial is one half of what means *almost*: едва не, чуть ли не."""
    words = [slot.heard.text.lower() for slot in finding.row[max(0, column - 2) : column + 3]]
    place = min(column, 2)
    before = [word for word in words[:place] if word != "ли"][-1:]
    after = [word for word in words[place + 1 :] if word != "ли"][:1]
    hardly, particle = denial_words("hardly"), denial_words("particle")
    return (words[place] in hardly and not particle.isdisjoint(after)) or (
        words[place] in particle and not hardly.isdisjoint(before)
    )


def _alone(marks: Sequence[bool], place: int) -> bool:
    """Whether a word stands between marks: an answer of its own. ``marks``: is there one after each word?"""
    return all(marks[i] for i in (place - 1, place) if 0 <= i < len(marks))


def is_particle(slot: Slot) -> bool:
    """Whether the heard word is не or the like."""
    return slot.heard.text.lower() in denial_words("particle")


def parted_slots(before: Slot, after: Slot) -> bool:
    """Whether a mark, or the end of a sentence, stands between two neighbouring heard words."""
    return before.line != after.line or parted(before.heard, after.heard)


def parted(before: Token, after: Token) -> bool:
    """Whether a mark stands between two neighbouring words."""
    return after.start_char - before.end_char != 1


def half_said(quoted: Sequence[Token], place: int) -> bool:
    """Whether a word that denies only before another one (*rather* than, *rule* out) stands without it."""
    pairs = denial_words("only before")
    here = " ".join(token.text.lower() for token in quoted[place : place + 2])
    return quoted[place].text.lower() in {pair.split()[0] for pair in pairs} and here not in pairs


def phrase(quoted: Sequence[Token], place: int) -> bool:
    """Printed denials that deny nothing: not only, no doubt, no longer than …"""
    after = quoted[place + 1].text.lower() if place + 1 < len(quoted) else ""
    return quoted[place].text.lower() in denial_words("hard") and after in denial_words("empty after")


def phrase_heard(finding: Finding, after: Token) -> bool:
    """Whether a phrase such as *not only* stands in the heard words or the translation too (*no doubt* always does)."""
    if after.text.lower() in denial_words("always empty"):
        return True
    said = any(phrase(slot.translated, place) for slot in finding.row for place in range(len(slot.translated)))
    return said or any(is_particle(slot) and empty(finding, column) for column, slot in enumerate(finding.row))


def _rendered(finding: Finding, column: int, before: Sequence[str]) -> bool:
    """Whether не stands beside a word that print renders by one that needs no denial: пока … не, until."""
    printed = {token.text.lower() for token in finding.quoted}
    near = {*before, *(slot.heard.key for slot in finding.row[column + 1 : column + 2])}
    pairs = (pair.split() for pair in denial_words("rendered"))
    return any(heard in near and said in printed for heard, said in pairs)


def empty(finding: Finding, column: int) -> bool:
    """Whether не belongs to a set phrase that denies nothing: не только, чуть не, пока не решил."""
    after = finding.row[column + 1].heard.text.lower() if column + 1 < len(finding.row) else ""
    before = [slot.heard.text.lower() for slot in finding.row[max(0, column - 3) : column]]
    if finding.row[column].heard.text.lower() == "ни":
        return not denial_words("interrogative").isdisjoint(before[-2:])
    if after in denial_words("empty heard after"):
        return True
    if not is_particle(finding.row[column]):
        return False
    if not denial_words("empty heard before").isdisjoint(before):
        return True
    if _rendered(finding, column, before):
        return True
    until = not denial_words("until").isdisjoint(before) and not any(map(_none_word, before))
    return until and (after in denial_words("until") or "perf" in russian_form(after).tags)
