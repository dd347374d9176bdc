"""The passages of a quote, cut out of their recordings.

In: a case with kept checks, the ids of quotes. Out: one sound file for each passage and beside it a JSON file that says
what it is. Never cuts from a file that is not the one that was heard, never prints.
"""

from __future__ import annotations

import hashlib
import io
import json
import unicodedata
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from pipeline import __version__
from pipeline.batch.clip_bounds import FRAME_MS, MARGIN_MS, SETTLE_MS, WIDE_MARGIN_MS, Bounds, padded, settled, whole
from pipeline.batch.guard import attempt
from pipeline.batch.originals import original
from pipeline.batch.retiming import as_measured
from pipeline.case import journal
from pipeline.case.files import write_atomic
from pipeline.case.journal import Work
from pipeline.case.lock import sole_writer
from pipeline.case.store import Case
from pipeline.errors import EvidenceError, SettingsError
from pipeline.records import Article, Document, Failure, Judgement, Passage, Recording, Timing
from pipeline.speech.clip import Encoding, clip

STAGE = "clip"
_NAME_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Clipping:
    """Which quotes to cut, of which article (its id or file name; None when the ids tell), how, and where to."""

    quotes: tuple[str, ...]
    article: str | None = None
    encoding: Encoding = "wav"
    target: Path | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    """One passage to cut: of which quote, in which article, and its place among the quote's passages."""

    article: Article
    judgement: Judgement
    passage: Passage


def cut_quotes(folder: Path, clipping: Clipping) -> tuple[tuple[Path, ...], tuple[Failure, ...]]:
    """Cut every passage of the quotes; returns the sound files and what could not be cut.

    Raises SettingsError for a quote or article that is not in the case, EvidenceError when nothing was checked yet.
    """
    case = Case.open(folder)
    found = [_find(quote, clipping.article, case) for quote in clipping.quotes]
    with nullcontext() if clipping.target else sole_writer(folder):
        written, failures = _cut(found, case, clipping)
        if written and not clipping.target:
            sidecars = [path.with_name(f"{path.name}.json") for path in written]
            how = {"quotes": list(clipping.quotes), "encoding": clipping.encoding}
            journal.note(folder, Work(STAGE, how, files=[*written, *sidecars]))
    return tuple(written), tuple(failures)


def _cut(
    found: Iterable[tuple[Article, Judgement]], case: Case, clipping: Clipping
) -> tuple[list[Path], list[Failure]]:
    """Every passage of the judgements, as files."""
    written: list[Path] = []
    failures: list[Failure] = []
    for article, judgement in found:
        quote = judgement.quote.id
        if not judgement.passages:
            message = f"quote {quote}: nothing was found for it, so there is nothing to cut"
            hint = f"see the nearest passages with: voxquote check --case DIR --explain {quote}"
            failures.append(Failure(quote, STAGE, message, hint))
        for passage in judgement.passages:
            result = attempt(partial(_write, case, _Cut(article, judgement, passage), clipping), quote, STAGE)
            failures.append(result) if isinstance(result, Failure) else written.append(result)
    return written, failures


def _find(quote: str, wanted: str | None, case: Case) -> tuple[Article, Judgement]:
    """The one judgement that ``quote`` and ``wanted`` name."""
    checked = [(article, check) for article in case.articles() if (check := case.check(article)) is not None]
    if not checked:
        raise EvidenceError("the case holds no checked article", "check one first: voxquote check ARTICLE --case DIR")
    wanted = wanted and Path(wanted).name  # the article may be named by a path, as `run` was given it
    named = [(article, check) for article, check in checked if wanted in (None, article.id, _name(article.path))]
    known = ", ".join(f"{_name(article.path)} ({article.id})" for article, _ in checked)
    if not named:
        raise SettingsError(f"there is no checked article {wanted!r} in the case", f"checked articles: {known}")
    found = [
        (article, judgement)
        for article, check in named
        for judgement in check.judgements
        if judgement.quote.id == quote
    ]
    if not found:
        ids = ", ".join(dict.fromkeys(judgement.quote.id for _, check in named for judgement in check.judgements))
        raise SettingsError(f"there is no quote {quote!r} in what was checked", f"quotes: {ids or 'none'}")
    if len(found) > 1:
        raise SettingsError(f"quote {quote!r} stands in {len(found)} articles", f"name one with --article: {known}")
    return found[0]


def _write(case: Case, cut: _Cut, clipping: Clipping) -> Path:
    """One clip and its sidecar; returns the clip's path."""
    recording, path = original(case, cut.passage.recording_id)
    bounds = _bounds(case, cut.passage, recording, path)
    sound = clip(path, bounds.start_ms, bounds.end_ms, clipping.encoding)
    sha256 = hashlib.sha256(sound).hexdigest()
    parts = (
        cut.judgement.quote.id,
        PurePosixPath(recording.path).stem,
        f"{_clock(bounds.start_ms)}-{_clock(bounds.end_ms)}",
    )
    stem = "_".join([*(_safe(part) for part in parts), sha256[:8]])
    suffix = "wav" if clipping.encoding == "wav" else "ogg"
    target = (clipping.target or case.folder / "clips") / f"{stem}.{suffix}"
    sidecar = _sidecar(cut, recording, bounds) | {"clip": {"file": target.name, "sha256": sha256}}
    write_atomic(target, sound)
    write_atomic(target.with_name(f"{target.name}.json"), _encoded(sidecar))
    return target


def _bounds(case: Case, passage: Passage, recording: Recording, path: Path) -> Bounds:
    """Where to cut: where the words leave a pause, and there where the sound is quietest."""
    transcript = case.transcript(recording.id)
    words = as_measured(Document(recording, transcript), [passage]).transcript.words if transcript else ()
    heard = Bounds(passage.start_ms, passage.end_ms)
    margin_ms = MARGIN_MS if passage.timing is Timing.MEASURED else WIDE_MARGIN_MS
    wide = padded(heard, words, recording.duration_ms, margin_ms)
    first_ms = max(0, wide.start_ms - SETTLE_MS * 2)
    around = clip(path, first_ms, wide.end_ms + SETTLE_MS * 2, "wav")
    edges = whole(heard, words)
    room = Bounds(edges.start_ms - margin_ms, edges.end_ms + margin_ms)
    return settled(wide, room, _loudness(around), first_ms)


def _loudness(wav: bytes) -> npt.NDArray[np.float64]:
    """The mean square of each frame of a WAV file; a frame at its end may be short."""
    samples, rate_hz = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    squares = np.square(samples).mean(axis=1, dtype=np.float64)
    starts = np.arange(-(-len(squares) * 1000 // (rate_hz * FRAME_MS))) * rate_hz * FRAME_MS // 1000
    sums: npt.NDArray[np.float64] = np.add.reduceat(squares, starts)
    return sums / np.diff(np.append(starts, len(squares)))


def _sidecar(cut: _Cut, recording: Recording, bounds: Bounds) -> dict[str, Any]:
    """What the clip is, for a person who finds it in a folder a year later."""
    passage, quote = cut.passage, cut.judgement.quote
    return {
        "schema": "voxquote.clip/1",
        "quote": {"id": quote.id, "text": quote.text, "article_id": cut.article.id, "article_path": cut.article.path},
        "recording": {
            key: value
            for key, value in asdict(recording).items()
            if key in ("id", "path", "sha256", "sent_at", "sender") and value is not None
        },
        "start_ms": bounds.start_ms,
        "end_ms": bounds.end_ms,
        "timing": passage.timing,
        "padding_ms": [passage.start_ms - bounds.start_ms, bounds.end_ms - passage.end_ms],
        "heard": passage.heard,
        "translation": passage.translation,
        "voxquote": __version__,
    }


def _encoded(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _name(portable: str) -> str:
    return PurePosixPath(portable).name


def _clock(milliseconds: int) -> str:
    """A time as a file name can hold it: ``0m20.412s``."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}m{rest // 1000:02}.{rest % 1000:03}s"


def _safe(text: str) -> str:
    """``text`` as part of a file name on any system: letters, digits and a few signs, the rest replaced."""
    kept = (letter if unicodedata.category(letter)[0] in "LMN" or letter in "-_.@" else "-" for letter in text)
    return "".join(kept)[:_NAME_LIMIT].lstrip(".") or "-"
