"""Words side by side: what was printed, what was heard, what it means, and where they part.

In: a quote, a passage, its document. Out: words with marks, confidence and links between the three rows. Pure.
It marks what has no counterpart; whether that matters is for the verdict and the listener.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.records import Document, Judgement, Passage, QuoteFlag, QuoteFlagKind

Links = tuple[tuple[int, int], ...]

UNSURE_BELOW = 0.75  # a word worth a second listen
DOUBTFUL_BELOW = 0.45  # more likely wrong than right

CONTEXT_WORDS = 12  # heard before and after the passage and shown with it; more would hide the passage

# Below this share of linked words two texts have too little in common for "only here" to mean anything.
COMPARABLE_FROM = 0.5

# A translation that accounts for less than this part of what the heard words account for has lost what was said: a word
# that it lacks was not only printed.
FAITHFUL_FROM = 0.6

# Flags that set a word of the quote against a word that was heard; the others speak of a whole passage.
DETAILS = frozenset(
    {
        QuoteFlagKind.NUMBER,
        QuoteFlagKind.NEGATION,
        QuoteFlagKind.NAME,
        QuoteFlagKind.QUANTIFIER,
        QuoteFlagKind.MODALITY,
        QuoteFlagKind.ANTONYM,
        QuoteFlagKind.INSERTION,
        QuoteFlagKind.OMISSION,
    }
)

# Of these, the ones that say "there and not here" carry that sign; the others say "not the same".
ONE_SIDED = frozenset({QuoteFlagKind.INSERTION, QuoteFlagKind.OMISSION})

# Words that come and go between two renderings of one sentence; a mark on them alone would only tire the eye.
QUIET_WORDS = frozenset({"a", "an", "the", "и", "а", "же", "ведь", "вот", "ну"})


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word on the page. ``mark`` is empty, ``differs``, ``printed`` (only there) or ``heard`` (only there)."""

    text: str
    mark: str = ""
    start_ms: int | None = None
    end_ms: int | None = None
    probability: float | None = None
    inside: bool = True

    @property
    def doubt(self) -> str:
        """How little the recogniser trusts the word: empty, ``unsure`` or ``doubtful``."""
        if self.probability is None or self.probability >= UNSURE_BELOW:
            return ""
        return "unsure" if self.probability >= DOUBTFUL_BELOW else "doubtful"


@dataclass(frozen=True, slots=True)
class Rows:
    """The three rows of a passage and the pairs of words that belong together.

    ``quote_links`` pair a word of the quote with one of ``translation``, or of ``heard`` when ``same_language``;
    ``heard_links`` pair a word of ``heard`` with one of ``translation``. Where the quote and what it is compared with
    share too few words, or the translation lost what was said, they are not ``comparable``, and only flagged details
    are marked. ``cut_before`` and ``cut_after`` tell that the sentences go on beyond the words in ``heard``.
    """

    quote: tuple[ShownWord, ...]
    heard: tuple[ShownWord, ...]
    translation: tuple[ShownWord, ...]
    quote_links: Links
    heard_links: Links
    same_language: bool
    comparable: bool
    cut_before: bool = False
    cut_after: bool = False


def rows(judgement: Judgement, passage: Passage, document: Document | None, article_language: str) -> Rows:
    """The rows of one passage, marked. Works without a document, a translation, links, times or probabilities."""
    heard = _heard_words(passage, document)
    translation, heard_links = _translated_words(passage, document)
    same = not translation or (document is not None and document.transcript.language == article_language)
    quote = tuple(ShownWord(text) for text in judgement.quote.text.split())
    reference = heard if same else translation
    stated = passage.heard if same else passage.translation
    links = _quote_links(quote, reference, stated, passage.word_links)
    comparable = len({left for left, _ in links}) >= COMPARABLE_FROM * len(quote) and (same or _faithful(passage))
    if comparable:
        quote, reference = _differences(quote, reference, links)
    heard, translation = (reference, translation) if same else (heard, reference)
    whole = Rows(
        quote=_flagged(quote, judgement.flags, "printed"),
        heard=_flagged(heard, judgement.flags, "heard"),
        translation=_flagged(translation, judgement.flags, "heard"),
        quote_links=links,
        heard_links=heard_links,
        same_language=same,
        comparable=comparable,
    )
    return _near(whole)


def _faithful(passage: Passage) -> bool:
    """Whether the translation holds about as much of the quote as the heard words do, where both witnesses speak."""
    wording, heard = passage.witnesses.get("wording"), passage.witnesses.get("heard")
    return wording is None or heard is None or wording >= FAITHFUL_FROM * heard


def _near(whole: Rows) -> Rows:
    """The same rows with ``CONTEXT_WORDS`` heard around the passage, the links moved along."""
    inside = [index for index, word in enumerate(whole.heard) if word.inside]
    if not inside:
        return whole
    first, last = max(0, inside[0] - CONTEXT_WORDS), min(len(whole.heard), inside[-1] + 1 + CONTEXT_WORDS)
    quote_links = whole.quote_links
    if whole.same_language:
        quote_links = tuple((left, right - first) for left, right in quote_links if first <= right < last)
    return replace(
        whole,
        heard=whole.heard[first:last],
        quote_links=quote_links,
        heard_links=tuple((left - first, right) for left, right in whole.heard_links if first <= left < last),
        cut_before=first > 0,
        cut_after=last < len(whole.heard),
    )


def plain_quote(text: str, flags: Iterable[QuoteFlag]) -> tuple[ShownWord, ...]:
    """The words of a quote for which nothing was heard."""
    return _flagged(tuple(map(ShownWord, text.split())), flags, "printed")


def _heard_words(passage: Passage, document: Document | None) -> tuple[ShownWord, ...]:
    sentences = _sentences(passage, document)
    if document is None or not sentences:
        return tuple(ShownWord(text) for text in passage.heard.split())
    words = document.transcript.words
    shown: list[ShownWord] = []
    for index in sentences:
        sentence = document.transcript.sentences[index]
        for word in words[sentence.start_word : sentence.end_word]:
            inside = word.end_ms > passage.start_ms and word.start_ms < passage.end_ms
            shown.append(ShownWord(word.text, "", word.start_ms, word.end_ms, word.probability, inside))
    return tuple(shown)


def _translated_words(passage: Passage, document: Document | None) -> tuple[tuple[ShownWord, ...], Links]:
    """The words of the translated sentences and the pairs that tie the heard words to them."""
    texts: list[str] = []
    links: list[tuple[int, int]] = []
    heard_count = 0
    if document is not None and document.translation is not None:
        for index in _sentences(passage, document):
            if index >= len(document.translation.sentences):
                texts = []
                break
            translated = document.translation.sentences[index]
            links.extend((heard + heard_count, word + len(texts)) for heard, word in translated.word_links)
            texts.extend(translated.text.split())
            sentence = document.transcript.sentences[index]
            heard_count += sentence.end_word - sentence.start_word
    stated = passage.translation.split()
    if _position(stated, texts) is None:
        return tuple(ShownWord(text) for text in stated), ()
    valid = tuple((heard, word) for heard, word in links if 0 <= heard < heard_count and 0 <= word < len(texts))
    return tuple(ShownWord(text) for text in texts), valid


def _sentences(passage: Passage, document: Document | None) -> tuple[int, ...]:
    if document is None:
        return ()
    count = len(document.transcript.sentences)
    valid = all(0 <= index < count for index in passage.sentence_indexes)
    return passage.sentence_indexes if valid else ()


def _quote_links(
    quote: Sequence[ShownWord], reference: Sequence[ShownWord], stated: str, given: Iterable[tuple[int, int]]
) -> Links:
    """The given links, moved from the stated passage to the words shown; where there are none, equal words."""
    offset = _position(stated.split(), [word.text for word in reference])
    if offset is not None:
        moved = tuple((left, right + offset) for left, right in given)
        links = tuple((a, b) for a, b in moved if 0 <= a < len(quote) and 0 <= b < len(reference))
        if links:
            return links
    matcher = SequenceMatcher(None, [_plain(w.text) for w in quote], [_plain(w.text) for w in reference], False)
    return tuple((m.a + step, m.b + step) for m in matcher.get_matching_blocks() for step in range(m.size))


def _position(part: Sequence[str], whole: Sequence[str]) -> int | None:
    """Where ``part`` stands in ``whole``, word for word; None when it does not or is empty."""
    if not part:
        return None
    for start in range(len(whole) - len(part) + 1):
        if list(whole[start : start + len(part)]) == list(part):
            return start
    return None


def _differences(
    quote: tuple[ShownWord, ...], reference: tuple[ShownWord, ...], links: Links
) -> tuple[tuple[ShownWord, ...], tuple[ShownWord, ...]]:
    if not links:
        return quote, reference
    left = {pair[0] for pair in links}
    right = {pair[1] for pair in links}
    first, last = min(right), max(right)
    printed = tuple(_marked(word, "printed") if index not in left else word for index, word in enumerate(quote))
    heard = tuple(
        _marked(word, "heard") if first < index < last and index not in right else word
        for index, word in enumerate(reference)
    )
    return printed, heard


def _marked(word: ShownWord, mark: str) -> ShownWord:
    plain = _plain(word.text)
    return replace(word, mark=mark) if plain and plain not in QUIET_WORDS else word


def _flagged(words: tuple[ShownWord, ...], flags: Iterable[QuoteFlag], side: str) -> tuple[ShownWord, ...]:
    """Mark the words of each detail where they stand; ``side`` tells which words of a flag are meant."""
    plain = [_plain(word.text) for word in words]
    marked = list(words)
    details = [flag for flag in flags if flag.kind in DETAILS]
    for flag in sorted(details, key=lambda one: one.kind not in ONE_SIDED):
        phrase = flag.quote if side == "printed" else flag.heard
        mark = side if flag.kind in ONE_SIDED else "differs"
        found = _positions(phrase, plain) or [at for part in phrase.split(",") for at in _positions(part, plain)]
        within = [index for index in found if words[index].inside]
        for index in within or found:
            marked[index] = replace(marked[index], mark=mark)
    return tuple(marked)


def _positions(phrase: str, plain: Sequence[str]) -> list[int]:
    """The indexes of the words of every occurrence of a phrase."""
    wanted = [text for text in map(_plain, phrase.split()) if text]
    size = len(wanted)
    if not size:
        return []
    starts = [start for start in range(len(plain) - size + 1) if list(plain[start : start + size]) == wanted]
    return [start + step for start in starts for step in range(size)]


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold().replace("ё", "е") if letter.isalnum())
