"""Memory while notes are really transcribed, and over one long recording.

    python -m tests.reliability.memory --notes 1000         resident memory after every hundredth note
    python -m tests.reliability.memory --hours 1            the most that one recording of so many hours takes

The notes are of 1-2 s, cut from the sample recordings; the long recording repeats one of them. Temporary files that are
mapped into memory are counted apart: the system takes them away when it needs the room.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import av

from pipeline.batch import transcribing
from pipeline.batch.engines import speech_engine
from pipeline.batch.events import Event, ItemDone
from pipeline.batch.plan import make_plan
from pipeline.case.store import Case, CaseInfo
from pipeline.settings import Settings
from pipeline.speech.sandbox import hang_up
from tests.reliability.notes import SAMPLES, write_notes

EVERY = 100


def resident_mb() -> dict[str, int]:
    """Memory of this process in MB: its own, and files that are mapped into it; the most of both together so far."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, files, most = (int(fields[name].split()[0]) // 1024 for name in ("RssAnon", "RssFile", "VmHWM"))
    return {"own": own, "files": files, "most": most}


def transcribed(root: Path, sources: Sequence[Path]) -> dict[str, object]:
    """Transcribe with the starter model; memory on the way and at the end."""
    case = Case.open_or_create(root / "case", CaseInfo())
    seen: list[int] = []
    done = 0

    def listen(event: Event) -> None:
        nonlocal done
        if isinstance(event, ItemDone):
            done += 1
            if done % EVERY == 0:
                seen.append(resident_mb()["own"])

    engine = speech_engine(Settings())
    plan = make_plan(sources, case, listen)
    case.write_recordings(plan.recordings)
    began = time.monotonic(), time.process_time()
    _, failures = transcribing.transcribe(transcribing.open_work(plan.jobs, engine, case), engine, case, listen)
    seconds = round(time.monotonic() - began[0]), round(time.process_time() - began[1])
    hang_up()
    decoder = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "transcribed": done,
        "failures": len(failures),
        "own MB after every hundredth": seen,
        "MB at the end": resident_mb(),
        "seconds": seconds[0],
        "processor seconds": seconds[1],
        "decoder's processor seconds": round(decoder.ru_utime + decoder.ru_stime),
        "decoder's most MB": decoder.ru_maxrss // 1024,
    }


def write_long(path: Path, hours: float) -> Path:
    """One Ogg/Opus recording of so many hours: the packets of a sample again and again, as coding takes longest."""
    with av.open(SAMPLES / "officer.ogg") as sample, av.open(path, "w", format="ogg") as long:
        stream = sample.streams.audio[0]
        copy = long.add_stream_from_template(stream)
        packets = [(packet, packet.pts) for packet in sample.demux(stream) if packet.pts is not None]
        assert stream.time_base is not None
        length = packets[-1][1] + (packets[-1][0].duration or 0) - packets[0][1]
        for round_ in range(int(hours * 3600 / (length * stream.time_base))):
            for packet, pts in packets:
                packet.stream = copy
                packet.pts = packet.dts = pts + round_ * length
                long.mux(packet)
    return path


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=0.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        if options.hours:
            sources = [write_long(root / "long.ogg", options.hours)]
        else:
            write_notes(root / "notes", options.notes, (1.0, 1.3, 1.6, 2.0))
            sources = [root / "notes"]
        print(json.dumps(transcribed(root, sources), indent=1))


if __name__ == "__main__":
    main()
