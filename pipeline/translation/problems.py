"""What is wrong with a translated sentence, seen from the two texts alone. Pure: no model, no I/O.

In: a heard sentence and its translation. Out: a plain reason, or None; audio flags for a whole transcript. It works as
well on translations that another program made. Never judges whether a translation is right.

The length limits stand outside what 290,000 Russian-English sentence pairs (dialogue, novels, manuals, news) show:
at least 99.9 of 100 pairs of each kind lie within them. All rules together find something in 20 of 113,000 pairs that
people translated (wordplay, alphabets, free renderings) and in none of 754 sentences of a sound machine translation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.records import AudioFlag, AudioFlagKind, Transcript, Translation

OMISSION_MARK = "[…]"  # stands in a translation where words were heard and the translator gave nothing usable

_WORD = re.compile(r"[^\W_]+")
_SHORT_SOURCE_CHAR = 20  # below this a sentence may well shrink to one short word
_LEAST_LENGTH_RATIO = 0.25
_MOST_LENGTH_RATIO = 2.5
_LENGTH_ALLOWANCE_CHAR = 15
_LONGEST_PHRASE = 8  # words of a phrase that is looked for as a repetition
_FEW_DIFFERENT_WORDS = 0.3
_MANY_WORDS = 20
_COPIED_SHARE = 0.3


def find_problem(heard: str, translation: str) -> str | None:
    """Why a translation needs a look: one plain reason, or None.

    Reasons: ``empty``, ``partly untranslated``, ``repeats itself``, ``copied from the source``, ``far too short``,
    ``far too long``.
    """
    heard_words = _words(heard)
    translated_words = _words(translation.replace(OMISSION_MARK, " "))
    if not heard_words:
        return None
    if not translated_words:
        return "empty"
    if OMISSION_MARK in translation:
        return "partly untranslated"
    if _repeats_itself(heard_words, translated_words):
        return "repeats itself"
    if _is_copied(heard_words, translated_words):
        return "copied from the source"
    if len(heard) >= _SHORT_SOURCE_CHAR and len(translation) < _LEAST_LENGTH_RATIO * len(heard):
        return "far too short"
    if len(translation) > _MOST_LENGTH_RATIO * len(heard) + _LENGTH_ALLOWANCE_CHAR:
        return "far too long"
    return None


def untranslated_flags(transcript: Transcript, translation: Translation) -> tuple[AudioFlag, ...]:
    """One UNTRANSLATED flag for every sentence whose translation is missing or suspicious.

    A translation with fewer sentences than the transcript leaves the rest flagged as empty.
    """
    flags = []
    for index, sentence in enumerate(transcript.sentences):
        translated = translation.sentences[index].text if index < len(translation.sentences) else ""
        problem = find_problem(transcript.sentence_text(index), translated)
        if problem is not None:
            first, last = transcript.words[sentence.start_word], transcript.words[sentence.end_word - 1]
            flags.append(AudioFlag(AudioFlagKind.UNTRANSLATED, first.start_ms, last.end_ms, problem))
    return tuple(flags)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _repeats_itself(heard: Sequence[str], translated: Sequence[str]) -> bool:
    """A word four times running or a phrase three times running, unless the speaker did it too."""
    heard_runs = max((longest_run(heard, length) for length in range(1, _LONGEST_PHRASE + 1)), default=0)
    for length in range(1, _LONGEST_PHRASE + 1):
        runs = longest_run(translated, length)
        if runs >= (4 if length == 1 else 3) and runs > heard_runs + 1:
            return True
    return (
        len(translated) >= _MANY_WORDS
        and len(set(translated)) < _FEW_DIFFERENT_WORDS * len(translated)
        and len(set(heard)) >= _FEW_DIFFERENT_WORDS * len(heard)
    )


def longest_run(words: Sequence[str], length: int) -> int:
    """How many times running some phrase of ``length`` words stands in ``words`` (1: never repeated)."""
    longest = equal = 0
    for index in range(length, len(words)):
        equal = equal + 1 if words[index] == words[index - length] else 0
        longest = max(longest, equal)
    return longest // length + 1 if words else 0


def _is_copied(heard: Sequence[str], translated: Sequence[str]) -> bool:
    """Words of the source that came through unchanged; names in Latin letters and numbers may."""
    source = set(heard)
    copied = sum(word in source and not word.isascii() for word in translated)
    return copied > _COPIED_SHARE * len(translated)
