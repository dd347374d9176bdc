"""Every case in tests/press_cases/*.txt: the quotes, kinds and speakers that a reporter expects (README there)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.press.quotes import FoundQuote, find_quotes

FOLDER = Path(__file__).parent / "press_cases"
PART_BORDER = " // "


@dataclass(frozen=True)
class Expected:
    kind: str
    speaker: str
    verb: str | None
    text: str


@dataclass(frozen=True)
class PressCase:
    name: str
    text: str
    quotes: tuple[Expected, ...]


def parse_cases(path: Path) -> Iterator[PressCase]:
    blocks = ("\n" + path.read_text(encoding="utf-8")).split("\n== ")[1:]
    for block in blocks:
        name, _, rest = block.partition("\n")
        lines = rest.split("\n")
        text = "\n".join(line for line in lines if not line.startswith(("-> ", "#"))).strip("\n")
        yield PressCase(
            f"{path.stem}: {name}", text, tuple(parse_expected(line[3:]) for line in lines if line.startswith("-> "))
        )


def parse_expected(line: str) -> Expected:
    if line.strip() == "nothing":
        raise ValueError("write no arrow at all for a text without quotes")
    kind, who, text = (field.strip() for field in line.split(" | ", 2))
    speaker, _, verb = who.partition(" (")
    return Expected(kind, "" if speaker == "-" else speaker, verb.rstrip(")") or None, text)


CASES = [case for path in sorted(FOLDER.glob("*.txt")) for case in parse_cases(path)]


def printed(found: FoundQuote, text: str) -> str:
    parts = found.quote.parts or ((found.quote.start_char, found.quote.end_char),)
    return PART_BORDER.join(" ".join(text[start:end].split()) for start, end in parts)


def line(kind: str, speaker: str | None, verb: str | None, text: str) -> str:
    return f"{kind} | {speaker or '-'}{f' ({verb})' if verb else ''} | {text}"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: PressCase) -> None:
    found = find_quotes(case.text)
    with_verb = [bool(want.verb) for want in case.quotes] + [False] * len(found)
    answer = [
        line(one.quote.kind, one.quote.speaker, one.verb if verb else None, printed(one, case.text))
        for one, verb in zip(found, with_verb, strict=False)
    ]
    assert answer == [line(want.kind, want.speaker, want.verb, want.text) for want in case.quotes]


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
