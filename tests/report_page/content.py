"""Content for the tests of the report: notes in Russian, articles in English, real Opus audio.

The sound of a word is a short tone of its own, so that a listener (or a test) could tell the words apart.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
import soundfile

from pipeline.records import (
    Article,
    AudioFlag,
    AudioFlagKind,
    Check,
    Coverage,
    Document,
    Failure,
    Judgement,
    ModelInfo,
    Passage,
    Quote,
    QuoteFlag,
    QuoteFlagKind,
    QuoteKind,
    Recording,
    Sentence,
    Transcript,
    TranslatedSentence,
    Translation,
    Verdict,
    Word,
)
from pipeline.report.page import Clip, ClipRequest, Embed, ReportContent, clips_needed

RATE_HZ = 16_000
WORD_MS = 360
GAP_MS = 60
PAUSE_MS = 500

NOTE = (
    ("Товарищи, говорю коротко, связь плохая.", "Comrades, I will be brief, the connection is bad."),
    ("За неделю мы потеряли четырнадцать машин и сорок человек.", "In a week we lost fourteen vehicles and forty men."),
    (
        "Снарядов нет, воды нет, и никто за это не отвечает.",
        "There are no shells, no water, and nobody answers for it.",
    ),
    ("Я не приказывал отходить с высоты.", "I did not order a withdrawal from the height."),
    ("Мы стоим и будем стоять, пока есть люди.", "We are standing and will stand while there are people."),
    ("Семьям я напишу сам, каждому.", "I will write to the families myself, to each one."),
    ("Ещё раз: воды нет третий день.", "Once more: there has been no water for three days."),
)
# Which heard word belongs to which translated word, for the sentences whose words the tests follow.
LINKS = {
    1: ((0, 0), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9)),
    3: ((0, 0), (1, 2), (2, 3), (3, 5)),
}
DOUBTFUL = {"четырнадцать": 0.41, "высоты.": 0.63, "отвечает.": 0.7, "Снарядов": 0.55}

PARAGRAPHS = (
    "A voice note said to be from Colonel Andrei Sokolov has reached this newspaper. It runs for half a minute.",
    "“In one week we lost forty vehicles and forty men,” the colonel tells his soldiers. "
    "He speaks of “no shells, no water”, and says that “nobody answers for it”.",
    "“I ordered a withdrawal from the height,” he goes on. "
    "“We are standing,” he adds, “and will stand while there are people.”",
    "At the end he turns to the families: “I will write to the families myself.”",
    "“The command has betrayed us all,” says a second officer. "
    "A third voice, hard to make out, speaks of “the last truck”.",
    "«Воды нет третий день», he repeats in Russian before the note ends.",
)


def document(
    recording_id: str = "7f3a91c2d4e5b608", *, translated: bool = True, name: str = "voice-note-0412.ogg"
) -> Document:
    """The note above as a document, its words one after the other."""
    words: list[Word] = []
    sentences: list[Sentence] = []
    moment_ms = 700
    for russian, _ in NOTE:
        first = len(words)
        for text in russian.split():
            words.append(Word(text, moment_ms, moment_ms + WORD_MS, DOUBTFUL.get(text, 0.93)))
            moment_ms += WORD_MS + GAP_MS
        sentences.append(Sentence(first, len(words)))
        moment_ms += PAUSE_MS
    recording = Recording(
        recording_id,
        f"export/voice_messages/{name}",
        recording_id * 4,
        moment_ms + 700,
        "2026-05-03T14:22:10+03:00",
        "Сокол",
    )
    flags = (AudioFlag(AudioFlagKind.CLIPPED, 9_000, 9_800), AudioFlag(AudioFlagKind.SKIPPED, 100, 600, "engine noise"))
    transcript = Transcript(
        recording_id,
        "ru",
        0.97,
        tuple(words),
        tuple(sentences),
        flags,
        ModelInfo("starter/whisper-ru", "ab" * 32, True),
    )
    translation = Translation(
        recording_id,
        "en",
        tuple(TranslatedSentence(english, -0.3, LINKS.get(index, ())) for index, (_, english) in enumerate(NOTE)),
        ModelInfo("starter/translate-ru_en", "cd" * 32, True),
    )
    return Document(recording, transcript, translation if translated else None)


def passage(source: Document, index: int, similarity: float = 0.9, links: tuple[tuple[int, int], ...] = ()) -> Passage:
    """The passage that one sentence of the note fills."""
    sentence = source.transcript.sentences[index]
    words = source.transcript.words[sentence.start_word : sentence.end_word]
    translation = source.translation.sentences[index].text if source.translation else ""
    return Passage(
        source.recording.id,
        words[0].start_ms,
        words[-1].end_ms,
        (index,),
        source.transcript.sentence_text(index),
        translation,
        similarity,
        {"wording": similarity, "model": 0.71, "names_numbers": None},
        links,
    )


def article() -> Article:
    """The article with its quotes found by their words."""
    text = "\n".join(PARAGRAPHS)

    def quote(number: int, words: str, speaker: str | None, kind: QuoteKind = QuoteKind.DIRECT) -> Quote:
        start = text.index(words)
        return Quote(f"q{number}", words.rstrip(","), start, start + len(words), speaker, kind)

    split = text.index("We are standing,")
    tail = "and will stand while there are people."
    second = text.index(tail)
    quotes = (
        quote(1, "In one week we lost forty vehicles and forty men,", "Colonel Andrei Sokolov"),
        quote(2, "no shells, no water", "Colonel Andrei Sokolov", QuoteKind.PARTIAL),
        quote(3, "nobody answers for it", "Colonel Andrei Sokolov", QuoteKind.PARTIAL),
        quote(4, "I ordered a withdrawal from the height,", "Colonel Andrei Sokolov"),
        Quote("q5", f"We are standing, {tail}", split, second + len(tail), "Colonel Andrei Sokolov", QuoteKind.DIRECT,
              ((split, split + len("We are standing,")), (second, second + len(tail)))),
        quote(6, "I will write to the families myself.", "Colonel Andrei Sokolov"),
        quote(7, "The command has betrayed us all,", "a second officer"),
        quote(8, "the last truck", None, QuoteKind.PARTIAL),
        quote(9, "Воды нет третий день", "Colonel Andrei Sokolov"),
    )  # fmt: skip
    return Article(
        "art-1",
        "articles/the-note.html",
        "e5" * 32,
        "“We stand while there are people”: a colonel’s voice note",
        "en",
        text,
        quotes,
    )


def check(source: Document) -> Check:
    """Every verdict once, with the flags that lead to it."""
    quotes = article().quotes
    number = QuoteFlag(QuoteFlagKind.NUMBER, "forty vehicles", "fourteen vehicles")
    order_links = ((0, 0), (2, 2), (3, 3), (4, 4), (6, 6), (7, 7), (8, 8), (9, 9))
    denial_links = ((0, 0), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7), (6, 8))
    judgements = (
        Judgement(
            quotes[0], Verdict.CHANGED, 0.91, (passage(source, 1, 0.86, order_links),), (number,), rule="number_differs"
        ),
        Judgement(quotes[1], Verdict.SUPPORTED, 0.88, (passage(source, 2, 0.95),), rule="wording"),
        Judgement(quotes[2], Verdict.SUPPORTED, 0.93, (passage(source, 2, 1.0),), rule="wording"),
        Judgement(
            quotes[3],
            Verdict.CHANGED,
            0.9,
            (passage(source, 3, 0.84, denial_links),),
            (QuoteFlag(QuoteFlagKind.NEGATION, "", "not"),),
            (passage(source, 4, 0.22),),
            "negation_differs",
        ),
        Judgement(quotes[4], Verdict.SUPPORTED, 0.97, (passage(source, 4, 1.0),), rule="wording"),
        Judgement(
            quotes[5],
            Verdict.EDITED,
            0.9,
            (passage(source, 5, 0.9),),
            (QuoteFlag(QuoteFlagKind.EDGE, "", "to each one."),),
            rule="cut_at_the_end",
        ),
        Judgement(
            quotes[6],
            Verdict.NOT_FOUND,
            0.04,
            (),
            (),
            (passage(source, 2, 0.21), passage(source, 0, 0.12)),
            "nothing_near",
        ),
        Judgement(quotes[7], Verdict.UNCHECKABLE, 0.3, (), (), (), "stretch_not_transcribed"),
        Judgement(
            quotes[8],
            Verdict.VERBATIM,
            0.99,
            (replace(passage(source, 6, 1.0), translation=""), passage(source, 2, 0.6)),
            (QuoteFlag(QuoteFlagKind.REPEATED, "", ""),),
            rule="same_words",
        ),
    )
    speech_ms = source.recording.duration_ms - 1_400
    return Check(article(), Coverage(1, speech_ms, speech_ms * 94 // 100), judgements)


def sound(source: Document) -> np.ndarray:
    """A tone for every word, silence between, as float samples at ``RATE_HZ``."""
    samples = np.zeros(source.recording.duration_ms * RATE_HZ // 1000, np.float32)
    for number, word in enumerate(source.transcript.words):
        start, end = word.start_ms * RATE_HZ // 1000, word.end_ms * RATE_HZ // 1000
        seconds = np.arange(end - start) / RATE_HZ
        swell = np.sin(np.pi * np.arange(end - start) / (end - start)) * (0.25 + 0.5 * ((number * 37) % 10) / 10)
        tremble = 1 + 0.4 * np.sin(2 * np.pi * 23 * seconds)
        samples[start:end] = swell * tremble * 0.7 * np.sin(2 * np.pi * (180 + 23 * (number % 17)) * seconds)
    return samples


def cut(source: Document, request: ClipRequest) -> Clip:
    """What the program's own cutter does: the stretch as Ogg/Opus, with its peaks."""
    samples = sound(source)[request.start_ms * RATE_HZ // 1000 : request.end_ms * RATE_HZ // 1000]
    stored = io.BytesIO()
    soundfile.write(stored, samples, RATE_HZ, format="OGG", subtype="OPUS")
    peaks = tuple(
        int(100 * min(1.0, float(np.abs(step).max()))) for step in np.array_split(samples, request.peak_count)
    )
    return Clip(stored.getvalue(), "audio/ogg", None, request.start_ms, request.end_ms, peaks)


@cache
def content(language: str = "en", embed: Embed = "clips") -> ReportContent:
    """A report with one article, one note with sound and one without."""
    source = document()
    silent = document("0011223344556677", translated=False, name="voice-note-0413.ogg")
    checks = (check(source),)
    requests = clips_needed(checks, (source, silent), embed)
    clips = {one.key: cut(source, one) for one in requests if one.recording_id == source.recording.id}
    return ReportContent(
        checks=checks,
        documents=(source, silent),
        clips=clips,
        failures=(
            Failure(
                "notes/broken.ogg", "decode", "broken.ogg ends in the middle of its header.", "Copy the file again."
            ),
        ),
        language="ru" if language == "ru" else "en",
        embed=embed,
        created_at="2026-11-23T21:40:00+00:00",
        version="0.1.0",
    )
