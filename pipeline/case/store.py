"""The case folder as an object: read and write its records.

In: records. Out: the documented files (docs/formats.md), each written whole or not at all. Never changes a file that it
was not asked to write, never reads outside the folder. Writers hold ``lock.sole_writer`` around their work.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.case import check_file, codec
from pipeline.case.files import local_path, portable_path, safe_id, write_atomic
from pipeline.errors import EvidenceError
from pipeline.records import Article, Check, Document, Failure, ModelInfo, Recording, Transcript, Translation

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class CaseInfo:
    """``case.json``: what the case is about."""

    source_language: str = "ru"
    target_language: str = "en"


@dataclass(frozen=True, slots=True)
class TranscriptHeader:
    """How a transcript was made, read without its words."""

    model: ModelInfo | None = None
    options: Mapping[str, str | int | float | bool | None] | None = None
    duration_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One working folder and the languages that it goes between."""

    folder: Path
    info: CaseInfo

    @classmethod
    def open(cls, folder: Path) -> Case:
        """The existing case in ``folder``; raises EvidenceError when there is none or it is of a newer schema."""
        path = folder / "case.json"
        if not path.is_file():
            raise EvidenceError(
                f"{folder.name or folder} is not a case folder (it holds no case.json)",
                "make one with: voxquote run RECORDING... --case DIR",
            )
        info = codec.decode(path.read_bytes(), CaseInfo, "case", path.name)
        safe_id(info.target_language, path.name)
        return cls(folder, info)

    @classmethod
    def open_or_create(cls, folder: Path, info: CaseInfo) -> Case:
        """The case in ``folder``, made when it is new. An existing case keeps its own languages."""
        if (folder / "case.json").exists():
            return cls.open(folder)
        if folder.exists() and not folder.is_dir():
            raise EvidenceError(f"{folder.name} is a file, not a folder", "name a folder with --case")
        write_atomic(folder / "case.json", codec.encode(info, "case"))
        return cls(folder, info)

    def recordings(self) -> tuple[Recording, ...]:
        """Every listed recording; the same content may be listed twice under one id."""
        path = self.folder / "recordings.jsonl"
        if not path.is_file():
            return ()
        found = tuple(codec.decode_lines(path.read_bytes(), Recording, path.name))
        for recording in found:
            safe_id(recording.id, path.name)
        return found

    def write_recordings(self, recordings: Iterable[Recording]) -> None:
        """Replace the list of recordings."""
        write_atomic(self.folder / "recordings.jsonl", codec.encode_lines(recordings))

    def audio_path(self, recording: Recording) -> Path:
        """Where the recording's file should lie."""
        return local_path(recording.path, self.folder)

    def portable(self, path: Path) -> str:
        """A path as this case's files name it."""
        return portable_path(path, self.folder)

    def transcript(self, recording_id: str) -> Transcript | None:
        """The transcript, None when there is none; raises EvidenceError when it is damaged."""
        transcript = self._read("transcripts", f"{recording_id}.json", Transcript, "transcript")
        if transcript and any(
            not 0 <= s.start_word <= s.end_word <= len(transcript.words) for s in transcript.sentences
        ):
            raise EvidenceError(
                f"transcripts/{recording_id}.json has a sentence outside its words", "restore or delete the file"
            )
        return transcript

    def transcript_header(self, recording_id: str) -> TranscriptHeader | None:
        """How the transcript was made; None when there is no usable one."""
        try:
            return self._read("transcripts", f"{recording_id}.json", TranscriptHeader, "transcript")
        except EvidenceError:
            return None

    def write_transcript(self, transcript: Transcript) -> None:
        """Keep a transcript under its recording's id."""
        path = self.folder / "transcripts" / f"{transcript.recording_id}.json"
        write_atomic(path, codec.encode(transcript, "transcript"))

    def translation(self, recording_id: str) -> Translation | None:
        """The translation into the case's target language, None when there is none."""
        return self._read("translations", self._translation_name(recording_id), Translation, "translation")

    def write_translation(self, translation: Translation) -> None:
        """Keep a translation under its recording's id and language."""
        path = self.folder / "translations" / f"{translation.recording_id}.{translation.language}.json"
        write_atomic(path, codec.encode(translation, "translation"))

    def _translation_name(self, recording_id: str) -> str:
        return f"{recording_id}.{self.info.target_language}.json"

    def document(self, recording: Recording) -> Document | None:
        """The recording with what was made of it; None while it has no transcript.

        Raises EvidenceError when its files are damaged or do not belong together.
        """
        transcript = self.transcript(recording.id)
        if transcript is None:
            return None
        translation = self.translation(recording.id)
        if translation and len(translation.sentences) != len(transcript.sentences):
            raise EvidenceError(
                f"translations/{self._translation_name(recording.id)} does not match the transcript's sentences",
                "run: voxquote translate --case DIR",
            )
        return Document(recording, transcript, translation)

    def listing_stamp(self) -> str:
        """Changes whenever the list of recordings does."""
        path = self.folder / "recordings.jsonl"
        return f"{path.stat().st_mtime_ns}-{path.stat().st_size}" if path.is_file() else ""

    def stamps(self) -> dict[str, str]:
        """By recording id, what changes whenever its transcript or translation does: two looks at whole folders."""
        found: dict[str, str] = {}
        for folder, ending in (("transcripts", ".json"), ("translations", f".{self.info.target_language}.json")):
            place = self.folder / folder
            for entry in os.scandir(place) if place.is_dir() else ():
                if entry.name.endswith(ending) and not entry.name.startswith("."):
                    status = entry.stat()
                    identifier = entry.name.removesuffix(ending)
                    found[identifier] = f"{found.get(identifier, '')} {status.st_mtime_ns}-{status.st_size}"
        return found

    def articles(self) -> Iterator[Article]:
        """The articles of the case, in the order of their ids."""
        for path in sorted((self.folder / "articles").glob("*.json")):
            article = codec.decode(path.read_bytes(), Article, "article", f"articles/{path.name}")
            safe_id(article.id, path.name)
            yield article

    def write_article(self, article: Article) -> None:
        """Keep an article with its quotes."""
        write_atomic(self.folder / "articles" / f"{article.id}.json", codec.encode(article, "article"))

    def check(self, article: Article) -> Check | None:
        """The kept answer to an article, None when it was not checked yet."""
        path = self.folder / "checks" / f"{article.id}.json"
        if not path.is_file():
            return None
        codec.check_schema(path.read_bytes(), "check", f"checks/{path.name}")
        return check_file.decode(path.read_bytes(), article, f"checks/{path.name}")

    def write_check(self, check: Check) -> None:
        """Keep the answer to an article."""
        write_atomic(self.folder / "checks" / f"{check.article.id}.json", check_file.encode(check))

    def failures(self) -> tuple[Failure, ...]:
        """What the last run could not do."""
        path = self.folder / "failures.jsonl"
        return tuple(codec.decode_lines(path.read_bytes(), Failure, path.name)) if path.is_file() else ()

    def write_failures(self, failures: Iterable[Failure]) -> None:
        """Replace the record of what could not be done."""
        write_atomic(self.folder / "failures.jsonl", codec.encode_lines(failures))

    def _read(self, folder: str, name: str, kind: type[Record], schema: str) -> Record | None:
        path = self.folder / folder / name
        if not path.is_file():
            return None
        return codec.decode(path.read_bytes(), kind, schema, f"{folder}/{name}")
