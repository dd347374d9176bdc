"""What several test files share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "audio_samples"


@dataclass(frozen=True)
class Answer:
    """What a finished ``voxquote`` printed, its exit code, and what its watcher saw."""

    code: int
    out: str
    err: str
    watched: tuple[str, ...]


Voxquote = Callable[..., Answer]


@pytest.fixture(scope="session")
def voxquote(tmp_path_factory: pytest.TempPathFactory) -> Voxquote:
    """Run the real command in a process of its own: no network, an empty home, every import watched."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: str | Path, cwd: Path = ROOT) -> Answer:
        watch = tmp_path_factory.mktemp("watch") / "log"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("VOXQUOTE_", "HF_", "XDG_"))},
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join((str(ROOT / "tests/watched"), str(ROOT))),
            "VOXQUOTE_WATCH": str(watch),
            "SOURCE_DATE_EPOCH": "1780000000",
        }
        command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        lines = tuple(watch.read_text(encoding="utf-8").splitlines()) if watch.exists() else ()
        return Answer(done.returncode, done.stdout, done.stderr, lines)

    return run
