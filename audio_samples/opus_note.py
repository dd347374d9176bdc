"""Samples to an Ogg/Opus file as a messenger sends voice notes, and the proof that no time was shifted.

In: mono samples. Out: the file's bytes, the same on every run. The file says in its tags that it is synthetic.
"""

from __future__ import annotations

import io

import av
import numpy as np
import soundfile
from av.audio.stream import AudioStream
from speech_parts import SampleError, Samples

RATE_HZ = 48_000
BIT_RATE = 24_000
ALLOWED_SHIFT_SAMPLES = 24  # half a millisecond: the encoder's own filters move the waveform by 2 or 3 samples


def resample(samples: Samples, from_hz: int) -> Samples:
    """The samples at 48 kHz, band-limited and without any delay (by Fourier transform of the whole signal)."""
    common = int(np.gcd(from_hz, RATE_HZ))
    padded = np.pad(samples, (0, -len(samples) % (from_hz // common)))
    length = len(padded) // (from_hz // common) * (RATE_HZ // common)
    return np.asarray(np.fft.irfft(np.fft.rfft(padded), length) * (length / len(padded)))


def encode_note(samples: Samples, title: str, comment: str) -> bytes:
    """Encode 48 kHz mono samples as Ogg/Opus: voice mode, 24 kbit/s, 60 ms packets, the tags given.

    Raises SampleError when the decoded file is shifted against the samples or differs in length.
    """
    buffer = io.BytesIO()
    # bitexact: a fixed serial number instead of a random one, so that equal samples give equal bytes
    with av.open(buffer, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        options = {"application": "voip", "frame_duration": "60"}
        stream = container.add_stream("libopus", rate=RATE_HZ, layout="mono", options=options)
        assert isinstance(stream, AudioStream)
        stream.bit_rate = BIT_RATE
        stream.metadata.update({"title": title, "comment": comment})
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    encoded = buffer.getvalue()
    _check_alignment(samples, soundfile.read(io.BytesIO(encoded))[0])
    return encoded


def shift_in_samples(reference: Samples, decoded: Samples) -> int:
    """How much later `decoded` is than `reference`: the peak of their cross-correlation."""
    size = 2 * max(len(reference), len(decoded))
    product = np.fft.rfft(decoded, size) * np.conj(np.fft.rfft(reference, size))
    peak = int(np.fft.irfft(product, size).argmax())
    return peak if peak < size // 2 else peak - size


def _check_alignment(samples: Samples, decoded: Samples) -> None:
    if len(decoded) != len(samples):
        raise SampleError(f"the encoded note has {len(decoded)} samples instead of {len(samples)}")
    shift = shift_in_samples(samples, decoded) if samples.any() else 0
    if abs(shift) > ALLOWED_SHIFT_SAMPLES:
        raise SampleError(f"the encoded note is shifted by {shift} samples")
