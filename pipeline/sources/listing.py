"""What a source lists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.records import Failure, SourceFile


@dataclass(frozen=True, slots=True)
class Listing:
    """Files in a stable order, what the source names but cannot give, and the files that told of them."""

    files: tuple[SourceFile, ...] = ()
    failures: tuple[Failure, ...] = ()
    told_by: tuple[Path, ...] = ()
