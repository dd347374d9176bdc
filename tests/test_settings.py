"""Settings: the nearest place wins, nonsense is named with the place where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import SettingsError


@pytest.fixture(autouse=True)
def no_user_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.setattr(settings, "user_config_path", lambda _: config)
    return config


def test_flags_over_environment_over_project_over_user(tmp_path: Path, no_user_config: Path) -> None:
    (no_user_config / "config.toml").write_text('asr = "user"\nmt = "user"\ndevice = "cpu"\nthreads = 1')
    (tmp_path / settings.PROJECT_FILE).write_text('asr = "project"\nmt = "project"\nthreads = 2')
    environment = {"VOXQUOTE_ASR": "environment", "VOXQUOTE_THREADS": "3"}
    loaded = settings.load({"asr": "flag", "mt": None, "case_folder": "ignored"}, environment, tmp_path)
    assert (loaded.asr, loaded.mt, loaded.device, loaded.threads) == ("flag", "project", "cpu", 3)


def test_defaults(tmp_path: Path) -> None:
    assert settings.load({}, {}, tmp_path) == settings.Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "colour"),
        ("threads = 'many'", "threads"),
        ("device = 'abacus'", "device"),
        ("asr = [1]", "asr"),
        ("= 3", "cannot be read"),
        ("threads = -1", "threads"),
        ("language = 'русский'", "language"),
        ("language = '../x'", "language"),
    ],
)
def test_nonsense_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / settings.PROJECT_FILE).write_text(text)
    with pytest.raises(SettingsError, match=said):
        settings.load({}, {}, tmp_path)


def test_a_bad_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VOXQUOTE_BEAM_SIZE"):
        settings.load({}, {"VOXQUOTE_BEAM_SIZE": "wide"}, tmp_path)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("0", False), ("YES", True)])
def test_a_switch(tmp_path: Path, text: str, value: bool) -> None:
    assert settings.load({}, {"VOXQUOTE_FAST": text}, tmp_path).fast is value
    (tmp_path / settings.PROJECT_FILE).write_text("fast = true")
    assert settings.load({}, {}, tmp_path).fast is True
    with pytest.raises(SettingsError, match="neither"):
        settings.load({}, {"VOXQUOTE_FAST": "perhaps"}, tmp_path)
