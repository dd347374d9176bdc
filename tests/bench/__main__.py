"""``make bench``: what voxquote is measured against, as a table.

A  faster-whisper's loop (language unknown, beam 5, word times) and argostranslate's own translate, note by note
B  the command whisper-ctranslate2 with word times, which does not translate; only where it is installed
C  faster-whisper's batched pipeline, file by file

python -m tests.bench [--notes 200] [--each 50] [--theirs PATH-OF-whisper-ctranslate2] [--skip-limits]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import shapes
from tests.bench.sides import CORES, Turn
from tests.bench.turns import Side, command, rounds
from tests.reliability.notes import write_notes

STARTER = Path(__file__).parents[2] / "models/starter/whisper-ru"
ALIKE = 16
LENGTHS_S = tuple(5.0 + 7 * number % 16 for number in range(16))


def stages(models: Path, notes: Sequence[Path], each: int) -> None:
    """The stages side by side, in processes that keep their models."""
    sides = {name: Side(name, models) for name in ("exact", "plain", "fast", "batched")}
    totals = rounds(dict(sides), notes, each)
    for side in sides.values():
        side.close()
    exact, fast, plain, batched = (totals[name] for name in ("exact", "fast", "plain", "batched"))
    print(f"\n{len(notes)} notes, {CORES} cores; how many times longer the other way takes    clock  processor  goal")
    _row("A, speech and translation, over exact", plain, exact, "2.2")
    _row("A, speech and translation, over --fast", plain, fast, "4")
    _row("A, speech alone, over exact", _speech(plain), _speech(exact))
    _row("A, speech alone, over --fast", _speech(plain), _speech(fast))
    _row("argostranslate over our translation", _translation(plain), _translation(exact), "4")
    _row("C, speech alone, over exact", batched, _speech(exact))
    outside = 1 - exact.models_s / exact.cpu_s
    print(f"processor time outside the models (decoding, voice detection, features, files): {outside:.1%}   goal 5 %")


def alike(models: Path, notes: Sequence[Path]) -> None:
    """Whether the exact mode hears what A hears, on the first notes."""
    for title, model in (("true shape", models / "whisper"), ("starter model", STARTER)):
        line = [sys.executable, "-m", "tests.bench.alike", str(model), *map(str, notes[:ALIKE])]
        found = json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
        print(
            f"text of exact against A, same samples, {title}: " + ", ".join(f"{n} {name}" for name, n in found.items())
        )


def whole_job(models: Path, notes: Sequence[Path], each: int, theirs: str) -> None:
    """The two commands, each from its start to its end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sides = {"exact": command(lambda files: _ours(files, models, folder, [])), "fast": command(
            lambda files: _ours(files, models, folder, ["--fast"])
        ), "theirs": command(lambda files: _theirs(files, models, folder, theirs))}  # fmt: skip
        totals = rounds(sides, notes, each)
    print(f"\nwhole job, {len(notes)} notes                                                     clock  processor  goal")
    _row("B over voxquote run (with translation, report, seal)", totals["theirs"], totals["exact"], "3")
    _row("B over voxquote run --fast", totals["theirs"], totals["fast"])


def limits(models: Path) -> None:
    """The share of the physical limit that each stage reaches."""
    command_line = [sys.executable, "-m", "tests.bench.limits", str(models)]
    found = json.loads(subprocess.run(command_line, capture_output=True, text=True, check=True).stdout)
    integer, floating, read = (found[key] / 1e9 for key in ("integer", "floating", "read"))
    print(f"\none core at its best: {integer:.0f} GOPS int8, {floating:.0f} GFLOPS float32, {read:.0f} GB/s read")
    print(f"{'stage':32}{'takes':>10}{'operations':>12}{'bytes':>10}{'share of the limit':>20}")
    for name, row in found["stages"].items():
        share = max(row["operations_s"], row["bytes_s"]) / row["seconds"]
        times = "".join(f"{row[key] * 1000:{width}.0f} ms" for key, width in _COLUMNS)
        print(f"{name:32}{times}{share:20.0%}")


_COLUMNS = (("seconds", 7), ("operations_s", 9), ("bytes_s", 7))


def _ours(files: Sequence[Path], models: Path, folder: Path, flags: list[str]) -> list[str]:
    shutil.rmtree(folder / "case", ignore_errors=True)
    engines = ["--asr", str(models / "whisper"), "--mt", str(models / "package"), "--threads", str(CORES)]
    return [sys.executable, "-m", "pipeline", "run", *map(str, files), "--case", str(folder / "case"), *engines, *flags]


def _theirs(files: Sequence[Path], models: Path, folder: Path, theirs: str) -> list[str]:
    options = ["--model_directory", str(models / "whisper"), "--device", "cpu", "--threads", str(CORES)]
    options += ["--word_timestamps", "True", "--output_format", "json", "--output_dir", str(folder / "theirs")]
    return [theirs, *map(str, files), *options]


def _speech(turn: Turn) -> Turn:
    return Turn(speech_s=turn.speech_s)


def _translation(turn: Turn) -> Turn:
    return Turn(translation_s=turn.translation_s)


def _row(title: str, other: Turn, ours: Turn, goal: str = "") -> None:
    clock = (other.speech_s + other.translation_s) / (ours.speech_s + ours.translation_s)
    processor = f"{other.cpu_s / ours.cpu_s:.2f}" if ours.cpu_s and other.cpu_s else ""
    print(f"{title:70}{clock:7.2f}{processor:>11}{goal and '≥ ' + goal:>6}", flush=True)


def main() -> None:
    """Make the models and the notes, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=200)
    parser.add_argument("--each", type=int, default=50, help="notes in a turn")
    parser.add_argument("--theirs", default=shutil.which("whisper-ctranslate2"), help="the command of B")
    parser.add_argument("--skip-limits", action="store_true")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    with tempfile.TemporaryDirectory() as name:
        models = Path(name)
        shapes.whisper_base(models / "whisper")
        shapes.argos_package(models / "package")
        notes = write_notes(models / "notes", options.notes, LENGTHS_S)
        if not options.skip_limits:
            limits(models)
        stages(models, notes, options.each)
        alike(models, notes)
        if options.theirs:
            whole_job(models, notes, options.each, options.theirs)
        else:
            print("\nB was not measured: install whisper-ctranslate2 somewhere and name it with --theirs")


if __name__ == "__main__":
    main()
