"""A real Chromium that opens a report from the disk and forbids it everything else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from pipeline.report.page import ReportContent, render

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(os.environ.get("VOXQUOTE_AXE", Path.home() / ".cache/voxquote/axe-core/package/axe.min.js"))

# Every position that an audio element reached by seeking, and every script that hostile text could have started.
WATCH = """
window.seeks = []; window.ran = [];
document.addEventListener("seeked", (event) => window.seeks.push(event.target.currentTime), true);
window.boom = () => window.ran.push("boom");
window.alert = window.boom;
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(event.violatedDirective));
"""

Open = Callable[..., Page]


def write(content: ReportContent, path: Path) -> Path:
    path.write_text(render(content), encoding="utf-8")
    return path


def opener(browser: Browser) -> Iterator[Open]:
    """Opens a file; the test fails on any request that leaves the file, and on anything the console complains about."""
    left: list[str] = []
    complaints: list[str] = []
    contexts = []

    def open_file(path: Path, **settings: Any) -> Page:
        foreign = settings.pop("requests", left)
        heard = settings.pop("console", complaints)

        def request(asked: Request) -> None:
            if not asked.url.startswith(("blob:", "data:", path.parent.as_uri())):
                foreign.append(asked.url)

        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        context.on("request", request)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.on("console", lambda line: heard.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_selector("html.alive")
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not left, f"the page asked for {left}"
    assert not complaints, f"the console says {complaints}"


def position_ms(page: Page, number: int = 0) -> float:
    """Where the audio stands, in milliseconds of the recording."""
    start = page.evaluate("n => JSON.parse(document.getElementById('data').textContent).clips[n].start_ms", number)
    return float(start) + 1000 * float(page.evaluate("document.getElementById('audio').currentTime"))


def until(page: Page, expression: str, argument: object = None) -> None:
    """Wait until an expression holds; the page's own policy forbids the eval that playwright's waiting would use."""
    for _ in range(200):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came: {expression}")


def wait_playing(page: Page) -> None:
    until(page, "() => { const a = document.getElementById('audio'); return !a.paused && a.currentTime > 0; }")
