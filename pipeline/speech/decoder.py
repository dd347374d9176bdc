"""The decoder process: hostile files are opened here and nowhere else.

In: one JSON object a file, with two open file descriptors (the audio, and an empty file for the samples). Out: one JSON
object. The libraries are loaded once; this process then forks for each line that it is sent, and that fork once more
for each file. A file is decoded under limits of its own (memory, CPU time, wall time, size of the output) and without
the right to open any file, socket or process. A fork that crashes, hangs or is killed takes only its own file with it.

Started by ``pipeline.speech.sandbox`` as ``python -m pipeline.speech.decoder``; needs a POSIX system.
"""

from __future__ import annotations

import contextlib
import gc
import json
import mmap
import os
import resource
import signal
import traceback
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle
from typing import Any, BinaryIO

from pipeline.speech.blocks import Block, Survey, UndecodableError
from pipeline.speech.container import Container
from pipeline.speech.frames import Bytes
from pipeline.speech.mixdown import Mixdown
from pipeline.speech.ranges import extract
from pipeline.speech.streams import blocks

Request = dict[str, Any]
Reply = dict[str, Any]

REPLY_BYTES = 1 << 20


def serve(line: Connection) -> None:
    """Answer requests until the other side hangs up."""
    while True:
        try:
            request: Request = json.loads(line.recv_bytes())
            files = [recv_handle(line), recv_handle(line)]
        except (EOFError, OSError):
            return
        reply = _guarded(request, files, line)
        for file in files:
            os.close(file)
        line.send_bytes(json.dumps(reply).encode())


def _guarded(request: Request, files: list[int], line: Connection) -> Reply:
    """Decode in a fork; wait for its answer, its end, the clock, or the other side hanging up."""
    reader, writer = Pipe(duplex=False)
    child = os.fork()
    if not child:
        _decode_and_exit(request, files, writer)
    writer.close()
    ready = wait([reader, line], request["wall_s"])
    reply: Reply | None = None
    if reader in ready:
        with contextlib.suppress(EOFError, OSError):
            reply = json.loads(reader.recv_bytes(REPLY_BYTES))
    reader.close()
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    late = not ready or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU)
    return reply or {"failed": "took too long to decode" if late else "broke the decoder"}


def _decode_and_exit(request: Request, files: list[int], writer: Connection) -> None:
    """The life of a fork: limits, one file, one answer."""
    try:
        source = mmap.mmap(files[0], 0, access=mmap.ACCESS_READ)
        samples = os.fdopen(files[1], "r+b")
        _limit(request, len(source))
        answer = _answer(request, source, samples)
    except BaseException as error:  # a library broke on the file, or we did: say where, and what is no secret
        answer = {"failed": "broke the decoder", "where": _where(error)}
    try:
        writer.send_bytes(json.dumps(answer).encode())
    finally:
        os._exit(0)  # nothing of the parent's is to be cleaned up here, whatever went wrong


def _where(error: BaseException) -> str:
    """The kind of an error and the line of ours that met it, without its text, which may come from the file."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "speech" in frame.filename]
    places = [f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in ours[-1:]]
    return " in ".join([type(error).__name__, *places])


def _answer(request: Request, source: Bytes, samples: BinaryIO) -> Reply:
    try:
        work = cut_out if "stretches_ms" in request else decode
        return work(request, source, samples)
    except UndecodableError as error:
        return {"failed": str(error)}
    except MemoryError:
        return {"failed": "needs more memory than a recording should"}
    except OSError:
        return {"failed": "could not be read to the end, or there is no room for its sound", "disk": True}


def decode(request: Request, source: Bytes, samples: BinaryIO) -> Reply:
    """Decode ``source`` into 16 kHz mono float32 in ``samples`` and say what was found."""
    survey = Survey()
    mixdown = Mixdown(samples)
    limit_s = request["audio_s"]
    for block in blocks(source, Container(*request["container"]), survey):
        room = round((limit_s - mixdown.seconds) * block.rate_hz)
        mixdown.add(Block(block.frames[:room], block.rate_hz, block.link))
        if len(block.frames) > room:
            survey.problem(f"only the first {limit_s:g} seconds were read")
            break
    count, remark = mixdown.finish()
    return {
        "samples": count,
        "duration_ms": round(mixdown.seconds * 1000),
        "claimed_ms": None if survey.claimed_ms is None else round(survey.claimed_ms),
        "tolerance_ms": survey.tolerance_ms,
        "sample_rate_hz": mixdown.rate_hz,
        "channels": mixdown.channels,
        "other_streams": survey.other_streams,
        "problems": survey.problems,
        "channel_remark": remark,
        "clipped_ms": [[round(part.start_s * 1000), round(part.end_s * 1000)] for part in mixdown.clipped[:1000]],
    }


def cut_out(request: Request, source: Bytes, samples: BinaryIO) -> Reply:
    """Copy stretches of ``source`` into ``samples`` at its own rate, channel beside channel."""
    sound = blocks(source, Container(*request["container"]), Survey())
    rate_hz, channels, counts = extract(sound, request["stretches_ms"], samples)
    return {"sample_rate_hz": rate_hz, "channels": channels, "stretch_frames": counts}


def _limit(request: Request, mapped_bytes: int) -> None:
    """From here on: bounded memory, time and output; no new file, socket, process or core dump."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(used.ru_utime + used.ru_stime + request["cpu_s"]) + 1
    limits = (
        ("RLIMIT_AS", request["memory_bytes"] + mapped_bytes),
        ("RLIMIT_CPU", cpu_s),
        ("RLIMIT_FSIZE", request["output_bytes"]),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 0),
    )
    for name, value in limits:
        if hasattr(resource, name):
            last = value + 2 if name == "RLIMIT_CPU" else value  # the soft limit sends a signal that tells why
            resource.setrlimit(getattr(resource, name), (value, last))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write past the limit is an error, not a death


def serve_lines(lines: Connection) -> None:
    """Fork for every line that comes in, until the other side hangs up; then wait for those forks to end."""
    gc.freeze()  # what is loaded stays as it is: forks share its memory
    while True:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        try:
            handle = recv_handle(lines)
        except (EOFError, OSError):
            break
        if not os.fork():
            lines.close()
            try:
                serve(Connection(handle))
            finally:
                os._exit(0)
        os.close(handle)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def main() -> None:
    """Serve on standard input, which is a line open both ways."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this one
    serve_lines(Connection(0))


if __name__ == "__main__":
    main()
