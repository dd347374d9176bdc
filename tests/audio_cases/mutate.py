"""Throws damaged audio files at the decoder and counts what comes back.

    python -m tests.audio_cases.mutate --count 2000 --seed 1

Prints one line a format and a summary. A file ends in one of three ways: decoded, flagged, or one InputError.
Counted as a fault: a crash of this process (it would end the script), a file that took longer than its limit, and sound
that is shorter than the original without a flag. A headerless format that lost whole frames is a good, shorter file:
counted by itself, as nobody can tell. Exit code 1 when there is a fault.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import InputError
from pipeline.records import AudioFlagKind
from pipeline.speech.audio import DecodeLimits, decode
from pipeline.speech.frames import adts_frame, amr_start, mp3_frame, walk
from tests.audio_cases import tone, with_av, with_soundfile

SECONDS = 2.0
SHORT_MS = 150
LIMITS = DecodeLimits(cpu_s=4.0)

Mutation = Callable[[bytearray, random.Random], bytes]


def originals(folder: Path) -> dict[str, Path]:
    """A good file of each format."""
    return {
        "wav": with_soundfile(folder / "wav", tone(SECONDS, 16000), 16000, "WAV", "PCM_16"),
        "flac": with_soundfile(folder / "flac", tone(SECONDS, 44100), 44100, "FLAC", "PCM_16"),
        "opus": with_soundfile(folder / "opus", tone(SECONDS, 48000), 48000, "OGG", "OPUS"),
        "vorbis": with_soundfile(folder / "vorbis", tone(SECONDS, 44100), 44100, "OGG", "VORBIS"),
        "mp3": with_soundfile(folder / "mp3", tone(SECONDS, 44100), 44100, "MP3"),
        "m4a": with_av(folder / "m4a", [tone(SECONDS, 44100)], 44100, "ipod", "aac"),
        "webm": with_av(folder / "webm", [tone(SECONDS, 48000)], 48000, "webm", "libopus"),
        "amr": with_av(folder / "amr", [tone(SECONDS, 8000)], 8000, "amr", "libopencore_amrnb"),
        "aac": with_av(folder / "aac", [tone(SECONDS, 44100)], 44100, "adts", "aac"),
    }


def flip(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 3, 30))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def head(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 4))):
        data[chance.randrange(min(128, len(data)))] = chance.randrange(256)
    return bytes(data)


def cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(1, len(data))])


def lose(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start] + data[start + chance.randrange(1, len(data) // 4) :])


def insert(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start] + chance.randbytes(chance.randrange(1, 5000)) + data[start:])


def blank(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    size = min(chance.randrange(1, 5000), len(data) - start)
    return bytes(data[:start] + bytes(size) + data[start + size :])


def repeat(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return bytes(data[:start] + data[start : start + chance.randrange(1, 5000)] + data[start:])


MUTATIONS: tuple[Mutation, ...] = (flip, head, cut, lose, insert, blank, repeat)


def outcome(path: Path, whole_ms: int) -> str:
    """How one file ended."""
    try:
        audio = decode(path, LIMITS)
    except InputError as error:
        if "too long" in error.message:
            return "hang"
        return "decoder broken" if "broke the decoder" in error.message else "error"
    if any(flag.kind == AudioFlagKind.PARTIAL for flag in audio.flags):
        return "flagged"
    if audio.duration_ms >= whole_ms - SHORT_MS:
        return "decoded"
    return "short by whole frames" if is_whole(path, audio.container) else "silently short"


def is_whole(path: Path, container: str) -> bool:
    """Whether a file is nothing but whole frames: a shorter one then is a good file that nobody can tell from it."""
    data = path.read_bytes()
    walks = {
        "amr": lambda: walk(data, *amr_start(data)),
        "aac": lambda: walk(data, 0, adts_frame),
        "mp3": lambda: walk(data, 0, mp3_frame),
    }
    return container in walks and walks[container]().whole


def run(count: int, seed: int, folder: Path) -> dict[str, Counter[str]]:
    """Damage each format in turn and count the outcomes."""
    files = originals(folder)
    wholes = {kind: (path.read_bytes(), decode(path).duration_ms) for kind, path in files.items()}
    chance = random.Random(seed)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in files}
    for number in range(count):
        kind = list(files)[number % len(files)]
        data, whole_ms = wholes[kind]
        mutation = chance.choice(MUTATIONS)
        path = folder / "damaged"
        path.write_bytes(mutation(bytearray(data), chance))
        ended = outcome(path, whole_ms)
        counts[kind][ended if ended != "silently short" else f"silently short ({mutation.__name__})"] += 1
    return counts


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = run(arguments.count, arguments.seed, Path(folder))
    for kind, endings in counts.items():
        print(f"{kind:7}", "  ".join(f"{ending}: {number}" for ending, number in sorted(endings.items())))
    total = sum(counts.values(), Counter[str]())
    faults = sum(number for ending, number in total.items() if ending == "hang" or ending.startswith("silently"))
    print(
        f"{arguments.count} files in {time.monotonic() - start:.0f} s: {dict(sorted(total.items()))}, faults: {faults}"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
