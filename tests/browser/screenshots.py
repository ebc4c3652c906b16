"""The screenshots of the README, taken of the sample site in Debian's Chromium by `make screenshots`, which names this file to pytest."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.open_site import OpenSite, opened
from tests.browser.visit import Scheme, visiting

_FOLDER = Path(__file__).parents[2] / "docs/screenshots"
# Who the status page is to tell of.
_READERS = (
    ("Feedbin feed-id:7 - 214 subscribers", "/feeds/all.atom"),
    ("Feedly/1.0 (poller; 1380 subscribers)", "/feeds/best-of-ai.rss"),
    ("newsboat/2.30", "/topics/ai.rss"),
)


@dataclass(frozen=True)
class Shot:
    """A screenshot: its name, the path of the page, or words in the title of an article, and light or dark."""

    name: str
    page: str
    scheme: Scheme = "light"


SHOTS = (
    Shot("home", "/"),
    Shot("feed", "/topics/ai"),
    Shot("article", "compiles the loop", "dark"),
    Shot("search", "/search?q=model"),
    Shot("status", "/status", "dark"),
)


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """Give the sample site alone, after feed readers have asked for feeds."""
    with opened(tmp_path_factory.mktemp("sample"), None, "  status: loopback\n") as site:
        _poll(site)
        yield site


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_take(shot: Shot, browser: Browser, polled: OpenSite) -> None:
    _FOLDER.mkdir(exist_ok=True)
    with visiting(browser, polled.url, color_scheme=shot.scheme) as visit:
        visit.page.set_viewport_size({"width": 1280, "height": 860})
        # Pictures are other people's, and on other hosts: drawn ones stand in.
        visit.page.route(lambda url: not url.startswith(polled.url), _draw)
        response = visit.go(shot.page if shot.page.startswith("/") else polled.article(shot.page))
        visit.page.wait_for_load_state("networkidle")
        visit.page.screenshot(path=_FOLDER / f"{shot.name}.png")
    assert response.ok


def _draw(route: Route) -> None:
    """Answer with a picture whose colours derive from its address: the same ones every time."""
    if route.request.resource_type != "image":
        route.fulfill(body="<!doctype html><title>A player</title>", content_type="text/html")
        return
    digest = sha256(route.request.url.encode()).digest()
    hue = digest[0] * 360 // 256
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90" preserveAspectRatio="xMidYMid slice">'
        f'<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl({hue} 45% 62%)"/>'
        f'<stop offset="1" stop-color="hsl({(hue + 60) % 360} 50% 32%)"/></linearGradient></defs>'
        '<rect width="160" height="90" fill="url(#g)"/>'
        f'<circle cx="{40 + digest[1] % 80}" cy="{30 + digest[2] % 30}" r="{14 + digest[3] % 16}" fill="#fff" opacity=".25"/></svg>'
    )
    route.fulfill(body=picture, content_type="image/svg+xml")


def _poll(site: OpenSite) -> None:
    """Ask as feed readers do: once, and again with what was learnt."""
    for agent, path in _READERS:
        with urlopen(Request(site.url + path, headers={"User-Agent": agent})) as answer:  # noqa: S310  our own address
            tag = answer.headers["ETag"]
        site.server.get(path, {"User-Agent": agent, "If-None-Match": tag})
