"""Whether the exact mode hears what faster-whisper's loop hears, given the same samples.

In: ``python -m tests.bench.alike MODEL NOTE...``. Out: one JSON line. faster-whisper gets our samples, since its own
decoder resamples in another way. Counted apart are notes in which it had to sample at random (its text is another one
on every call), and notes in which the exact mode listened again to a voice that had got no words.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from pipeline.batch.memory import keep_memory
from pipeline.speech.audio import decode
from pipeline.speech.recognise import Recogniser, RecogniserOptions


def compare(model: Path, notes: list[Path]) -> Counter[str]:
    """How many notes have the same words, all of its words and more, all but a rest in which nobody speaks, others."""
    from faster_whisper import WhisperModel

    keep_memory()
    sounds = [(path.name, decode(path).samples) for path in notes]
    ours = Recogniser(model, RecogniserOptions(device="cpu", threads=1, together=4)).transcribe_together(sounds)
    theirs = WhisperModel(str(model), device="cpu", cpu_threads=1, local_files_only=True)
    found: Counter[str] = Counter()
    for transcript, (_, samples) in zip(ours, sounds, strict=True):
        segments = list(theirs.transcribe(samples, beam_size=5, word_timestamps=True)[0])
        expected = [word.word.strip() for segment in segments for word in segment.words if word.word.strip()]
        heard = [word.text for word in transcript.words]
        if any(segment.temperature > 0 for segment in segments):
            found["sampled"] += 1
        elif heard == expected:
            found["same"] += 1
        elif _within(expected, heard):
            found["same and more"] += 1
        elif heard == expected[: len(heard)]:
            found["same but for the rest"] += 1
        else:
            found["other"] += 1
    return found


def _within(words: list[str], others: list[str]) -> bool:
    """Whether ``words`` stand among ``others`` in their order."""
    rest = iter(others)
    return all(word in rest for word in words)


if __name__ == "__main__":
    print(json.dumps(compare(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])))
