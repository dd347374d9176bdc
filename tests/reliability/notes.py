"""Short voice notes cut from a sample recording, every one another content, the same on every call."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from pipeline.speech.ogg import with_fixed_serial

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "audio_samples"
ARTICLE = SAMPLES / "article_ru.txt"
SECONDS = (2.0, 4.5, 3.2, 6.0)


def write_notes(folder: Path, count: int, seconds: tuple[float, ...] = SECONDS) -> list[Path]:
    """``count`` distinct notes with speech, as Ogg/Opus; they begin at other places of the officer's recording."""
    folder.mkdir(parents=True, exist_ok=True)
    samples, rate_hz = soundfile.read(SAMPLES / "officer.ogg", dtype="float32")
    paths = []
    for number in range(count):
        length = round(seconds[number % len(seconds)] * rate_hz)
        start = round((0.37 * rate_hz * 7 * number) % (len(samples) - length))
        path = folder / f"note_{number:04}.ogg"
        sound = io.BytesIO()
        soundfile.write(sound, np.ascontiguousarray(samples[start : start + length]), rate_hz, "OPUS", format="OGG")
        path.write_bytes(with_fixed_serial(sound.getvalue()))
        paths.append(path)
    return paths
