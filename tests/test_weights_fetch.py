"""Fetching models from a real HTTP server on this machine that breaks off, lies and redirects."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import stat
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.errors import WeightsError
from pipeline.weights import FileState, LockedFile, LockedModel, Patience, fetch, hash_model, verify
from pipeline.weights.download import check_address
from pipeline.weights.fetch import INCOMING
from pipeline.weights.unpack import unpack

QUICK = Patience(attempts=3, pause_seconds=0.0)
WEIGHTS = bytes(range(256)) * 4096  # 1 MiB


@dataclass
class Site:
    """What the server holds and how it behaves; the requests it saw."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)  # bytes sent before each of the next connections breaks
    redirects: dict[str, str] = field(default_factory=dict)
    version: str | None = '"v1"'
    ranges: bool = True
    status: int | None = None
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""


def _handler(site: Site) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, wanted = self.path.rsplit("/", 1)[-1], self.headers.get("Range")
            site.requests.append((name, wanted))
            if name in site.redirects:
                self.send_response(302)
                self.send_header("Location", site.redirects[name])
                self.end_headers()
                return
            if site.status is not None or name not in site.files:
                self.send_error(site.status or 404)
                return
            content = site.files[name]
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.ranges else 0
            if start >= len(content) > 0:
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            if site.version:
                self.send_header("ETag", site.version)
            self.end_headers()
            body = content[start:]
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body[: site.break_after.pop(0)] if site.break_after else body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(files={"model.bin": WEIGHTS, "config.json": b"{}"})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.address = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def _locked(site: Site, *, known: bool = True) -> dict[str, LockedModel]:
    files = tuple(
        LockedFile(name, len(content) if known else None, hashlib.sha256(content).hexdigest() if known else None)
        for name, content in site.files.items()
    )
    return {"small": LockedModel("small", "asr", "Whisper small", "MIT", site.address, files)}


def test_a_model_is_fetched_checked_and_recorded(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    result = fetch("small", lambda *state: seen.append(state), _locked(site), tmp_path, QUICK)
    assert result.path == tmp_path / "small"
    assert (result.path / "model.bin").read_bytes() == WEIGHTS
    assert result.trusted == ()
    assert seen[-1][1] == seen[-1][2]
    assert ("model.bin", len(WEIGHTS), len(WEIGHTS)) in seen
    assert {check.state for check in verify(result.path, _locked(site)["small"])} == {FileState.OK}
    assert not (tmp_path / INCOMING / "small").exists()
    again = fetch("small", lock=_locked(site), root=tmp_path)
    assert again.already_there
    assert len(site.requests) == 2


def test_a_broken_connection_is_taken_up_where_it_broke(site: Site, tmp_path: Path) -> None:
    site.break_after = [300_000, 400_000]
    fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert [wanted for name, wanted in site.requests if name == "model.bin"] == [
        None,
        "bytes=300000-",
        "bytes=700000-",
    ]
    assert (tmp_path / "small" / "model.bin").read_bytes() == WEIGHTS


def test_a_later_call_takes_up_what_an_earlier_one_left(site: Site, tmp_path: Path) -> None:
    site.break_after = [500_000, 0, 0, 0]
    with pytest.raises(WeightsError):
        fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert not (tmp_path / "small").exists()
    fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert site.requests[-2:] == [("model.bin", "bytes=500000-"), ("config.json", None)]
    assert (tmp_path / "small" / "model.bin").read_bytes() == WEIGHTS


def test_a_server_without_ranges_sends_it_all_again(site: Site, tmp_path: Path) -> None:
    site.ranges = False
    site.break_after = [300_000]
    fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert (tmp_path / "small" / "model.bin").read_bytes() == WEIGHTS


@pytest.mark.parametrize("version", ['"v2"', None])
def test_without_a_known_hash_a_part_of_another_version_is_not_continued(
    site: Site, tmp_path: Path, version: str | None
) -> None:
    site.break_after = [300_000, 0, 0, 0]
    with pytest.raises(WeightsError):
        fetch("small", lock=_locked(site, known=False), root=tmp_path, patience=QUICK)
    site.version = version
    site.files["model.bin"] = WEIGHTS[::-1]
    result = fetch("small", lock=_locked(site, known=False), root=tmp_path, patience=QUICK)
    assert (result.path / "model.bin").read_bytes() == WEIGHTS[::-1]
    assert result.trusted == ("model.bin", "config.json")


def test_the_first_use_is_recorded_and_held_to(site: Site, tmp_path: Path) -> None:
    result = fetch("small", lock=_locked(site, known=False), root=tmp_path, patience=QUICK)
    record = json.loads((result.path / "voxquote-model.json").read_text("utf-8"))
    assert record["files"]["model.bin"] == hashlib.sha256(WEIGHTS).hexdigest()
    checks = {check.name: check for check in verify(result.path, _locked(site, known=False)["small"])}
    assert checks["model.bin"].state is FileState.OK
    assert checks["model.bin"].source == "first use"
    before = hash_model(result.path)
    (result.path / "model.bin").write_bytes(WEIGHTS[:-1] + b"?")
    assert [check.state for check in verify(result.path) if check.name == "model.bin"] == [FileState.CHANGED]
    assert hash_model(result.path) != before


def test_a_wrong_hash_is_refused_and_removed(site: Site, tmp_path: Path) -> None:
    lock = _locked(site)
    site.files["model.bin"] = WEIGHTS[:-1] + b"?"
    with pytest.raises(WeightsError, match=r"model.bin.*hash is wrong"):
        fetch("small", lock=lock, root=tmp_path, patience=QUICK)
    assert not (tmp_path / "small").exists()
    site.files["model.bin"] = WEIGHTS
    assert fetch("small", lock=lock, root=tmp_path, patience=QUICK).path.is_dir()


@pytest.mark.parametrize("content", [WEIGHTS + b"more", WEIGHTS[:-5]])
def test_a_wrong_size_is_refused(site: Site, tmp_path: Path, content: bytes) -> None:
    lock = _locked(site)
    site.files["model.bin"] = content
    with pytest.raises(WeightsError, match="bytes"):
        fetch("small", lock=lock, root=tmp_path, patience=QUICK)
    assert not (tmp_path / "small").exists()


def test_redirects_stay_on_safe_ground(site: Site, tmp_path: Path) -> None:
    site.redirects = {"model.bin": site.address + "elsewhere"}
    lock = _locked(site)
    site.files["elsewhere"] = WEIGHTS
    assert fetch("small", lock=lock, root=tmp_path, patience=QUICK).path.is_dir()
    for target in ("http://models.example/model.bin", "ftp://models.example/model.bin", "file:///etc/hostname"):
        site.redirects = {"model.bin": target}
        with pytest.raises(WeightsError, match=r"not https|HTTP 302"):
            fetch("small", lock=lock, root=tmp_path / target[:4], patience=QUICK)
    site.redirects = {"model.bin": site.address + "model.bin"}
    with pytest.raises(WeightsError):
        fetch("small", lock=lock, root=tmp_path / "round", patience=QUICK)


def test_addresses() -> None:
    check_address("https://models.example/x")
    check_address("http://127.0.0.1:1/x")
    for url in ("http://models.example/x", "file:///x", "http://127.0.0.1.models.example/x"):
        with pytest.raises(WeightsError):
            check_address(url)
    with pytest.raises(WeightsError):
        check_address("http://127.0.0.1:1/x", allow_local=False)


def test_no_connection_tells_what_to_bring_by_hand_and_takes_it(site: Site, tmp_path: Path) -> None:
    lock = _locked(site)
    nowhere = LockedModel("small", "asr", "", "MIT", "http://127.0.0.1:9/", lock["small"].files)
    with pytest.raises(WeightsError, match=r"no connection to 127\.0\.0\.1") as caught:
        fetch("small", lock={"small": nowhere}, root=tmp_path, patience=QUICK)
    assert "http://127.0.0.1:9/model.bin" in caught.value.hint
    assert "voxquote models fetch small" in caught.value.hint
    incoming = tmp_path / INCOMING / "small"
    assert str(incoming) in caught.value.hint
    for name, content in site.files.items():
        (incoming / name).write_bytes(content)
    assert fetch("small", lock={"small": nowhere}, root=tmp_path, patience=QUICK).path.is_dir()
    assert site.requests == []


@pytest.mark.parametrize(("status", "attempts"), [(404, 1), (403, 1), (503, 3)])
def test_refusals_are_final_and_overload_is_not(site: Site, tmp_path: Path, status: int, attempts: int) -> None:
    site.status = status
    with pytest.raises(WeightsError):
        fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert len(site.requests) == attempts


def test_an_unknown_name(site: Site, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="nonsense") as caught:
        fetch("nonsense", lock=_locked(site), root=tmp_path)
    assert "small" in caught.value.hint


def test_a_half_installed_model_is_replaced(site: Site, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "config.json").write_text("{}")
    result = fetch("small", lock=_locked(site), root=tmp_path, patience=QUICK)
    assert (result.path / "model.bin").read_bytes() == WEIGHTS


def _package(names: dict[str, bytes], path: Path, mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = mode << 16
            archive.writestr(info, content)
    return path


GOOD = {
    "ru_en/metadata.json": b"{}",
    "ru_en/model/model.bin": b"weights",
    "ru_en/model/config.json": b"{}",
    "ru_en/sentencepiece.model": b"pieces",
    "ru_en/stanza/ru/tokenize.pt": b"a pickle",
}


def test_a_package_is_unpacked_without_its_splitters(site: Site, tmp_path: Path) -> None:
    content = _package(GOOD, tmp_path / "p.argosmodel").read_bytes()
    site.files = {"p.argosmodel": content}
    file = LockedFile("p.argosmodel", len(content), hashlib.sha256(content).hexdigest())
    model = LockedModel("argos", "mt", "", "MIT", site.address, (file,), archive=True)
    result = fetch("argos", lock={"argos": model}, root=tmp_path / "models", patience=QUICK)
    assert (result.path / "model" / "model.bin").read_bytes() == b"weights"
    assert not (result.path / "stanza").exists()
    assert {check.state for check in verify(result.path, model)} == {FileState.OK}


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "ru_en/../../evil",
        "/evil",
        "other/evil",
        "ru_en\\..\\evil",
        "C:/evil",
        "ru_en/a:b",
        "ru_en/METADATA.json",
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    archive = _package(GOOD | {name: b"evil"}, tmp_path / "p.zip")
    inside = tmp_path / "a" / "b"
    with pytest.raises(WeightsError):
        unpack(archive, inside)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != archive]


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO | 0o644, stat.S_IFCHR | 0o644])
def test_links_and_devices_are_refused(tmp_path: Path, mode: int) -> None:
    archive = _package({"ru_en/model/model.bin": b"/etc/passwd"}, tmp_path / "p.zip", mode)
    with pytest.raises(WeightsError, match="link"):
        unpack(archive, tmp_path / "out")


def test_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    archive = _package({"ru_en/model/model.bin": bytes(50_000_000)}, tmp_path / "p.zip")
    assert archive.stat().st_size < 100_000
    with pytest.raises(WeightsError, match="far more"):
        unpack(archive, tmp_path / "out", most_bytes=1_000_000)
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file()) <= 1_000_000


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    archive = _package({f"ru_en/{number}": b"" for number in range(2_001)}, tmp_path / "p.zip")
    with pytest.raises(WeightsError, match="2000"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("damage", ["text", "truncated", "flipped"])
def test_damaged_archives_are_one_error(tmp_path: Path, damage: str) -> None:
    content = bytearray(_package(GOOD, tmp_path / "p.zip").read_bytes())
    if damage == "text":
        content = bytearray(b"this is not an archive")
    elif damage == "truncated":
        content = content[: len(content) // 2]
    else:
        position = content.index(b"ru_en/model/model.bin") + len("ru_en/model/model.bin") + 2
        content[position] ^= 0xFF
    (tmp_path / "bad.zip").write_bytes(content)
    with pytest.raises(WeightsError):
        unpack(tmp_path / "bad.zip", tmp_path / "out")
