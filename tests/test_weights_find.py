"""Finding models: names, paths, the caches of other programs, and the lock itself."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import WeightsError
from pipeline.weights import FileState, find, hash_model, list_models, project_folder, read_lock, user_folder, verify
from pipeline.weights.lock import shown

STARTER_ASR = project_folder() / "starter" / "whisper-ru"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without models: empty home, no variables that lead elsewhere."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "ARGOS_PACKAGES_DIR", "VOXQUOTE_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def _recogniser(folder: Path, content: bytes = b"weights") -> Path:
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(content)
    (folder / "config.json").write_text("{}")
    return folder


def _translator(folder: Path) -> Path:
    (folder / "model").mkdir(parents=True)
    for name in ("metadata.json", "model/model.bin", "model/config.json"):
        (folder / name).write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("name", "kind", "folder"),
    [
        ("starter", "asr", "whisper-ru"),
        ("whisper-ru", "asr", "whisper-ru"),
        ("starter", "mt", "translate-ru_en"),
        ("translate-ru_en", "mt", "translate-ru_en"),
    ],
)
def test_starter_models_have_names(name: str, kind: str, folder: str) -> None:
    model = find(name, kind)  # type: ignore[arg-type]
    assert (model.path.name, model.name, model.kind, model.starter) == (folder, folder, kind, True)
    assert re.fullmatch("[0-9a-f]{64}", model.sha256)


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _recogniser(tmp_path / "my-model")
    assert find(str(folder), "asr").path == folder
    monkeypatch.chdir(tmp_path)
    assert find("./my-model", "asr").name == "my-model"
    assert not find("./my-model", "asr").starter
    assert find(str(STARTER_ASR), "asr").starter


def test_a_path_to_something_else_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is not a translator") as caught:
        find(str(_recogniser(tmp_path / "speech")), "mt")
    assert "metadata.json" in caught.value.hint


def test_the_user_folder_and_the_project_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _recogniser(user_folder() / "small")
    assert find("small", "asr").path == user_folder() / "small"
    _recogniser(user_folder() / "my own")
    assert find("my own", "asr").name == "my own"
    own = tmp_path / "elsewhere"
    _recogniser(own / "small", b"other")
    monkeypatch.setenv("VOXQUOTE_MODELS", str(own))
    assert find("small", "asr").path == own / "small"
    assert find("starter", "asr").path == STARTER_ASR


def test_an_installed_package_without_models_takes_the_starters_from_a_named_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pipeline.weights.find", "pipeline.weights.lock"):
        monkeypatch.setattr(importlib.import_module(module), "project_folder", lambda: tmp_path / "no models here")
    monkeypatch.setenv("VOXQUOTE_MODELS", str(tmp_path / "nor here"))
    with pytest.raises(WeightsError):
        find("starter", "asr")
    monkeypatch.setenv("VOXQUOTE_MODELS", str(STARTER_ASR.parents[1]))
    assert find("starter", "asr").starter
    assert "whisper-ru" in {entry.name for entry in list_models()}


def test_the_hugging_face_cache_prefers_the_locked_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = read_lock()["small"]
    assert locked.revision is not None
    cache = tmp_path / "XDG_CACHE_HOME" / "huggingface" / "hub" / "models--Systran--faster-whisper-small"
    _recogniser(cache / "snapshots" / "0000", b"old")
    assert find("small", "asr").path.name == "0000"
    _recogniser(cache / "snapshots" / locked.revision)
    assert find("small", "asr").path.name == locked.revision
    assert find("Systran/faster-whisper-small", "asr").path.name == locked.revision
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
    with pytest.raises(WeightsError):
        find("small", "asr")


def test_any_repository_of_the_cache_and_its_main_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    cache = tmp_path / "hf" / "hub" / "models--someone--whisper-for-me"
    _recogniser(cache / "snapshots" / "aaaa", b"old")
    _recogniser(cache / "snapshots" / "bbbb", b"new")
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("bbbb\n")
    assert find("someone/whisper-for-me", "asr").path.name == "bbbb"


def test_turbo_under_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    _recogniser(tmp_path / "models--mobiuslabsgmbh--faster-whisper-large-v3-turbo" / "snapshots" / "1")
    assert find("turbo", "asr").path == find("large-v3-turbo", "asr").path


def test_the_packages_of_argos_translate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _translator(tmp_path / "XDG_DATA_HOME" / "argos-translate" / "packages" / "translate-ru_en-1_9")
    assert find("argos-ru_en", "mt").path.name == "translate-ru_en-1_9"
    assert find("translate-ru_en-1_9", "mt").name == "translate-ru_en-1_9"
    assert find("translate-ru_en", "mt").starter, "the starter keeps its name"
    monkeypatch.setenv("ARGOS_PACKAGES_DIR", str(tmp_path / "none"))
    with pytest.raises(WeightsError):
        find("argos-ru_en", "mt")


def test_a_missing_model_says_what_to_run_and_where_to_put_it() -> None:
    with pytest.raises(WeightsError, match="no recogniser named medium") as caught:
        find("medium", "asr")
    assert "voxquote models fetch medium" in caught.value.hint
    with pytest.raises(WeightsError) as caught:
        find("nonsense", "mt")
    assert "argos-ru_en" in caught.value.hint
    assert "small" not in caught.value.hint


@pytest.mark.parametrize("name", ["", ".", "..", "../starter", "a/b/c", "../../x", "/", "~", "x\x00y"])
def test_strange_names_find_nothing(name: str) -> None:
    with pytest.raises(WeightsError):
        find(name, "asr")


def test_messages_do_not_show_the_home_folder(tmp_path: Path) -> None:
    assert shown(user_folder()).startswith("~")
    with pytest.raises(WeightsError) as caught:
        find("medium", "asr")
    assert str(tmp_path) not in caught.value.message + caught.value.hint


def test_the_list_shows_what_is_here_and_what_could_be() -> None:
    _recogniser(user_folder() / "tiny")
    _translator(user_folder() / "of-my-own")
    entries = {entry.name: entry for entry in list_models()}
    assert entries["whisper-ru"].starter
    assert entries["whisper-ru"].size_bytes == sum(p.stat().st_size for p in STARTER_ASR.rglob("*") if p.is_file())
    assert entries["tiny"].path == user_folder() / "tiny"
    assert entries["large-v3"].path is None
    assert entries["large-v3"].size_bytes == 3_090_835_702
    assert entries["argos-uk_en"].size_bytes is None
    assert entries["of-my-own"].kind == "mt"
    assert not entries["of-my-own"].fetchable


def test_the_hash_of_a_model(tmp_path: Path) -> None:
    one, same = _recogniser(tmp_path / "one"), _recogniser(tmp_path / "same")
    assert hash_model(one) == hash_model(same)
    (same / "stanza").mkdir()
    (same / "stanza" / "splitter.pt").write_bytes(b"unused")
    (same / ".cache").mkdir()
    (same / ".cache" / "note").write_bytes(b"unused")
    assert hash_model(one) == hash_model(same)
    (same / "model.bin").write_bytes(b"changed")
    assert hash_model(one) != hash_model(same)
    (one / "model.bin").rename(one / "model2.bin")
    assert hash_model(one) not in (hash_model(same), hash_model(tmp_path))


def test_the_hash_is_remembered_and_a_change_is_seen(tmp_path: Path) -> None:
    folder = _recogniser(tmp_path / "one")
    first = hash_model(folder)
    memory = tmp_path / "XDG_CACHE_HOME" / "voxquote" / "model-hashes.json"
    assert "model.bin" in memory.read_text("utf-8")
    memory.write_text("damaged")
    assert hash_model(folder) == first
    (folder / "model.bin").write_bytes(b"WEIGHTS")
    assert hash_model(folder) != first


def test_verify_against_the_lock(tmp_path: Path) -> None:
    folder = _recogniser(tmp_path / "small")
    states = {check.name: check for check in verify(folder, read_lock()["small"])}
    assert states["model.bin"].state is FileState.CHANGED
    assert states["model.bin"].source == "lock"
    assert states["tokenizer.json"].state is FileState.MISSING
    unknown = verify(folder)
    assert {check.state for check in unknown} == {FileState.UNKNOWN}


def test_the_lock_is_complete_and_pinned() -> None:
    lock = read_lock()
    assert {"tiny", "base", "small", "medium", "large-v2", "large-v3", "large-v3-turbo"} <= set(lock)
    for model in lock.values():
        assert model.address.startswith("https://")
        assert model.licence
        if model.repository is not None:
            assert re.fullmatch("[0-9a-f]{40}", model.revision or "")
            assert model.address == f"https://huggingface.co/{model.repository}/resolve/{model.revision}/"
            assert {"model.bin", "config.json", "tokenizer.json"} <= {file.name for file in model.files}
        for file in model.files:
            assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
    unknown = [file.name for model in lock.values() for file in model.files if file.sha256 is None]
    assert unknown == ["translate-uk_en-1_4.argosmodel"]


@pytest.mark.parametrize("text", ["", "[models.x]\nkind='asr'", "[models.'../x']\nkind='asr'", "not toml ["])
def test_a_damaged_lock_is_one_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock.toml").write_text(text)
    with pytest.raises(WeightsError):
        read_lock(tmp_path / "lock.toml")


def test_importing_and_finding_open_no_connection() -> None:
    script = (
        "import socket\n"
        "def refuse(*_: object, **__: object) -> None: raise SystemExit('a connection')\n"
        "socket.socket.connect = refuse\nsocket.create_connection = refuse\nsocket.getaddrinfo = refuse\n"
        "import pipeline.weights as w\nw.find('starter', 'asr')\nw.list_models()\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
