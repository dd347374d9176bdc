"""Loaded by Python at start when this folder is on PYTHONPATH: refuses connections, and tells what was imported.

Every attempt to reach a network, and every banned library that is loaded at exit, becomes a line in the file that
VOXQUOTE_WATCH names. Child processes inherit both.
"""

import atexit
import os
import socket
import sys

BANNED = ("torch", "stanza", "spacy", "transformers", "tensorflow")
_connect = socket.socket.connect


def _tell(line):
    with open(os.environ["VOXQUOTE_WATCH"], "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _refuse(self, address):
    if self.family == getattr(socket, "AF_UNIX", None):
        return _connect(self, address)
    _tell(f"connect {address!r}")
    raise OSError("the network is blocked in this test")


def _no_names(*arguments, **_):
    _tell(f"resolve {arguments[:2]!r}")
    raise OSError("the network is blocked in this test")


if "VOXQUOTE_WATCH" in os.environ:
    socket.socket.connect = _refuse
    socket.socket.connect_ex = _refuse
    socket.getaddrinfo = _no_names
    _tell("watching")
    atexit.register(lambda: [_tell(f"imported {name}") for name in BANNED if name in sys.modules])
