"""Asks the decoder process.

In: a request and open files. Out: the process's answer. Keeps one decoder process for each thread of this process,
starts it when first needed and again after a loss. Never decodes itself, never opens a file of the user's.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from multiprocessing import Pipe
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


class Decoder:
    """One decoder process and the line to it: its standard input, open both ways."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._line, theirs = Pipe()
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
                [sys.executable, "-m", "pipeline.speech.decoder"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # what libraries print about a file is nobody's business
                env=environment,
            )

    def ask(self, request: dict[str, Any], files: tuple[BinaryIO, BinaryIO]) -> dict[str, Any]:
        """One request, one answer. Raises ``DecoderLostError``."""
        try:
            self._line.send_bytes(json.dumps(request).encode())
            for file in files:
                send_handle(self._line, file.fileno(), self._process.pid)
            if not self._line.poll(request["wall_s"] + GRACE_S):
                raise DecoderLostError
            answer: dict[str, Any] = json.loads(self._line.recv_bytes())
        except (OSError, EOFError) as error:
            raise DecoderLostError from error
        return answer

    def close(self) -> None:
        """Hang up: the process ends by itself, or is ended. A fork of the owner only lets go of the line."""
        self._line.close()
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
