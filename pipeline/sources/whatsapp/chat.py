"""The text of a WhatsApp chat: which messages carry a file, and who sent it when.

In: the text that WhatsApp exports, of an iPhone ("[14/05/2026, 21:40:03] Name: <attached: FILE>") or of Android
("14/05/2026, 21:40 - Name: FILE (file attached)"), in any language: the shape of a line decides, not its words. Out:
its files, what was left out, and the dates seen. Pure and linear in the length of the text; no text makes it fail.

What it cannot know: a line typed into a message may look like a message of its own. WhatsApp sets an invisible
left-to-right mark before what it writes itself, so a marked line is believed before an unmarked one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipeline.sources.whatsapp.dates import Stamp, time_of_day

MARK: Final = "\u200e"
_SHOWN: Final = {
    **dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x0D, 0x00)),
    0x00A0: " ",
    0x202F: " ",
    0x2009: " ",
}
_HEADER: Final = re.compile(
    r"(\[)?(\d{1,4}(?P<separator>\. ?|[/-])\d{1,2}(?P=separator)\d{1,4}\.?)"  # 14/05/2026, 14.5.26, 2026. 5. 14.
    r"([,،] ?[^\d\[\]]{0,16}| [^\d\[\]]{0,16})"  # a comma; "at", "klo", the half of the day
    r"(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)([^\d\[\]:–-]{0,12})"  # 21:40, 9.40.03 p. m.
    r"(?(1)\] ?|[-–:] )"
)
_FILE: Final = r"([^<>]{1,255}\.\w{2,5})"
_ATTACHED_BEHIND: Final = re.compile(rf"{_FILE} (?:\([^()]{{2,60}}\)|<[^<>:]{{2,60}}>)")  # FILE (file attached)
_ATTACHED_WITHIN: Final = re.compile(rf"<[^<>:：]{{1,40}}[:：] ?{_FILE}>")  # <attached: FILE>
_LEFT_OUT: Final = re.compile(r"<[^<>:]{3,60}>")  # <Media omitted>
_AUDIO_LEFT_OUT: Final = re.compile(
    r"(?!.*(?:звон|дзвін|call|anruf|appel|llamada|chamada))"
    r"[^:\d]{0,30}(?:[aáàæ]udio|аудио|аудіо|ses dahil)[^:\d]{0,40}",
    re.IGNORECASE,
)
_LONGEST_MATCHED = 700
_LINES_OF_HEAD = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A message with a file; ``name`` None: a file that the export left out. ``line`` counts from 1."""

    line: int
    stamp: Stamp
    sender: str
    name: str | None
    marked: bool


@dataclass(frozen=True, slots=True)
class Chat:
    """How many messages a chat has, its distinct dates, its files in the order of the chat."""

    messages: int
    stamps: frozenset[Stamp]
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Message:
    line: int
    stamp: Stamp
    sender: str
    body: list[str]
    marked: bool


def decoded(data: bytes) -> str:
    """The text in ``data``: UTF-8 as WhatsApp writes it, UTF-16 where an editor left its mark; bad bytes show."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(encoding, errors="replace")


def looks_like_chat(text: str) -> bool:
    """Whether one of the first lines that hold anything begins as a message does."""
    head = islice((line for line in text.split("\n") if line.strip()), _LINES_OF_HEAD)
    return any(_HEADER.match(shown(line)) for line in head)


def read(text: str) -> Chat:
    """The chat in ``text``; lines that belong to no message are passed over."""
    count = 0
    stamps: dict[tuple[str, str, str], Stamp] = {}
    items: list[Item] = []
    for message in _messages(text):
        count += 1
        stamps.setdefault(message.stamp.numbers, message.stamp)
        if item := _item(message):
            items.append(item)
    return Chat(count, frozenset(stamps.values()), tuple(items))


def _messages(text: str) -> Iterator[_Message]:
    """Messages of people; a line without a date continues the message before it. Notices of WhatsApp have no sender."""
    message: _Message | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        visible, marked = shown(line), MARK in line
        if found := _HEADER.match(visible):
            if message is not None:
                yield message
            sender, colon, body = visible[found.end() :].partition(": ")
            message = _Message(number, _stamp(found), sender.strip(), [body], marked) if colon else None
        elif message is not None:
            message.body.append(visible)
            message.marked |= marked
    if message is not None:
        yield message


def _stamp(found: re.Match[str]) -> Stamp:
    _, day, separator, before, clock, after = found.groups()
    first, second, third = re.findall(r"\d+", day)
    year_leads = len(first) > 2 or (separator == ". " and len(third) <= 2 and day.endswith("."))
    text = f"{day}{before}{clock}{after}".strip()
    has_seconds = len(re.findall(r"\d+", clock)) == 3
    return Stamp(text, (first, second, third), time_of_day(clock, before, after), has_seconds, year_leads)


def _item(message: _Message) -> Item | None:
    first = message.body[0].strip()
    name = next(filter(None, map(_named_at_end, message.body)), None) or _named_at_start(first)
    if name is None and not _left_out(first, message.marked):
        return None
    return Item(message.line, message.stamp, message.sender, name, message.marked)


def _named_at_end(line: str) -> str | None:
    """The file that an iPhone names at the end of a line, behind the caption."""
    line = line.rstrip()
    found = _ATTACHED_WITHIN.fullmatch(line, line.rfind("<")) if line.endswith(">") and "<" in line else None
    return found[1].strip() if found else None


def _named_at_start(line: str) -> str | None:
    """The file that Android names at the start of a message."""
    found = _ATTACHED_BEHIND.fullmatch(line) if len(line) <= _LONGEST_MATCHED else None
    return found[1].strip() if found else None


def _left_out(line: str, marked: bool) -> bool:
    if len(line) > _LONGEST_MATCHED:
        return False
    return bool(_LEFT_OUT.fullmatch(line) or (marked and _AUDIO_LEFT_OUT.fullmatch(line)))


def shown(line: str) -> str:
    """The line without invisible marks, every kind of space a space."""
    return line.translate(_SHOWN)
