"""Search over everything that was heard and translated, by word form.

In: a case and a query. Out: sentences with their times, best first. The index is a hidden SQLite file in the case that
follows the transcripts by itself; deleting it loses nothing. Never changes a file of the case.

Russian words are found in any inflection: the index holds every dictionary form that pymorphy3 knows for a heard word,
the query asks for every form of its own. English words are stemmed by SQLite's Porter tokenizer.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from pipeline.case.store import Case
from pipeline.errors import EvidenceError, InputError
from pipeline.records import Document, Recording

_INDEX = ".search.sqlite"
_IN_MEMORY = ":memory:"
_VERSION = 2
_TABLES = ("listing", "recordings", "stamps", "places", "texts")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS listing(stamp TEXT);
CREATE TABLE IF NOT EXISTS recordings(recording_id TEXT PRIMARY KEY, record BLOB);
CREATE TABLE IF NOT EXISTS stamps(recording_id TEXT PRIMARY KEY, stamp TEXT);
CREATE TABLE IF NOT EXISTS places(
  id INTEGER PRIMARY KEY, recording_id TEXT, sentence INTEGER, start_ms INTEGER, end_ms INTEGER,
  heard TEXT, translation TEXT);
CREATE INDEX IF NOT EXISTS places_recording ON places(recording_id);
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(
  heard, lemmas, translation, tokenize = "porter unicode61 remove_diacritics 0");
"""
_RANKED = 2000
"""So many sentences are ranked; a word that more of them hold ranks none above the others, and the first are given."""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)"
_FIRST_ROWS = """
SELECT record, sentence, start_ms, end_ms, places.heard, places.translation
FROM texts JOIN places ON places.id = texts.rowid JOIN recordings USING(recording_id)
WHERE texts MATCH ? ORDER BY texts.rowid LIMIT ?"""
_RANKED_ROWS = _FIRST_ROWS.replace("ORDER BY", "ORDER BY bm25(texts),")
_TERM = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One sentence that answers a query."""

    recording: Recording
    sentence_index: int
    start_ms: int
    end_ms: int
    heard: str
    translation: str


Tell = Callable[[EvidenceError], None]


def search(case: Case, query: str, limit: int = 100, unreadable: Tell = lambda error: None) -> tuple[Hit, ...]:
    """The sentences that hold every word of ``query``: ``"a phrase"``, ``begin*`` or a word in any form.

    A recording with damaged files is left out; ``unreadable`` is told of it. Raises InputError for a query without
    words.
    """
    expression = _expression(query)
    with closing(_index(case, unreadable)) as index:
        (count,) = index.execute(_COUNT, (expression, _RANKED + 1)).fetchone()
        rows = index.execute(_RANKED_ROWS if count <= _RANKED else _FIRST_ROWS, (expression, limit)).fetchall()
    return tuple(Hit(msgspec.json.decode(row[0], type=Recording), *row[1:]) for row in rows)


def _index(case: Case, unreadable: Tell) -> sqlite3.Connection:
    """The index of the case, up to date; made in memory, for this once, where the case cannot be written."""
    try:
        return _updated(_connect(case.folder / _INDEX), case, unreadable)
    except (sqlite3.Error, OSError):
        return _updated(_opened(_IN_MEMORY), case, unreadable)


def _updated(index: sqlite3.Connection, case: Case, unreadable: Tell) -> sqlite3.Connection:
    try:
        _update(index, case, unreadable)
    except BaseException:
        index.close()
        raise
    return index


def _connect(path: Path) -> sqlite3.Connection:
    try:
        return _opened(path)
    except sqlite3.DatabaseError:  # a damaged or foreign index is made again; it holds nothing of its own
        path.unlink(missing_ok=True)
    return _opened(path)


def _opened(path: Path | str) -> sqlite3.Connection:
    index = sqlite3.connect(path)
    if index.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        for name in _TABLES:
            index.execute(f"DROP TABLE IF EXISTS {name}")
        index.executescript(_SCHEMA)
        index.execute(f"PRAGMA user_version = {_VERSION}")
    index.execute("SELECT count(*) FROM stamps")
    return index


def _update(index: sqlite3.Connection, case: Case, unreadable: Tell) -> None:
    """Bring the index up to the files: those that changed are read again, those that are gone are dropped.

    What is damaged is not remembered, so that every search tells of it until it is mended.
    """
    with index:
        _list(index, case)
        listed = {row[0] for row in index.execute("SELECT recording_id FROM recordings")}
        known = dict(index.execute("SELECT recording_id, stamp FROM stamps"))
        stamps = {identifier: stamp for identifier, stamp in case.stamps().items() if identifier in listed}
        for identifier in known.keys() - stamps.keys():
            _forget(index, identifier)
        for identifier, stamp in stamps.items():
            if known.get(identifier) != stamp:
                _forget(index, identifier)
                (record,) = index.execute(
                    "SELECT record FROM recordings WHERE recording_id = ?", (identifier,)
                ).fetchone()
                try:
                    document = case.document(msgspec.json.decode(record, type=Recording))
                except EvidenceError as error:
                    unreadable(error)
                    continue
                _remember(index, identifier, stamp, _rows(document) if document else ())


def _list(index: sqlite3.Connection, case: Case) -> None:
    """Read the list of recordings again when it changed; of several with one content the first stands for all."""
    now = (case.listing_stamp(),)
    if index.execute("SELECT stamp FROM listing").fetchone() == now:
        return
    first = {recording.id: recording for recording in reversed(case.recordings())}
    index.execute("DELETE FROM recordings")
    rows = ((identifier, msgspec.json.encode(recording)) for identifier, recording in first.items())
    index.executemany("INSERT INTO recordings VALUES (?, ?)", rows)
    index.execute("DELETE FROM listing")
    index.execute("INSERT INTO listing VALUES (?)", now)


def _forget(index: sqlite3.Connection, identifier: str) -> None:
    index.execute("DELETE FROM texts WHERE rowid IN (SELECT id FROM places WHERE recording_id = ?)", (identifier,))
    index.execute("DELETE FROM places WHERE recording_id = ?", (identifier,))
    index.execute("DELETE FROM stamps WHERE recording_id = ?", (identifier,))


def _remember(index: sqlite3.Connection, identifier: str, stamp: str, rows: Iterable[tuple[Any, ...]]) -> None:
    index.execute("INSERT INTO stamps VALUES (?, ?)", (identifier, stamp))
    for sentence, start_ms, end_ms, heard, translation in rows:
        place = index.execute(
            "INSERT INTO places VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (identifier, sentence, start_ms, end_ms, heard, translation),
        )
        lemmas = " ".join(lemma for word in _words(heard) for lemma in _lemmas(word))
        index.execute(
            "INSERT INTO texts(rowid, heard, lemmas, translation) VALUES (?, ?, ?, ?)",
            (place.lastrowid, _folded(heard), lemmas, translation),
        )


def _rows(document: Document) -> Iterator[tuple[int, int, int, str, str]]:
    transcript, translation = document.transcript, document.translation
    for number, sentence in enumerate(transcript.sentences):
        if sentence.start_word < sentence.end_word:
            first, last = transcript.words[sentence.start_word], transcript.words[sentence.end_word - 1]
            translated = translation.sentences[number].text if translation else ""
            yield number, first.start_ms, last.end_ms, transcript.sentence_text(number), translated


def _expression(query: str) -> str:
    """The query in the language of FTS5; every word is quoted, so that nothing in it is an operator."""
    terms = []
    for phrase, word in _TERM.findall(query):
        if words := _words(phrase):
            terms.append(f'"{" ".join(words)}"')
        elif words := _words(word):
            terms.extend(_any_form(part) for part in words[:-1])
            terms.append(f'"{words[-1]}"*' if word.endswith("*") else _any_form(words[-1]))
    if not terms:
        raise InputError("the query holds no word", 'give words, "a phrase" or begin*')
    return " AND ".join(terms)


def _any_form(word: str) -> str:
    forms = [word, *_lemmas(word)]
    return "(" + " OR ".join(f'"{form}"' for form in dict.fromkeys(forms)) + ")"


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    return text.lower().replace("ё", "е")


@lru_cache(maxsize=200_000)
def _lemmas(word: str) -> tuple[str, ...]:
    """Every dictionary form of a Russian word; other words are their own."""
    if not _RUSSIAN.search(word):
        return (word,)
    return tuple(dict.fromkeys(_folded(parse.normal_form) for parse in _morphology().parse(word)))


@lru_cache(maxsize=1)
def _morphology() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()
