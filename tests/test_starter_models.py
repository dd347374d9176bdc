"""The shipped starter models still reach what their cards say: floors a little below what was measured.

Held-back text of our own and the sample recordings, through the program's own recogniser and translator.
`python -m models.training.cards` measures the whole of it; here a part is enough to notice a broken or swapped file.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import tomllib
from pathlib import Path
from typing import Any

import jiwer
import pytest
import sacrebleu

from pipeline.records import Transcript
from pipeline.speech.audio import decode
from pipeline.speech.recognise import Recogniser, RecogniserOptions
from pipeline.translation import Translator

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "models" / "starter"
TEXT = ROOT / "models" / "training" / "text"
SAMPLES: dict[str, Any] = tomllib.loads((ROOT / "audio_samples" / "SAMPLES.toml").read_text(encoding="utf-8"))
RECORDINGS: dict[str, dict[str, Any]] = {recording["id"]: recording for recording in SAMPLES["recording"]}

MOST_OFFICER_WORD_ERRORS = 0.10  # measured 0.03; processors round differently
MOST_WORD_START_MS = 80
LEAST_DOMAIN_CHRF = 47.0
LEAST_SURVIVAL = 0.9
LEAST_RIGHT_ABOVE_DECOYS = 0.9
DECOYS = 20


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().replace("ё", "е")))


def pairs_of(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (TEXT / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def transcripts() -> dict[str, Transcript]:
    recogniser = Recogniser(STARTER / "whisper-ru", RecogniserOptions(device="cpu"))
    names = ("officer", "sergeant", "press_office", "silence")
    samples = {name: decode(ROOT / "audio_samples" / RECORDINGS[name]["file"]).samples for name in names}
    return {name: recogniser.transcribe(samples[name], name) for name in names}


@pytest.fixture(scope="module")
def translator() -> Translator:
    return Translator(STARTER / "translate-ru_en", device="cpu")


def test_sizes() -> None:
    sizes = {
        folder: sum(p.stat().st_size for p in (STARTER / folder).rglob("*"))
        for folder in ("whisper-ru", "translate-ru_en")
    }
    assert sizes["whisper-ru"] <= 25e6
    assert sizes["translate-ru_en"] <= 40e6


@pytest.mark.parametrize("folder", ["whisper-ru", "translate-ru_en"])
def test_cards_list_the_files_that_are_there(folder: str) -> None:
    card = (STARTER / folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^- `([^`]+)` ([0-9a-f]{64})$", card, re.M))
    there = [path for path in sorted((STARTER / folder).rglob("*")) if path.is_file() and path.name != "MODEL_CARD.md"]
    assert listed == {str(p.relative_to(STARTER / folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in there}


def test_word_errors(transcripts: dict[str, Transcript]) -> None:
    """The colonel's note; of Festival's voice (the sergeant) the model hears about half, as its card says."""
    said = " ".join(word.text for word in transcripts["officer"].words)
    assert jiwer.wer(plain(RECORDINGS["officer"]["text"]), plain(said)) <= MOST_OFFICER_WORD_ERRORS


def test_languages(transcripts: dict[str, Transcript]) -> None:
    assert {name: transcripts[name].language for name in ("officer", "sergeant", "press_office")} == {
        "officer": "ru", "sergeant": "ru", "press_office": "en",
    }  # fmt: skip


def test_silence_stays_silent(transcripts: dict[str, Transcript]) -> None:
    assert transcripts["silence"].words == ()


def test_word_starts(transcripts: dict[str, Transcript]) -> None:
    """Words heard right begin where the synthesiser says they begin."""
    wanted = [
        word
        for sentence in RECORDINGS["officer"]["words"]
        for word in ([sentence] if isinstance(sentence[0], str) else sentence)
    ]
    heard = transcripts["officer"].words
    parts = jiwer.process_words(
        " ".join(plain(w[0]) or "-" for w in wanted), " ".join(plain(w.text).replace(" ", "") or "-" for w in heard)
    )
    off_ms = [
        abs(heard[part.hyp_start_idx + step].start_ms - wanted[part.ref_start_idx + step][1])
        for part in parts.alignments[0]
        if part.type == "equal"
        for step in range(part.ref_end_idx - part.ref_start_idx)
    ]
    assert len(off_ms) > 20
    assert statistics.median(off_ms) <= MOST_WORD_START_MS


def test_translation_quality(translator: Translator) -> None:
    rows = pairs_of("domain_heldout.tsv")[:150]
    said = [sentence.text for sentence in translator.translate([row[0] for row in rows])]
    assert sacrebleu.corpus_chrf(said, [[row[1] for row in rows]]).score >= LEAST_DOMAIN_CHRF


def test_names_and_numbers_survive(translator: Translator) -> None:
    rows = [row for row in pairs_of("survival.tsv") if row[2] != "negation"][::2]
    said = [sentence.text for sentence in translator.translate([row[0] for row in rows])]
    kept = [
        any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.I) for form in row[3].split("|"))
        for row, text in zip(rows, said, strict=True)
    ]
    assert sum(kept) / len(kept) >= LEAST_SURVIVAL


def test_forced_decoding_prefers_the_right_sentence(translator: Translator) -> None:
    rows = pairs_of("domain_heldout.tsv")[:60]
    right = 0
    for place, (russian, english) in enumerate(rows):
        others = [rows[(place + step) % len(rows)][1] for step in range(1, DECOYS + 1)]
        scores = translator.score([(russian, text) for text in (english, *others)])
        right += scores[0] > max(scores[1:])
    assert right / len(rows) >= LEAST_RIGHT_ABOVE_DECOYS


def test_alignment_layer_and_heads_are_declared() -> None:
    speech = json.loads((STARTER / "whisper-ru" / "config.json").read_text(encoding="utf-8"))
    assert speech["alignment_heads"]
    assert speech["suppress_ids_begin"] == []
