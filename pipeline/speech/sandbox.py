"""Asks the decoder process.

In: a request and open files. Out: the process's answer. One process loads the decoding libraries, when first needed and
again after a loss; each thread of this process asks a fork of it. Never decodes itself, never opens a file of the
user's.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any, BinaryIO

import pipeline

GRACE_S = 30.0
"""How long the decoder process may be silent after its own deadline before it is given up."""


class DecoderLostError(Exception):
    """The decoder process itself is gone; the next request starts another."""


class DecodingError(Exception):
    """Why the decoder process could not decode a file; for those who mend it."""


class Server:
    """The process that loads the libraries. It forks for every line that it is sent over its standard input."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._line, theirs = Pipe()
        root = str(Path(pipeline.__file__).parents[1])
        known = os.environ.get("PYTHONPATH")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.speech.decoder"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what libraries print about a file is nobody's business
                env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root, **_ONE_THREAD},
            )

    @property
    def alive(self) -> bool:
        """Whether this process may still ask it."""
        return self.owner == os.getpid() and self._process.poll() is None

    def line(self) -> Connection:
        """A new line to a fork of its own. Raises OSError when the process is gone."""
        ours, theirs = Pipe()
        with theirs:
            send_handle(self._line, theirs.fileno(), self._process.pid)
        return ours

    def close(self) -> None:
        """Hang up: the process ends when its forks have, or is ended. A fork of the owner only lets go of the line."""
        self._line.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Decoder:
    """A thread's line to a fork of the server. The fork ends when the line is closed."""

    def __init__(self, line: Connection) -> None:
        self.owner = os.getpid()
        self._line = line

    def ask(self, request: dict[str, Any], files: tuple[BinaryIO, BinaryIO]) -> dict[str, Any]:
        """One request, one answer. Raises ``DecoderLostError``."""
        try:
            self._line.send_bytes(json.dumps(request).encode())
            for file in files:
                send_handle(self._line, file.fileno(), None)
            if not self._line.poll(request["wall_s"] + GRACE_S):
                raise DecoderLostError
            answer: dict[str, Any] = json.loads(self._line.recv_bytes())
        except (OSError, EOFError) as error:
            raise DecoderLostError from error
        return answer

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # the interpreter may be half gone
            self.close()


_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_starting = threading.Lock()
_server: Server | None = None
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
        decoder = _of_thread.decoder = Decoder(_new_line())
    try:
        return decoder.ask(request, files)
    except BaseException:
        _of_thread.decoder = None
        decoder.close()
        raise


def _new_line() -> Connection:
    """A line to the server, which is started where there is none. Raises ``DecoderLostError``."""
    global _server
    with _starting:
        if _server is None or not _server.alive:
            hang_up()
            _server = Server()
        try:
            return _server.line()
        except OSError as error:
            raise DecoderLostError from error


@atexit.register
def hang_up() -> None:
    """Let the decoder process end; the next request starts another."""
    global _server
    _of_thread.decoder = None
    if _server is not None:
        server, _server = _server, None
        server.close()
