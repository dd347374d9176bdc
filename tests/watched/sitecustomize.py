"""Loaded by Python at start when this folder is on PYTHONPATH: refuses connections, and tells what was imported.

Every attempt to reach a network, and every banned library that is loaded at exit, becomes a line in the file that
VOXQUOTE_WATCH names. Child processes inherit both.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys
from typing import Any, NoReturn

BANNED = ("torch", "stanza", "spacy", "transformers", "tensorflow")
_connect = socket.socket.connect


def _tell(line: str) -> None:
    with open(os.environ["VOXQUOTE_WATCH"], "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _refuse(self: socket.socket, address: Any) -> None:
    if self.family == getattr(socket, "AF_UNIX", None):
        _connect(self, address)
        return
    _tell(f"connect {address!r}")
    raise OSError("the network is blocked in this test")


def _no_names(*arguments: object, **_: object) -> NoReturn:
    _tell(f"resolve {arguments[:2]!r}")
    raise OSError("the network is blocked in this test")


def _tell_banned() -> None:
    for name in BANNED:
        if name in sys.modules:
            _tell(f"imported {name}")


if "VOXQUOTE_WATCH" in os.environ:
    socket.socket.connect = _refuse  # type: ignore[method-assign,assignment]
    socket.socket.connect_ex = _refuse  # type: ignore[method-assign,assignment]
    socket.getaddrinfo = _no_names
    _tell("watching")
    atexit.register(_tell_banned)
