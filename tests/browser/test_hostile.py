"""Articles that mean harm, in a real browser: nothing of theirs runs, asks for anything, covers the page, or leads away from it.

The same attacks are seen to work in a page that lets them through.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree
from playwright.sync_api import Browser

from feeds.site import page_path
from tests.browser.attacks import ALL, LIVE
from tests.browser.canary import Canary, listening
from tests.browser.hostile_site import FRAMES, WHOLE, hostile
from tests.browser.open_site import OpenSite
from tests.browser.visit import visiting

# Behind what is to be silent: heard, it shows that the page would have been heard, and that nothing swallowed what came after it.
CONTROL = "<p onfocus=canary('control')>"
_HEARD = "ran ('control',)"

_LISTS = (
    "/",
    "/feeds/all",
    "/feeds/all/page/2",
    "/topics",
    "/topics/harm",
    "/providers",
    "/providers/harm7.example",
    "/categories",
    "/subscribe",
    "/status",
)
# Of the questions, one in so many; others are asked in test_hostile_links.py.
_STEP = 6


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    with hostile(tmp_path_factory.mktemp("hostile")) as site:
        yield site


@pytest.fixture
def canary(browser: Browser, hostile_site: OpenSite) -> Iterator[Canary]:
    with listening(browser, hostile_site.url, FRAMES) as canary:
        yield canary


def test_every_attack_is_heard_where_nothing_stops_it(canary: Canary) -> None:
    silent = [attack for attack, heard in zip(LIVE, canary.show(LIVE), strict=True) if not heard]
    assert silent == []


def test_no_attack_runs_on_a_page_of_the_site_even_where_it_was_let_in(canary: Canary) -> None:
    # Where a page leads by itself is not for its policy to say.
    let_in = [attack for attack in LIVE if "http-equiv" not in attack]
    canary.open("/")
    canary.page.evaluate(
        "(attacks) => attacks.forEach((attack) => document.querySelector('main').append("
        "Object.assign(document.createElement('div'), {innerHTML: attack})))",
        let_in,
    )
    heard = canary.poke()
    assert canary.page.evaluate("document.querySelectorAll('main [onerror]').length") > 10
    assert [what for what in heard if what.startswith(("ran", "showed", "opened", "left"))] == []


@pytest.mark.parametrize("path", _LISTS)
def test_nothing_of_an_article_runs_on_a_list(canary: Canary, path: str) -> None:
    assert canary.open(path) == []


def test_nothing_of_an_article_runs_on_its_page(canary: Canary, hostile_site: OpenSite) -> None:
    paths = [page_path(item["id"]) for item in items(hostile_site) if item["title"].startswith("Harm ")]
    assert len(paths) == WHOLE
    for path in paths[::2]:
        assert (path, canary.open(path)) == (path, [])


def test_nothing_of_a_question_runs_on_the_page_of_its_answer(canary: Canary) -> None:
    for number, attack in enumerate(ALL[::_STEP]):
        written = quote(attack[:400])
        path = (
            f"/search?q={written}",
            f"/search?topic={written[:90]}",
            f"/search?{written}=1",
            f"/{written}",
        )[number % 4]
        assert (path, canary.open(path)) == (path, [])


def test_nothing_in_a_feed_runs_or_reaches_out_where_its_reader_forbids_nothing(
    canary: Canary, hostile_site: OpenSite
) -> None:
    pieces = sorted(_contents(hostile_site))
    assert len(pieces) > 3 * WHOLE
    for start in range(0, len(pieces), 60):
        shown = pieces[start : start + 60]
        for piece, heard in zip(shown, canary.show([one + CONTROL for one in shown]), strict=True):
            assert (piece, heard) == (piece, [_HEARD])


def test_nothing_of_an_article_covers_or_hides_the_page(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/providers/harm.example")
        header = visit.page.locator("header a").first
        header.click(trial=True)
        assert visit.page.url == f"{site.url}/providers/harm.example"
        assert visit.page.locator("base, meta[http-equiv=refresh]").count() == 0


def items(site: OpenSite) -> list[dict[str, Any]]:
    """Give the entries of everything."""
    found: list[dict[str, Any]] = json.loads(site.server.get("/feeds/all.json").body)["items"]
    return found


def _contents(site: OpenSite) -> set[str]:
    """Give all the HTML that feeds of each format hold."""
    rss = etree.fromstring(site.server.get("/feeds/all.rss").body)
    atom = etree.fromstring(site.server.get("/feeds/all.atom").body)
    found = [item["content_html"] for item in items(site)]
    found += [
        element.text or ""
        for name in ("description", "{*}encoded")
        for element in rss.iterfind(f".//item/{name}")
    ]
    found += [element.text or "" for element in atom.iterfind(".//{*}entry/{*}content[@type='html']")]
    return set(found)
