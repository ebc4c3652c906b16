"""Every kind of page in a real browser: narrow and wide, light and dark, for eyes, keyboards and screen readers."""

import pytest
from playwright.sync_api import Browser

from tests.browser.open_site import OpenSite
from tests.browser.visit import visiting

PAGES = (
    "/",
    "/feeds/all",
    "/feeds/best-of-ai",
    "/topics/ai",
    "/providers/harrowlabs.example",
    "/topics",
    "/providers",
    "/search?q=model",
    "/nothing/here",
)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_is_quiet_and_has_no_barriers(
    browser: Browser, site: OpenSite, path: str, width: int
) -> None:
    with visiting(browser, site.url, width=width) as visit:
        visit.go(path)
        found = [
            *visit.too_wide(),
            *visit.barriers("light"),
            *visit.barriers("dark"),
            *visit.violations(),
            *visit.complaints,
        ]
    assert found == []
