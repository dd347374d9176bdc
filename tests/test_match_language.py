"""Which language a quote is compared in is decided by the passage, not by what else is in the case."""

from __future__ import annotations

from pipeline.match import Library, judge_quotes
from pipeline.records import (
    Document,
    Quote,
    Recording,
    Sentence,
    Transcript,
    TranslatedSentence,
    Translation,
    Verdict,
    Word,
)


def document(identifier: str, language: str, heard: str, translated: str | None = None) -> Document:
    words = tuple(Word(text, 500 * place, 500 * place + 400) for place, text in enumerate(heard.split()))
    transcript = Transcript(identifier, language, 1.0, words, (Sentence(0, len(words)),))
    translation = Translation(identifier, "en", (TranslatedSentence(translated),)) if translated else None
    return Document(Recording(identifier, f"{identifier}.ogg", "0" * 64, 500 * len(words)), transcript, translation)


def test_an_english_note_in_the_case_does_not_turn_a_translated_quote_into_an_edited_one() -> None:
    russian = document(
        "ru", "ru", "Меня просили переписать честный доклад.", "They asked me to rewrite the honest report."
    )
    english = document("en", "en", "We ask everyone to stay calm.")
    quotes = [
        Quote("q1", "I was asked to rewrite the honest report", 0, 40),
        Quote("q2", "We ask everyone to stay calm", 0, 28),
    ]
    alone = judge_quotes(quotes[:1], Library.build([russian]))
    together = judge_quotes(quotes, Library.build([russian, english]))
    assert [judgement.verdict for judgement in alone] == [Verdict.SUPPORTED]
    assert [judgement.verdict for judgement in together] == [Verdict.SUPPORTED, Verdict.VERBATIM]


def test_a_role_is_not_taken_for_another_speaker() -> None:
    note = document(
        "ru", "ru", "Меня просили переписать честный доклад.", "They asked me to rewrite the honest report."
    )
    sent = Document(Recording("ru", "ru.ogg", "0" * 64, 2500, sender="Павел Ветров"), note.transcript, note.translation)
    library = Library.build([sent])

    def flags(speaker: str) -> set[str]:
        quote = Quote("q1", "I was asked to rewrite the honest report", 0, 40, speaker)
        return {flag.kind for flag in judge_quotes([quote], library)[0].flags}

    assert "other_speaker" not in flags("commander of the 3rd Mountain Regiment")
    assert "other_speaker" not in flags("Col. Pavel Vetrov")
    assert "other_speaker" in flags("Ilya Belov")
