"""One item's failure never costs another item its result.

In: a piece of work. Out: its result, or a Failure record. This is the only place below the command line that catches
every exception; a bug keeps its traceback in the debug log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import VoxquoteError
from pipeline.records import Failure

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


def attempt(work: Callable[[], Result], path: str, stage: str) -> Result | Failure:
    """The result of ``work``, or why there is none; ``path`` is how the case names the file."""
    try:
        return work()
    except VoxquoteError as error:
        return Failure(path, stage, error.message, error.hint)
    except Exception as error:
        _log.debug("%s failed", stage, exc_info=True)
        name = path.rsplit("/", 1)[-1]
        return Failure(
            path,
            stage,
            f"{name}: {stage} failed unexpectedly ({type(error).__name__})",
            "run again with --debug for the details, and report them as a bug",
        )
