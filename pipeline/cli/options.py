"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path, readable=False)
"""A path that a person named. Whether it can be read is told where it is read: it costs the others nothing."""


def _case(help: str) -> Callable[[Command], Command]:
    return click.option("--case", "case_folder", required=True, type=FILE, help=help)


CASE = _case("The case folder.")
NEW_CASE = _case("The case folder; made when it is new.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Show failures and results only.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
STYLE = click.option(
    "--style",
    type=click.Choice(["strict", "tidy", "translated"]),
    help="House style: how much a quote may be smoothed before it counts as edited. [default: translated]",
)
DATE_ORDER = click.option(
    "--date-order",
    type=click.Choice(["day", "month", "year"]),
    help="Which number of a WhatsApp date comes first, where the chat itself leaves it open.",
)
RETIME = click.option(
    "--retime/--no-retime",
    default=None,
    help="Time each passage that is found once more on its own sound. [default: retime]",
)
REPORT_OPTIONS = (
    click.option(
        "--embed",
        type=click.Choice(["clips", "full", "none"]),
        help="Audio in the report: the quoted passages, whole recordings, or none. [default: clips]",
    ),
    click.option(
        "--lang", "page_language", type=click.Choice(["en", "ru"]), help="Language of the report. [default: en]"
    ),
)
_ENGINE = (
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), help="Where the models run. [default: auto]"),
    click.option("--compute-type", help="Number format of the models: default, int8, float16, float32 …"),
    click.option("--threads", type=click.IntRange(min=0), help="Processor threads; 0 lets the engines choose."),
)
ASR = click.option(
    "--asr",
    metavar="NAME|PATH",
    help="The recogniser: a name from `voxquote models list`, or a folder. [default: starter]",
)
SPEECH_OPTIONS = (
    ASR,
    click.option(
        "--language", metavar="CODE", help="What is spoken (ru, uk, en …); heard from each recording when not given."
    ),
    click.option(
        "--fast",
        is_flag=True,
        default=None,
        help="Let the recogniser hear short notes in short windows: much faster, unproven on real voices.",
    ),
    click.option("--beam-size", type=click.IntRange(min=1), help="Readings that the recogniser compares. [default: 5]"),
)
TRANSLATION_OPTIONS = (
    click.option(
        "--mt",
        metavar="NAME|PATH",
        help="The translator: a name from `voxquote models list`, or a folder. [default: starter]",
    ),
)


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """All of ``options`` as one decorator, listed in their order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


ENGINE_OPTIONS = _ENGINE
