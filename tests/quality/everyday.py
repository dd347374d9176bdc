"""A benchmark of everyday speech, made the way quotebench is made: sentences that no starter model was trained on.

In: our own held-back pairs, the held-back Tatoeba pairs, the starter translator, and quotebench's build.py (the last
three only where the shared data lie beside the repository). Out: a folder in quotebench's form. News sentences are long
and full of names; what people say to each other is short and alike, which is another trial for a matcher.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from models.training.pairs import held_back, read_table
from models.training.places import OWN_TEXT, PARALLEL
from pipeline.batch.engines import translation_engine
from pipeline.batch.translating import load_translator
from pipeline.settings import Settings
from tests.quality.sets import DEV

TATOEBA = PARALLEL / "tatoeba_ccby2fr.tsv.gz"
BUILDER = DEV.parent / "build.py"
LEAST_WORDS, MOST_TATOEBA, NOTE_SENTENCES = 7, 900, 10

Pair = tuple[str, str]


def available() -> bool:
    """Whether the shared data are there."""
    return TATOEBA.exists() and BUILDER.exists()


def build(folder: Path) -> Path:
    """Write the benchmark into ``folder``; return the folder that holds its case, quotes and gold."""
    tatoeba = [pair for pair in held_back(list(read_table(TATOEBA))) if len(pair[1].split()) >= LEAST_WORDS]
    pairs = [*read_table(OWN_TEXT / "domain_heldout.tsv"), *tatoeba[:MOST_TATOEBA]]
    translator = load_translator(translation_engine(Settings()))
    rendered = [sentence.text for sentence in translator.translate([russian for russian, _ in pairs])]
    source, out = folder / "everyday.xml", folder / "everyday"
    source.write_text(f"<notes>{''.join(_notes(pairs, rendered))}</notes>", encoding="utf-8")
    command = [sys.executable, str(BUILDER), str(source), str(out), "--system", "starter"]
    subprocess.run(command, check=True, capture_output=True)
    return out


def _notes(pairs: Sequence[Pair], rendered: Sequence[str]) -> Iterator[str]:
    """Ten sentences a note; notes of both sources in turn, since build.py lets only every other one be heard."""
    firsts = sorted(range(0, len(pairs) - NOTE_SENTENCES + 1, NOTE_SENTENCES), key=lambda first: first * 7919 % 1009)
    for first in firsts:
        span = range(first, first + NOTE_SENTENCES)
        parts = (
            ("src", [pairs[place][0] for place in span]),
            ("ref", [pairs[place][1] for place in span]),
            ('hyp system="starter"', [rendered[place] for place in span]),
        )
        inside = "".join(f"<{tag}>{_segments(texts)}</{tag.split()[0]}>" for tag, texts in parts)
        yield f'<doc id="note{first}">{inside}</doc>'


def _segments(texts: Sequence[str]) -> str:
    return "".join(f"<seg>{escape(text)}</seg>" for text in texts)
