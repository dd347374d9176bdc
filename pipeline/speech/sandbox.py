"""Asks the decoder process.

In: a request and open files. Out: the process's answer. Keeps one decoder process for each thread of this process,
starts it when first needed and again after a loss. Never decodes itself, never opens a file of the user's.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pipeline

GRACE_S = 30.0
"""How long the decoder process may be silent after its own deadline before it is given up."""


class DecoderLostError(Exception):
    """The decoder process itself is gone; the next request starts another."""


class Decoder:
    """One decoder process and the socket to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._socket, theirs = socket.socketpair()
        root = str(Path(pipeline.__file__).parents[1])
        known = os.environ.get("PYTHONPATH")
        environment = {
            **os.environ,
            "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root,
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.speech.decoder", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what libraries print about a file is nobody's business
            )

    def ask(self, request: dict[str, Any], files: tuple[BinaryIO, BinaryIO]) -> dict[str, Any]:
        """One request, one answer. Raises ``DecoderLostError``."""
        try:
            self._socket.settimeout(request["wall_s"] + GRACE_S)
            line = json.dumps(request).encode() + b"\n"
            sent = socket.send_fds(self._socket, [line], [file.fileno() for file in files])
            self._socket.sendall(line[sent:])
            received = b""
            while not received.endswith(b"\n"):
                data = self._socket.recv(1 << 16)
                if not data:
                    raise DecoderLostError
                received += data
        except OSError as error:
            raise DecoderLostError from error
        answer: dict[str, Any] = json.loads(received)
        return answer

    def close(self) -> None:
        """Hang up: the process ends by itself, or is ended. A fork of the owner only lets go of the socket."""
        self._socket.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # the interpreter may be half gone
            self.close()


_of_thread = threading.local()


def ask(request: dict[str, Any], files: tuple[BinaryIO, BinaryIO]) -> dict[str, Any]:
    """Ask this thread's decoder process. Raises ``DecoderLostError`` when two of them die of the request."""
    try:
        return _ask_once(request, files)
    except DecoderLostError:
        return _ask_once(request, files)  # the process may have been gone before, killed to free memory


def _ask_once(request: dict[str, Any], files: tuple[BinaryIO, BinaryIO]) -> dict[str, Any]:
    decoder: Decoder | None = getattr(_of_thread, "decoder", None)
    if decoder is None or decoder.owner != os.getpid():
        decoder = _of_thread.decoder = Decoder()
    try:
        return decoder.ask(request, files)
    except BaseException:
        _of_thread.decoder = None
        decoder.close()
        raise
