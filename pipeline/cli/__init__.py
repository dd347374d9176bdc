"""The ``voxquote`` command.

In: argv. Out: results on stdout, everything else on stderr, an exit code. The only part that prints, exits or reads
argv. Command modules import the engines inside their functions, so that ``--help`` answers at once.

Exit codes: 0 done · 1 error · 2 usage · 3 finished, some files failed · 4 a check is negative · 130 interrupted.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from pipeline import __version__
from pipeline.cli import check, clip, export, importing, models, report, run, seal, search, stages, status, verify
from pipeline.cli.terminal import complain
from pipeline.errors import SettingsError, VoxquoteError

__all__ = ["cli", "main"]

_ERROR, _USAGE, _INTERRUPTED = 1, 2, 130

_EPILOG = """\b
Examples:
  voxquote run notes/ --case popov --article story.html
  voxquote check --quotes quotes.txt --case popov --json
  voxquote models list

Everything happens on this machine; only `voxquote models fetch` opens a connection."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=_EPILOG)
@click.version_option(__version__, prog_name="voxquote")
@click.option("--debug", is_flag=True, help="Show what happens inside, and the traceback of any failure.")
def cli(debug: bool) -> None:
    """Check printed quotes against voice recordings.

    voxquote transcribes recordings, translates them, and finds for every printed quote the second at which it was
    said. It never says that a quote is true: it says what was heard, where, and how sure it is.
    """
    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format="%(name)s: %(message)s")


for command in (
    run.run,
    stages.transcribe,
    stages.translate,
    check.check,
    report.report,
    clip.clip,
    export.export,
    importing.import_transcripts,
    search.search,
    status.status,
    seal.seal,
    verify.verify,
    models.models,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with the documented exit code."""
    code = _exit_code(arguments)
    if code == _INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # a recogniser in another thread would keep the process until its recording ends
    sys.exit(code)


def _exit_code(arguments: Sequence[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="voxquote", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except VoxquoteError as error:
        complain(error.message, error.hint)
        return _USAGE if isinstance(error, SettingsError) else _ERROR
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted", "run the same command again to go on; what was finished is kept")
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _ERROR
    except Exception as error:
        if isinstance(error, OSError) and error.filename:  # the disk or its permissions, no bug
            logging.debug("stopped by the system", exc_info=True)
            complain(
                f"{Path(os.fsdecode(error.filename)).name}: {error.strerror}", "check its permissions and the disk"
            )
            return _ERROR
        traceback.print_exc()
        complain("this is a bug in voxquote", "please report it with the lines above")
        return _ERROR
    return result if isinstance(result, int) else 0
