"""Debian's Chromium, driven by playwright, and axe-core, which finds what keeps people from using a page."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PATIENCE_MILLISECONDS = 10_000

_AXE = Path(__file__).parents[1] / "npm/node_modules/axe-core/axe.min.js"

# A container has no room of its own for shared memory, and root no sandbox; nothing here asks for anything by itself, or knows a name.
_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def missing() -> str | None:
    """Say what is not there of what these tests need, None where all is."""
    lacking = [] if shutil.which("chromium") else ["chromium"]
    lacking += [] if _AXE.is_file() else ["axe-core"]
    return f"{' and '.join(lacking)} not installed: see tests/install_tools.sh" if lacking else None


def axe() -> str:
    """Give the script of axe-core."""
    return _AXE.read_text(encoding="utf-8")


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_OPTIONS), timeout=3 * PATIENCE_MILLISECONDS
        )
        try:
            yield browser
        finally:
            browser.close()
