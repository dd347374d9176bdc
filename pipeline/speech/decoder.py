"""The decoder process: hostile files are opened here and nowhere else.

In, over a socket: one JSON line a file, with two open file descriptors (the audio, and an empty file for the samples).
Out: one JSON line. The libraries are loaded once; each file is then decoded in a fork of this process, under limits of
its own (memory, CPU time, wall time, size of the output) and without the right to open any file, socket or process. A
fork that crashes, hangs or is killed takes only its own file with it.

Started by ``pipeline.speech.audio`` as ``python -m pipeline.speech.decoder``; needs a POSIX system.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
from typing import Any, BinaryIO

from pipeline.speech.container import Container
from pipeline.speech.frames import Bytes
from pipeline.speech.mixdown import Mixdown
from pipeline.speech.ranges import extract
from pipeline.speech.streams import Block, Survey, UndecodableError, blocks

Request = dict[str, Any]
Reply = dict[str, Any]

REPLY_BYTES = 1 << 20


def serve(connection: socket.socket) -> None:
    """Answer requests until the other side hangs up."""
    received = b""
    descriptors: list[int] = []
    while True:
        data, passed, _, _ = socket.recv_fds(connection, 1 << 16, 2)
        if not data:
            return
        received += data
        descriptors += passed
        if not received.endswith(b"\n"):
            continue
        reply = _guarded(json.loads(received), descriptors, connection)
        for descriptor in descriptors:
            os.close(descriptor)
        received, descriptors = b"", []
        connection.sendall(json.dumps(reply).encode() + b"\n")


def _guarded(request: Request, descriptors: list[int], connection: socket.socket) -> Reply:
    """Decode in a fork; wait for its answer, its end, the clock, or the other side hanging up."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        connection.close()
        _decode_and_exit(request, descriptors, writer)
    os.close(writer)
    deadline = time.monotonic() + request["wall_s"]
    answer = b""
    late = False
    while True:
        waiting = [reader, connection.fileno()]
        ready, _, _ = select.select(waiting, [], [], max(0.0, deadline - time.monotonic()))
        if reader in ready:
            data = os.read(reader, 1 << 16)
            answer += data
            if data and len(answer) < REPLY_BYTES:
                continue
        late = not ready
        break  # the answer is whole, time is up, or nobody wants the answer any more
    os.close(reader)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return _reply(answer, status, late)


def _reply(answer: bytes, status: int, late: bool) -> Reply:
    if late:
        return {"failed": "took too long to decode"}
    if answer.endswith(b"\n"):
        reply: Reply = json.loads(answer)
        return reply
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended == signal.SIGXCPU:
        return {"failed": "took too long to decode"}
    return {"failed": "broke the decoder"}


def _decode_and_exit(request: Request, descriptors: list[int], writer: int) -> None:
    """The life of a fork: limits, one file, one answer."""
    try:
        source = mmap.mmap(descriptors[0], 0, access=mmap.ACCESS_READ)
        samples = os.fdopen(descriptors[1], "r+b")
        _limit(request, len(source))
        answer = _answer(request, source, samples)
        os.write(writer, json.dumps(answer).encode() + b"\n")
    finally:
        os._exit(0)  # nothing of the parent's is to be cleaned up here, whatever went wrong


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
            resource.setrlimit(getattr(resource, name), (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write past the limit is an error, not a death


def main() -> None:
    """Serve on the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that started this one
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
