"""The length that a file states, from its two ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.speech.stated import stated_ms
from tests.audio_cases import tone, with_av, with_soundfile


@pytest.mark.parametrize(
    ("form", "coding", "rate_hz"),
    [("WAV", "PCM_16", 16000), ("FLAC", "PCM_16", 44100), ("OGG", "OPUS", 48000), ("OGG", "VORBIS", 44100)],
)
@pytest.mark.parametrize("seconds", [2.0, 31.0])
def test_headers_and_last_pages_tell(tmp_path: Path, form: str, coding: str, rate_hz: int, seconds: float) -> None:
    path = with_soundfile(tmp_path / "note", tone(seconds, rate_hz), rate_hz, form, coding)
    stated = stated_ms(path)
    assert stated is not None
    assert abs(stated - seconds * 1000) <= 20


def test_others_and_what_cannot_be_read_tell_nothing(tmp_path: Path) -> None:
    assert stated_ms(with_av(tmp_path / "m4a", [tone(1.0, 44100)], 44100, "ipod", "aac")) is None
    assert stated_ms(tmp_path / "missing") is None
    assert stated_ms(tmp_path) is None
    os.mkfifo(tmp_path / "pipe")
    assert stated_ms(tmp_path / "pipe") is None
    for content in (b"", b"OggS", b"OggS" + bytes(40), b"RIFF\0\0\0\0WAVE", os.urandom(5000)):
        (tmp_path / "rubbish").write_bytes(content)
        assert stated_ms(tmp_path / "rubbish") is None
