"""What went into a case: the recordings that were heard, the chats that told of them, the articles that were read.

In: the lists of a case. Out: where each input lies, and which SHA-256 it had when it was used. Never reads an input.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.case import journal
from pipeline.case.files import local_path
from pipeline.case.store import Case

_SHA256 = re.compile("[0-9a-f]{64}")


def claims(case: Case) -> Mapping[str, frozenset[str]]:
    """Each input's path relative to the case, and the hashes under which the case lists it.

    None of them when a case written by hand tells no real hash; several when an article changed between two checks.
    """
    listed = [(recording.path, recording.sha256) for recording in case.recordings()]
    listed += [(article.path, article.sha256) for article in case.articles()]
    listed += [pair for entry in journal.entries(case.folder) for pair in entry.inputs.items()]
    found: dict[str, frozenset[str]] = {}
    for portable, sha256 in listed:
        path = seen_from(case.folder, local_path(portable, case.folder))
        known = {sha256} if _SHA256.fullmatch(sha256) else set()
        found[path] = found.get(path, frozenset()) | known
    return found


def seen_from(folder: Path, path: Path) -> str:
    """``path`` relative to ``folder``, both freed of links, with forward slashes."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
