"""Sentences as training sees them: normal form, hashes, and the set that training must never read.

In: text. Out: normal forms, 6-byte hashes, and the forbidden set (everything that stands in
`audio_samples/` and `tests/`). Never decides which source of text is used.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

HASH_BYTES = 6
# "Да, конечно." belongs to nobody. Tests hold short phrases that anyone may say, the samples hold their own.
SHORTEST_PROTECTED_WORDS = {"audio_samples": 4, "tests": 5}
_WORD = re.compile(r"[^\W_]+")
_TEXT_SUFFIXES = {".txt", ".toml", ".html", ".htm", ".tsv", ".csv", ".md", ".json", ".jsonl", ".py", ".srt", ".vtt"}
_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)\]]*\s+|[\t\n\r|]+|\\n|[\"“”«»„]")


def normal_form(text: str) -> str:
    """Lower-case words, ё as е, one space between words: what two copies of a sentence share."""
    return " ".join(_WORD.findall(text.lower().replace("ё", "е")))


def sentence_hash(text: str) -> bytes:
    """The first 6 bytes of BLAKE2b over the normal form."""
    return hashlib.blake2b(normal_form(text).encode(), digest_size=HASH_BYTES).digest()


def add_hashes(texts: Iterable[str], path: Path) -> int:
    """Add the hashes of `texts` to a file of sorted, distinct hashes end to end; return how many it holds."""
    hashes = {sentence_hash(text) for text in texts} | (read_hashes(path) if path.exists() else set())
    path.write_bytes(b"".join(sorted(hashes)))
    return len(hashes)


def read_hashes(path: Path) -> set[bytes]:
    """Read a file written by `add_hashes`."""
    raw = path.read_bytes()
    if len(raw) % HASH_BYTES:
        raise ValueError(f"{path.name}: not a whole number of {HASH_BYTES}-byte hashes")
    return {raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)}


def sentences_of(text: str) -> Iterator[str]:
    """Split running text, markup or source code into sentences, roughly and generously."""
    for part in _SENTENCE_END.split(html.unescape(_TAG.sub("\n", text))):
        if part.strip():
            yield part


def protected_sentences(repository: Path) -> set[str]:
    """Normal forms of every sentence in the samples and the tests of the repository."""
    found: set[str] = set()
    for folder, shortest in SHORTEST_PROTECTED_WORDS.items():
        for path in sorted((repository / folder).rglob("*")):
            if path.suffix in _TEXT_SUFFIXES and path.is_file():
                text = path.read_text(encoding="utf-8", errors="replace")
                forms = map(normal_form, (*sentences_of(text), *text.splitlines()))
                found.update(form for form in forms if len(set(form.split())) >= shortest)
    return found
