"""Clips to listen to and peaks to look at."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import soundfile

from pipeline.errors import InputError
from pipeline.speech.audio import decode
from pipeline.speech.clip import clip, clips, waveform
from tests.audio_cases import lag_s, noise, tone, with_av, with_soundfile


def test_a_wav_clip_has_the_samples_of_the_original(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.flac", np.hstack([noise(3.0, 44100), tone(3.0, 44100)]), 44100, "FLAC")
    original, _ = soundfile.read(path, dtype="int16")
    cut, rate_hz = soundfile.read(io.BytesIO(clip(path, 1001, 2003, "wav")), dtype="int16")
    assert rate_hz == 44100
    assert np.array_equal(cut, original[round(44.1 * 1001) : round(44.1 * 2003)])


@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100])
def test_an_opus_clip_sounds_like_the_original(tmp_path: Path, rate_hz: int) -> None:
    path = with_soundfile(tmp_path / "note.wav", tone(3.0, rate_hz), rate_hz, "WAV")
    (tmp_path / "clip.ogg").write_bytes(clip(path, 500, 2500))
    heard = decode(tmp_path / "clip.ogg")
    assert (heard.duration_ms, heard.flags) == (2000, ())
    assert abs(lag_s(decode(path).samples[8000:40000], heard.samples)) <= 0.005


@pytest.mark.parametrize("encoding", ["opus", "wav"])
def test_the_same_clip_is_the_same_bytes(tmp_path: Path, encoding: Literal["opus", "wav"]) -> None:
    path = with_soundfile(tmp_path / "note.ogg", tone(2.0, 48000), 48000, "OGG", "OPUS")
    assert clip(path, 100, 1900, encoding) == clip(path, 100, 1900, encoding)


def test_clips_come_in_the_order_asked_for(tmp_path: Path) -> None:
    path = with_av(tmp_path / "note.m4a", [tone(3.0, 44100)], 44100, "ipod", "aac")
    stretches = [(2000, 2500), (0, 1000), (500, 2400)]
    made = clips(path, stretches, "wav")
    lengths = [len(soundfile.read(io.BytesIO(data))[0]) for data in made]
    assert lengths == [22050, 44100, 83790]
    assert made[1] == clip(path, 0, 1000, "wav")


def test_a_clip_ends_with_the_recording(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.wav", tone(1.0, 16000), 16000, "WAV")
    assert len(soundfile.read(io.BytesIO(clip(path, 900, 5000, "wav")))[0]) == 1600


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5000, 6000), (500, 500), (-5, 100), (0, 3_600_000)])
def test_a_stretch_that_is_not_there_is_an_error(tmp_path: Path, start_ms: int, end_ms: int) -> None:
    path = with_soundfile(tmp_path / "note.wav", tone(1.0, 16000), 16000, "WAV")
    with pytest.raises(InputError, match=r"note\.wav"):
        clip(path, start_ms, end_ms)


def test_a_chained_file_of_two_rates_is_no_clip(tmp_path: Path) -> None:
    parts = [
        with_soundfile(tmp_path / "part", tone(0.5, rate_hz), rate_hz, "OGG", "OPUS").read_bytes()
        for rate_hz in (16000, 48000)
    ]
    (tmp_path / "chain.ogg").write_bytes(b"".join(parts))
    with pytest.raises(InputError, match="changes its sample rate"):
        clip(tmp_path / "chain.ogg", 0, 1000)


def test_peaks_are_the_loudest_of_each_stretch() -> None:
    samples = np.zeros(1000, np.float32)
    samples[150], samples[550], samples[999] = 0.5, -1.0, 2.0
    assert waveform(samples, 10) == (0, 50, 0, 0, 0, 100, 0, 0, 0, 100)
    assert waveform(samples[:3], 10) == (0, 0, 0)
    assert waveform(samples[:0], 10) == ()
