"""WhatsApp exports: what a chat names is listed with sender and time, what it cannot tell is asked."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.records import SourceFile
from pipeline.sources import find
from pipeline.sources.listing import Listing
from pipeline.sources.whatsapp import chat, dates

LRM, NARROW = "\u200e", "\u202f"
PTT = "PTT-20260514-WA0003.opus"
AUDIO = "00000012-AUDIO-2026-05-14-21-40-03.opus"
ANDROID = f"14/05/2026, 21:40 - Anna: {PTT} (file attached)"


def export(folder: Path, text: str, *files: str, name: str = "WhatsApp Chat with Anna.txt") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    for file in files:
        (folder / file).write_bytes(b"sound of " + file.encode())
    return folder


def zipped(path: Path, text: str, *files: str, name: str = "_chat.txt") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
        for file in files:
            archive.writestr(file, b"sound of " + file.encode())
    return path


def only(listing: Listing) -> SourceFile:
    (file,) = listing.files
    assert listing.failures == ()
    return file


def origin(file: SourceFile) -> dict[str, str]:
    assert file.origin is not None
    return dict(file.origin)


@pytest.mark.parametrize(
    ("line", "file", "sent_at"),
    [
        (f"{LRM}[14/05/2026, 21:40:03] Anna: {LRM}<attached: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[14.05.2026, 21:40:03] Anna: {LRM}<прикреплено: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[14.05.26, 9:40:03{NARROW}PM] Anna: {LRM}<Anhang: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[5/14/26, 9:40:03{NARROW}PM] Anna: {LRM}<attached: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[14/05/2026 21:40:03] Anna: {LRM}<pièce jointe : {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[14.5.2026 klo 21.40.03] Anna: {LRM}<liite: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[2026-05-14, 21:40:03] Anna: {LRM}<bifogad: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[2026. 5. 14. 오후 9:40:03] Anna: {LRM}<첨부됨: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[26. 5. 14. 오후 9:40:03] Anna: {LRM}<첨부됨: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (f"[14/05/26, 12:05:00 a. m.] Anna: {LRM}<adjunto: {AUDIO}>", AUDIO, "2026-05-14T00:05:00"),
        (f"[14/05/26, 21:40:03] Anna: listen to this {LRM}<attached: {AUDIO}>", AUDIO, "2026-05-14T21:40:03"),
        (ANDROID, PTT, "2026-05-14T21:40"),
        (f"14.05.2026, 21:40 - Anna: {LRM}{PTT} (файл добавлен)", PTT, "2026-05-14T21:40"),
        (f"5/14/26, 9:40{NARROW}PM - Anna: {LRM}{PTT} (file attached)", PTT, "2026-05-14T21:40"),
        (f"14/05/2026 à 21:40 - Anna: {LRM}{PTT} (fichier joint)", PTT, "2026-05-14T21:40"),
        (f"14-05-2026 21:40 - Anna: {PTT} (bestand bijgevoegd)", PTT, "2026-05-14T21:40"),
        (f"2026/05/14 21:40 - Anna: {PTT} (ファイル添付)", PTT, "2026-05-14T21:40"),
        (f"14/05/2026, 12:00 pm - Anna: {PTT} (file attached)", PTT, "2026-05-14T12:00"),
    ],
)
def test_both_styles_in_many_languages(tmp_path: Path, line: str, file: str, sent_at: str) -> None:
    found = only(find(export(tmp_path / "export", line + "\n", file)))
    assert (found.path, found.sender, found.sent_at) == (tmp_path / "export" / file, "Anna", sent_at)
    assert origin(found) == {"source": "whatsapp", "chat": "WhatsApp Chat with Anna", "message": "1"}


def test_messages_of_many_lines_notices_and_deleted_ones(tmp_path: Path) -> None:
    text = "\n".join(
        [
            "14/05/2026, 21:30 - Messages and calls are end-to-end encrypted.",
            "14/05/2026, 21:31 - Boris: first line",
            "second line: with a colon",
            "",
            "14/05/2026, 21:32 - Boris: This message was deleted",
            ANDROID,
            "a caption below",
            "14/05/2026, 21:41 - Boris: IMG-20260514-WA0004.jpg (file attached)",
        ]
    )
    found = only(find(export(tmp_path, text, PTT, "IMG-20260514-WA0004.jpg")))
    assert (found.sender, origin(found)["message"]) == ("Anna", "6")


@pytest.mark.parametrize(
    ("body", "is_lost"),
    [
        ("<Media omitted>", True),
        ("<Без медиафайлов>", True),
        ("<Медиафайл пропущен>", True),
        (f"{LRM}audio omitted", True),
        (f"{LRM}аудиофайл отсутствует", True),
        (f"{LRM}Audio weggelassen", True),
        (f"{LRM}image omitted", False),
        (f"{LRM}Пропущенный аудиозвонок", False),
        ("I like audio books", False),
        ("This message was deleted", False),
    ],
)
def test_what_the_export_left_out_becomes_a_record(tmp_path: Path, body: str, is_lost: bool) -> None:
    listing = find(export(tmp_path, f"{ANDROID}\n14/05/2026, 21:50 - Anna: {body}\n", PTT))
    assert len(listing.files) == 1
    messages = [failure.message for failure in listing.failures]
    assert messages == ["WhatsApp Chat with Anna.txt, line 2: a file was left out of the export"] * is_lost


def test_a_lost_recording_becomes_a_record_and_an_unnamed_one_is_listed(tmp_path: Path) -> None:
    listing = find(export(tmp_path, ANDROID, "other.m4a"))
    assert [file.path.name for file in listing.files] == ["other.m4a"]
    assert [(failure.path, failure.stage) for failure in listing.failures] == [
        ("WhatsApp Chat with Anna.txt, line 1", "source")
    ]


@pytest.mark.parametrize("separator", ["/", ".", "-"])
def test_a_date_that_can_be_two_is_asked_for(tmp_path: Path, separator: str) -> None:
    day = separator.join(("04", "05", "2026"))
    folder = export(tmp_path, f"{day}, 21:40 - Anna: interview.m4a (file attached)", "interview.m4a")
    listing = find(folder)
    assert [(file.sent_at, origin(file)["date"]) for file in listing.files] == [(None, f"{day}, 21:40")]
    assert len(listing.failures) == 1
    assert only(find(folder, date_order="day")).sent_at == "2026-05-04T21:40"
    assert only(find(folder, date_order="month")).sent_at == "2026-04-05T21:40"


@pytest.mark.parametrize(
    ("proof", "file", "sent_at"),
    [
        ("13/05/2026, 10:00 - Boris: hello", "talk.m4a", "2026-05-04T21:40"),
        ("05/13/2026, 10:00 - Boris: hello", "talk.m4a", "2026-04-05T21:40"),
        ("", "PTT-20260504-WA0001.opus", "2026-05-04T21:40"),
        ("", "PTT-20260405-WA0001.opus", "2026-04-05T21:40"),
        ("", "PTT-20260505-WA0001.opus", "2026-05-04T21:40"),  # named a day later, in another zone
        ("", "00000001-AUDIO-2026-04-05-21-40-00.opus", "2026-04-05T21:40"),
    ],
)
def test_the_export_itself_settles_the_order(tmp_path: Path, proof: str, file: str, sent_at: str) -> None:
    text = f"{proof}\n04/05/2026, 21:40 - Anna: {file} (file attached)\n"
    assert only(find(export(tmp_path, text, file))).sent_at == sent_at


def test_proofs_that_contradict_each_other_settle_nothing(tmp_path: Path) -> None:
    text = "13/05/2026, 10:00 - B: x\n05/13/2026, 10:00 - B: x\n04/05/2026, 21:40 - A: talk.m4a (file attached)\n"
    listing = find(export(tmp_path, text, "talk.m4a"))
    assert [file.sent_at for file in listing.files] == [None]
    assert len(listing.failures) == 1


def test_a_date_that_reads_the_same_both_ways_needs_no_order(tmp_path: Path) -> None:
    text = "05/05/2026, 21:40 - Anna: talk.m4a (file attached)"
    assert only(find(export(tmp_path, text, "talk.m4a"))).sent_at == "2026-05-05T21:40"


@pytest.mark.parametrize("clock", ["13:05 PM", "25:00", "9:61", "9:40 xyz"])
def test_a_time_that_cannot_be_read_stays_open(tmp_path: Path, clock: str) -> None:
    listing = find(export(tmp_path, f"14/05/2026, {clock} - Anna: talk.m4a (file attached)", "talk.m4a"))
    assert [file.sent_at for file in listing.files] == [None]


def test_whatsapps_own_mark_is_believed_before_a_typed_line(tmp_path: Path) -> None:
    typed = f"14/05/2026, 20:00 - Mallory: {PTT} (file attached)"
    found = only(find(export(tmp_path, f"{typed}\n14/05/2026, 21:40 - Anna: {LRM}{PTT} (file attached)", PTT)))
    assert (found.sender, origin(found)["also_named_in_lines"]) == ("Anna", "1")


def test_the_text_alone_a_mac_name_and_utf_16(tmp_path: Path) -> None:
    folder = export(tmp_path, "", "Mu\u0308ller й.m4a".replace("й", "и\u0306"), "unnamed.ogg")
    text = "14/05/2026, 21:40 - Anna: M\u00fcller й.m4a (file attached)"
    (folder / "WhatsApp Chat with Anna.txt").write_bytes(text.encode("utf-16"))
    assert only(find(folder / "WhatsApp Chat with Anna.txt")).sender == "Anna"


def test_names_that_look_the_same_lose_no_file(tmp_path: Path) -> None:
    names = ("Note 9.40 PM.m4a", f"Note 9.40{NARROW}PM.m4a")
    folder = export(tmp_path, f"14/05/2026, 21:40 - Anna: {names[1]} (file attached)", *names)
    assert [file.sender for file in find(folder).files] == ["Anna", None]
    (folder / names[0]).unlink()
    assert only(find(folder)).path.name == names[1]


def test_videos_are_recordings_and_moving_pictures_are_not(tmp_path: Path) -> None:
    names = ("00000003-VIDEO-2026-05-14-21-40-03.mp4", "00000004-GIF-2026-05-14-21-41-03.mp4")
    text = "\n".join(f"[14/05/2026, 21:40:03] Anna: {LRM}<attached: {name}>" for name in names)
    assert only(find(export(tmp_path, text, *names))).path.name == names[0]


def test_a_text_that_is_no_chat_changes_nothing(tmp_path: Path) -> None:
    listing = find(export(tmp_path, "shopping list\nmilk\n", "a.ogg", name="list.txt"))
    assert listing == Listing((SourceFile(tmp_path / "a.ogg"),))


def test_what_told_of_the_recordings_is_named(tmp_path: Path) -> None:
    """The chat's text, a zip file as it came, and both below a folder: the case seals them with the recordings."""
    chat_folder = export(tmp_path / "all" / "chat", ANDROID, PTT)
    text = chat_folder / "WhatsApp Chat with Anna.txt"
    archive = zipped(tmp_path / "all" / "chat.zip", f"[14/05/2026, 21:40:03] Anna: {LRM}<attached: {AUDIO}>", AUDIO)
    work = tmp_path / "work"
    assert find(chat_folder).told_by == (text,)
    assert find(text).told_by == (text,)
    assert find(archive, work).told_by == (archive,)
    assert set(find(tmp_path / "all", work).told_by) == {text, archive}


def test_a_chat_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    listing = find(export(tmp_path, "nothing of the kind", "a.ogg", name="_chat.txt"))
    assert [file.path.name for file in listing.files] == ["a.ogg"]
    assert len(listing.failures) == 1


def test_exports_and_archives_below_a_folder(tmp_path: Path) -> None:
    export(tmp_path / "one", ANDROID, PTT)
    (tmp_path / "one" / "deeper").mkdir()
    (tmp_path / "one" / "deeper" / "b.ogg").write_bytes(b"x")
    zipped(tmp_path / "WhatsApp Chat - Boris.zip", f"[14/05/2026, 21:40:03] Boris: {LRM}<attached: {AUDIO}>", AUDIO)
    (tmp_path / "WhatsApp Chat - broken.zip").write_bytes(b"PK")
    zipped(tmp_path / "photos.zip", "no chat", "a.ogg", name="notes.txt")
    listing = find(tmp_path, tmp_path / "work")
    assert [(file.path.name, file.sender) for file in listing.files] == [
        (AUDIO, "Boris"),
        (PTT, "Anna"),
        ("b.ogg", None),
    ]
    assert [failure.path for failure in listing.failures] == ["WhatsApp Chat - broken.zip"]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/x.opus",
        "../outside.opus",
        "a/../../outside.opus",
        "C:\\x.opus",
        "\\\\host\\x.opus",
        "https://example.org/a.opus",
        "link.opus",
        "pipe.opus",
        "linked/outside.opus",
        "folder.opus",
        "a\0b.opus",
    ],
)
def test_a_chat_never_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.opus").write_bytes(b"secret")
    folder = export(tmp_path / "export", f"14/05/2026, 21:40 - A: {LRM}<attached: {name}>")
    (folder / "link.opus").symlink_to(tmp_path / "outside.opus")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "folder.opus").mkdir()
    os.mkfifo(folder / "pipe.opus")
    listing = find(folder)
    assert listing.files == ()
    assert len(listing.failures) == 1
    assert str(tmp_path) not in listing.failures[0].message


def test_a_zip_is_unpacked_once_into_the_workspace(tmp_path: Path) -> None:
    line = f"[14/05/2026, 21:40:03] Anna: {LRM}<attached: {AUDIO}>"
    source = zipped(tmp_path / "WhatsApp Chat - Anna.zip", line, AUDIO, "other.m4a", "photo.jpg")
    work = tmp_path / "work"
    listing = find(source, work)
    named, unnamed = listing.files
    assert named.path.read_bytes() == b"sound of " + AUDIO.encode()
    assert origin(named) == {
        "source": "whatsapp", "chat": "WhatsApp Chat - Anna", "message": "1", "archive": "WhatsApp Chat - Anna.zip"
    }  # fmt: skip
    assert (unnamed.path.name, unnamed.sender) == ("other.m4a", None)
    assert sorted(path.name for path in work.rglob("*") if path.is_file()) == sorted([AUDIO, "other.m4a"])
    before = named.path.stat().st_mtime_ns
    unnamed.path.write_bytes(b"somebody wrote here")
    assert find(source, work) == listing
    assert named.path.stat().st_mtime_ns == before
    assert unnamed.path.read_bytes() == b"sound of other.m4a"


def test_a_zip_without_a_place_to_unpack_or_without_a_chat(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="zip file"):
        find(zipped(tmp_path / "a.zip", ANDROID, PTT))
    with pytest.raises(InputError, match="not the export of a chat"):
        find(zipped(tmp_path / "b.zip", "milk", "a.ogg", name="list.txt"), tmp_path / "work")


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    "info",
    [
        member("../outside.opus"),
        member("/outside.opus"),
        member("a/../../outside.opus"),
        member("deeper/x.opus"),
        member("..\\outside.opus"),
        member("C:\\outside.opus"),
        member("link.opus", stat.S_IFLNK | 0o777),
        member("device.opus", stat.S_IFCHR | 0o666),
        member("pipe.opus", stat.S_IFIFO | 0o666),
        member("x" * 300 + ".opus"),
        member("line\nbreak.opus"),
        member(".opus.ogg"),
    ],
    ids=lambda info: info.filename[:20],
)
def test_members_that_lead_elsewhere_stay_in_the_archive(tmp_path: Path, info: zipfile.ZipInfo) -> None:
    (tmp_path / "outside.opus").write_bytes(b"mine")
    source = tmp_path / "chat.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("_chat.txt", ANDROID)
        archive.writestr(PTT, b"sound")
        archive.writestr(info, b"/etc/passwd")
    work = tmp_path / "deep" / "work"
    listing = find(source, work)
    assert [file.path.name for file in listing.files] == [PTT]
    assert len(listing.failures) == 1
    assert [path.name for path in tmp_path.rglob("*") if not path.is_dir() and path != source] == ["outside.opus", PTT]
    assert (tmp_path / "outside.opus").read_bytes() == b"mine"


def test_bombs_doubles_and_lies_stay_in_the_archive(tmp_path: Path) -> None:
    source = tmp_path / "chat.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", ANDROID)
        archive.writestr(PTT, b"sound")
        archive.writestr("bomb.wav", bytes(80 << 20))
        archive.writestr("odd.ogg", b"sound", zipfile.ZIP_BZIP2)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(PTT, b"other")
    listing = find(source, tmp_path / "work")
    assert [file.path.read_bytes() for file in listing.files] == [b"sound"]
    assert sorted(failure.path for failure in listing.failures) == [PTT, "bomb.wav", "odd.ogg"]
    assert sum(path.stat().st_size for path in (tmp_path / "work").rglob("*") if path.is_file()) == 5


def test_a_damaged_member_costs_the_others_nothing(tmp_path: Path) -> None:
    source = zipped(tmp_path / "chat.zip", ANDROID, PTT)
    data = bytearray(source.read_bytes())
    with zipfile.ZipFile(source) as archive:
        start = archive.getinfo(PTT).header_offset
    name_length, extra_length = struct.unpack_from("<HH", data, start + 26)
    data[start + 30 + name_length + extra_length + 3] ^= 0xFF
    source.write_bytes(data)
    listing = find(source, tmp_path / "work")
    assert listing.files == ()
    assert "damaged" in listing.failures[0].message
    assert not [path for path in (tmp_path / "work").rglob("*") if path.is_file()]


def test_a_thousand_damaged_archives(tmp_path: Path) -> None:
    """Whatever the bytes: a listing or an InputError, and no file outside the workspace."""
    whole = zipped(tmp_path / "WhatsApp.zip", ANDROID, PTT, AUDIO).read_bytes()
    rng = random.Random(5)
    source, work = tmp_path / "box" / "WhatsApp.zip", tmp_path / "box" / "work"
    source.parent.mkdir()
    told: list[str] = []
    for _ in range(1000):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        source.write_bytes(data[: rng.randint(1, len(data))] if rng.random() < 0.2 else data)
        try:
            find(source, work)
        except InputError as error:
            told.append(error.message)
    assert len(told) > 100
    assert not [message for message in told if str(tmp_path) in message]
    assert {path.name for path in tmp_path.iterdir()} == {"WhatsApp.zip", "box"}
    assert {path.name for path in source.parent.iterdir()} == {"WhatsApp.zip", "work"}


PIECES = st.sampled_from(
    ["[", "]", "14/05/2026", ", ", "21:40", ":", " - ", "Anna: ", "<", ">", "attached: ", "a.opus", " (file attached)"]
)
ODD_PIECES = st.sampled_from(["\n", "\r\n", LRM, NARROW, "٣", "9999", ".", "/", "PM", "\0", "\ud800", "\u2028"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES | ODD_PIECES, max_size=40).map("".join)))
def test_no_text_breaks_the_reader(text: str) -> None:
    content = chat.read(text)
    orders: tuple[dates.Order | None, ...] = (None, "day", "month", "year")
    for order in orders:
        for item in content.items:
            sent_at = dates.sent_at(item.stamp, order)
            assert sent_at is None or sent_at.startswith("20")
    dates.settle(content.stamps, ())


@settings(max_examples=200, deadline=None)
@given(st.binary())
def test_no_bytes_break_the_reader(data: bytes) -> None:
    chat.read(chat.decoded(data))


@pytest.mark.parametrize(
    "line",
    [
        ANDROID + "\n",
        "14/05/2026, 21:40 - Anna: " + "<attached: " * 50 + "\n",
        "[1/1/20, " + "a" * 60 + "\n",
        "x (" * 200 + "\n",
        "<a:",
        ("14/05/2026, 21:40 - Anna: <a:" + " " * 500 + "\n"),
        (f"14/05/2026, 21:40 - Anna: {LRM}" + "audio " * 100 + "1\n"),
    ],
)
def test_five_megabytes_in_linear_time(line: str) -> None:
    def seconds(size: int) -> float:
        text = line * (size // len(line))
        start = time.process_time()
        chat.read(text)
        return time.process_time() - start

    seconds(100_000)
    small, large = seconds(1_250_000), seconds(5_000_000)
    assert large < 20
    assert large < 10 * small + 0.5  # four times the text; quadratic would be sixteen


def test_a_large_chat_is_listed_in_seconds(tmp_path: Path) -> None:
    names = [f"PTT-20260514-WA{number:04}.opus" for number in range(10_000)]
    buffer = io.StringIO()
    for name in names:
        buffer.write(f"14/05/2026, 21:40 - Anna: {LRM}{name} (file attached)\n")
    folder = export(tmp_path, buffer.getvalue())
    for name in names:
        (folder / name).touch()
    start = time.process_time()
    assert len(find(folder).files) == 10_000
    assert time.process_time() - start < 10
