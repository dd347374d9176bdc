"""What a file holds, told by its SHA-256. Reads, and never remembers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.errors import InputError, VoxquoteError


def hash_file(path: Path, unreadable: type[VoxquoteError] = InputError) -> str:
    """The file's SHA-256 as hex digits. Raises ``unreadable`` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise unreadable(f"{path.name} does not exist", "check the name") from error
    except OSError as error:
        raise unreadable(f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error
