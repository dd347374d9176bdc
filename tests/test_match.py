"""Quotes against a small invented case: verdicts, places, flags, bad input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.match import Library, MatchOptions, Style, coverage, explain, judge_quotes
from pipeline.match.align.alignment import align
from pipeline.match.judge import Setting, _answer
from pipeline.match.verdict import RULES
from pipeline.records import (
    AudioFlag,
    AudioFlagKind,
    Document,
    Judgement,
    Quote,
    QuoteFlagKind,
    Verdict,
)
from tests.quality.sets import own_documents, own_quotes


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return own_documents()


@pytest.fixture(scope="module")
def library(documents: list[Document]) -> Library:
    return Library.build(documents)


def quote(text: str, speaker: str | None = None) -> Quote:
    return Quote("q1", text, 0, len(text), speaker)


def judge(library: Library, text: str, **options: object) -> Judgement:
    speaker = options.pop("speaker", None)
    return judge_quotes([quote(text, speaker)], library, MatchOptions(**options))[0]  # type: ignore[arg-type]


def kinds(judgement: Judgement) -> set[QuoteFlagKind]:
    return {flag.kind for flag in judgement.flags}


def test_the_own_set_as_a_whole(library: Library) -> None:
    rows = own_quotes()
    found = judge_quotes([row for row, _ in rows], library)
    right = [judgement.verdict.value in expected.verdicts for (_, expected), judgement in zip(rows, found, strict=True)]
    assert len(rows) >= 60
    assert sum(right) / len(right) >= 0.9


def test_a_fair_rendering_has_the_milliseconds_of_its_words(library: Library, documents: list[Document]) -> None:
    judgement = judge(library, "twelve kilometres downstream")
    assert judgement.verdict is Verdict.SUPPORTED
    passage = judgement.passages[0]
    words = {word.text: word for word in documents[2].transcript.words}
    assert passage.recording_id == "note3"
    assert passage.sentence_indexes == (4,)
    assert passage.start_ms == words["двенадцать"].start_ms
    assert passage.end_ms <= words["течению."].end_ms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("In two years we have lost 74 men, and I remember each of them by name.", QuoteFlagKind.NUMBER),
        ("We have enough fuel to reach Murmansk.", QuoteFlagKind.NAME),
        ("As of tomorrow, I command the third battalion.", QuoteFlagKind.NEGATION),
        ("More than 300 tons of waste were not dumped into the river.", QuoteFlagKind.NEGATION),
        ("Some high school students will go to Kazan on an excursion.", QuoteFlagKind.QUANTIFIER),
        ("Parents can sign the application before Friday.", QuoteFlagKind.MODALITY),
        ("We have always been the worst school in the district.", QuoteFlagKind.ANTONYM),
    ],
)
def test_one_changed_detail(library: Library, text: str, kind: QuoteFlagKind) -> None:
    judgement = judge(library, text)
    assert judgement.verdict is Verdict.CHANGED
    assert kind in kinds(judgement)
    assert judgement.rule == "detail_differs"


def test_two_distant_passages_are_a_stitch_with_both_places(library: Library) -> None:
    judgement = judge(library, "In two years we have lost 47 men, and I will never forget you.")
    assert QuoteFlagKind.STITCH in kinds(judgement)
    assert [passage.sentence_indexes for passage in judgement.passages] == [(3,), (9,)]
    assert "s apart" in next(flag.heard for flag in judgement.flags if flag.kind is QuoteFlagKind.STITCH)


def test_russian_word_for_word(library: Library) -> None:
    judgement = judge(library, "Я горжусь вами, и никогда вас не забуду")
    assert (judgement.verdict, judgement.rule) == (Verdict.VERBATIM, "same_words")


def test_russian_with_a_word_left_out_is_edited(library: Library) -> None:
    judgement = judge(library, "Волна поднялась до шести метров, баржу сорвало с якоря")
    assert judgement.verdict is Verdict.EDITED
    assert QuoteFlagKind.OMISSION in kinds(judgement)


def test_russian_begun_after_the_denial_is_changed(library: Library) -> None:
    assert judge(library, "Верьте тем, кто говорит, что всё это было зря.").verdict is Verdict.CHANGED


def test_tidy_overlooks_fillers_and_strict_does_not(documents: list[Document]) -> None:
    words = documents[5].transcript.words
    first = replace(words[0], text="Ну,"), *words[:1], replace(words[1], text="вот,"), *words[1:]
    parts = tuple(
        replace(s, start_word=s.start_word + 2 * bool(i), end_word=s.end_word + 2)
        for i, s in enumerate(documents[5].transcript.sentences)
    )
    transcript = replace(documents[5].transcript, words=first, sentences=parts)
    library = Library.build([replace(documents[5], transcript=transcript)])
    text = "Лето было сухое, дождя не было с мая по август"
    assert judge(library, text, style=Style.TIDY).verdict is Verdict.VERBATIM
    assert judge(library, text, style=Style.STRICT).verdict is Verdict.EDITED


def test_retraction_soon_after(library: Library) -> None:
    assert QuoteFlagKind.RETRACTED in kinds(
        judge(library, "The coast guard was out of contact for almost three hours.")
    )


def test_another_sender(library: Library) -> None:
    text = "I am proud of you, and I will never forget you."
    assert QuoteFlagKind.OTHER_SPEAKER in kinds(judge(library, text, speaker="Ivan Petrov"))
    assert QuoteFlagKind.OTHER_SPEAKER not in kinds(judge(library, text, speaker="Майор Гусев"))


def test_said_twice(documents: list[Document]) -> None:
    again = replace(documents[0], recording=replace(documents[0].recording, id="again"))
    judgement = judge(Library.build([*documents, again]), "I am proud of you, and I will never forget you.")
    assert QuoteFlagKind.REPEATED in kinds(judgement)
    assert judgement.verdict is Verdict.SUPPORTED


def test_without_a_translation_the_russian_still_speaks(documents: list[Document]) -> None:
    library = Library.build([replace(document, translation=None) for document in documents])
    judgement = judge(library, "More than 300 tons of waste were dumped into the river and the water turned red.")
    assert judgement.passages[0].recording_id == "note3"
    assert judgement.passages[0].witnesses["wording"] is None
    assert judgement.passages[0].translation == ""


def test_no_recordings() -> None:
    judgement = judge(Library.build([]), "I am proud of you.")
    assert (judgement.verdict, judgement.rule, judgement.confidence) == (Verdict.UNCHECKABLE, "nothing_heard", 0.0)


@pytest.mark.parametrize(("text", "rule"), [("", "nothing_quoted"), ("— …", "nothing_quoted")])
def test_nothing_quoted(library: Library, text: str, rule: str) -> None:
    judgement = judge(library, text)
    assert (judgement.verdict, judgement.rule) == (Verdict.UNCHECKABLE, rule)


def test_one_word_and_two_thousand_words(library: Library) -> None:
    assert judge(library, "brigade").verdict in Verdict
    long = judge(library, "The school will not be closed because the money came. " * 200)
    assert 0.0 <= long.confidence <= 1.0


def test_third_language(library: Library) -> None:
    judgement = judge(library, "Wir haben den Vertrag mit der Firma nicht unterschrieben und werden es nicht tun.")
    assert (judgement.verdict, judgement.rule) == (Verdict.UNCHECKABLE, "third_language")


def test_mostly_unchecked_audio_is_not_not_found(documents: list[Document]) -> None:
    transcript = documents[5].transcript
    flag = AudioFlag(AudioFlagKind.SKIPPED, 0, 10 * documents[5].recording.duration_ms)
    library = Library.build([replace(documents[5], transcript=replace(transcript, flags=(flag,)))])
    judgement = judge(library, "The president personally thanked every soldier in the brigade.")
    assert (judgement.verdict, judgement.rule) == (Verdict.UNCHECKABLE, "mostly_unchecked")


class LoudScorer:
    """A scorer that finds one known pair probable."""

    def __init__(self) -> None:
        self.asked = 0
        self.languages = ("ru", "en")

    def score(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        self.asked += len(pairs)
        return [-1.0 if "Пшеницы" in heard else -5.0 for heard, _ in pairs]


def test_a_scorer_is_a_witness(library: Library) -> None:
    scorer = LoudScorer()
    doubtful, plain = quote("we collected half the grain"), quote("I am proud of you, and I will never forget you.")
    alone = judge_quotes([doubtful, plain], library)
    asked = judge_quotes([doubtful, plain], library, MatchOptions(), scorer)
    assert scorer.asked >= 2
    assert asked[0].confidence > alone[0].confidence
    assert asked[0].verdict is Verdict.SUPPORTED
    assert (asked[0].passages[0].witnesses["model"] or 0.0) > 0.9
    assert asked[1].passages[0].witnesses["model"] is None


def test_half_of_a_joined_quote_is_no_rival_of_the_whole(library: Library) -> None:
    text = "In the entire district we have four surgeons left, and the minister promised a million rubles for repairs."
    setting = Setting(library, MatchOptions(), frozenset({"ru"}), frozenset({"ru", "en"}), 1.0)
    first, *others = _answer(quote(text), setting).accounts
    assert first.finding.seam
    joined = {line.number for line in first.finding.lines}
    assert not any(joined.issuperset(line.number for line in row.finding.lines) for row in others)


def test_one_word_in_common_is_not_a_find(library: Library) -> None:
    assert judge(library, "My crew was proud").verdict is Verdict.NOT_FOUND


def test_explanation_names_rule_witnesses_and_words(library: Library) -> None:
    judgement = judge(library, "Governor Tarasov promised help; so far all we have got is a letter.")
    text = explain(judgement, library)
    assert "detail_differs" in text
    assert "wording" in text
    assert "Tarasov" in text
    assert "Климов" in text


def test_every_rule_says_what_it_means() -> None:
    assert all(rule.__doc__ for rule in RULES)


def test_coverage(documents: list[Document]) -> None:
    found = coverage(documents)
    assert found.recordings == 6
    assert 0 < found.checked_ms == found.speech_ms
    assert coverage([]).speech_ms == 0


def test_alignment_survives_a_change_of_clause_order() -> None:
    import numpy as np

    table = np.zeros((4, 4))
    for row, column in enumerate((2, 3, 0, 1)):
        table[row, column] = 1.0
    assert align(table)[0] == [2, 3, 0, 1]
    assert align(np.zeros((0, 3)))[0] == []
    assert align(np.zeros((3, 0)))[0] == [-1, -1, -1]


SCRAP_WORDS = ["the", "school", "will", "not", "be", "closed", "47", "Gusev", "никогда", "не", "школу", "…", "Лапин"]
SCRAPS = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(SCRAP_WORDS),
        max_size=40,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=SCRAPS)
def test_any_text_gets_a_whole_judgement(library: Library, text: str) -> None:
    judgement = judge(library, text)
    assert judgement == judge(library, text)
    assert 0.0 <= judgement.confidence <= 1.0
    lengths = {document.recording.id: document.recording.duration_ms for document in library.documents}
    for passage in (*judgement.passages, *judgement.alternatives):
        assert 0 <= passage.start_ms <= passage.end_ms <= lengths[passage.recording_id]
        assert 0.0 <= passage.similarity <= 1.0
        assert all(value is None or 0.0 <= value <= 1.0 for value in passage.witnesses.values())
        other = (passage.translation or passage.heard).split()
        assert all(0 <= a < len(text.split()) and 0 <= b < len(other) for a, b in passage.word_links)
    if judgement.verdict in (Verdict.NOT_FOUND, Verdict.UNCHECKABLE):
        assert not judgement.passages
    assert explain(judgement, library)


def test_sentences_in_another_order_are_edited_with_the_seconds_between(library: Library) -> None:
    text = "Hold on, look after one another and come home alive. I am proud of you, and I will never forget you."
    judgement = judge(library, text)
    assert judgement.verdict is Verdict.EDITED
    assert "s apart" in next(flag.heard for flag in judgement.flags if flag.kind is QuoteFlagKind.ORDER)


def test_words_put_in_are_named(library: Library) -> None:
    text = "The waves rose to six metres and one barge with refugees, women and small children was torn off its anchor."
    judgement = judge(library, text)
    assert "refugees" in next(flag.quote for flag in judgement.flags if flag.kind is QuoteFlagKind.INSERTION)


@pytest.mark.parametrize("style", list(Style))
def test_every_style_answers_a_translated_quote(library: Library, style: Style) -> None:
    assert judge(library, "I am proud of you, and I will never forget you.", style=style).verdict is Verdict.SUPPORTED
