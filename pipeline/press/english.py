"""English attributions: who says it, and with which verb.

In: a window of text beside a quote. Out: the attribution there, or None. Pure; never traces pronouns, never looks
outside the window.

``Petrov said`` · ``said brigade commander Ivan Petrov`` · ``Petrov, who leads the brigade, told reporters`` ·
``according to a spokesman`` · ``he was quoted as saying`` · ``…, calling it``
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.press.english_subjects import sentence_subject, subject_left, subject_right
from pipeline.press.mentions import Attribution, Mention, Rules, Window, nearest_attribution
from pipeline.press.wordlists import words

_SPEECH: Final = words("""
said says say told tells tell added adds wrote writes tweeted posted replied replies answered answers asked asks
explained explains insisted insists claimed claims stated states announced announces warned warns declared declares
recalled recalls continued continues concluded concludes admitted admits acknowledged acknowledges noted notes argued
argues shouted shouts yelled cried whispered joked exclaimed responded responds commented comments remarked observed
stressed stresses emphasised emphasized suggested suggests complained boasted promised promises vowed vows pledged
confirmed confirms testified quipped urged urges demanded ordered orders reads muttered mused countered
conceded reiterated asserted asserts alleged alleges reported retorted snapped pleaded begged began
begins texted texts repeated
""")
_LABELS: Final = words("""
called calls described describes branded dubbed labelled labeled denounced denounces condemned condemns praised praises
criticised criticized hailed accused accuses blasted slammed dismissed dismisses characterised characterized rejected
likened lamented mocked derided decried rebuked termed spoke speaks referred refers blamed referred voiced
expressed expects thinks believes believe feels addresses
""")
_GERUNDS: Final = words("""
saying adding telling calling describing writing warning insisting claiming arguing noting stressing explaining asking
urging branding labelling labeling dismissing denouncing condemning promising vowing accusing referring declaring
announcing suggesting complaining shouting joking replying
""")
_VERB: Final = re.compile(
    r"\b(?P<passive>(?:quoted|cited)(?: by [^,.;:]{1,40}?)? as saying)\b"
    r"|\b(?P<quotes>quotes|quoted|cites|cited|citing|quoting)\b"
    r"|\b(?P<according>according to|in the words of|as)\s+(?=[\w’'“\"])"
    rf"|\b(?P<speech>{'|'.join(_SPEECH)}|went on|goes on|puts? it)\b"
    rf"|\b(?P<labels>{'|'.join(_LABELS)}|addressed(?! to))\b"
    rf"|\b(?P<gerund>{'|'.join(_GERUNDS)})\b",
    re.I,
)
_PASSIVE: Final = re.compile(r"\b(?:was|were|is|are|been|being|be)\s+(?:[a-z]+ly\s+|also\s+|not\s+)?\Z")
_ELIDED: Final = re.compile(r"[\s,]*(?:and|but|then|and then)\s+(?:[a-z]+ly\s+|later\s+|also\s+)?\Z")
_SECOND_VERB: Final = re.compile(r"[\w,]\s+(?:and|but)\s+(?:[a-z]+ly\s+|later\s+|also\s+|then\s+)?\Z")
_NOUN_MARKER: Final = re.compile(r"\b(?:the|a|an|his|her|their|its|our|my|no|any|these|those|such|of|this)\s+\Z", re.I)
_AS_SUBJECT: Final = re.compile(r"as\s+(.{1,60}?)\s+(?:put|said|says|told|noted|explained|wrote|described)\b", re.I)
# Any other verb right after the quote with its subject behind it: "drawled Petrov", "began the colonel".
_ANY_VERB: Final = re.compile(
    r"\s*(?P<verb>[a-z]+ed|began|thought|put in|went on|sang|wept)\s+(?=(?:he|she|the)\b|[A-Z])"
)


def find_attribution(window: Window) -> Attribution | None:
    """The attribution nearest to the quote in ``window``."""
    return nearest_attribution(_RULES, window)


def _from_verb(window: Window, match: re.Match[str]) -> Attribution | None:
    if match["according"]:
        return _according(window, match)
    if match["gerund"]:
        if window.side == "after":
            return None  # "A", adding that "B": it belongs to B
        subject = sentence_subject(window, match.start()) or Mention("pronoun", "same")
        return Attribution(match[0].lower(), match.start(), match.end(), subject, _is_label(match[0]), False)
    if match["quotes"]:  # "the agency quoted Petrov as saying"
        mention = subject_right(window, match.end())
        return Attribution(match[0].lower(), match.start(), match.end(), mention, False, True) if mention else None
    before = window.text[window.start : match.start()]
    if not match["passive"] and (_PASSIVE.search(before) or _NOUN_MARKER.search(before)):
        return None
    mention = subject_left(window, match.start())
    if mention is None and _SECOND_VERB.search(before):
        mention = sentence_subject(window, match.start())
    if mention is None and not match["passive"] and not match["labels"]:
        mention = subject_right(window, match.end())
    goes_on = window.side == "before" and match["labels"] and not before.strip()
    if mention is None and (goes_on or _ELIDED.match(before)):
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
        mention = clause and subject_left(window._replace(start=clause.start(1)), clause.end(1))
        return Attribution("as", match.start(), clause.end(), mention, False, True) if clause and mention else None
    mention = subject_right(window, match.end())
    return Attribution(phrase, match.start(), match.end(), mention, False, True) if mention else None


_RULES: Final = Rules(_VERB, _ANY_VERB, _from_verb, subject_right)
