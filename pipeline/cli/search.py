"""``voxquote search``: words in everything that was heard and translated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import CASE, JSON, with_options
from pipeline.cli.terminal import clean, clock, complain, counted, say

if TYPE_CHECKING:
    from pipeline.case.search import Hit
    from pipeline.errors import EvidenceError

_SOME_FAILED = 3

_EPILOG = """\b
Examples:
  voxquote search --case popov снаряд              any inflection: снаряды, снарядов …
  voxquote search --case popov "rewrite the report"
  voxquote search --case popov 'артил*' --json

Several words must all stand in the sentence; a phrase in double quotes stands word by word.

Exit codes: 0 searched, 3 searched, but some transcripts are damaged."""


@click.command(epilog=_EPILOG)
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="How many sentences to show.")
@with_options(CASE, JSON)
def search(words: tuple[str, ...], limit: int, case_folder: Path, as_json: bool) -> int:
    """Find sentences by their words, Russian or English."""
    from pipeline.case.search import search as find
    from pipeline.case.store import Case

    query = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    damaged: list[EvidenceError] = []
    hits = find(Case.open(case_folder), query, limit, damaged.append)
    for error in damaged:
        complain(error.message, error.hint)
    _print_json(hits) if as_json else _print(hits)
    return _SOME_FAILED if damaged else 0


def _print_json(hits: Sequence[Hit]) -> None:
    import json

    listed = [
        {
            "recording_id": hit.recording.id,
            "path": hit.recording.path,
            "sender": hit.recording.sender,
            "sent_at": hit.recording.sent_at,
            "sentence_index": hit.sentence_index,
            "start_ms": hit.start_ms,
            "end_ms": hit.end_ms,
            "heard": hit.heard,
            "translation": hit.translation,
        }
        for hit in hits
    ]
    click.echo(json.dumps(listed, ensure_ascii=False, indent=1))


def _print(hits: Sequence[Hit]) -> None:
    for hit in hits:
        name = hit.recording.path.rsplit("/", 1)[-1]
        facts = [clock(hit.start_ms), name, hit.recording.sender or "", hit.recording.sent_at or ""]
        click.echo(clean("  ".join(fact for fact in facts if fact)))
        click.echo(f"    {clean(hit.heard)}")
        if hit.translation:
            click.echo(f"    {clean(hit.translation)}")
    found = f"{counted(len(hits), 'sentence')} found"
    say(found if hits else "nothing found; the beginning of a word with * finds more")
