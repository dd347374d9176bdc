"""What kind of file this is, by its first bytes.

In: the head of a file. Out: a whitelisted container, or None and a word for what the file looks like instead. Never
reads a file itself, never trusts a name. A playlist, a script or a session description is not in the list, so it never
reaches a library that would obey it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.speech.frames import adts_frame, mp3_frame

HEAD_BYTES = 1 << 16
"""How much of a file ``identify`` wants to see; an ID3 tag with a picture may be longer, see ``tag_bytes``."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container that we open, and how: ``demuxer`` is the one name that FFmpeg's libraries are allowed to use."""

    name: str
    demuxer: str
    soundfile: bool  # libsndfile reads it, so it is tried first


WAV = Container("wav", "wav", True)
FLAC = Container("flac", "flac", True)
OGG = Container("ogg", "ogg", True)
MP3 = Container("mp3", "mp3", True)
AIFF = Container("aiff", "aiff", True)
CAF = Container("caf", "caf", True)
MP4 = Container("mp4", "mov", False)
MATROSKA = Container("matroska", "matroska", False)
AMR = Container("amr", "amr", False)
AAC = Container("aac", "aac", False)

_STARTS: tuple[tuple[bytes, Container], ...] = (
    (b"OggS", OGG),
    (b"fLaC", FLAC),
    (b"caff\x00\x01", CAF),
    (b"#!AMR\n", AMR),
    (b"#!AMR-WB\n", AMR),
    (b"\x1a\x45\xdf\xa3", MATROSKA),
)
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide")
_FORMS = {b"WAVE": WAV, b"AIFF": AIFF, b"AIFC": AIFF}

_LOOKALIKES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\x30\x26\xb2\x75", "a Windows Media file"),
)


def identify(head: bytes) -> Container | None:
    """The container that begins with these bytes, or None when it is not one of ours.

    ``head`` starts at the file's beginning or, after an ID3 tag, at the first byte behind it.
    """
    for start, container in _STARTS:
        if head.startswith(start):
            return container
    if head[:4] in (b"RIFF", b"RF64", b"FORM") and head[8:12] in _FORMS:
        return _FORMS[head[8:12]]
    if head[4:8] in _MP4_BOXES:
        return MP4
    return _frames(head)


def tag_bytes(head: bytes) -> int:
    """The length of an ID3v2 tag at the start (0 when there is none): ten bytes of header and a 28-bit size."""
    if len(head) < 10 or head[:3] != b"ID3" or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    footer = 10 if head[5] & 0x10 else 0
    return 10 + size + footer


def describe(head: bytes) -> str:
    """What an unknown file looks like, in words for a message."""
    for start, words in _LOOKALIKES:
        if head.startswith(start):
            return words
    if head and not any(byte < 9 or 13 < byte < 32 for byte in head[:512]):
        return "text"
    return "an unknown format"


def _frames(head: bytes) -> Container | None:
    """MP3 and ADTS have no magic word: two frames in a row, perhaps after zeros, are taken for one."""
    start = len(head) - len(head.lstrip(b"\x00"))
    for container, frame_at in ((MP3, mp3_frame), (AAC, adts_frame)):
        frame = frame_at(head, start)
        if frame and (start + frame.size_bytes + 7 > len(head) or frame_at(head, start + frame.size_bytes)):
            return container
    return None
