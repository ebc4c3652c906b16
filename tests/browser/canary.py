"""A window that hears whatever an attack does: code that runs, dialogs, windows, downloads, ways out of the page, and what is asked of whom."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Dialog, Error, Frame, Page, Request, Route

from tests.browser.attacks import CANARY_HOST
from tests.browser.visit import PIXEL

# A page of a hundred frames takes seconds, on a machine that is busy a good many.
_PATIENCE_SECONDS = 60

# Where a feed reader that is a page shows what it got, and forbids nothing.
READER = "https://reader.example/"
_PIECE = re.compile(re.escape(READER) + "([0-9]*)")
_PAGE = "<!doctype html><meta charset=utf-8><title>x</title>"
_HARMLESS = frozenset({"http:", "https:", "mailto:", "tel:", "feed:", "about:"})

# What content may load of other hosts.
_LOADED = frozenset({"image", "media"})

# Do with the page what could set something off: every event that handlers wait for, every address that is more than an address, every
# closed part opened. Gives the schemes that links and the like lead to.
_POKE = """(places) => {
  const schemes = [];
  for (const place of document.querySelectorAll(places))
    for (const one of [place, ...place.querySelectorAll("*")]) {
      for (const name of ["error", "load", "mouseover", "focus", "toggle", "begin", "start", "animationstart"])
        one.dispatchEvent(new Event(name));
      for (const name of ["href", "src", "xlink:href", "action", "formaction", "data", "poster", "cite", "background", "ping", "srcset"]) {
        const value = one.getAttribute(name);
        if (value === null || one.matches("img[src='']")) continue;
        let scheme = "";
        try { scheme = new URL(value, document.baseURI).protocol; } catch { continue; }
        schemes.push(scheme);
        if (scheme !== "javascript:") continue;
        if (one.matches("button, input")) one.click();
        else if (one.matches("form")) one.requestSubmit();
        else if (one.click) one.click();
        else one.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
      }
      if (one.matches("details")) one.open = true;
      if (one.matches("[autofocus]")) one.focus();
    }
  return [...new Set(schemes)];
}"""


@dataclass
class Canary:
    """One window, and what it heard: the name of the frame where that was, empty for the page itself, and what.

    own     the beginning of the addresses that may be asked for anything
    frames  the host whose frames are allowed
    """

    page: Page
    own: str
    frames: str
    heard: list[tuple[str, str]] = field(default_factory=list)
    _shown: Sequence[str] = ()

    def open(self, path: str) -> list[str]:
        """Open a page of the site, poke what others wrote, and give what was heard."""
        self.heard.clear()
        self.page.goto(self.own + path, wait_until="load")
        return self.poke()

    def poke(self) -> list[str]:
        """Set off whatever can be set off in the page that is open, and give what was heard since it was opened."""
        self._poke(self.page.main_frame, "main, title")
        return [what for _, what in self.heard]

    def show(self, pieces: Sequence[str]) -> list[list[str]]:
        """Show pieces of HTML, each in a frame that forbids nothing, as a feed reader may; poke them, and give what was heard of each.

        Waits until something was heard of each, or for as long as patience lasts.
        """
        self.heard.clear()
        self._shown = pieces
        self.page.goto(READER, wait_until="load")
        for number in range(len(pieces)):
            frame = self.page.frame(name=str(number))
            if frame is not None:
                self._poke(frame, "html")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len({name for name, _ in self.heard}) < len(pieces) and time.monotonic() < deadline:
            self._settle(self.page.main_frame)
        return [
            [what for name, what in self.heard if name in {str(number), ""}] for number in range(len(pieces))
        ]

    def _poke(self, frame: Frame, places: str) -> None:
        """Set off whatever can be set off within these places."""
        name = self._name(frame)
        try:
            schemes: list[str] = frame.evaluate(_POKE, places)
            self._settle(frame)
        except Error as error:
            if "navigation" not in error.message and "detached" not in error.message:
                raise
            self.heard.append((name, "left the page"))
            return
        self.heard += [(name, f"leads to {scheme}") for scheme in schemes if scheme not in _HARMLESS]

    @staticmethod
    def _settle(frame: Frame) -> None:
        """Wait until what was set off is done, or has asked for something: a task that is begun later is done later."""
        frame.evaluate("() => new Promise((done) => setTimeout(done, 0))")

    def run(self, source: Mapping[str, Any], *said: object) -> None:
        """Hear of code that runs."""
        self.heard.append((self._name(source["frame"]), f"ran {said}"))

    def dismiss(self, dialog: Dialog) -> None:
        """Hear of a dialog."""
        self.heard.append(("", f"showed {dialog.type}: {dialog.message}"))
        dialog.dismiss()

    def ask(self, request: Request) -> None:
        """Hear of a request that nothing on a page may make."""
        if not self._may_ask(request):
            self.heard.append((self._name(request.frame), f"asked for {request.resource_type} {request.url}"))

    def _may_ask(self, request: Request) -> bool:
        if request.url.startswith((self.own, "about:")) or _PIECE.fullmatch(request.url):
            return True
        host = urlsplit(request.url).hostname
        if host == CANARY_HOST:
            return False
        if request.is_navigation_request() and request.frame.parent_frame is not None:
            return host == self.frames
        return request.resource_type in _LOADED and request.url.startswith(("http:", "https:"))

    def _name(self, frame: Frame) -> str:
        """Give the name of the frame that a piece is in, however many frames are between."""
        while frame.parent_frame is not None and frame.parent_frame != self.page.main_frame:
            frame = frame.parent_frame
        return frame.name if frame.parent_frame is not None else ""

    def answer(self, route: Route) -> None:
        """Answer in place of any other host: with a piece, a picture, or something that is empty."""
        piece = _PIECE.fullmatch(route.request.url)
        if piece is not None:
            frames = "".join(
                f'<iframe name="{number}" src="{READER}{number}"></iframe>'
                for number in range(len(self._shown))
            )
            html = self._shown[int(piece[1])] if piece[1] else frames
            route.fulfill(body=_PAGE + html, content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "image":
            route.fulfill(body=PIXEL, content_type="image/png")
        elif route.request.is_navigation_request():
            route.fulfill(body=_PAGE, content_type="text/html")
        else:
            route.fulfill(status=404)


@contextmanager
def listening(browser: Browser, own: str, frames: str) -> Iterator[Canary]:
    """Open a window that hears what goes on in it, whatever the page."""
    context = browser.new_context()
    context.set_default_timeout(_PATIENCE_SECONDS * 1000)
    canary = Canary(context.new_page(), own, frames)
    context.expose_binding("canary", canary.run)
    context.on("request", canary.ask)
    context.on("page", lambda page: canary.heard.append(("", f"opened a window: {page.url}")))
    canary.page.on("download", lambda download: canary.heard.append(("", f"downloaded {download.url}")))
    canary.page.on("dialog", canary.dismiss)
    context.route(re.compile("https?://(?!127[.]0[.]0[.]1[:/])"), canary.answer)
    try:
        yield canary
    finally:
        context.close()
