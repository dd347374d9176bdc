"""One URL becomes one file, resumed where it broke off; the only module that opens a connection.

In: an https URL, a target, what is known of the file. Out: a complete file, or one clear error. Never leaves a file
under its final name that is not complete, never follows a redirect away from https.

The standard library's urllib is enough: one connection, one file, a Range header. It obeys the usual proxy variables.
"""

from __future__ import annotations

import http.client
import shutil
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import WeightsError
from pipeline.weights.lock import LockedFile

Progress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes received and the bytes in all (None: unknown)."""

_BLOCK_BYTES = 1 << 18
_TIMEOUT_SECONDS = 30
_MOST_BYTES = 16 << 30  # where the lock does not know the size
_SPARE_BYTES = 64 << 20
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
_RETRIED_STATUS = (408, 429, 500, 502, 503, 504)
_RANGE_STATUS = 416


class NoConnectionError(Exception):
    """The server could not be reached, or broke off more often than we are willing to try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a broken connection is taken up again without any new byte, and the first pause between attempts."""

    attempts: int = 4
    pause_seconds: float = 0.5


def download(url: str, target: Path, file: LockedFile, progress: Progress, patience: Patience) -> None:
    """Bring ``url`` to ``target`` by way of ``target.part``, which a later call takes up again.

    Where no hash is known, a part is taken up only if the server still names the same version (ETag).
    Raises ``NoConnectionError`` when the network fails, ``WeightsError`` when the server's answer is no good.
    """
    part = target.with_name(target.name + ".part")
    fruitless = 0
    while file.size_bytes is None or _size(part) != file.size_bytes:
        before = _size(part)
        try:
            _receive(url, part, file, progress)
            break
        except (OSError, http.client.HTTPException) as error:
            _refuse_hopeless(error, part)
            fruitless = 0 if _size(part) > before else fruitless + 1
            if fruitless >= patience.attempts:
                raise NoConnectionError(type(error).__name__) from error
            time.sleep(patience.pause_seconds * 2**fruitless)
    part.replace(target)
    _version_file(part).unlink(missing_ok=True)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Redirects may lead to https only (or stay on this machine, if they began there)."""

    max_redirections = 5

    def redirect_request(self, req: urllib.request.Request, *rest: Any) -> urllib.request.Request | None:
        """urllib passes the response, its status, reason and headers, and last the new address."""
        check_address(rest[-1], allow_local=_is_local(req.full_url))
        return super().redirect_request(req, *rest)


def check_address(url: str, *, allow_local: bool = True) -> None:
    """Raise ``WeightsError`` unless the URL is https, or http on this machine."""
    if urllib.parse.urlsplit(url).scheme != "https" and not (allow_local and _is_local(url)):
        raise WeightsError(
            "The download was led to an address that is not https.",
            "Nothing was taken from there. Try another network.",
        )


def _is_local(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS


def _receive(url: str, part: Path, file: LockedFile, progress: Progress) -> None:
    """Receive the rest of the file into ``part``; raises ``http.client.IncompleteRead`` when it breaks off."""
    check_address(url)
    have = _resumable_bytes(part, file)
    headers = {"User-Agent": f"voxquote/{__version__}", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    opener = urllib.request.build_opener(_SafeRedirects)
    with opener.open(urllib.request.Request(url, headers=headers), timeout=_TIMEOUT_SECONDS) as response:
        if response.status != 206 or not _is_same_version(part, response, file):
            have = 0  # the server sends the whole file
            if response.status == 206:
                part.unlink()
                raise http.client.IncompleteRead(b"")
        total = _total_bytes(response, have, file)
        _check_space(part, total, have)
        _version_file(part).write_text(response.headers.get("ETag") or "", encoding="utf-8")
        received = _copy(response, part, have, lambda done: progress(file.name, done, total), total)
    if total is not None and received < total:
        raise http.client.IncompleteRead(b"", total - received)


def _copy(response: Any, part: Path, have: int, report: Callable[[int], None], total: int | None) -> int:
    limit = _MOST_BYTES if total is None else total
    with part.open("ab" if have else "wb") as target:
        report(have)
        while block := response.read(_BLOCK_BYTES):
            have += len(block)
            if have > limit:
                target.close()
                part.unlink()
                raise WeightsError(f"The server sends more of {part.stem} than it should.", "Try again later.")
            target.write(block)
            target.flush()
            report(have)
    return have


def _resumable_bytes(part: Path, file: LockedFile) -> int:
    """How much of a part can be kept: all of it with a known hash or version, nothing if it is too long."""
    size = _size(part)
    is_known = file.sha256 is not None or _strong_version(part) is not None
    fits = file.size_bytes is None or size < file.size_bytes
    return size if is_known and fits else 0


def _is_same_version(part: Path, response: Any, file: LockedFile) -> bool:
    return file.sha256 is not None or response.headers.get("ETag") == _strong_version(part)


def _strong_version(part: Path) -> str | None:
    path = _version_file(part)
    version = path.read_text(encoding="utf-8") if path.is_file() else ""
    return version if version.startswith('"') else None


def _version_file(part: Path) -> Path:
    return part.with_name(part.name + ".version")


def _total_bytes(response: Any, have: int, file: LockedFile) -> int | None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length is not None and length.isdigit() else None
    if file.size_bytes is not None and total is not None and total != file.size_bytes:
        raise WeightsError(
            f"The server's {file.name} has {total} bytes where {file.size_bytes} are expected.",
            "The file has changed there, or something between here and there answers in its place.",
        )
    return file.size_bytes if file.size_bytes is not None else total


def _check_space(part: Path, total: int | None, have: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - have + _SPARE_BYTES > free:
        raise WeightsError(
            f"There is not enough room for {part.stem}: {(total - have) >> 20} MiB are needed, {free >> 20} are free.",
            "Make room, or set VOXQUOTE_MODELS to a folder on another disk and put the files there by hand.",
        )


def _refuse_hopeless(error: Exception, part: Path) -> None:
    """Raise at once for answers that another attempt would not change."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        if error.code == _RANGE_STATUS:
            part.unlink(missing_ok=True)  # the part is longer than the file: begin again
        elif error.code not in _RETRIED_STATUS:
            raise WeightsError(
                f"The server refuses {part.stem} (HTTP {error.code}).", "The file may have moved: see models/README.md."
            ) from error
    elif isinstance(error, urllib.error.URLError) and isinstance(error.reason, ssl.SSLCertVerificationError):
        raise WeightsError(
            f"The server that answers for {part.stem} cannot prove who it is.",
            "Something between here and there may read along: nothing was taken. Check the clock, try another network.",
        ) from error
    elif isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError):
        raise WeightsError(
            f"The file {part.stem} cannot be written.", "Check the rights of the model folder."
        ) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
