"""What a source lists."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Failure, SourceFile


@dataclass(frozen=True, slots=True)
class Listing:
    """Files in a stable order, and what the source names but cannot give."""

    files: tuple[SourceFile, ...] = ()
    failures: tuple[Failure, ...] = ()
