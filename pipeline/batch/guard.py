"""One item's failure never costs another item its result.

In: a piece of work. Out: its result, or a Failure record. A setting that makes no sense is no item's failure: it ends
the command. This is the only place below the command line that catches every exception; a bug keeps its traceback in
the debug log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from pipeline.errors import SettingsError, VoxquoteError
from pipeline.records import Failure

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


def attempt(work: Callable[[], Result], path: str, stage: str) -> Result | Failure:
    """The result of ``work``, or why there is none; ``path`` is how the case names the file."""
    result = _attempted(work, path, stage)
    return printable(result) if isinstance(result, Failure) else result


def printable(failure: Failure) -> Failure:
    """The failure with file names that a terminal and a JSON file can hold: no control, direction or broken signs."""
    hint = "\n".join(map(_shown, failure.hint.splitlines()))
    return replace(failure, path=_encodable(failure.path), message=_shown(failure.message), hint=hint)


def _encodable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def _attempted(work: Callable[[], Result], path: str, stage: str) -> Result | Failure:
    try:
        return work()
    except SettingsError:
        raise  # every other item would fail of it too
    except VoxquoteError as error:
        return Failure(path, stage, error.message, error.hint)
    except OSError as error:
        _log.debug("%s failed", stage, exc_info=True)
        place = "permissions" if isinstance(error, PermissionError) else "disk and the folder for temporary files"
        return Failure(
            path,
            stage,
            f"{path.rsplit('/', 1)[-1]}: {stage} was stopped by the system: {error.strerror or type(error).__name__}",
            f"check the {place}, then run the same command again",
        )
    except Exception as error:
        _log.debug("%s failed", stage, exc_info=True)
        name = path.rsplit("/", 1)[-1]
        return Failure(
            path,
            stage,
            f"{name}: {stage} failed unexpectedly ({type(error).__name__})",
            "run again with --debug for the details, and report them as a bug",
        )
