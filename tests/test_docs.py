"""The documents: the reference is up to date, links lead somewhere, and every command that is shown exists."""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline.cli import cli
from pipeline.records import QuoteFlagKind, Verdict
from tests.conftest import ROOT
from tests.docs import PAGE, reference

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "models/README.md", *(ROOT / "docs").glob("*.md")])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *```.*?$(.*?)^ *```", re.M | re.S)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMAND = re.compile(r"(?:\.venv/bin/)?voxquote \S")
_HEADING = re.compile(r"^#+ +(.+)$", re.M)


def documents() -> list[Path]:
    """Every document that belongs to the project, those not yet committed too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    listed = [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]
    return sorted(listed or DOCUMENTS)  # an unpacked copy of the project is no checkout


def test_the_reference_is_what_the_help_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "docs/cli.md is out of date: python -m tests.docs"


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), f"{document.name}: {target}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), f"{document.name}: {target}"


def anchors(path: Path) -> set[str]:
    """The headings of a document as links name them."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_that_is_shown_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for block in _FENCE.findall(text):
        for line in shown_lines(block):
            for words in commands(line):
                wrong = mistake(words)
                synopsis = "|" in line and (wrong or "").startswith("Missing")
                assert wrong is None or synopsis, f"{document.name}: {' '.join(words)}: {wrong}"
    for mention in _INLINE.findall(_FENCE.sub("", text)):
        for words in commands(mention):  # in a sentence, what a command needs may be left out
            wrong = mistake(words)
            assert wrong is None or wrong.startswith("Missing"), f"{document.name}: {' '.join(words)}: {wrong}"


def shown_lines(block: str) -> list[str]:
    """The lines of a block; of a help text, those of its examples, where no sentence begins with a command's name."""
    if "Usage: " in block:
        block = "".join(re.findall(r"^ *Examples?:\n((?: +\S.*\n)+)", block, re.M))
    return block.replace("\\\n", " ").splitlines()


def commands(line: str) -> Iterator[list[str]]:
    """The voxquote commands of a line; ``a|b`` and ``[--option]`` of a synopsis are read as what they stand for."""
    for part in re.split(r" (?:&&|\||;) ", line.strip().removeprefix("$ ")):
        if _COMMAND.match(part):
            shown = re.split(r"\s{3,}|  #", part)[0]
            words = shlex.split(shown) if "[" not in shown else shown.replace("[", "").replace("]", "").split()
            choices = [word.replace("...", "").split("|") for word in words]
            yield from (list(chosen) for chosen in itertools.product(*choices))


def mistake(words: list[str]) -> str | None:
    """What the command line would say against these words; nothing is run."""
    try:
        parse(cli, words)
    except click.exceptions.Exit:  # --help and --list answer at once
        return None
    except click.UsageError as error:
        return error.format_message()
    return None


def parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> None:
    name, *rest = words
    context = command.make_context(name, list(rest), parent)
    if isinstance(command, click.Group):
        remaining = [*context._protected_args, *context.args]
        if remaining:
            _, child, _ = command.resolve_command(context, remaining)
            assert child is not None
            parse(child, remaining, context)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("voxquote check story.html --case popov", None),
        ("voxquote check story.html --case popov --loud", "No such option"),
        ("voxquote frobnicate", "No such command"),
        ("voxquote models forget", "No such command"),
        ("voxquote report --case popov --embed everything", "everything"),
        ("voxquote report --case popov --embed clips|nothing", "nothing"),
        ("voxquote run note.ogg", "Missing option"),
        (".venv/bin/voxquote search --case a b && voxquote translate", "Missing option"),
    ],
)
def test_this_test_finds_mistakes(line: str, wrong: str | None) -> None:
    found = [text for words in commands(line) if (text := mistake(words))]
    assert (wrong in found[0]) if wrong else not found


@pytest.mark.parametrize("name", ["for-journalists.md", "for-journalists.ru.md"])
def test_every_verdict_and_flag_is_explained_to_journalists(name: str) -> None:
    rows = [line for line in (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    explained = " ".join(row.split("|")[1] for row in rows)
    missing = [kind for kind in (*Verdict, *QuoteFlagKind) if kind.replace("_", " ") not in explained]
    assert not missing


def test_every_target_of_make_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        code = [*_FENCE.findall(text), *_INLINE.findall(_FENCE.sub("", text))]
        shown = {name for part in code for name in re.findall(r"^make ([a-z-]+)", part, re.M)}
        assert shown <= targets, f"{document.name}: {shown - targets}"
