"""A run that is killed and started again gives the bytes of a run that was not.

Kills with SIGKILL: at random moments (the whole process group; the same command again, until it ends), and at every
write (inside the temporary file, before its rename, after it). Compares every file of the case, report.html included.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.reliability import child
from tests.reliability.notes import ARTICLE, write_notes

PLACES = ("inside", "before", "after")


def killer(place: str, number: int) -> Callable[[], None]:
    """Spoils a child: it kills itself at its ``number``-th write, counted from 1."""

    def spoil() -> None:
        done = {"fsync": 0, "replace": 0}
        fsync, replace = os.fsync, os.replace

        def fatal_fsync(handle: int) -> None:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                done["fsync"] += 1
                if place == "inside" and done["fsync"] == number:
                    os.truncate(handle, os.fstat(handle).st_size // 2)
                    os.killpg(0, signal.SIGKILL)
            fsync(handle)

        def fatal_replace(source: str, target: str) -> None:
            done["replace"] += 1
            if place == "before" and done["replace"] == number:
                os.killpg(0, signal.SIGKILL)
            replace(source, target)
            if place == "after" and done["replace"] == number:
                os.killpg(0, signal.SIGKILL)

        os.fsync, os.replace = fatal_fsync, fatal_replace  # type: ignore[assignment]

    return spoil


def random_kills(folder: Path, notes: int, kills: int, seed: int) -> dict[str, object]:
    """Kill at random moments until there were ``kills`` of them; every case is run to its end and compared."""
    command, clean, seconds = _clean(folder, notes)
    chance = random.Random(seed)
    done = cases = 0
    different: list[str] = []
    while done < kills:
        cases += 1
        case = folder / f"killed_{cases}"
        ending = None
        while ending is None or ending.code == -signal.SIGKILL:
            log = folder / "log"
            if done < kills:
                ending = child.finish(child.start([*command, case], log), log, chance.uniform(0, seconds))
                done += ending.code == -signal.SIGKILL
            else:
                ending = child.run([*command, case], log)
        different += _differences(clean, case, f"case {cases}")
        shutil.rmtree(case)
    return {"kills": done, "cases": cases, "seconds of one run": round(seconds, 1), "different": different}


def kills_at_writes(folder: Path, notes: int, every: int = 1) -> dict[str, object]:
    """Kill at each write (at each ``every``-th), in each of the three places, and start again."""
    command, clean, _ = _clean(folder, notes)
    number, done, different, log = 1, 0, [], folder / "log"
    ended = False
    while not ended:
        for place in PLACES:
            case = folder / f"killed_{place}_{number}"
            first = child.run([*command, case], log, killer(place, number))
            ended = ended or first.code != -signal.SIGKILL
            done += first.code == -signal.SIGKILL
            child.run([*command, case], log)
            different += _differences(clean, case, f"{place} write {number}")
            shutil.rmtree(case)
        number += every
    return {"kills": done, "writes": number - every, "different": different}


def _clean(folder: Path, notes: int) -> tuple[list[str | Path], dict[str, bytes], float]:
    """The command without its case folder, what an undisturbed run makes, and how long it takes."""
    child.prepare()
    write_notes(folder / "notes", notes)
    command: list[str | Path] = ["run", folder / "notes", "--article", ARTICLE, "--quiet", "--case"]
    ending = child.run([*command, folder / "clean"], folder / "log")
    assert ending.code in (0, 4), ending.said
    return command, child.contents(folder / "clean"), ending.seconds


def _differences(clean: dict[str, bytes], case: Path, label: str) -> list[str]:
    found = child.contents(case)
    return [f"{label}: {name}" for name in sorted(clean.keys() | found.keys()) if clean.get(name) != found.get(name)]


def main() -> None:
    """Print the figures as JSON; exit 1 when a single byte differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kills at random moments")
    parser.add_argument("--notes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writes", action="store_true", help="kill at every write instead")
    parser.add_argument("--every", type=int, default=1, help="with --writes: at every n-th write only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if options.writes:
            figures = kills_at_writes(Path(name), options.notes, options.every)
        else:
            figures = random_kills(Path(name), options.notes, options.kills, options.seed)
    print(json.dumps(figures, indent=1))
    raise SystemExit(bool(figures["different"]))


if __name__ == "__main__":
    main()
