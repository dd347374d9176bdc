"""The records that cross module borders: what a case is made of.

In: nothing. Out: frozen dataclasses and enums, standard library only. Never does I/O, never judges.

The names and shapes follow the documented files of a case (docs/formats.md). Times are integer milliseconds of the
original file, text positions are half-open code-point offsets, probabilities and similarities lie in 0..1.
A field with a default may be missing in a file written by hand or by another tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    """What the recordings say about a printed quote; a person decides what follows from it."""

    VERBATIM = "verbatim"  # same language, same words
    SUPPORTED = "supported"  # a fair rendering
    EDITED = "edited"  # said, but words were cut, moved or joined without a mark
    CHANGED = "changed"  # said, but a detail differs
    NOT_FOUND = "not_found"  # nothing in the audio that could be checked supports it
    UNCHECKABLE = "uncheckable"  # the audio is silent, partial or untrusted there


class QuoteKind(StrEnum):
    DIRECT = "direct"
    PARTIAL = "partial"
    SCARE = "scare"
    TITLE = "title"


class QuoteFlagKind(StrEnum):
    """What a person should listen for in a quote."""

    NUMBER = "number"
    NEGATION = "negation"
    NAME = "name"
    QUANTIFIER = "quantifier"
    MODALITY = "modality"
    ANTONYM = "antonym"
    INSERTION = "insertion"
    OMISSION = "omission"
    STITCH = "stitch"
    ORDER = "order"
    EDGE = "edge"
    OTHER_SPEAKER = "other_speaker"
    REPEATED = "repeated"
    RETRACTED = "retracted"
    LOW_CONFIDENCE = "low_confidence"


class AudioFlagKind(StrEnum):
    """What is weak about a stretch of a transcript."""

    PARTIAL = "partial"  # less audio than the file, or the export that lists it, claims
    NO_SPEECH = "no_speech"  # nothing was heard
    SKIPPED = "skipped"  # a stretch with sound that was not transcribed
    LOOP = "loop"  # the recogniser repeated itself
    LOW_CONFIDENCE = "low_confidence"
    CLIPPED = "clipped"  # samples at full scale
    ONE_CHANNEL = "one_channel"  # speech in one channel only, or channels that cancel out
    UNTRUSTED_MODEL = "untrusted_model"  # a starter model on audio that it was not made for
    UNTRANSLATED = "untranslated"  # a sentence without a usable translation
    OTHER_LANGUAGE = "other_language"  # not the language of the translator
    IMPORTED = "imported"  # made by another program


class Timing(StrEnum):
    """Where the times of a passage come from."""

    MEASURED = "measured"  # the passage was timed once more on its own sound, and two measurements agree
    ESTIMATED = "estimated"  # as the transcript tells them


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a source lists, before anything is known of its content."""

    path: Path
    sent_at: str | None = None
    sender: str | None = None
    origin: Mapping[str, str] | None = None
    claimed_ms: int | None = None  # the length that the source states


@dataclass(frozen=True, slots=True)
class Recording:
    """One audio file. ``id`` is the first 16 hex digits of the file's SHA-256 when we make it."""

    id: str
    path: str
    sha256: str
    duration_ms: int
    sent_at: str | None = None  # ISO 8601 with zone
    sender: str | None = None
    origin: Mapping[str, str] | None = None  # where it comes from: export, message id, forwarded from …


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start_ms: int
    end_ms: int
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A half-open range over the words of a transcript."""

    start_word: int
    end_word: int


@dataclass(frozen=True, slots=True)
class AudioFlag:
    kind: AudioFlagKind
    start_ms: int
    end_ms: int
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model made something: its name, the hash of its weights, whether it is a starter model."""

    name: str
    sha256: str | None = None
    starter: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    recording_id: str
    language: str
    language_probability: float
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]
    flags: tuple[AudioFlag, ...] = ()
    model: ModelInfo | None = None
    options: Mapping[str, str | int | float | bool | None] | None = None
    duration_ms: int | None = None  # of the audio that was heard

    def sentence_text(self, index: int) -> str:
        """The words of one sentence, joined by spaces."""
        sentence = self.sentences[index]
        return " ".join(word.text for word in self.words[sentence.start_word : sentence.end_word])


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """The translation of the sentence at the same position of the transcript.

    ``word_links`` pairs a heard word with a translated word, both counted over whitespace-separated words
    within this sentence.
    """

    text: str
    log_prob_per_token: float | None = None
    word_links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    recording_id: str
    language: str
    sentences: tuple[TranslatedSentence, ...]
    model: ModelInfo | None = None
    source_sha256: str | None = None  # of the sentences that were translated: tells when they changed
    flags: tuple[AudioFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A recording with what was made of it: what quotes are matched against."""

    recording: Recording
    transcript: Transcript
    translation: Translation | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Printed words between quotation marks.

    ``text`` is what was printed, marks and attributions taken out. ``start_char`` and ``end_char`` frame it in the
    article's text; ``parts`` are the quoted stretches when an attribution or a paragraph break divides them.
    """

    id: str
    text: str
    start_char: int
    end_char: int
    speaker: str | None = None
    kind: QuoteKind = QuoteKind.DIRECT
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    id: str
    path: str
    sha256: str
    title: str
    language: str
    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a quote was heard.

    ``similarity`` is the share of the quote that the passage accounts for. ``witnesses`` are independent pieces of
    evidence, each 0..1 or None where it could not speak. ``word_links`` pairs a word of the quote with a word of
    ``translation`` (of ``heard`` when both are in the same language), counted over whitespace-separated words.
    ``word_times``: start and end in ms of each word of its sentences as they were measured, None for a word on which
    the measurements disagree; empty when nothing was measured.
    """

    recording_id: str
    start_ms: int
    end_ms: int
    sentence_indexes: tuple[int, ...]
    heard: str
    translation: str
    similarity: float
    witnesses: Mapping[str, float | None] = field(default_factory=dict)
    word_links: tuple[tuple[int, int], ...] = ()
    timing: Timing = Timing.ESTIMATED
    word_times: tuple[tuple[int, int] | None, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteFlag:
    """A detail that asks a person to listen: what the quote prints, and what was heard instead."""

    kind: QuoteFlagKind
    quote: str
    heard: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A quote, the verdict on it and everything that led there. ``rule`` names the rule that decided."""

    quote: Quote
    verdict: Verdict
    confidence: float
    passages: tuple[Passage, ...] = ()
    flags: tuple[QuoteFlag, ...] = ()
    alternatives: tuple[Passage, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the speech could be checked."""

    recordings: int
    speech_ms: int
    checked_ms: int


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to one article."""

    article: Article
    coverage: Coverage
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One file that could not be processed, and what to do about it."""

    path: str
    stage: str
    message: str
    hint: str
    sha256: str | None = None
