"""The recogniser with the starter model: real decoding, real inference, against faster-whisper's own loop."""

from __future__ import annotations

import dataclasses
import socket
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import faster_whisper
import numpy as np
import pytest

from pipeline.errors import SettingsError, WeightsError
from pipeline.records import AudioFlagKind, ModelInfo, Transcript
from pipeline.speech.audio import Samples, decode
from pipeline.speech.recognise import Recogniser, RecogniserOptions, voice_stretches
from tests.audio_cases import noise

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "models/starter/whisper-ru"
SAMPLES = ROOT / "audio_samples"
OPTIONS = RecogniserOptions(device="cpu", threads=1, temperatures=(0.0,))

pytestmark = pytest.mark.skipif(not (MODEL / "model.bin").is_file(), reason="the starter recogniser is not here")


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(MODEL, OPTIONS, ModelInfo("whisper-ru", starter=True))


@pytest.fixture(scope="module")
def theirs() -> Any:
    return faster_whisper.WhisperModel(str(MODEL), device="cpu", cpu_threads=1, local_files_only=True)


@pytest.fixture(scope="module")
def note() -> Samples:
    """The first two sentences of the officer's note: five seconds."""
    return decode(SAMPLES / "officer.ogg").samples[: 16000 * 43 // 10]


def plain(transcript: Transcript) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in transcript.words]


def by_faster_whisper(model: Any, samples: Samples) -> list[tuple[str, int, int]]:
    segments, _ = model.transcribe(samples, language="ru", temperature=0.0, word_timestamps=True)
    return [
        (word.word.strip(), round(word.start * 1000), round(word.end * 1000))
        for segment in segments
        for word in segment.words
        if word.word.strip()
    ]


@pytest.mark.parametrize("seconds", [1.5, 3.0, 4.3])
def test_text_and_times_are_those_of_faster_whisper(theirs: Any, note: Samples, seconds: float) -> None:
    part = note[: int(16000 * seconds)]
    recogniser = Recogniser(MODEL, dataclasses.replace(OPTIONS, voice_edges=False))
    ours = plain(recogniser.transcribe(part, "note", language="ru"))
    expected = by_faster_whisper(theirs, part)
    assert len(ours) > 1
    assert [text for text, _, _ in ours] == [text for text, _, _ in expected][: len(ours)]
    assert ours == expected[: len(ours)]
    assert len(expected) - len(ours) <= 2, "only a rest in which nobody speaks may be left out"


def test_a_note_is_heard_where_it_was_said(recogniser: Recogniser, note: Samples) -> None:
    transcript = recogniser.transcribe(note, "note")
    assert transcript.language == "ru"
    assert transcript.language_probability > 0.5
    assert transcript.model == ModelInfo("whisper-ru", starter=True)
    assert transcript.options == OPTIONS.identity()
    assert transcript.duration_ms == 4300
    gold = tomllib.loads((SAMPLES / "SAMPLES.toml").read_text())["recording"][0]["words"]
    gold = {text.strip(".,").casefold(): (start, end) for text, start, end in gold[:6]}
    right = [word for word in transcript.words if word.text.strip(".,").casefold() in gold]
    assert right, "the starter model hears at least one of six words"
    for word in right:
        start_ms, end_ms = gold[word.text.strip(".,").casefold()]
        assert abs(word.start_ms - start_ms) < 500
        assert abs(word.end_ms - end_ms) < 500


def test_words_are_in_order_and_inside(recogniser: Recogniser, note: Samples) -> None:
    transcript = recogniser.transcribe(note, "note")
    edges = [edge for word in transcript.words for edge in (word.start_ms, word.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= 4300
    assert all(0 <= word.probability <= 1 and word.text == word.text.strip() != "" for word in transcript.words)


def test_the_same_sound_gives_the_same_transcript(note: Samples) -> None:
    """Also when the text is sampled: every window starts from the same seed."""
    options = dataclasses.replace(OPTIONS, temperatures=(0.0, 0.8), log_prob_threshold=0.0)
    part = note[:32000]
    first, second = Recogniser(MODEL, options), Recogniser(MODEL, options)
    once = first.transcribe(part, "note", language="ru")
    first.transcribe(note[32000:56000], "other", language="ru")
    assert first.transcribe(part, "note", language="ru") == once
    assert second.transcribe(part, "note", language="ru") == once


def test_a_long_recording_is_heard_piece_by_piece(recogniser: Recogniser, note: Samples) -> None:
    pause = np.zeros(16000 * 24, np.float32)
    transcript = recogniser.transcribe(np.concatenate([note, pause, note]), "long", language="ru")
    alone = {word.text for word in recogniser.transcribe(note, "note", language="ru").words}
    for heard in ({word.text for word in transcript.words if (word.start_ms > 28_000) == later} for later in (0, 1)):
        assert len(heard) >= 4
        assert heard & alone


@pytest.mark.parametrize("lead_s", [3, 12])
def test_speech_behind_a_long_silence_gets_a_second_hearing(recogniser: Recogniser, note: Samples, lead_s: int) -> None:
    still = np.zeros(16000 * lead_s, np.float32)
    transcript = recogniser.transcribe(np.concatenate([still, note]), "late", language="ru")
    assert len(transcript.words) >= 4
    assert all(word.start_ms > lead_s * 1000 - 500 for word in transcript.words)


@pytest.mark.parametrize("seconds", [0.005, 1.0, 33.0])
def test_silence_is_no_speech_and_nothing_else(recogniser: Recogniser, seconds: float) -> None:
    transcript = recogniser.transcribe(np.zeros(int(16000 * seconds), np.float32), "silence")
    assert (transcript.words, transcript.sentences) == ((), ())
    assert (transcript.language, transcript.language_probability) == ("und", 0.0)
    (flag,) = transcript.flags
    assert (flag.kind, flag.start_ms, flag.end_ms) == (AudioFlagKind.NO_SPEECH, 0, round(seconds * 1000))


def test_noise_is_flagged_from_end_to_end(recogniser: Recogniser) -> None:
    """Whatever the model makes of noise, no word of it stands without a flag."""
    samples = noise(3.0)[:, 0]
    transcript = recogniser.transcribe(samples, "noise", language="ru")
    assert transcript.flags
    for word in transcript.words:
        covering = [flag for flag in transcript.flags if flag.start_ms <= word.start_ms and word.end_ms <= flag.end_ms]
        assert covering


def test_the_voice_detector_hears_speech_and_not_silence(note: Samples) -> None:
    still = np.zeros(16000 * 2, np.float32)
    voices = voice_stretches(np.concatenate([still, note, still]))
    assert voices
    assert 1900 <= voices[0].start_ms <= 2700
    assert 5800 <= voices[-1].end_ms <= 6600


def test_what_cannot_be_loaded_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.bin"):
        Recogniser(tmp_path, OPTIONS)
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    for tokenizer in ("{}", '{"model": {"vocab": {}}}', "rubbish", (MODEL / "tokenizer.json").read_text()):
        (tmp_path / "tokenizer.json").write_text(tokenizer)
        with pytest.raises(WeightsError, match="cannot be loaded"):
            Recogniser(tmp_path, OPTIONS)
    with pytest.raises(SettingsError, match="float17"):
        Recogniser(MODEL, dataclasses.replace(OPTIONS, compute_type="float17"))


def test_an_unknown_language_is_a_setting_that_makes_no_sense(recogniser: Recogniser, note: Samples) -> None:
    with pytest.raises(SettingsError, match="klingon"):
        recogniser.transcribe(note, "note", language="klingon")


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, note: Samples) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert Recogniser(MODEL, OPTIONS).transcribe(note[:16000], "note").recording_id == "note"


def test_two_workers_hear_what_one_hears(recogniser: Recogniser, note: Samples) -> None:
    parts = [note[: 16000 * 2], note[16000 * 2 :]]
    both = Recogniser(MODEL, dataclasses.replace(OPTIONS, workers=2))
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda part: both.transcribe(part, "note", language="ru").words, parts))
    assert together == [recogniser.transcribe(part, "note", language="ru").words for part in parts]
    assert OPTIONS.identity() == dataclasses.replace(OPTIONS, workers=2, threads=2).identity()


def test_a_transcript_does_not_depend_on_those_beside_it(note: Samples) -> None:
    """Bit by bit: words, times, probabilities, language; also of long, silent and sampled ones."""
    options = dataclasses.replace(OPTIONS, temperatures=(0.0, 0.4), log_prob_threshold=-0.5)
    sounds = [note, note[:24000], np.zeros(16000, np.float32), note[16000:], np.tile(note, 8), note[8000:40000]]
    recordings = [(str(number), sound) for number, sound in enumerate(sounds)]
    apart = [Recogniser(MODEL, options).transcribe(sound, name) for name, sound in recordings]
    recogniser = Recogniser(MODEL, dataclasses.replace(options, together=4))
    assert list(recogniser.transcribe_together(recordings)) == apart
    assert list(recogniser.transcribe_together(recordings[::-1])) == apart[::-1]


def test_short_windows_hear_the_note_and_the_full_window_what_is_suspicious(note: Samples) -> None:
    short = Recogniser(MODEL, dataclasses.replace(OPTIONS, short_windows=True))
    windows = []
    encode = short._engine.model.encode

    class Counting:
        """The model, with the lengths of the windows that it is given."""

        def __getattr__(self, name: str) -> Any:
            return getattr(short._whisper.model, name)

        def encode(self, features: Any, **named: Any) -> Any:
            windows.append(features.shape[-1])
            return encode(features, **named)

    short._engine = dataclasses.replace(short._engine, model=Counting())
    assert len(short.transcribe(note, "note", language="ru").words) >= 4
    assert windows[0] == 700
    windows.clear()
    short._engine = dataclasses.replace(
        short._engine, options=dataclasses.replace(short.options, log_prob_threshold=0.0, no_speech_threshold=2.0)
    )
    short.transcribe(note[:32000], "note", language="ru")
    assert windows[:2] == [400, 3000]
