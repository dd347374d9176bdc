"""Words become sentences.

In: words with times. Out: half-open ranges over them; every word is in exactly one. The text decides where it has
punctuation (razdel), a long pause where it has none, and the longest pause where a sentence would grow too long. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import razdel

from pipeline.records import Sentence, Word

PAUSE_MS = 800
"""A pause of this length ends a sentence that no full stop ends."""
LONGEST_WORDS = 40
"""A longer sentence is cut at its longest pause: translators lose the thread, and readers too."""
_OPEN_ENDS = (",", ";", ":", "—", "–", "-")


def split(words: Sequence[Word]) -> tuple[Sentence, ...]:
    """The sentences of a transcript, in order, without gaps."""
    ends = _ends_in_text(words) | _ends_at_pauses(words)
    sentences: list[Sentence] = []
    start = 0
    for end in sorted({*ends, len(words)} - {0}):
        sentences.extend(_not_too_long(words, Sentence(start, end)))
        start = end
    return tuple(sentences)


def _ends_in_text(words: Sequence[Word]) -> set[int]:
    """Behind which words razdel ends a sentence, by the place of its last character."""
    last_chars: dict[int, int] = {}
    length = 0
    for index, word in enumerate(words):
        length += len(word.text)
        last_chars[length] = index + 1
        length += 1
    text = " ".join(word.text for word in words)
    return {last_chars[part.stop] for part in razdel.sentenize(text) if part.stop in last_chars}


def _ends_at_pauses(words: Sequence[Word]) -> set[int]:
    """Behind which words somebody falls silent. Behind a comma only a pause twice as long ends a sentence."""
    return {
        index
        for index in range(1, len(words))
        if _pause_ms(words, index) >= PAUSE_MS * (2 if words[index - 1].text.endswith(_OPEN_ENDS) else 1)
    }


def _not_too_long(words: Sequence[Word], sentence: Sentence) -> Iterator[Sentence]:
    """The sentence, or its parts: cut at the longest pause, of equal ones at the one nearest to the middle."""
    start, end = sentence.start_word, sentence.end_word
    if end - start <= LONGEST_WORDS:
        yield sentence
        return
    middle = (start + end) / 2
    inner = range(start + LONGEST_WORDS // 8, end - LONGEST_WORDS // 8)
    cut = max(inner, key=lambda index: (_pause_ms(words, index), -abs(index - middle)))
    yield from _not_too_long(words, Sentence(start, cut))
    yield from _not_too_long(words, Sentence(cut, end))


def _pause_ms(words: Sequence[Word], index: int) -> int:
    """The silence before the word at ``index``."""
    return words[index].start_ms - words[index - 1].end_ms
