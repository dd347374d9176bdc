"""One Chromium for all tests of the report, and the report of the usual content, written once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.report_page import content
from tests.report_page.chromium import CHROMIUM, Open, opener, write

expect.set_options(timeout=20_000)  # on a busy machine a frame can take a second


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(content.content(), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    yield from opener(browser)
