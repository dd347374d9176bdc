"""The sound of a file, block by block, at its own rate.

In: the bytes of a file and its whitelisted container. Out: blocks of float32 frames, and a survey of what the file
claims and of what went wrong on the way. libsndfile goes first; FFmpeg's libraries take what it does not read, and the
rest of what it gives up on. Runs in the decoder process only. Never opens a file by name.
"""

from __future__ import annotations

from collections.abc import Iterator

import soundfile

from pipeline.speech.blocks import BLOCK_FRAMES, Block, Part, Survey, UndecodableError
from pipeline.speech.claims import claim
from pipeline.speech.container import AAC, AMR, MATROSKA, MP3, MP4, OGG, Container
from pipeline.speech.ffmpeg import with_ffmpeg
from pipeline.speech.frames import Bytes
from pipeline.speech.ogg_pages import ogg_links

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
        yield from _either(Part(data), container, survey)
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
            for block in _either(part, OGG, survey):
                yield Block(block.frames, block.rate_hz, number)
        except UndecodableError:
            if len(links) == 1:
                raise
            survey.problem("a part of the file could not be read")


def _either(file: Part, container: Container, survey: Survey) -> Iterator[Block]:
    """libsndfile's reading; FFmpeg's where libsndfile cannot begin, finds nothing, or gives up."""
    read_s = 0.0
    try:
        file.seek(0)
        with soundfile.SoundFile(file) as sound:
            while len(frames := sound.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                yield Block(frames, sound.samplerate)
                read_s += len(frames) / sound.samplerate
        if read_s:
            return
    except (soundfile.SoundFileError, ValueError):
        if read_s:
            survey.problem("the sound is damaged")
    try:
        yield from _behind(read_s, with_ffmpeg(file, container, survey))
    except UndecodableError:
        if not read_s:
            raise


def _behind(read_s: float, sound: Iterator[Block]) -> Iterator[Block]:
    """The sound without its first seconds."""
    at_s = 0.0
    for block in sound:
        skipped = max(0, round((read_s - at_s) * block.rate_hz))
        at_s += len(block.frames) / block.rate_hz
        if skipped < len(block.frames):
            yield Block(block.frames[skipped:], block.rate_hz)
