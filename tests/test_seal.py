"""The seal: inputs included, nothing laundered, every bit covered, a bag that strangers validate, time stamps."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.case import evidence, journal, seal_bag, seal_stamp
from pipeline.case.evidence import MANIFEST, STAMP, TAGS
from pipeline.case.journal import Work
from pipeline.case.store import Case, CaseInfo
from pipeline.errors import EvidenceError, InputError
from pipeline.records import Article, Recording
from tests.conftest import SAMPLES, Voxquote

FLIPS = 1000
FACTS = {"Bagging-Date": "2026-11-23"}


@dataclass(frozen=True)
class Made:
    """A case below ``root``, a recording and an article beside it."""

    root: Path
    case: Case
    note: Path
    story: Path

    def differences(self) -> dict[str, str]:
        return {difference.path: difference.change.value for difference in evidence.verify(self.case.folder)}


def recording(case: Case, path: Path) -> Recording:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Recording(sha256[:16], case.portable(path), sha256, 1000)


def article(case: Case, path: Path) -> Article:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Article(sha256[:16], case.portable(path), sha256, "A story", "en", "Nothing.", ())


@pytest.fixture
def made(tmp_path: Path) -> Made:
    root = tmp_path / "work"
    note, story = root / "in" / "100 % note\n1.ogg", root / "in" / "story.html"
    note.parent.mkdir(parents=True)
    note.write_bytes(random.Random(1).randbytes(5000))
    story.write_text("<p>“Nothing.”</p>", encoding="utf-8")
    case = Case.open_or_create(root / "case", CaseInfo())
    case.write_recordings([recording(case, note)])
    case.write_article(article(case, story))
    (case.folder / "заметка % 1.txt").write_text("мысли", encoding="utf-8")
    journal.note(case.folder, Work("run", {"style": "strict"}))
    evidence.seal(case.folder)
    return Made(root, case, note, story)


def test_recordings_and_articles_outside_the_case_are_sealed(made: Made) -> None:
    assert made.differences() == {}
    made.note.write_bytes(b"other")
    made.story.unlink()
    assert made.differences() == {f"../in/{made.note.name}": "changed", "../in/story.html": "missing"}


def test_sealing_again_never_makes_a_changed_recording_look_sound(made: Made) -> None:
    made.note.write_bytes(b"other")
    made.story.unlink()
    evidence.seal(made.case.folder)
    assert made.differences() == {f"../in/{made.note.name}": "changed", "../in/story.html": "missing"}


def test_sealing_again_takes_in_what_a_person_changed(made: Made) -> None:
    (made.case.folder / "заметка % 1.txt").write_text("лучше", encoding="utf-8")
    (made.case.folder / "clips").mkdir()
    (made.case.folder / "clips/manifest-sha256.txt").write_text("a file of that name elsewhere is a file")
    assert made.differences() == {"заметка % 1.txt": "changed", "clips/manifest-sha256.txt": "added"}
    evidence.seal(made.case.folder)
    assert made.differences() == {}


def test_an_article_that_was_changed_and_checked_again(made: Made) -> None:
    made.story.write_text("<p>“Something.”</p>", encoding="utf-8")
    made.case.write_article(article(made.case, made.story))
    evidence.seal(made.case.folder)
    assert made.differences() == {}


def test_a_list_without_hashes_makes_nobody_read_a_file_outside(made: Made) -> None:
    secret = made.root / "secret"
    secret.write_text("a stranger's case must not learn this")
    made.case.write_recordings([Recording("a", "../secret", "00", 1000)])
    evidence.seal(made.case.folder)
    assert evidence.unsealed(made.case.folder) == ("../secret",)
    assert "secret" not in (made.case.folder / MANIFEST).read_text(encoding="utf-8")


def test_every_random_flip_of_a_bit_is_found(made: Made) -> None:
    keep_stamp(made, granted(made))
    files = sorted(path for path in made.root.rglob("*") if path.is_file() and not path.name.startswith("."))
    assert {MANIFEST, STAMP, TAGS, "story.html"} <= {path.name for path in files}
    chance = random.Random(20261123)
    for _ in range(FLIPS):
        path = chance.choice(files)
        whole = path.read_bytes()
        bit = chance.randrange(len(whole) * 8)
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert broken(made.case.folder), f"{path.name}, bit {bit}"
        path.write_bytes(whole)
    assert not broken(made.case.folder)


def make_report(made: Made, text: str) -> None:
    """What ``voxquote report`` leaves behind."""
    page = made.case.folder / "report.html"
    page.write_text(text, encoding="utf-8")
    journal.note(made.case.folder, Work("report", {"embed": "clips"}, files=[page]))


def test_what_voxquote_makes_after_the_seal_is_told_from_a_change(made: Made) -> None:
    make_report(made, "<p>one")
    evidence.seal(made.case.folder)
    assert made.differences() == {}
    make_report(made, "<p>two")
    assert made.differences() == {"journal/0003-report.json": "later", "report.html": "later"}
    assert not broken(made.case.folder)
    (made.case.folder / "report.html").write_text("<p>three")
    assert made.differences() == {"journal/0003-report.json": "later", "report.html": "changed"}
    make_report(made, "<p>four")
    assert made.differences()["report.html"] == "later"
    (made.case.folder / "report.html").unlink()
    assert made.differences()["report.html"] == "missing"


def test_no_journal_explains_changed_evidence(made: Made) -> None:
    """Transcripts and notes are never later work, whatever an entry says, and a sealed entry cannot be edited."""
    thoughts = made.case.folder / "заметка % 1.txt"
    thoughts.write_text("другое", encoding="utf-8")
    transcript = made.case.folder / "transcripts" / "a.json"
    transcript.parent.mkdir()
    transcript.write_text("{}")
    journal.note(made.case.folder, Work("check", files=[thoughts, transcript]))
    assert made.differences() == {
        "journal/0002-check.json": "later",
        "transcripts/a.json": "added",
        "заметка % 1.txt": "changed",
    }
    first = made.case.folder / "journal/0001-run.json"
    first.write_text(first.read_text(encoding="utf-8").replace("strict", "tidy"), encoding="utf-8")
    assert made.differences()["journal/0001-run.json"] == "changed"
    evidence.seal(made.case.folder)
    assert made.differences() == {}


def test_the_order_of_work_is_kept(made: Made) -> None:
    make_report(made, "<p>one")
    make_report(made, "<p>two")
    make_report(made, "<p>two")  # the same work again is no new entry
    listed = [(entry.number, entry.command) for entry in journal.entries(made.case.folder)]
    assert listed == [(1, "run"), (2, "report"), (3, "report")]
    (made.case.folder / "journal/0002-report.json").write_text("{")
    (made.case.folder / "journal/0009-report.json").write_bytes(
        (made.case.folder / "journal/0003-report.json").read_bytes()
    )
    assert [entry.number for entry in journal.entries(made.case.folder)] == [1, 3]
    assert made.differences()["journal/0009-report.json"] == "added"


def broken(folder: Path) -> bool:
    try:
        return bool(evidence.broken(evidence.verify(folder)))
    except EvidenceError:
        return True


def test_every_flip_in_the_manifest_is_found(made: Made) -> None:
    """A name that becomes another sealed name is the hardest: c.ogg and a.ogg are one bit apart."""
    for name in ("a.ogg", "c.ogg"):
        (made.root / "in" / name).write_bytes(b"the same")
    case = made.case
    case.write_recordings([recording(case, made.root / "in" / name) for name in ("a.ogg", "c.ogg")])
    evidence.seal(case.folder)
    path = case.folder / MANIFEST
    whole = path.read_bytes()
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert broken(case.folder), f"byte {bit // 8}: {bytes(flipped[bit // 8 - 5 : bit // 8 + 5])!r}"


def test_the_bag_is_what_the_standard_describes(made: Made, tmp_path: Path) -> None:
    bag = tmp_path / "out" / "bag"
    count = seal_bag.write_bag(made.case.folder, bag, FACTS)
    payload = validated(bag)
    assert len(payload) == count
    assert f"data/in/{made.note.name}" in payload
    assert (bag / "data/in" / made.note.name).read_bytes() == made.note.read_bytes()
    assert "Voxquote-Case: data/case\n" in (bag / "bag-info.txt").read_text(encoding="utf-8")
    assert evidence.verify(bag / "data/case") == ()  # the case in the bag finds its inputs, and its seal holds


def validated(bag: Path) -> set[str]:
    """The payload of a bag after the checks of RFC 8493, section 3, made here from its text."""
    assert (bag / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    listed = {}
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        entries = [line.split(None, 1) for line in (bag / manifest).read_text(encoding="utf-8").splitlines()]
        decoded = {name.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"): sha for sha, name in entries}
        assert len(decoded) == len(entries)
        for name, sha256 in decoded.items():
            assert hashlib.sha256((bag / name).read_bytes()).hexdigest() == sha256
        listed[manifest] = set(decoded)
    payload = {path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file()}
    assert listed["manifest-sha256.txt"] == payload
    assert listed["tagmanifest-sha256.txt"] == {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}
    info = dict(line.split(": ", 1) for line in (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines())
    size = sum((bag / name).stat().st_size for name in payload)
    assert info["Payload-Oxum"] == f"{size}.{len(payload)}"
    return payload


def test_another_program_validates_the_bag(made: Made, tmp_path: Path) -> None:
    bagit = pytest.importorskip("bagit", reason="the BagIt library of the Library of Congress is not installed")
    plain = made.note.rename(made.note.with_name("note\n1.ogg"))  # bagit 1.9 does not decode %25, as the RFC asks
    made.case.write_recordings([recording(made.case, plain)])
    (made.case.folder / "заметка % 1.txt").unlink()
    evidence.seal(made.case.folder)
    seal_bag.write_bag(made.case.folder, tmp_path / "bag", FACTS)
    assert bagit.Bag(str(tmp_path / "bag")).validate()


def test_no_bag_of_a_case_that_is_not_what_was_sealed(made: Made, tmp_path: Path) -> None:
    made.story.unlink()
    with pytest.raises(EvidenceError, match=r"story\.html is missing"):
        seal_bag.write_bag(made.case.folder, tmp_path / "bag", FACTS)
    assert not (tmp_path / "bag").exists()


def test_no_half_bag_is_left(made: Made, tmp_path: Path) -> None:
    odd = made.case.folder / os.fsdecode(b"\xff.txt")
    try:
        odd.write_text("x")
    except OSError:
        pytest.skip("this file system has no names outside UTF-8")
    evidence.seal(made.case.folder)
    with pytest.raises(EvidenceError, match="UTF-8"):
        seal_bag.write_bag(made.case.folder, tmp_path / "out" / "bag", FACTS)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_bag_takes_nobodys_place(made: Made, tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    with pytest.raises(EvidenceError, match="exists"):
        seal_bag.write_bag(made.case.folder, tmp_path / "bag", FACTS)
    with pytest.raises(EvidenceError, match="inside"):
        seal_bag.write_bag(made.case.folder, made.case.folder / "bag", FACTS)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_a_stranger_can_check_the_seal(made: Made) -> None:
    command = ["sha256sum", "-c", "--quiet", MANIFEST]
    assert subprocess.run(command, cwd=made.case.folder, capture_output=True, check=False).returncode == 0
    made.note.write_bytes(b"other")
    assert subprocess.run(command, cwd=made.case.folder, capture_output=True, check=False).returncode == 1


def granted(made: Made, status: int = 0) -> bytes:
    """The beginning of an authority's answer: its status, and the hash that it is about."""
    sha256 = hashlib.sha256((made.case.folder / MANIFEST).read_bytes()).digest()
    token = b"\x30\x22\x04\x20" + sha256
    body = b"\x30\x03\x02\x01" + bytes([status]) + token
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def keep_stamp(made: Made, response: bytes) -> None:
    path = made.root.parent / "answer.tsr"
    path.write_bytes(response)
    seal_stamp.keep_response(made.case.folder, path)


def test_a_time_stamp_is_kept_and_covered(made: Made) -> None:
    keep_stamp(made, granted(made))
    assert made.differences() == {}
    stamp = made.case.folder / STAMP
    stamp.write_bytes(stamp.read_bytes() + b"\0")
    assert made.differences() == {STAMP: "changed"}
    stamp.unlink()
    assert made.differences() == {STAMP: "missing"}


def test_sealing_the_same_again_keeps_the_stamp(made: Made) -> None:
    keep_stamp(made, granted(made))
    evidence.seal(made.case.folder)
    assert (made.case.folder / STAMP).is_file()
    assert made.differences() == {}


def test_a_stamped_seal_is_put_aside_when_another_takes_its_place(made: Made) -> None:
    keep_stamp(made, granted(made))
    earlier = (made.case.folder / MANIFEST).read_bytes()
    (made.case.folder / "заметка % 1.txt").unlink()
    evidence.seal(made.case.folder)
    assert made.differences() == {}
    assert not (made.case.folder / STAMP).exists()
    (place,) = (made.case.folder / "seals").iterdir()
    assert (place / MANIFEST).read_bytes() == earlier
    assert f"seals/{place.name}/{STAMP}" in (made.case.folder / MANIFEST).read_text(encoding="utf-8")


def test_an_answer_to_something_else_is_refused(made: Made, tmp_path: Path) -> None:
    for response in (b"", b"\x30", b"<html>busy</html>", granted(made, status=2), granted(made)[:-1]):
        with pytest.raises(InputError):
            keep_stamp(made, response)
    with pytest.raises(InputError):
        seal_stamp.keep_response(made.case.folder, tmp_path / "missing.tsr")
    assert not (made.case.folder / STAMP).exists()
    assert made.differences() == {}


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_request_is_the_one_that_openssl_makes(made: Made) -> None:
    command = ["openssl", "ts", "-query", "-data", MANIFEST, "-sha256", "-no_nonce", "-cert"]
    done = subprocess.run(command, cwd=made.case.folder, capture_output=True, check=True)
    assert seal_stamp.request(made.case.folder) == done.stdout


AUTHORITY = """
[tsa]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_real_authority_answers_and_openssl_verifies(voxquote: Voxquote, made: Made, tmp_path: Path) -> None:
    place = tmp_path / "authority"
    place.mkdir()

    def openssl(words: str, *paths: str) -> str:
        done = subprocess.run(
            ["openssl", *words.split(), *paths], cwd=place, capture_output=True, text=True, check=True
        )
        return done.stdout

    (place / "tsa.conf").write_text(AUTHORITY)
    (place / "serial").write_text("01\n")
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tsa.key -out tsa.pem -days 2"
        " -subj /CN=test -addext extendedKeyUsage=critical,timeStamping"
    )
    folder = made.case.folder
    assert voxquote("seal", "--case", folder, "--timestamp-request", place / "case.tsq").code == 0
    openssl("ts -reply -config tsa.conf -section tsa -queryfile case.tsq -out case.tsr")
    answer = voxquote("seal", "--case", folder, "--timestamp-response", place / "case.tsr")
    assert answer.code == 0, answer.err
    assert voxquote("verify", "--case", folder).code == 0
    said = openssl("ts -verify -CAfile tsa.pem -data", str(folder / MANIFEST), "-in", str(folder / STAMP))
    assert "OK" in said


def test_the_command(voxquote: Voxquote, made: Made, tmp_path: Path) -> None:
    folder = made.case.folder
    (folder / "заметка % 1.txt").write_text("лучше", encoding="utf-8")
    answer = voxquote("seal", "--case", folder)
    assert answer.code == 0, answer.err
    assert "changed  заметка % 1.txt" in answer.out
    assert hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest() in answer.out
    assert voxquote("verify", "--case", folder).code == 0
    assert voxquote("seal", "--case", folder, "--bag", tmp_path / "bag").code == 0
    validated(tmp_path / "bag")
    made.note.write_bytes(b"other")
    answer = voxquote("seal", "--case", folder, "--json")
    assert answer.code == 4
    assert json.loads(answer.out)["not_as_used"] == [{"path": f"../in/{made.note.name}", "change": "changed"}]
    assert str(tmp_path) not in answer.err
    assert "is not what it was when it was used" in answer.err
    made.story.unlink()
    assert "story.html is no longer where it was" in voxquote("seal", "--case", folder).err


def test_a_damaged_seal_is_told_and_replaced(voxquote: Voxquote, made: Made) -> None:
    (made.case.folder / MANIFEST).write_bytes(b"nonsense\n")
    answer = voxquote("seal", "--case", made.case.folder)
    assert answer.code == 0
    assert "cannot be compared" in answer.err
    assert made.differences() == {}
    assert voxquote("seal", "--case", made.root / "nowhere").code == 1
    assert not (made.root / "nowhere").exists()


def test_the_chat_that_told_of_the_recordings_is_sealed(voxquote: Voxquote, tmp_path: Path) -> None:
    export = Path(shutil.copytree(SAMPLES / "telegram_export", tmp_path / "export"))
    assert voxquote("run", export, "--case", tmp_path / "case").code == 3
    listed = (tmp_path / "case" / MANIFEST).read_text(encoding="utf-8")
    assert "  ../export/result.json\n" in listed
    (export / "result.json").write_bytes((export / "result.json").read_bytes() + b" ")
    answer = voxquote("verify", "--case", tmp_path / "case")
    assert (answer.code, "changed  ../export/result.json" in answer.out) == (4, True)
    assert voxquote("seal", "--case", tmp_path / "case").code == 4  # sealing again does not hide it


def test_later_work_is_no_broken_seal(voxquote: Voxquote, tmp_path: Path) -> None:
    """A journalist's day: run, report again, export, check another article; the seal stays what it was."""
    folder = tmp_path / "case"
    assert voxquote("run", SAMPLES / "officer.ogg", "--article", SAMPLES / "article_ru.txt", "--case", folder).code == 4
    seal = (folder / MANIFEST).read_bytes()
    for command in (["report", "--lang", "ru"], ["export", "--format", "srt"], ["check"], ["clip", "q4"]):
        assert voxquote(*command, "--case", folder).code in (0, 4)
    assert (folder / MANIFEST).read_bytes() == seal
    assert "voxquote made files later" in voxquote("status", "--case", folder).out
    answer = voxquote("verify", "--case", folder)
    assert answer.code == 0, answer.out
    assert "later    report.html  (voxquote report, " in answer.out
    assert "made by voxquote after the seal" in answer.err
    assert voxquote("seal", "--case", folder).code == 0
    assert voxquote("verify", "--case", folder).out == "everything that was sealed is as it was sealed\n"
