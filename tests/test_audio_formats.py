"""Every format of the design decodes to 16 kHz mono with the right length, at the right time."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from pipeline.records import AudioFlagKind
from pipeline.speech.audio import Audio, decode
from pipeline.speech.blocks import Part, Survey
from pipeline.speech.container import OGG
from pipeline.speech.ffmpeg import with_libopus
from pipeline.speech.ogg import with_fixed_serial
from pipeline.speech.streams import blocks
from tests.audio_cases import lag_s, noise, tone, with_av, with_soundfile

LOSSLESS = [
    ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "PCM_U8"), ("WAV", "FLOAT"), ("WAV", "ULAW"),
    ("WAVEX", "PCM_16"), ("RF64", "PCM_16"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("AIFF", "PCM_16"),
    ("CAF", "PCM_16"), ("OGG", "VORBIS"),
]  # fmt: skip
RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000)

CODED = [
    ("mp3", "mp3", "libmp3lame", 44100),
    ("m4a", "ipod", "aac", 44100),
    ("mp4", "mp4", "aac", 48000),
    ("mov", "mov", "alac", 44100),
    ("webm", "webm", "libopus", 48000),
    ("mkv", "matroska", "libopus", 48000),
    ("mkv", "matroska", "flac", 22050),
    ("mkv", "matroska", "pcm_s16le", 16000),
    ("mka", "matroska", "libmp3lame", 44100),
    ("aac", "adts", "aac", 44100),
    ("amr", "amr", "libopencore_amrnb", 8000),
    ("3gp", "3gp", "libopencore_amrnb", 8000),
    ("caf", "caf", "pcm_s16be", 44100),
    ("ogg", "ogg", "libopus", 48000),
    ("oga", "ogg", "flac", 44100),
    ("flac", "flac", "flac", 16000),
    ("wav", "wav", "pcm_s24le", 48000),
]


def kinds(audio: Audio) -> set[AudioFlagKind]:
    return {flag.kind for flag in audio.flags}


@pytest.mark.parametrize(("kind", "subtype"), LOSSLESS)
def test_length_is_exact_to_the_sample(tmp_path: Path, kind: str, subtype: str) -> None:
    frames = tone(1.2345, 44100, 2)
    audio = decode(with_soundfile(tmp_path / "note", frames, 44100, kind, subtype))
    assert len(audio.samples) == round(len(frames) * 16000 / 44100)
    assert audio.duration_ms == round(len(frames) * 1000 / 44100)
    assert (audio.sample_rate_hz, audio.channels, audio.flags) == (44100, 2, ())
    assert audio.samples.dtype == np.float32
    assert abs(lag_s(tone(1.2345, 16000)[:, 0], audio.samples)) <= 0.005


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_every_rate(tmp_path: Path, rate_hz: int) -> None:
    frames = tone(1.5, rate_hz)[:-1]
    audio = decode(with_soundfile(tmp_path / "note.flac", frames, rate_hz, "FLAC"))
    assert len(audio.samples) == round(len(frames) * 16000 / rate_hz)
    expected = tone(1.5, 16000)[: len(audio.samples), 0]
    assert float(np.abs(audio.samples[200:-200] - expected[200:-200]).max()) < 0.01


@pytest.mark.parametrize("rate_hz", [8000, 12000, 16000, 24000, 48000])
def test_opus_as_telegram_sends_it(tmp_path: Path, rate_hz: int) -> None:
    frames = tone(1.7, rate_hz)[:-3]
    audio = decode(with_soundfile(tmp_path / "note.ogg", frames, rate_hz, "OGG", "OPUS"))
    assert len(audio.samples) == round(len(frames) * 16000 / rate_hz)
    assert audio.claimed_ms == audio.duration_ms
    assert audio.flags == ()
    assert abs(lag_s(tone(1.7, 16000)[:, 0], audio.samples)) <= 0.005


@pytest.mark.parametrize(("suffix", "muxer", "codec", "rate_hz"), CODED)
def test_coded_formats(tmp_path: Path, suffix: str, muxer: str, codec: str, rate_hz: int) -> None:
    audio = decode(with_av(tmp_path / f"note.{suffix}", [tone(2.5, rate_hz)], rate_hz, muxer, codec))
    assert abs(audio.duration_ms - 2500) <= 70, "more than a coded frame too long or too short"
    assert audio.sample_rate_hz == rate_hz
    assert kinds(audio) == set()
    assert abs(lag_s(tone(2.5, 16000)[:, 0], audio.samples)) <= 0.055


def test_sixteen_kilohertz_mono_is_not_touched(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.wav", noise(1.0), 16000, "WAV", "PCM_16")
    expected, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(decode(path).samples, expected)


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.txt", tone(0.5, 16000), 16000, "FLAC")
    assert decode(path).container == "flac"


def test_a_silent_channel_does_not_halve_the_speech(tmp_path: Path) -> None:
    frames = np.hstack([np.zeros((16000, 1), np.float32), tone(1.0, 16000)])
    audio = decode(with_soundfile(tmp_path / "note.wav", frames, 16000, "WAV", "FLOAT"))
    assert np.array_equal(audio.samples, frames[:, 1])
    assert kinds(audio) == {AudioFlagKind.ONE_CHANNEL}


def test_inverted_channels_do_not_cancel(tmp_path: Path) -> None:
    wave = tone(1.0, 44100)
    audio = decode(with_soundfile(tmp_path / "note.flac", np.hstack([wave, -wave]), 44100, "FLAC", "PCM_16"))
    assert float(np.abs(audio.samples).max()) > 0.4
    assert kinds(audio) == {AudioFlagKind.ONE_CHANNEL}


def test_two_speakers_on_two_channels_are_both_heard(tmp_path: Path) -> None:
    wave, still = tone(1.0, 16000), np.zeros((16000, 1), np.float32)
    frames = np.vstack([np.hstack([wave, still]), np.hstack([still, wave])])
    audio = decode(with_soundfile(tmp_path / "note.wav", frames, 16000, "WAV"))
    loud = [float(np.abs(half).max()) for half in (audio.samples[:16000], audio.samples[16000:])]
    assert min(loud) > 0.2
    assert audio.flags == ()


def test_six_channels_become_one(tmp_path: Path) -> None:
    audio = decode(with_soundfile(tmp_path / "note.wav", tone(1.0, 48000, 6), 48000, "WAV"))
    assert (audio.channels, len(audio.samples)) == (6, 16000)
    assert float(np.abs(audio.samples).max()) > 0.4


def test_clipping_is_flagged_where_it_is(tmp_path: Path) -> None:
    frames = tone(12.0, 16000)
    frames[5 * 16000 : 6 * 16000] *= 8
    audio = decode(with_soundfile(tmp_path / "note.wav", np.clip(frames, -1, 1), 16000, "WAV"))
    (flag,) = audio.flags
    assert flag.kind == AudioFlagKind.CLIPPED
    assert 3000 <= flag.start_ms <= 5500
    assert 5500 <= flag.end_ms <= 9000


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    frames = tone(1.0, 16000)
    frames[100:200] = np.nan
    frames[200:300] = np.inf
    audio = decode(with_soundfile(tmp_path / "note.wav", frames, 16000, "WAV", "FLOAT"))
    assert np.isfinite(audio.samples).all()
    assert float(np.abs(audio.samples).max()) <= 1.0


@pytest.mark.parametrize(("suffix", "muxer", "codec"), [("mp3", "mp3", "libmp3lame"), ("m4a", "mp4", "aac")])
def test_cover_art_is_not_sound(tmp_path: Path, suffix: str, muxer: str, codec: str) -> None:
    audio = decode(with_av(tmp_path / f"note.{suffix}", [tone(1.0, 44100)], 44100, muxer, codec, picture=True))
    assert abs(audio.duration_ms - 1000) <= 70
    assert audio.flags == ()


@pytest.mark.parametrize(("muxer", "codec"), [("mp4", "aac"), ("matroska", "libopus")])
def test_sound_that_starts_behind_the_picture_keeps_its_time(tmp_path: Path, muxer: str, codec: str) -> None:
    path = with_av(tmp_path / "note", [tone(2.0, 48000)], 48000, muxer, codec, picture=True, late_s=1.5)
    audio = decode(path)
    assert abs(audio.duration_ms - 3500) <= 70
    assert float(np.abs(audio.samples[: 16000 * 14 // 10]).max()) < 0.01
    assert abs(lag_s(tone(2.0, 16000)[:, 0], audio.samples[24000:])) <= 0.06


@pytest.mark.parametrize("muxer", ["matroska", "ogg", "mp4"])
def test_the_first_of_several_streams_is_used_and_the_others_are_told(tmp_path: Path, muxer: str) -> None:
    tracks = [tone(1.0, 48000), np.zeros((96000, 1), np.float32)]
    audio = decode(with_av(tmp_path / "note", tracks, 48000, muxer, "libopus"))
    assert float(np.abs(audio.samples).max()) > 0.3
    assert AudioFlagKind.SKIPPED in kinds(audio)


@pytest.mark.parametrize("subtype", ["OPUS", "VORBIS"])
def test_chained_ogg_is_read_to_its_end(tmp_path: Path, subtype: str) -> None:
    parts = []
    for name, seconds, rate_hz in (("a", 1.0, 48000), ("b", 0.5, 16000)):
        path = with_soundfile(tmp_path / name, tone(seconds, rate_hz), rate_hz, "OGG", subtype)
        parts.append(path.read_bytes())
    (tmp_path / "chain.ogg").write_bytes(b"".join(parts))
    audio = decode(tmp_path / "chain.ogg")
    assert (len(audio.samples), audio.duration_ms, audio.claimed_ms) == (24000, 1500, 1500)
    assert audio.flags == ()


def test_mp3_without_a_length_header(tmp_path: Path) -> None:
    """The first frame of an encoder's file is the header with the length; without it only decoding tells."""
    whole = with_av(tmp_path / "whole.mp3", [tone(3.0, 44100)], 44100, "mp3", "libmp3lame").read_bytes()
    start = whole.index(b"\xff\xfb")
    second = whole.index(b"\xff\xfb", start + 4)
    (tmp_path / "bare.mp3").write_bytes(whole[second:])
    audio = decode(tmp_path / "bare.mp3")
    assert abs(audio.duration_ms - 3000) <= 80
    assert audio.claimed_ms is not None
    assert abs(audio.claimed_ms - audio.duration_ms) <= 80


def test_mp3_behind_a_large_tag(tmp_path: Path) -> None:
    whole = with_soundfile(tmp_path / "whole.mp3", tone(1.0, 44100), 44100, "MP3").read_bytes()
    size = 200_000
    tag = b"ID3\x03\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + bytes(size)
    (tmp_path / "tagged.mp3").write_bytes(tag + whole)
    assert abs(decode(tmp_path / "tagged.mp3").duration_ms - 1000) <= 60


@pytest.mark.parametrize("channels", [1, 2])
def test_a_sound_opus_note_is_read_by_libopus_as_libsndfile_reads_it(tmp_path: Path, channels: int) -> None:
    sound = np.concatenate([tone(2.5, 48000)] * channels, axis=1)
    data = with_soundfile(tmp_path / "note.ogg", sound, 48000, "OGG", "OPUS").read_bytes()
    survey = Survey()
    quick = np.concatenate([block.frames for block in with_libopus(Part(data))])
    np.testing.assert_allclose(quick, soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)[0], atol=1e-5)
    np.testing.assert_array_equal(quick, np.concatenate([block.frames for block in blocks(data, OGG, survey)]))
    assert survey.problems == []


def test_an_opus_note_in_which_a_packet_is_wrong_is_partial(tmp_path: Path) -> None:
    """Its pages are whole, their checksums right: what libopus refuses, the others read, and say so."""
    data = bytearray(with_soundfile(tmp_path / "note.ogg", tone(4.0, 48000), 48000, "OGG", "OPUS").read_bytes())
    place = [place for place in range(len(data)) if data.startswith(b"OggS", place)][3]
    body = place + 27 + data[place + 26]
    data[body : body + 2] = b"\x03\x00"  # a packet of no frames
    whole = with_fixed_serial(bytes(data))  # and the checksums to match
    path = tmp_path / "wrong.ogg"
    path.write_bytes(whole)
    audio = decode(path)
    assert AudioFlagKind.PARTIAL in {flag.kind for flag in audio.flags}
    assert audio.duration_ms > 3900


def test_an_mp4_whose_index_tells_no_length_is_partial(tmp_path: Path) -> None:
    """One flipped bit in the name of a box: FFmpeg finds a second of sound in it and does not complain."""
    whole = with_av(tmp_path / "note.m4a", [tone(2.0, 44100)], 44100, "ipod", "aac")
    damaged = tmp_path / "damaged.m4a"
    damaged.write_bytes(whole.read_bytes().replace(b"mdhd", b"mthd"))
    assert AudioFlagKind.PARTIAL in {flag.kind for flag in decode(damaged).flags}
    assert AudioFlagKind.PARTIAL not in {flag.kind for flag in decode(whole).flags}


@pytest.mark.parametrize("fragments", ["frag_keyframe+empty_moov", "dash", "frag_keyframe+empty_moov+skip_trailer"])
def test_an_mp4_in_fragments_is_whole(tmp_path: Path, fragments: str) -> None:
    """As browsers and cameras write it while they record: its index is empty, the fragments tell the length."""
    whole = with_av(tmp_path / "note.m4a", [tone(2.0, 44100)], 44100, "ipod", "aac")
    path = tmp_path / "fragments.mp4"
    options = {"movflags": fragments, "frag_duration": "300000"}
    with av.open(str(whole)) as source, av.open(str(path), "w", options=options) as output:
        copy = output.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = copy
                output.mux(packet)
    assert path.read_bytes().count(b"moof") > 3
    audio = decode(path)
    assert AudioFlagKind.PARTIAL not in {flag.kind for flag in audio.flags}
    assert abs(audio.duration_ms - 2000) <= 60
