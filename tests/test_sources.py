"""Files, folders and Telegram exports become lists of recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.sources import find

VOICE = {"id": 7, "type": "message", "media_type": "voice_message", "from": "Anna", "date_unixtime": "1778798403"}


def export(folder: Path, messages: list[dict[str, Any]], files: tuple[str, ...] = ()) -> Path:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"sound")
    content = {"name": "Talk", "type": "personal_chat", "id": 1, "messages": messages}
    (folder / "result.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_one_file_whatever_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "note.bin"
    path.write_bytes(b"x")
    assert [file.path for file in find(path).files] == [path]


def test_a_folder_in_the_order_of_names_without_hidden_and_other_files(tmp_path: Path) -> None:
    for name in ("b.ogg", "a/2.MP3", "a/1.wav", ".hidden.ogg", "text.txt", ".git/x.ogg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.ogg")
    listing = find(tmp_path)
    found = [file.path.relative_to(tmp_path).as_posix() for file in listing.files]
    assert found == ["b.ogg", "a/1.wav", "a/2.MP3"]
    assert [failure.message for failure in listing.failures] == ["pipe.ogg is no regular file"]


def test_links_that_lead_nowhere_or_to_a_folder_get_a_record(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.ogg").write_bytes(b"x")
    (tmp_path / "a/gone.ogg").symlink_to(tmp_path / "nothing")
    (tmp_path / "a/round.ogg").symlink_to("round.ogg")
    (tmp_path / "a/note.txt").symlink_to(tmp_path / "nothing")
    (tmp_path / "a/same.ogg").symlink_to(tmp_path / "a/1.ogg")
    (tmp_path / "linked").symlink_to(tmp_path / "a")
    listing = find(tmp_path)
    assert [file.path.name for file in listing.files] == ["1.ogg", "same.ogg"]
    assert {(failure.path, failure.message.partition(" ")[2]) for failure in listing.failures} == {
        ("gone.ogg", "is a link that leads nowhere"),
        ("round.ogg", "is a link that leads nowhere"),
        ("linked", "is a link to a folder, which is not followed"),
    }
    assert all(failure.hint for failure in listing.failures)


def test_a_folder_of_broken_links_alone_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "gone.ogg").symlink_to(tmp_path / "nothing")
    assert [failure.path for failure in find(tmp_path).failures] == ["gone.ogg"]


def test_a_pattern_that_the_shell_did_not_expand(tmp_path: Path) -> None:
    (tmp_path / "a.ogg").write_bytes(b"x")
    assert [file.path.name for file in find(tmp_path / "*.ogg").files] == ["a.ogg"]


@pytest.mark.parametrize("name", ["missing.ogg", "no*.ogg", "."])
def test_nothing_there_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        find(tmp_path / name)
    assert str(tmp_path.parent) not in caught.value.message


def test_a_telegram_export_tells_sender_time_and_length(tmp_path: Path) -> None:
    message = {**VOICE, "file": "voice_messages/a.ogg", "duration_seconds": 12, "forwarded_from": "Boris"}
    (file,) = find(export(tmp_path, [message], ("voice_messages/a.ogg",))).files
    assert (file.sender, file.sent_at, file.claimed_ms) == ("Anna", "2026-05-14T22:40:03+00:00", 12000)
    assert file.origin == {
        "source": "telegram", "chat": "Talk", "message": "7", "kind": "voice_message", "forwarded_from": "Boris"
    }  # fmt: skip


def test_a_whole_account_tells_forwards_replies_and_video_notes(tmp_path: Path) -> None:
    names = ("a.ogg", "b.mp4", "c.mp3", "d.ogg")
    export(tmp_path, [], names)
    voice = {**VOICE, "file": "a.ogg", "reply_to_message_id": 5, "forwarded_from": "Boris"}
    note = {**VOICE, "id": 8, "media_type": "video_message", "mime_type": "video/mp4", "file": "b.mp4"}
    song = {**VOICE, "id": 9, "media_type": "audio_file", "mime_type": "audio/mpeg", "file": "c.mp3"}
    left = {
        "id": 3,
        "type": "message",
        "from": None,
        "file": "d.ogg",
        "mime_type": "audio/ogg",
        "date": "2024-05-01T10:00:00",
    }
    clip = {"id": 4, "type": "message", "media_type": "video_file", "mime_type": "video/mp4", "file": "b.mp4"}
    chats = {"list": [{"name": "One", "messages": [voice, clip]}, {"name": "Two", "messages": [note, song]}]}
    content = {"about": "…", "chats": chats, "left_chats": {"list": [{"messages": [left]}]}}
    (tmp_path / "result.json").write_text(json.dumps(content), encoding="utf-8")
    listing = find(tmp_path)
    assert not listing.failures
    assert [file.path.name for file in listing.files] == list(names)
    first, second, _, last = (file.origin or {} for file in listing.files)
    assert (first["reply_to"], first["forwarded_from"], first["chat"]) == ("5", "Boris", "One")
    assert (second["kind"], second["chat"]) == ("video_message", "Two")
    assert (listing.files[-1].sender, listing.files[-1].sent_at) == (None, "2024-05-01T10:00:00")
    assert "chat" not in last


def test_a_whole_account_and_escapes_that_are_not_json(tmp_path: Path) -> None:
    export(tmp_path, [], ("voice_messages/a.ogg",))
    chat = {"name": "Привет \\xd0", "messages": [{**VOICE, "file": "voice_messages/a.ogg"}]}
    text = json.dumps({"chats": {"list": [chat]}}, ensure_ascii=False).replace("\\\\x", "\\x")
    assert "\\xd0" in text
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    (file,) = find(tmp_path / "result.json").files
    assert file.origin is not None
    assert file.origin["chat"] == "Привет Ð"


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside.ogg",
        "a/../../outside.ogg",
        "C:\\x.ogg",
        "\\\\host\\x",
        "https://example.org/a.ogg",
        "link.ogg",
        "linked/a.ogg",
        "a\0b",
        "\ud800.ogg",
    ],
)
def test_an_export_never_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (tmp_path / "outside.ogg").write_bytes(b"secret")
    (tmp_path / "a.ogg").write_bytes(b"secret")
    (folder / "link.ogg").symlink_to(tmp_path / "outside.ogg")
    (folder / "linked").symlink_to(tmp_path)
    listing = find(export(folder, [{**VOICE, "file": name}]))
    assert listing.files == ()
    assert len(listing.failures) == 1
    assert listing.failures[0].hint


def test_placeholders_and_lost_files_become_failures(tmp_path: Path) -> None:
    messages = [
        {**VOICE, "file": "(File not included. Change data exporting settings to download.)"},
        {**VOICE, "id": 8, "file": "voice_messages/gone.ogg"},
        {"id": 9, "type": "message", "text": "words only"},
    ]
    listing = find(export(tmp_path, messages))
    assert [failure.message for failure in listing.failures] == [
        "message 7: its audio is not in the export",
        "gone.ogg is listed in the export but not there",
    ]


def test_an_export_below_a_folder_is_read_as_an_export(tmp_path: Path) -> None:
    folder = tmp_path / "chats" / "one"
    folder.mkdir(parents=True)
    export(folder, [{**VOICE, "file": "a.ogg"}], ("a.ogg", "video.mp4"))
    (tmp_path / "loose.ogg").write_bytes(b"x")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/result.json").write_text("{")
    listing = find(tmp_path)
    assert [(file.path.name, file.sender) for file in listing.files] == [("loose.ogg", None), ("a.ogg", "Anna")]
    assert [failure.path for failure in listing.failures] == ["broken"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "nul", '{"messages": 5}', '{"chats": {"list": [1, null]}}', "[" * 100_000]
)
def test_a_damaged_export_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(InputError, match=r"result\.json"):
        find(tmp_path)


def test_half_characters_do_not_reach_the_case(tmp_path: Path) -> None:
    message = {**VOICE, "file": "a.ogg", "from": "A\ud800", "forwarded_from": "\udfff"}
    (file,) = find(export(tmp_path, [message], ("a.ogg",))).files
    f"{file.sender}{file.origin}".encode()
