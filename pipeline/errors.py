"""The errors a person can do something about.

    VoxquoteError            anything below
    ├── InputError           a file or folder that cannot be used
    ├── WeightsError         a model that is missing, damaged or cannot be fetched
    ├── EvidenceError        a case that cannot be trusted or written
    └── SettingsError        a setting that makes no sense (exit code 2)

A message says what happened to which file (its name, never an absolute path or its text); the hint says what to do.
Bugs are not in this tree: they keep their traceback.
"""

from __future__ import annotations


class VoxquoteError(Exception):
    """An error with a message (what happened to which file) and a hint (what to do)."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[VoxquoteError], tuple[str, str]]:
        """Both parts survive the way back from a worker process."""
        return type(self), (self.message, self.hint)


class InputError(VoxquoteError):
    """A file or folder that cannot be used."""


class WeightsError(VoxquoteError):
    """A model that is missing, damaged or cannot be fetched."""


class EvidenceError(VoxquoteError):
    """A case that cannot be trusted or written."""


class SettingsError(VoxquoteError):
    """A setting that makes no sense."""
