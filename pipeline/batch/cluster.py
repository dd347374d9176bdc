"""The workers of a dask.distributed scheduler, as an executor.

In: the address of a scheduler. Out: an Executor that runs work on its workers and gives it again to another one when a
worker dies. Needs the extra ``cluster``. Never connects to anything but the address that a person gave with --cluster.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from pipeline.errors import InputError, SettingsError

_ADDRESS = re.compile(r"(tcp|tls|ucx|wss?)://[^/\s]+:\d+")
_CONNECT_S = 15
_RETRIES = 3


class Workers(Executor):
    """An executor over a connected client. ``_max_workers`` is what the executors of the standard library call it."""

    def __init__(self, client: Any) -> None:
        self._executor = client.get_executor(retries=_RETRIES, pure=False)
        self._max_workers = sum(client.nthreads().values())

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Give ``work`` to any worker."""
        future: Future[Any] = self._executor.submit(work, *arguments, **named)
        return future


@contextmanager
def workers(address: str) -> Iterator[Executor]:
    """The workers at ``address`` (``tcp://host:8786`` or ``tls://…``).

    Raises SettingsError for another address or when the extra is not installed, InputError when no scheduler answers or
    it has no worker.
    """
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(f"{address!r} is not the address of a scheduler", "give one like tcp://HOST:8786")
    try:
        from distributed import Client
    except ImportError as error:
        raise SettingsError(
            "--cluster needs dask.distributed, which is not installed", "install voxquote with its extra: cluster"
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"no scheduler answers at {address}", "start one with `dask scheduler`, or leave --cluster out"
        ) from error
    try:
        if not client.nthreads():
            raise InputError(f"the scheduler at {address} has no worker", "start some with: dask worker ADDRESS")
        yield Workers(client)
    finally:
        client.close()
