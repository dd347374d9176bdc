"""Bad files among good ones: every good one as if it were alone, one clear record for each bad one, exit code 3.

Bad files of twelve kinds, each file another content but for the empty ones, lie between short good notes in one folder.
The good ones alone make the clean case; transcripts and translations are compared byte by byte.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from tests.reliability import child
from tests.reliability.notes import write_notes

KIND_ENDINGS = {"no sound in a film": ".mp4", "no index": ".m4a", "no samples": ".wav"}


def _film(chance: random.Random) -> bytes:
    """A film of two pictures without a sound track."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        with av.open(file.name, "w") as output:
            stream = output.add_stream("mpeg4", rate=5)
            stream.width = stream.height = 32
            for _ in range(2):
                picture = np.full((32, 32, 3), chance.randrange(256), np.uint8)
                output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            output.mux(stream.encode(None))
        return Path(file.name).read_bytes()


def _wav(chance: random.Random) -> bytes:
    """A RIFF header with an extra chunk and no samples."""
    note = chance.randbytes(8)
    chunks = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16000, 32000, 2, 16) + b"LIST" + struct.pack("<I", 8) + note
    return b"RIFF" + struct.pack("<I", 12 + len(chunks)) + b"WAVE" + chunks + b"data" + struct.pack("<I", 0)


def _page(chance: random.Random) -> bytes:
    return f"<!doctype html><title>404</title><p>Not found: {chance.random()}".encode()


def _playlist(chance: random.Random) -> bytes:
    return f"#EXTM3U\n#EXTINF:9,\nhttp://192.0.2.1/{chance.random()}.ts\n".encode()


def _concat(chance: random.Random) -> bytes:
    return f"ffconcat version 1.0\nfile /etc/hostname\nfile /etc/{chance.random()}\n".encode()


def _session(chance: random.Random) -> bytes:
    return f"v=0\no=- {chance.randrange(10**9)} 1 IN IP4 192.0.2.1\ns=x\nm=audio 5004 RTP/AVP 0\n".encode()


KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "empty": lambda _: b"",
    "random bytes": lambda chance: chance.randbytes(4000),
    "web page": _page,
    "list of files": _concat,
    "playlist": _playlist,
    "session description": _session,
    "picture": lambda chance: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + chance.randbytes(900),
    "archive": lambda chance: b"PK\x03\x04" + chance.randbytes(900),
    "cut after its first page": lambda chance: b"OggS\x00\x02" + bytes(8) + chance.randbytes(4) + bytes(12),
    "no samples": _wav,
    "no index": lambda chance: struct.pack(">I4s4sI4s", 20, b"ftyp", b"M4A ", 0, b"M4A ") + chance.randbytes(2000),
    "no sound in a film": _film,
}


def mix(folder: Path, good: int, bad: int) -> dict[str, str]:
    """Good notes in ``folder`` and bad files between them; returns the kind of each bad file by its name."""
    chance = random.Random(3)
    write_notes(folder, good, (1.0, 1.4, 1.8))
    kinds = {}
    for number in range(bad):
        kind = list(KINDS)[number % len(KINDS)]
        name = f"note_{number * good // bad:04}_bad_{number}{KIND_ENDINGS.get(kind, '.ogg')}"
        (folder / name).write_bytes(KINDS[kind](chance))
        kinds[name] = kind
    return kinds


def compare(root: Path, good: int, bad: int) -> dict[str, object]:
    """Run the good files alone, then with the bad ones among them."""
    child.prepare()
    log = root / "log"
    write_notes(root / "good", good, (1.0, 1.4, 1.8))
    kinds = mix(root / "mixed", good, bad)
    told = ["--language", "ru", "--quiet"]  # a second of speech may sound like another language to a small model
    clean = child.run(["run", root / "good", "--case", root / "clean", *told], log)
    assert clean.code == 0, clean.said
    mixed = child.run(["run", root / "mixed", "--case", root / "case", *told], log)
    wanted, found = child.contents(root / "clean"), child.contents(root / "case")
    work = [name for name in wanted if name.startswith(("transcripts/", "translations/"))]
    records = [json.loads(line) for line in (root / "case/failures.jsonl").read_text(encoding="utf-8").splitlines()]
    named = Counter(Path(record["path"]).name for record in records)
    clear = [record for record in records if record["message"] and record["hint"] and "bug" not in record["hint"]]
    return {
        "good files": good,
        "bad files": bad,
        "kinds": len(set(kinds.values())),
        "exit code": mixed.code,
        "good results": len(work),
        "good results that differ": sum(wanted[name] != found.get(name) for name in work),
        "results too many": len([name for name in found if name.startswith("transcripts/")]) - good,
        "bad files with one clear record": sum(named[name] == 1 for name in kinds) if len(clear) == len(records) else 0,
        "records of good files": len(records) - sum(named[name] for name in kinds),
        "seconds": round(mixed.seconds),
    }


def main() -> None:
    """Print the figures as JSON; exit 1 when a good file suffered or a bad one has not its record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=400)
    parser.add_argument("--bad", type=int, default=120)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = compare(Path(name), options.good, options.bad)
    print(json.dumps(figures, indent=1))
    sound = figures["good results that differ"] == figures["records of good files"] == figures["results too many"] == 0
    recorded = figures["bad files with one clear record"] == options.bad and figures["exit code"] == 3
    raise SystemExit(not (sound and recorded))


if __name__ == "__main__":
    main()
