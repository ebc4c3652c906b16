"""Every kind of page in a real browser: narrow and wide, light and dark, for eyes, keyboards and screen readers."""

import pytest
from playwright.sync_api import Browser

from feeds.site import page_path
from tests.browser.open_site import OpenSite
from tests.browser.visit import Visit, visiting

WIDTHS = (360, 768, 1280)

# What each is, and where, or the words that lead to the article.
PAGES = {
    "home": "/",
    "everything": "/feeds/all",
    "an older page of everything": "/feeds/all?page=2",
    "a feed of excerpts": "/feeds/best-of-ai",
    "a topic": "/topics/ai",
    "a provider": "/providers/harm.example",
    "topics": "/topics",
    "providers": "/providers",
    "a search": "/search?q=model",
    "a search that finds nothing": "/search?q=zzzzzz",
    "how to subscribe": "/subscribe",
    "status": "/status",
    "nothing": "/nothing/here",
    "an article": "compiles the loop",
    "an article with a player": "weaving in thirteen minutes",
    "an article that is too wide": "goes wide",
    "an article that means harm": "title that means harm",
    "an article in Arabic": "نموذج صغير",
    "an article that was withdrawn": page_path("https://ledgerofmachines.example/fan"),
}


def address(site: OpenSite, wanted: str) -> str:
    return wanted if wanted.startswith("/") else site.article(wanted)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_fits_is_quiet_and_has_no_barriers(browser: Browser, site: OpenSite, kind: str) -> None:
    with visiting(browser, site.url, width=WIDTHS[0]) as visit:
        visit.go(address(site, PAGES[kind]))
        found = [f"{width}: {one}" for width in WIDTHS for one in faults_at(visit, width)]
        found += [*visit.violations(), *visit.complaints]
    assert not found, "\n".join(found)


def faults_at(visit: Visit, width: int) -> list[str]:
    """Give what is wrong with the open page in a window of a width."""
    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.page.wait_for_function("width => innerWidth === width", arg=width)
    return [*visit.too_wide(), *visit.barriers()]
