"""How much of the speech could be checked.

In: documents. Out: a ``Coverage``. Never judges a quote.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match.index.library import sentence_bounds
from pipeline.records import AudioFlagKind, Coverage, Document

UNCHECKED = {AudioFlagKind.SKIPPED, AudioFlagKind.LOOP, AudioFlagKind.UNTRUSTED_MODEL, AudioFlagKind.PARTIAL}


def coverage(documents: Sequence[Document]) -> Coverage:
    """Speech is what was transcribed plus what was skipped; checked is what was transcribed and is not in doubt."""
    speech = checked = 0
    for document in documents:
        transcript = document.transcript
        for index in range(len(transcript.sentences)):
            start, end = sentence_bounds(transcript, index)
            speech += max(0, end - start)
            doubt = [
                flag for flag in transcript.flags if flag.kind in UNCHECKED and flag.kind is not AudioFlagKind.SKIPPED
            ]
            checked += max(0, end - start - sum(max(0, min(end, f.end_ms) - max(start, f.start_ms)) for f in doubt))
        speech += sum(max(0, f.end_ms - f.start_ms) for f in transcript.flags if f.kind is AudioFlagKind.SKIPPED)
    return Coverage(len(documents), speech, min(checked, speech))
