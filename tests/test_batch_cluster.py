"""A real scheduler and two worker processes, one of them killed in the middle: the case is that of a local run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.reliability.notes import write_notes

needs_distributed = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="dask.distributed (the extra 'cluster') is not installed"
)
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1780000000", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


def voxquote(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def contents(case: Path) -> dict[str, bytes]:
    files = (path for path in case.rglob("*") if path.is_file() and not path.name.startswith(".voxquote"))
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler's address and two workers, each a process group of its own."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *arguments, "--no-dashboard"]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        processes.append(process)
        return process

    first = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    address = _line(first, r"Scheduler at:\s+(tcp://\S+)")
    workers = [start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    for worker in workers:
        _line(worker, r"Registered to:\s+(tcp://\S+)")
    yield address, workers
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _line(process: subprocess.Popen[str], pattern: str) -> str:
    """The first line of a process that matches; what it says later is read and forgotten."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(pattern, line):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return found.group(1)
    raise AssertionError("it ended before it was ready")


@needs_distributed
def test_a_killed_worker_costs_nothing(tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[str]]]) -> None:
    address, (victim, _) = scheduler
    write_notes(tmp_path / "notes", 8)
    local = voxquote("run", tmp_path / "notes", "--case", tmp_path / "case")
    assert local.returncode == 0, local.stderr
    wanted = contents(tmp_path / "case")
    shutil.rmtree(tmp_path / "case")

    def kill_in_the_middle() -> None:
        while not list((tmp_path / "case/transcripts").glob("*.json")):
            time.sleep(0.01)
        os.killpg(victim.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_in_the_middle, daemon=True)
    killer.start()
    spread = voxquote("run", tmp_path / "notes", "--case", tmp_path / "case", "--cluster", address)
    assert spread.returncode == 0, spread.stderr
    killer.join(timeout=5)
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert contents(tmp_path / "case") == wanted


@needs_distributed
def test_no_scheduler_is_one_clear_error(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 1)
    answer = voxquote("run", tmp_path / "notes", "--case", tmp_path / "case", "--cluster", "tcp://127.0.0.1:1")
    assert answer.returncode == 1, answer.stderr
    assert "no scheduler answers" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_address_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 1)
    answer = voxquote("run", tmp_path / "notes", "--case", tmp_path / "case", "--cluster", "nonsense")
    assert answer.returncode == 2, answer.stderr
    assert "tcp://HOST:8786" in answer.stderr


def test_without_the_extra_the_flag_says_what_to_install(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 1)
    code = "import sys; sys.modules['distributed'] = None; from pipeline.cli import main; main(sys.argv[1:])"
    arguments = ["run", str(tmp_path / "notes"), "--case", str(tmp_path / "case"), "--cluster", "tcp://127.0.0.1:1"]
    command = [sys.executable, "-c", code, *arguments]
    answer = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2, answer.stderr
    assert "cluster" in answer.stderr
