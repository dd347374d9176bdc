"""Sentences spoken by Festival's Russian voice, with the word times of its own utterance structure.

In: sentences (letters and punctuation only, numbers written out). Out: `Speech` for each. Festival (Debian: festival,
festvox-ru) runs once as a program for all sentences; the times are those of the first and last segment of each word.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import soundfile
from speech_parts import SampleError, Speech, Word

_SCRIPT = """
(voice_{voice})
(define (say_sentence name text)
  (set! utterance (utt.synth (eval (list 'Utterance 'Text text))))
  (utt.save.wave utterance name 'riff)
  (mapcar
    (lambda (word)
      (format t "%s %f %f\\n" name
        (item.feat word "R:SylStructure.daughter1.daughter1.segment_start")
        (item.feat word "R:SylStructure.daughtern.daughtern.segment_end")))
    (utt.relation.items utterance 'Word)))
"""


def speak_with_festival(sentences: Sequence[str], voice: str) -> list[Speech]:
    """Speak each sentence. Raises SampleError when Festival is missing, fails, or splits the words otherwise."""
    if any('"' in sentence or "\\" in sentence for sentence in sentences):
        raise SampleError("sentences for Festival must not hold quotation marks or backslashes")
    with tempfile.TemporaryDirectory() as folder:
        lines = [f'(say_sentence "{number}.wav" "{text}")' for number, text in enumerate(sentences)]
        script = Path(folder, "say.scm")
        script.write_text(_SCRIPT.format(voice=voice) + "\n".join(lines), encoding="utf-8")
        times = _run(script)
        return [_speech(Path(folder, f"{n}.wav"), text, times) for n, text in enumerate(sentences)]


def _run(script: Path) -> dict[str, list[tuple[float, float]]]:
    """Run Festival; the spoken words' (start_s, end_s) by the name of their wave file."""
    command = ["festival", "--batch", script.name]
    try:
        done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, timeout=300, check=True)
    except FileNotFoundError as error:
        raise SampleError("festival is missing: install it (apt-get install festival festvox-ru)") from error
    except subprocess.SubprocessError as error:
        raise SampleError("festival failed: is its Russian voice there (apt-get install festvox-ru)?") from error
    times: dict[str, list[tuple[float, float]]] = {}
    for line in done.stdout.splitlines():
        name, start_s, end_s = line.split()
        times.setdefault(name, []).append((float(start_s), float(end_s)))
    return times


def _speech(wave: Path, sentence: str, times: dict[str, list[tuple[float, float]]]) -> Speech:
    words, spans = sentence.split(), times.get(wave.name, [])
    if len(words) != len(spans):
        raise SampleError(f"festival spoke {len(spans)} words where the text has {len(words)}: reword the sentence")
    samples, rate_hz = soundfile.read(wave)
    spoken = (Word(word, start * 1000, end * 1000) for word, (start, end) in zip(words, spans, strict=True))
    return Speech(samples, int(rate_hz), tuple(spoken))
