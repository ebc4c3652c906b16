"""A visit: a page as somebody sees it, and whatever went wrong with it."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Response, Route

from tests.browser.chromium import PATIENCE_MILLISECONDS, axe

Scheme = Literal["light", "dark"]

# Of an element that reaches beyond the window, what to look for.
_WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [`${document.documentElement.scrollWidth} > ${width}`,
    ...[...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 0.5)
      .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)];
}"""
_RECORD = """document.addEventListener("securitypolicyviolation", (event) => {
  (window.violations ||= []).push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});"""
_AXE = """async (options) => (await axe.run(document, options)).violations.map((one) =>
  `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${node.failureSummary})`).join(" | ")}`)"""

_ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1[:/])")
_ALLOWED_ELSEWHERE = frozenset({"image", "media"})


def _pixel() -> bytes:
    """Give a picture: a PNG of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\x80"))
        + chunk(b"IEND", b"")
    )


PIXEL = _pixel()


@dataclass
class Visit:
    """One page in one window. `complaints` are what the browser says to developers, and what was asked of other hosts."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Response:
        """Open the page at `path`, and give its answer."""
        response = self.page.goto(self.site + path, wait_until="load")
        assert response is not None
        return response

    def violations(self) -> list[str]:
        """Give what the Content-Security-Policy forbade."""
        found: list[str] = self.page.evaluate("window.violations || []")
        return found

    def too_wide(self) -> list[str]:
        """Give what makes the page scroll sideways: how far, and the elements."""
        found: list[str] = self.page.evaluate(_WIDER)
        return found

    def barriers(self) -> list[str]:
        """Give what axe-core finds: everything in light colours, and in dark ones what depends on colours."""
        return [
            *self._barriers("light", {}),
            *self._barriers("dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),
        ]

    def _barriers(self, scheme: Scheme, options: dict[str, Any]) -> list[str]:
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(axe())
        found: list[str] = self.page.evaluate(
            _AXE, {"resultTypes": ["violations"], "iframes": False, **options}
        )
        return [f"{scheme}: {one}" for one in found]

    def hear(self, message: ConsoleMessage) -> None:
        # A page that says with its status that there is nothing is still a page.
        is_about_itself = message.location["url"] == self.page.url and "Failed to load" in message.text
        if message.type in {"error", "warning"} and not is_about_itself:
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def fail(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def answer_elsewhere(self, route: Route) -> None:
        """Answer in place of another host: with a picture, with an empty player, and else not at all, which is a fault of the page."""
        request = route.request
        if request.resource_type in _ALLOWED_ELSEWHERE:
            route.fulfill(body=PIXEL, content_type="image/png")
        elif request.resource_type == "document" and request.frame.parent_frame is not None:
            route.fulfill(body="<!doctype html><title>A player</title>", content_type="text/html")
        else:
            self.complaints.append(f"asked elsewhere: {request.resource_type} {request.url}")
            route.abort()


@contextmanager
def visiting(browser: Browser, site: str, *, width: int = 1280, **options: Any) -> Iterator[Visit]:
    """Open a window of its own, with nothing kept of what was before; `options` are those of playwright's new_context."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="en-GB", timezone_id="UTC", **options
    )
    try:
        yield _visit(context, site)
    finally:
        context.close()


def _visit(context: BrowserContext, site: str) -> Visit:
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_init_script(_RECORD)
    visit = Visit(context.new_page(), site)
    visit.page.on("console", visit.hear)
    visit.page.on("pageerror", visit.fail)
    context.route(_ELSEWHERE, visit.answer_elsewhere)
    return visit
