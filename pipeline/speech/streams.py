"""The sound of a file, block by block, at its own rate.

In: the bytes of a file and its whitelisted container. Out: blocks of float32 frames, and a survey of what the file
claims and of what went wrong on the way. libsndfile goes first, but for the sound Ogg/Opus files that messengers send:
libopus goes first there. FFmpeg's libraries take what libsndfile does not read, and the rest of what it gives up on.
Runs in the decoder process only. Never opens a file by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import soundfile

from pipeline.speech.blocks import BLOCK_FRAMES, Block, Part, Survey, UndecodableError
from pipeline.speech.claims import claim
from pipeline.speech.container import AAC, AMR, MATROSKA, MP3, MP4, OGG, Container
from pipeline.speech.ffmpeg import with_ffmpeg, with_libopus
from pipeline.speech.frames import Bytes
from pipeline.speech.ogg_pages import OggLink, ogg_links

CODED_MS = {MP4: 100.0, MATROSKA: 30.0, MP3: 30.0, AAC: 30.0, AMR: 5.0}
"""How much less than claimed is usual: coders begin and end with a frame or two that decoders leave out, and an MP4 may
count them."""


def blocks(data: Bytes, container: Container, survey: Survey) -> Iterator[Block]:
    """All sound of the first audio stream (of each link of a chained Ogg file).

    Raises ``UndecodableError`` when no sound can be read at all.
    """
    if container == OGG:
        yield from _chain(data, survey)
        return
    stated = claim(data, container)
    survey.claimed_ms = stated.duration_ms
    survey.tolerance_ms = CODED_MS.get(container, survey.tolerance_ms)
    if not stated.ended:
        survey.problem("frames are cut off or damaged")
    if container.soundfile:
        file = Part(data)
        yield from _first_that_reads([_with_libsndfile(file), with_ffmpeg(file, container, survey)], survey)
    else:
        yield from with_ffmpeg(Part(data), container, survey)


def _chain(data: Bytes, survey: Survey) -> Iterator[Block]:
    links = ogg_links(data)
    if not links:
        raise UndecodableError("has no complete Ogg page")
    claims = [link.claim.duration_ms for link in links]
    survey.claimed_ms = None if None in claims else sum(ms for ms in claims if ms is not None)
    if not all(link.claim.ended for link in links):
        survey.problem("the stream has no end mark")
    if not all(link.whole for link in links):
        survey.problem("pages are missing or damaged")
    survey.other_streams = max(0, max(link.streams for link in links) - 1)
    for number, link in enumerate(links):
        part = Part(data, link.start_byte, link.end_byte)
        try:
            for block in _first_that_reads(_readings(part, link, survey), survey):
                yield Block(block.frames, block.rate_hz, number)
        except UndecodableError:
            if len(links) == 1:
                raise
            survey.problem("a part of the file could not be read")


def _readings(file: Part, link: OggLink, survey: Survey) -> list[Iterator[Block]]:
    """Who reads a link, one after another. The quick one gets nothing that is odd in any way."""
    usual = [_with_libsndfile(file), with_ffmpeg(file, OGG, survey)]
    if not link.usual_opus or link.claim.duration_ms is None:
        return usual
    return [_as_claimed(link.claim.duration_ms, with_libopus(file), survey), *usual]


def _first_that_reads(readings: Sequence[Iterator[Block]], survey: Survey) -> Iterator[Block]:
    """The first reading that finds something; where it gives up, the rest of the next one's.

    Raises ``UndecodableError`` when the last one does and there is no sound at all.
    """
    read_s = 0.0
    for place, reading in enumerate(readings, start=1):
        try:
            for block in _behind(read_s, reading):
                yield block
                read_s += len(block.frames) / block.rate_hz
        except UndecodableError:
            if read_s:
                survey.problem("the sound is damaged")
            elif place == len(readings):
                raise
        else:
            if read_s:
                return


def _with_libsndfile(file: Part) -> Iterator[Block]:
    file.seek(0)
    try:
        with soundfile.SoundFile(file) as sound:
            while len(frames := sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                yield Block(frames, sound.samplerate)
    except (soundfile.SoundFileError, ValueError) as error:
        raise UndecodableError("cannot be read") from error


def _as_claimed(claimed_ms: float, sound: Iterator[Block], survey: Survey) -> Iterator[Block]:
    """The sound; raises ``UndecodableError`` behind it when it is shorter than its file claims."""
    read_ms = 0.0
    for block in sound:
        read_ms += len(block.frames) * 1000 / block.rate_hz
        yield block
    if claimed_ms - read_ms > survey.tolerance_ms:
        raise UndecodableError("ends early")


def _behind(read_s: float, sound: Iterator[Block]) -> Iterator[Block]:
    """The sound without its first seconds."""
    at_s = 0.0
    for block in sound:
        skipped = max(0, round((read_s - at_s) * block.rate_hz))
        at_s += len(block.frames) / block.rate_hz
        if skipped < len(block.frames):
            yield Block(block.frames[skipped:], block.rate_hz)
