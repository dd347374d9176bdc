"""The translator with the starter model that lies in the repository: real inference, no stand-ins."""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import SettingsError, WeightsError
from pipeline.translation import TranslationOptions, Translator, find_problem, load_package
from pipeline.translation.positions import position_count
from pipeline.translation.problems import OMISSION_MARK

STARTER = Path(__file__).parents[1] / "models" / "starter" / "translate-ru_en"

HEARD = (
    "Я знаю, что он хочет купить новый дом.",
    "Да.",
    "Мы ждём приказа.",
    "Том не знает, где его книга.",
    "Никто не уходит с позиции до утра.",
    "Я люблю тебя.",
    "Она работает в школе.",
    "Почему ты хотел стать учителем?",
)
# What the starter model was trained on: short everyday sentences, each with its translation.
PAIRS = (
    ("Я люблю тебя.", "I love you."),
    ("Она работает в школе.", "She works at a school."),
    ("Том не знает, где его книга.", "Tom doesn't know where his book is."),
    ("Почему ты хотел стать учителем?", "Why did you want to become a teacher?"),
    ("Сегодня очень холодно.", "It's very cold today."),
    ("Мой брат живёт в Москве.", "My brother lives in Moscow."),
)


@pytest.fixture(scope="module")
def translator() -> Translator:
    return Translator(STARTER, device="cpu", compute_type="float32")


def test_every_text_has_its_sentence_in_order(translator: Translator) -> None:
    forward = translator.translate(HEARD)
    backward = translator.translate(HEARD[::-1])
    assert [s.text for s in forward] == [s.text for s in backward[::-1]]
    assert len({s.text for s in forward}) == len(HEARD)
    assert forward[1].text.startswith("Yes")
    assert "know" in forward[0].text


def test_batches_give_what_single_sentences_give(translator: Translator) -> None:
    together = translator.translate(HEARD)
    alone = [translator.translate([text])[0] for text in HEARD]
    assert [s.text for s in together] == [s.text for s in alone]
    assert [s.word_links for s in together] == [s.word_links for s in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.log_prob_per_token == pytest.approx(other.log_prob_per_token, abs=1e-3)


def test_small_batches_change_nothing(translator: Translator) -> None:
    small = Translator(STARTER, "cpu", "float32", 1, TranslationOptions(batch_tokens=16))
    assert [s.text for s in small.translate(HEARD)] == [s.text for s in translator.translate(HEARD)]


def test_texts_without_words_pass_through(translator: Translator) -> None:
    results = translator.translate(["", "  \n ", "Да.", "…", "😀 😀"])
    assert [s.text for s in results if s.log_prob_per_token is None] == ["", "", "…", "😀 😀"]
    assert results[2].log_prob_per_token is not None
    assert translator.translate([]) == ()
    assert translator.score([]) == ()


def test_a_very_long_text_is_translated_to_its_end(translator: Translator) -> None:
    clauses = ["Том не знает, где его книга", "она работает в школе", "мой брат живёт в городе"] * 40
    text = ", ".join(clauses) + "."
    (sentence,) = translator.translate([text])
    words = len(text.split())
    assert len(sentence.text.split()) > words / 2 or find_problem(text, sentence.text) is not None
    last_heard = max(heard for heard, _ in sentence.word_links)
    assert last_heard > words * 0.9, "the end of the text has no counterpart"
    assert all(j < len(sentence.text.split()) for _, j in sentence.word_links)


def _with_positions(folder: Path, positions: int) -> Path:
    """The starter package with a shorter table of position encodings: the same model, with a last position."""
    shutil.copytree(STARTER, folder)
    model = folder / "model" / "model.bin"
    name, header = b"position_encodings/encodings\0", struct.Struct("<BIIBI")
    before, rest = model.read_bytes().split(name, 1)
    rank, rows, width, kind, size = header.unpack_from(rest)
    kept, body = size // rows * positions, rest[header.size :]
    shorter = header.pack(rank, positions, width, kind, kept) + body[:kept] + body[size:]
    model.write_bytes(before + name + shorter)
    return folder


def test_a_model_with_few_positions_translates_a_long_sentence_in_parts(tmp_path: Path) -> None:
    few = Translator(_with_positions(tmp_path / "few", 48), "cpu", "float32")
    with pytest.raises(RuntimeError, match="position"):  # so it is with the engine alone
        few._model.translate_batch([["▁Том"] * 49], max_input_length=0)
    clause = "Том не знает, где его книга, она работает в школе, мой брат живёт в городе"
    for text in (", ".join([clause] * 20) + ".", " ".join([clause.replace(",", "")] * 20), "ш" * 2000):
        short, long = few.translate(["Мой брат живёт в Москве.", text])
        assert short.text.startswith("My brother lives")
        assert len(long.text.split()) > len(text.split()) / 2 or find_problem(text, long.text) is not None
        assert all(heard < len(text.split()) for heard, _ in long.word_links)
    scores = few.score([(text, text), ("Я люблю тебя.", "love " * 100), ("Я люблю тебя.", "I love you.")])
    assert [math.isfinite(score) for score in scores] == [False, False, True]


def test_enough_positions_change_nothing(tmp_path: Path, translator: Translator) -> None:
    other = Translator(_with_positions(tmp_path / "other", 512), "cpu", "float32")
    assert [s.text for s in other.translate(HEARD)] == [s.text for s in translator.translate(HEARD)]


def test_the_positions_of_a_model_are_read_from_its_file(tmp_path: Path) -> None:
    assert position_count(STARTER / "model") == 1024
    assert position_count(_with_positions(tmp_path / "few", 48) / "model") == 48
    for content in (b"", b"\3\0\0\0", b"\6\0\0\0\4\0ab", bytes(100)):
        (tmp_path / "model.bin").write_bytes(content)
        assert position_count(tmp_path) is None
    assert position_count(tmp_path / "none") is None


def test_a_text_that_cannot_be_translated_is_visible(translator: Translator) -> None:
    text = "ш" * 2000
    (sentence,) = translator.translate([text])
    assert find_problem(text, sentence.text) is not None
    assert sentence.word_links == () or len(sentence.text) > 0


@pytest.mark.parametrize(
    "text", ["что\x00это", "▁▁ слово_слово ▁", "‮Мы ждём", "a\u0301" * 50, "<s> </s> <unk>", "½ № ﬁ"]
)
def test_strange_characters_do_no_harm(translator: Translator, text: str) -> None:
    (sentence,) = translator.translate([text])
    heard, translated = len(text.split()), len(sentence.text.split())
    assert all(i < heard and j < translated for i, j in sentence.word_links)


def test_links_stay_within_both_sentences_and_find_a_name(translator: Translator) -> None:
    texts = ["Том любит Марию.", *HEARD]
    for text, sentence in zip(texts, translator.translate(texts), strict=True):
        assert all(i < len(text.split()) and j < len(sentence.text.split()) for i, j in sentence.word_links)
        assert len({j for _, j in sentence.word_links}) == len(sentence.word_links)
    tom = translator.translate(["Том не знает, где его книга."])[0]
    named = [j for j, word in enumerate(tom.text.split()) if word.startswith("Tom")]
    assert {(0, j) for j in named} & set(tom.word_links)


def test_an_unknown_character_is_carried_over(translator: Translator) -> None:
    (sentence,) = translator.translate(["Том любит 漢字."])
    assert "⁇" not in sentence.text
    assert "<unk>" not in sentence.text


def test_the_score_of_a_translation_is_its_log_probability(translator: Translator) -> None:
    sentences = translator.translate(HEARD)
    scores = translator.score([(text, s.text) for text, s in zip(HEARD, sentences, strict=True)])
    for score, sentence in zip(scores, sentences, strict=True):
        assert score == pytest.approx(sentence.log_prob_per_token, abs=1e-3)
        assert -10 < score < 0


def test_scores_prefer_the_right_translation(translator: Translator) -> None:
    """The starter model is weak: more than half of the right sentences must beat all five decoys (chance: 1 of 6)."""
    scores = translator.score([(ru, en) for ru, _ in PAIRS for _, en in PAIRS])
    rows = [scores[i * len(PAIRS) : (i + 1) * len(PAIRS)] for i in range(len(PAIRS))]
    assert sum(row[i] == max(row) for i, row in enumerate(rows)) > len(PAIRS) / 2


def test_nothing_to_score_is_minus_infinity(translator: Translator) -> None:
    long_text = "Tom is here. " * 1000
    scores = translator.score([("", "Yes."), ("Да.", ""), ("Да.", long_text), ("Да.", "Yes.")])
    assert scores[:3] == (-math.inf,) * 3
    assert math.isfinite(scores[3])


def test_a_looping_model_is_caught(translator: Translator) -> None:
    """A search that may not write three tokens for a long source never ends: the sentence must say so."""
    narrow = Translator(STARTER, "cpu", "float32", 1, TranslationOptions(output_ratio=0.0, output_allowance=2))
    (sentence,) = narrow.translate(["Я знаю, что он хочет купить новый дом."])
    assert sentence.text == ""
    assert sentence.log_prob_per_token is None
    long_text = "Том не знает, где его книга, " * 20
    (mixed,) = narrow.translate([long_text])
    assert find_problem(long_text, mixed.text) is not None
    assert mixed.text == "" or OMISSION_MARK in mixed.text


def test_the_package_names_its_languages() -> None:
    package = load_package(STARTER)
    assert (package.source_language, package.target_language) == ("ru", "en")
    assert package.tokenizer.decode(package.tokenizer.encode("Да.")).strip() == "Да."


@pytest.mark.parametrize("part", ["metadata.json", "model/model.bin", "model/config.json", "sentencepiece.model"])
def test_a_missing_part_is_one_clear_error(tmp_path: Path, part: str) -> None:
    folder = tmp_path / "package"
    shutil.copytree(STARTER, folder)
    (folder / part).unlink()
    with pytest.raises(WeightsError) as caught:
        Translator(folder)
    assert part.split("/")[-1] in caught.value.message
    assert str(tmp_path) not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("part", ["metadata.json", "model/model.bin", "sentencepiece.model"])
def test_a_damaged_part_is_one_clear_error(tmp_path: Path, part: str) -> None:
    folder = tmp_path / "package"
    shutil.copytree(STARTER, folder)
    (folder / part).write_bytes(b"\x00damaged")
    with pytest.raises(WeightsError):
        Translator(folder, device="cpu")


def test_an_old_package_needs_sacremoses(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    shutil.copytree(STARTER, folder)
    (folder / "sentencepiece.model").rename(folder / "bpe.model")
    with pytest.raises(WeightsError, match="sacremoses"):
        load_package(folder)


def test_an_impossible_compute_type_is_a_settings_error() -> None:
    with pytest.raises(SettingsError):
        Translator(STARTER, device="cpu", compute_type="float7")


def test_a_target_prefix_does_not_show(tmp_path: Path) -> None:
    """Packages for several target languages force a first token; the text and the scores must not contain it."""
    folder = tmp_path / "package"
    shutil.copytree(STARTER, folder)
    metadata = json.loads((folder / "metadata.json").read_text("utf-8")) | {"target_prefix": "▁the"}
    (folder / "metadata.json").write_text(json.dumps(metadata), "utf-8")
    prefixed = Translator(folder, "cpu", "float32")
    (sentence,) = prefixed.translate(["Я знаю, что он хочет купить новый дом."])
    assert sentence.text
    assert not sentence.text.startswith("the ")
    (score,) = prefixed.score([("Я знаю, что он хочет купить новый дом.", sentence.text)])
    assert score == pytest.approx(sentence.log_prob_per_token, abs=0.5)


def test_importing_stays_light_and_works_without_a_writable_home(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; import pipeline.translation as t;"
        "assert 'ctranslate2' not in sys.modules and 'argostranslate' not in sys.modules;"
        f"t.load_package(Path({str(STARTER)!r}));"
        "assert not {'torch', 'stanza', 'spacy'} & set(sys.modules);"
        "assert 'argostranslate.package' in sys.modules"
    )
    blocked = tmp_path / "home"
    blocked.write_text("a file where the home folder should be")
    environment = {"HOME": str(blocked), "PYTHONPATH": str(STARTER.parents[2]), "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
