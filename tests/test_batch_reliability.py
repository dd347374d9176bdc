"""Kills, failing disks, changing sources: the case is the one that an undisturbed run makes, or it says why not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from pipeline.case.files import sweep, write_atomic
from pipeline.case.lock import sole_writer, writer_of
from tests.conftest import ROOT, Voxquote
from tests.reliability.notes import write_notes


def figures(script: str, *arguments: str) -> dict[str, object]:
    """What one of the scripts of ``tests/reliability`` measured."""
    command = [sys.executable, "-m", f"tests.reliability.{script}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_run_killed_at_random_moments_ends_in_the_same_bytes() -> None:
    found = figures("kills", "--kills", "3", "--notes", "2", "--seed", "7")
    assert found["kills"] == 3
    assert found["different"] == []


def test_a_run_killed_at_its_writes_ends_in_the_same_bytes() -> None:
    found = figures("kills", "--writes", "--notes", "1", "--every", "7")
    assert found["different"] == []


def test_a_full_disk_is_told_and_costs_nothing_that_was_finished() -> None:
    found = figures("write_failures", "--notes", "1", "--every", "20", "--codes", "ENOSPC")
    assert isinstance(found["failures injected"], int)
    assert found["failures injected"] > 1
    assert found["faults"] == []


def test_an_interrupt_ends_the_run_at_once_and_names_the_way_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "run", "audio_samples/officer.ogg", "--case", str(tmp_path / "case")]
    listens = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores it
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, preexec_fn=listens
    ) as process:
        while not (tmp_path / "case/recordings.jsonl").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate()
    assert process.returncode == 130
    assert "run the same command again" in said
    assert "Traceback" not in said
    assert time.monotonic() - began < 5
    assert not list((tmp_path / "case").glob("transcripts/*"))


def test_the_next_writer_sweeps_what_a_killed_one_left(tmp_path: Path) -> None:
    write_atomic(tmp_path / "transcripts/a.json", b"whole")
    left = tmp_path / "transcripts/.b.json.x1y2.voxquote-part"
    left.write_bytes(b"ha")
    foreign = tmp_path / ".download.part"
    foreign.write_bytes(b"somebody else's")
    with sole_writer(tmp_path):
        assert not left.exists()
    assert foreign.exists()
    assert (tmp_path / "transcripts/a.json").read_bytes() == b"whole"
    sweep(tmp_path)


def test_a_holder_file_of_a_dead_process_is_nobody(tmp_path: Path) -> None:
    assert writer_of(tmp_path) is None
    with sole_writer(tmp_path):
        pass
    (tmp_path / ".voxquote.holder").write_text("process 1 on somewhere", encoding="utf-8")
    assert writer_of(tmp_path) is None


@pytest.fixture(scope="module")
def job(voxquote: Voxquote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two notes and the case that was made of them; the notes have not changed for a while."""
    root = tmp_path_factory.mktemp("job")
    for path in write_notes(root / "notes", 2, (2.0,)):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    answer = voxquote("run", root / "notes", "--case", root / "case")
    assert answer.code == 0, answer.err
    return root


@pytest.fixture
def copy(job: Path, tmp_path: Path) -> Path:
    shutil.copytree(job, tmp_path / "job")
    return tmp_path / "job"


def test_a_file_that_changes_at_its_path_is_heard_again(voxquote: Voxquote, copy: Path) -> None:
    first, second = sorted((copy / "notes").iterdir())
    times = first.stat()
    first.write_bytes(second.read_bytes())
    os.utime(first, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a copying program may leave it
    answer = voxquote("run", copy / "notes", "--case", copy / "case")
    assert answer.code == 0, answer.err
    recordings = [json.loads(line) for line in (copy / "case/recordings.jsonl").read_text("utf-8").splitlines()]
    assert len(recordings) == 2
    assert len({recording["sha256"] for recording in recordings}) == 1
    assert voxquote("verify", "--case", copy / "case").code == 0


def test_a_recording_that_is_gone_stays_in_the_case(voxquote: Voxquote, copy: Path) -> None:
    gone = min((copy / "notes").iterdir())
    gone.unlink()
    answer = voxquote("run", copy / "notes", "--case", copy / "case")
    assert answer.code == 0, answer.err
    assert "1 finished earlier, 0 to do" in answer.err
    listed = (copy / "case/recordings.jsonl").read_text("utf-8")
    assert gone.name in listed
    assert len(list((copy / "case/transcripts").glob("*.json"))) == 2


def test_a_translation_of_an_earlier_transcript_is_made_again(voxquote: Voxquote, copy: Path) -> None:
    path = max((copy / "case/transcripts").iterdir(), key=lambda path: path.stat().st_size)
    transcript = json.loads(path.read_text("utf-8"))
    count = len(transcript["words"])
    transcript["language"] = "ru"
    transcript["sentences"] = [{"start_word": place, "end_word": place + 1} for place in range(count)]
    path.write_text(json.dumps(transcript, ensure_ascii=False), encoding="utf-8")
    answer = voxquote("translate", "--case", copy / "case")
    assert answer.code == 0, answer.err
    translation = json.loads((copy / f"case/translations/{path.stem}.en.json").read_text("utf-8"))
    assert len(translation["sentences"]) == count


def test_status_counts_what_needs_no_translation(voxquote: Voxquote, copy: Path) -> None:
    case = copy / "case"
    for number, path in enumerate(sorted((case / "transcripts").iterdir())):
        transcript = json.loads(path.read_text("utf-8")) | {"language": "ru"}
        path.write_text(json.dumps(transcript if number else transcript | {"words": [], "sentences": []}), "utf-8")
        (case / f"translations/{path.stem}.en.json").unlink(missing_ok=True)

    def counted() -> tuple[int, int]:
        found = json.loads(voxquote("status", "--case", case, "--json").out)
        return found["translated"], found["need_no_translation"]

    assert counted() == (0, 1)
    assert "translated     0 of 1 (in 1 there is nothing to translate)" in voxquote("status", "--case", case).out
    path.write_text(json.dumps(transcript | {"language": "en"}), "utf-8")
    assert counted() == (0, 2)
    path.write_text("{", "utf-8")
    assert counted() == (0, 1)


def test_status_and_dry_run(voxquote: Voxquote, copy: Path) -> None:
    case = copy / "case"
    found = json.loads(voxquote("status", "--case", case, "--json").out)
    assert (found["recordings"], found["transcribed"], found["failures"]) == (2, 2, 0)
    assert (found["seal"], found["writer"]) == ("sealed", None)
    assert "transcribed    2 of 2" in voxquote("status", "--case", case).out
    write_notes(copy / "notes", 3, (2.0,))
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*")}
    planned = json.loads(voxquote("run", copy / "notes", "--case", case, "--dry-run", "--json").out)
    assert (planned["recordings"], planned["finished"], planned["pending"]) == (3, 2, 1)
    assert (planned["stated"], planned["stated_ms"]) == (1, 2000)
    assert planned["seconds"] > 0
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*")} == before
    new = voxquote("run", copy / "notes", "--case", copy / "new", "--dry-run")
    assert new.code == 0, new.err
    assert "about" in new.out
    assert not (copy / "new").exists()


def test_a_second_run_is_told_who_writes(voxquote: Voxquote, copy: Path) -> None:
    case = copy / "case"
    code = (
        "import sys; from pathlib import Path; from pipeline.case.lock import sole_writer\n"
        "with sole_writer(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(case)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        answer = voxquote("run", copy / "notes", "--case", case)
        assert answer.code == 1
        assert f"process {other.pid} on" in answer.err
        assert json.loads(voxquote("status", "--case", case, "--json").out)["writer"].startswith(f"process {other.pid}")
        other.kill()


def test_bad_files_cost_the_good_ones_nothing() -> None:
    found = figures("bad_files", "--good", "3", "--bad", "24")
    assert found["bad files with one clear record"] == 24
    assert found["good results that differ"] == 0


def test_names_that_want_to_drive_the_terminal(voxquote: Voxquote, job: Path, tmp_path: Path) -> None:
    note = min((job / "notes").iterdir()).read_bytes()
    folder = os.fsencode(tmp_path) + b"/notes"
    os.mkdir(folder)
    names = ["-rf.ogg", "--case.ogg", "new\nline.ogg", "\u202egpj.ogg", "👩‍🚀 заметка.ogg", "\x1b[2J.ogg"]
    for place, name in enumerate([*(name.encode() for name in names), b"\xff\xfe.ogg"]):
        with open(folder + b"/" + name, "wb") as file:
            file.write(note if place else b"not audio at all")
    with open(folder + b"/bad\xff\n.ogg", "wb") as file:
        file.write(b"not audio at all either")
    answer = voxquote("run", tmp_path / "notes", "--case", tmp_path / "case")
    assert answer.code == 3, answer.err
    assert "Traceback" not in answer.err
    assert "\x1b" not in answer.err
    assert "\u202e" not in answer.err
    recordings = [json.loads(line) for line in (tmp_path / "case/recordings.jsonl").read_text("utf-8").splitlines()]
    assert len(recordings) == 6
    assert len({recording["id"] for recording in recordings}) == 1
    failures = [json.loads(line) for line in (tmp_path / "case/failures.jsonl").read_text("utf-8").splitlines()]
    assert len(failures) == 2
    assert all(failure["message"].isprintable() for failure in failures)
    assert voxquote("verify", "--case", tmp_path / "case").code == 0
    assert voxquote("status", "--case", tmp_path / "case").code == 0
    single = voxquote("run", "--case", tmp_path / "one", "--", "-rf.ogg", cwd=tmp_path / "notes")
    assert single.code == 3
    assert "-rf.ogg" in single.err


def test_numpy_leaves_the_other_cores_to_the_engines() -> None:
    """A second thread of its linear algebra would spin beside the recogniser, at a processor second a few notes."""
    program = (
        "import os, pipeline, numpy; a = numpy.ones((900, 900), 'f'); a @ a; print(len(os.listdir('/proc/self/task')))"
    )
    if not Path("/proc/self/task").is_dir():
        pytest.skip("needs /proc")
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert said.stdout.strip() == "1"
