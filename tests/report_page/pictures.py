"""Takes the pictures of README and guides: python -m tests.report_page.pictures CASE/report.html (one English article).

They are made smaller with pngquant where that is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.report_page.chromium import CHROMIUM, wait_playing

FOLDER = Path(__file__).parent.parent.parent / "docs" / "pictures"


def take(browser: Browser, report: Path, name: str) -> None:
    """One picture: the most urgent quote, playing."""
    wide = name == "desktop"
    size = ViewportSize(width=1280, height=1060) if wide else ViewportSize(width=390, height=844)
    page = browser.new_context(viewport=size, device_scale_factor=1 if wide else 2).new_page()
    page.goto(report.as_uri())
    page.select_option("#order", "urgent")
    page.locator(".card .play-button").first.click()
    wait_playing(page)
    page.wait_for_timeout(1_200)
    show(page, wide)
    page.screenshot(path=FOLDER / f"report-{name}.png")
    if wide:
        write_note(page)
        page.locator("#letter").screenshot(path=FOLDER / "report-note.png")


def write_note(page: Page) -> None:
    """A correction note from quote 13 of the sample article: the *not* that was cut."""
    card = page.locator('.card[data-number="13"]')
    card.locator(".choices label").nth(1).click()
    card.locator("textarea").fill("«Я не знаю»: I do not know.")
    page.click('[data-action="letter"]')
    page.locator("#letter-text").evaluate("box => { box.rows = 14; box.blur(); }")


def shrink(path: Path) -> None:
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--quality=80-95", "--speed=1", f"--output={path}", path], check=True)


def show(page: Page, wide: bool) -> None:
    """The top of the page on a desk, the card alone on a phone."""
    target = "h1" if wide else ".card"
    page.locator(target).first.evaluate("one => one.scrollIntoView({block: 'start', behavior: 'instant'})")
    if wide:
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_timeout(300)


def main(report: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in ("desktop", "phone"):
            take(browser, report, name)
        browser.close()
    for path in FOLDER.glob("report-*.png"):
        shrink(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
