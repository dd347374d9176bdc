"""Ogg pages with a fixed serial number."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from pipeline.speech.ogg import checksum, with_fixed_serial


def written(seconds: int) -> bytes:
    sound = np.random.default_rng(seconds).normal(0, 0.1, 48000 * seconds).astype(np.float32)
    target = io.BytesIO()
    soundfile.write(target, sound, 48000, format="OGG", subtype="OPUS")
    return target.getvalue()


def test_the_checksum_is_the_one_that_the_encoder_wrote() -> None:
    page = bytearray(written(1))[:47]  # the first page of an Opus stream: 27 bytes, one segment, 19 bytes of header
    expected = int.from_bytes(page[22:26], "little")
    page[22:26] = bytes(4)
    assert checksum(bytes(page)) == expected


def test_the_sound_is_untouched_and_the_bytes_no_longer_vary() -> None:
    data = written(3)
    fixed = with_fixed_serial(data)
    assert fixed == with_fixed_serial(fixed)
    assert len(fixed) == len(data)
    before, after = soundfile.read(io.BytesIO(data))[0], soundfile.read(io.BytesIO(fixed))[0]
    assert np.array_equal(before, after)
    other = bytearray(data)
    other[14:18] = b"abcd"  # another serial number on the first page
    assert with_fixed_serial(bytes(other)) == fixed


@pytest.mark.parametrize("data", [b"RIFF", b"OggS", written(1)[:-5] + b"x" * 200])
def test_what_is_no_ogg_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no Ogg page"):
        with_fixed_serial(data)
