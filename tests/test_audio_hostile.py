"""Files that lie, are cut, or mean harm: one clear error or a flag each, and nothing else is touched."""

from __future__ import annotations

import io
import os
import signal
import socket
import socketserver
import struct
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError
from pipeline.records import AudioFlagKind
from pipeline.speech import decoder, sandbox
from pipeline.speech.audio import DecodeLimits, decode
from tests.audio_cases import tone, wav_claiming, with_av, with_soundfile
from tests.audio_cases.mutate import run

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


class Canary:
    """A server and a file that nobody may touch."""

    def __init__(self, folder: Path) -> None:
        self.visits: list[bytes] = []
        self.file = with_soundfile(folder / "canary.wav", tone(1.0, 16000), 16000, "WAV")
        visits = self.visits

        class Visit(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                visits.append(self.rfile.readline())

        self.server = socketserver.TCPServer(("127.0.0.1", 0), Visit)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    bird = Canary(tmp_path)
    yield bird
    bird.close()


PLAYLISTS = {
    "ffconcat": "ffconcat version 1.0\nfile {file}\n",
    "ffconcat-url": "ffconcat version 1.0\nfile http://{address}/canary.wav\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 {host}\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://{address}/canary.wav\n#EXT-X-ENDLIST\n",
    "hls-file": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{file}\n#EXT-X-ENDLIST\n",
    "dash": '<?xml version="1.0"?><MPD><Period><BaseURL>http://{address}/</BaseURL></Period></MPD>',
    "url": "http://{address}/canary.wav\n",
    "reference": "[Reference]\nRef1=http://{address}/canary.wav\n",
}


@pytest.mark.parametrize("suffix", [".ogg", ".wav", ".m3u8", ".sdp"])
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_text_that_names_other_files_reaches_none(tmp_path: Path, canary: Canary, kind: str, suffix: str) -> None:
    path = tmp_path / f"note{suffix}"
    path.write_text(PLAYLISTS[kind].format(file=canary.file, address=canary.address, host="127.0.0.1"))
    accessed = canary.file.stat().st_atime_ns
    start = time.monotonic()
    with pytest.raises(InputError, match=r"note.* is not audio .* it looks like text"):
        decode(path)
    assert time.monotonic() - start < 5
    assert canary.visits == []
    assert canary.file.stat().st_atime_ns == accessed


@pytest.mark.parametrize(
    "start", [b"OggS\x00\x02", b"RIFF\x10\x00\x00\x00WAVE", b"fLaC", b"ID3\x03\x00\x00\x00\x00\x00\x00"]
)
def test_a_playlist_behind_a_magic_word_reaches_none(tmp_path: Path, canary: Canary, start: bytes) -> None:
    path = tmp_path / "note.ogg"
    path.write_bytes(start + PLAYLISTS["ffconcat-url"].format(address=canary.address).encode())
    with pytest.raises(InputError):
        decode(path)
    assert canary.visits == []


def test_a_movie_that_refers_to_another_file_gets_nothing(tmp_path: Path, canary: Canary) -> None:
    """QuickTime's data references may name a file; the reference to the movie itself is replaced by one."""
    whole = with_av(tmp_path / "whole.mov", [tone(1.0, 16000)], 16000, "mov", "pcm_s16le").read_bytes()
    alias = b"url \x00\x00\x00\x00" + f"http://{canary.address}/x".encode() + b"\x00"
    path = tmp_path / "note.mov"
    place = whole.find(b"url \x00\x00\x00\x01")
    assert place > 0 or b"alis" in whole
    place = place if place > 0 else whole.find(b"alis")
    path.write_bytes(whole[: place - 4] + struct.pack(">I", len(alias) + 4) + alias + whole[place + 8 :])
    with pytest.raises(InputError):
        decode(path)
    assert canary.visits == []


def written(tmp_path: Path, kind: str) -> Path:
    """A good file of two seconds."""
    path = tmp_path / f"whole.{kind}"
    if kind in ("wav", "flac", "mp3"):
        return with_soundfile(path, tone(2.0, 44100), 44100, kind.upper())
    if kind == "ogg":
        return with_soundfile(path, tone(2.0, 48000), 48000, "OGG", "OPUS")
    if kind == "oga":
        return with_soundfile(path, tone(2.0, 48000), 48000, "OGG", "VORBIS")
    muxer, codec, rate_hz = {
        "m4a": ("ipod", "aac", 44100),
        "webm": ("webm", "libopus", 48000),
        "aac": ("adts", "aac", 44100),
        "amr": ("amr", "libopencore_amrnb", 8000),
        "3gp": ("3gp", "libopencore_amrnb", 8000),
    }[kind]
    return with_av(path, [tone(2.0, rate_hz)], rate_hz, muxer, codec)


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "ogg", "oga", "m4a", "webm", "aac", "amr", "3gp"])
def test_a_cut_file_is_partial_or_an_error(tmp_path: Path, kind: str) -> None:
    whole = written(tmp_path, kind).read_bytes()
    path = tmp_path / f"cut.{kind}"
    silently_short = []
    for share in (0.02, 0.3, 0.5, 0.77, 0.95, 0.999):
        path.write_bytes(whole[: max(1, int(len(whole) * share) - 1)])
        try:
            audio = decode(path)
        except InputError:
            continue
        flagged = AudioFlagKind.PARTIAL in {flag.kind for flag in audio.flags}
        if audio.duration_ms < 1990 and not flagged:
            silently_short.append((share, audio.duration_ms))
    assert silently_short == []


def test_an_ogg_that_lost_its_last_page_is_partial(tmp_path: Path) -> None:
    whole = written(tmp_path, "ogg").read_bytes()
    path = tmp_path / "cut.ogg"
    path.write_bytes(whole[: whole.rindex(b"OggS")])
    (flag,) = decode(path).flags
    assert (flag.kind, flag.detail) == (AudioFlagKind.PARTIAL, "the stream has no end mark")


def test_an_ogg_with_a_hole_is_partial(tmp_path: Path) -> None:
    whole = with_soundfile(tmp_path / "whole.ogg", tone(8.0, 48000), 48000, "OGG", "OPUS").read_bytes()
    pages = [place for place in range(len(whole)) if whole.startswith(b"OggS", place)]
    assert len(pages) > 6
    path = tmp_path / "hole.ogg"
    path.write_bytes(whole[: pages[4]] + whole[pages[5] :])
    audio = decode(path)
    assert AudioFlagKind.PARTIAL in {flag.kind for flag in audio.flags}


@pytest.mark.parametrize("claimed_bytes", [3200, 320_000, 0x7FFFFFF0, 0xFFFFFF00 - 1])
def test_a_wav_that_claims_more_than_it_holds_is_partial(tmp_path: Path, claimed_bytes: int) -> None:
    audio = decode(wav_claiming(tmp_path / "note.wav", 800, claimed_bytes))
    assert len(audio.samples) == 800
    (flag,) = audio.flags
    assert flag.kind == AudioFlagKind.PARTIAL
    assert (flag.start_ms, flag.end_ms) == (50, round(claimed_bytes / 32))


@pytest.mark.parametrize("claimed_bytes", [0, 0xFFFFFFFF])
def test_a_wav_that_was_streamed_claims_nothing(tmp_path: Path, claimed_bytes: int) -> None:
    try:
        audio = decode(wav_claiming(tmp_path / "note.wav", 16000, claimed_bytes))
    except InputError:
        assert claimed_bytes == 0  # a size of nothing may also be taken at its word
        return
    assert (len(audio.samples), audio.claimed_ms) == (16000, None)


def not_audio() -> dict[str, bytes]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("note.ogg", "x" * 1000)
    rubbish = np.random.default_rng(1).bytes(50_000)
    return {
        "zip": archive.getvalue(),
        "pdf": b"%PDF-1.7\n" + rubbish,
        "jpeg": b"\xff\xd8\xff\xe0" + rubbish,
        "random": rubbish,
        "zeros": bytes(50_000),
        "one byte": b"O",
        "magic word only": b"OggS",
        "ogg of rubbish": b"OggS" + rubbish,
        "wav of rubbish": b"RIFF" + rubbish[:4] + b"WAVE" + rubbish,
        "flac of rubbish": b"fLaC" + rubbish,
        "mp4 of rubbish": b"\x00\x00\x00\x18ftypisom" + rubbish,
        "matroska of rubbish": b"\x1a\x45\xdf\xa3" + rubbish,
        "amr of rubbish": b"#!AMR\n\xff" + rubbish,
        "caf of rubbish": b"caff\x00\x01\x00\x00" + rubbish,
        "html": "<html><body>404 нет такого файла</body></html>".encode(),
    }


@pytest.mark.parametrize("kind", not_audio())
def test_what_is_not_audio_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "note.ogg"
    path.write_bytes(not_audio()[kind])
    if kind == "amr of rubbish":  # any byte may begin a frame of AMR: some of it sounds
        assert AudioFlagKind.PARTIAL in {flag.kind for flag in decode(path).flags}
        return
    with pytest.raises(InputError, match=r"^note\.ogg ") as caught:
        decode(path)
    assert str(tmp_path) not in caught.value.message + caught.value.hint
    assert caught.value.hint


def test_damaged_files_end_in_sound_a_flag_or_an_error(tmp_path: Path) -> None:
    counts = run(45, 3, tmp_path)
    endings = {ending for of_kind in counts.values() for ending in of_kind}
    assert endings <= {"decoded", "flagged", "error", "short by whole frames"}
    assert {"decoded", "flagged", "error"} <= endings


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "note.ogg").write_bytes(b"")
    with pytest.raises(InputError, match=r"note\.ogg is empty"):
        decode(tmp_path / "note.ogg")


def test_a_file_without_a_frame_of_sound(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.flac", np.zeros((0, 1), np.float32), 16000, "FLAC")
    with pytest.raises(InputError):
        decode(path)


def test_what_is_not_a_file_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ogg")
    os.symlink("/dev/zero", tmp_path / "device.ogg")
    (tmp_path / "folder.ogg").mkdir()
    for name in ("pipe.ogg", "device.ogg", "folder.ogg", "missing.ogg"):
        with pytest.raises(InputError, match=name):
            decode(tmp_path / name)


def test_a_name_cannot_play_tricks_in_a_message(tmp_path: Path) -> None:
    name = "a\nb\u202egpj.ogg\udcff"
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        decode(tmp_path / name)
    assert caught.value.message.startswith("a\\u000ab\\u202egpj.ogg\\udcff is not audio")


def test_limits_end_a_file_that_costs_too_much(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "long.flac", np.zeros((16000 * 1800, 1), np.float32), 44100, "FLAC")
    with pytest.raises(InputError, match="took too long"):
        decode(path, DecodeLimits(cpu_s=0.05, cpu_s_per_megabyte=0.0))
    with pytest.raises(InputError, match=r"long\.flac"):
        decode(path, DecodeLimits(memory_bytes=1 << 20))
    audio = decode(path, DecodeLimits(audio_s=1.5))
    assert len(audio.samples) == 24000
    (flag,) = (flag for flag in audio.flags if flag.kind == AudioFlagKind.PARTIAL and flag.end_ms == 1500)
    assert flag.detail == "only the first 1.5 seconds were read"


@needs_proc
@pytest.mark.parametrize("generation", [0, 1, 2])
def test_a_lost_decoder_process_is_replaced(tmp_path: Path, generation: int) -> None:
    """The process that loads the libraries, its fork for this thread, or both at once."""
    path = with_soundfile(tmp_path / "note.wav", tone(0.5, 16000), 16000, "WAV")
    sandbox.hang_up()
    decode(path)
    assert sandbox._server is not None
    server = sandbox._server._process
    forks = children_of(server.pid)
    if generation != 1:
        server.kill()
        server.wait()
    for fork in forks if generation else ():
        os.kill(fork, signal.SIGKILL)
    assert len(decode(path).samples) == 8000
    assert (sandbox._server._process is server) == (generation < 2)


@needs_proc
def test_a_crash_takes_only_its_own_file(tmp_path: Path) -> None:
    """The fork that decodes is killed while it works; the next file is decoded by the same process."""
    path = with_soundfile(tmp_path / "long.flac", np.zeros((16000 * 3600, 1), np.float32), 44100, "FLAC")
    small = with_soundfile(tmp_path / "note.wav", tone(0.5, 16000), 16000, "WAV")
    sandbox.hang_up()
    decode(small)
    decoder = sandbox._of_thread.decoder
    assert sandbox._server is not None
    killer = threading.Thread(target=kill_fork_of_fork_of, args=(sandbox._server._process.pid,))
    killer.start()
    with pytest.raises(InputError, match=r"long\.flac broke the decoder"):
        decode(path)
    killer.join()
    assert len(decode(small).samples) == 8000
    assert sandbox._of_thread.decoder is decoder


@needs_proc
def test_the_decoder_process_ends_with_the_program(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.wav", tone(0.5, 16000), 16000, "WAV")
    sandbox.hang_up()
    decode(path)
    assert sandbox._server is not None
    server = sandbox._server._process
    forks = children_of(server.pid)
    sandbox.hang_up()
    assert server.returncode == 0
    assert not any(Path(f"/proc/{fork}").exists() for fork in forks)
    assert len(decode(path).samples) == 8000


def children_of(process: int) -> list[int]:
    """The processes that a process has forked."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process and state != "Z":
            found.append(int(stat.parent.name))
    return found


def kill_fork_of_fork_of(process: int) -> None:
    for _ in range(500):
        for child in children_of(process):
            for fork in children_of(child):
                os.kill(fork, signal.SIGSEGV)
                return
        time.sleep(0.005)


def test_every_thread_has_its_own_decoder(tmp_path: Path) -> None:
    path = with_soundfile(tmp_path / "note.flac", tone(1.0, 44100), 44100, "FLAC")
    lengths: list[int] = []
    threads = [threading.Thread(target=lambda: lengths.append(len(decode(path).samples))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lengths == [16000] * 3


def test_the_fork_that_decodes_can_open_nothing(tmp_path: Path) -> None:
    """Even code that a file smuggles in finds no door: no file, no socket, no pipe."""
    request = {"cpu_s": 5, "memory_bytes": 4 << 30, "output_bytes": 1 << 20}
    child = os.fork()
    if not child:
        opened = 0
        try:
            decoder._limit(request, 0)
            for attempt in (lambda: os.open(tmp_path, os.O_RDONLY), socket.socket, os.pipe):
                try:
                    attempt()
                    opened += 1
                except OSError:
                    pass
        finally:
            os._exit(opened)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
