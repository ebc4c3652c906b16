"""Articles that mean harm, in a real browser: nothing of theirs runs, covers the page, or leads away from it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.open_site import OpenSite
from tests.browser.visit import Visit, visiting

# Wherever code of an article ran, it would have said from where.
CANARY = "window.canary = (name) => (window.sung ||= []).push(name); window.alert = canary;"
PLACES = (
    "/",
    "/feeds/all",
    "/topics/ai",
    "/topics",
    "/providers",
    "/providers/harm.example",
    "/search?q=harm",
)


def sung(visit: Visit) -> list[str]:
    found: list[str] = visit.page.evaluate("window.sung || []")
    return found


def poked(visit: Visit) -> None:
    """Do with the page what could set something off: press what can be pressed, move over what there is, open what is closed."""
    visit.page.evaluate("""() => {
        for (const one of document.querySelectorAll("main *")) {
            for (const name of ["error", "load", "mouseover", "focus", "toggle"]) one.dispatchEvent(new Event(name));
            if (/^(javascript|data):/i.test((one.getAttribute("href") || one.getAttribute("src") || "").replace(/\\s/g, "")))
                canary(`address ${one.outerHTML}`);
        }
        for (const one of document.querySelectorAll("main details")) one.open = true;
    }""")


@pytest.mark.parametrize("path", PLACES)
def test_nothing_of_an_article_runs(browser: Browser, site: OpenSite, path: str) -> None:
    with visiting(browser, site.url) as visit:
        visit.page.add_init_script(CANARY)
        visit.go(path)
        poked(visit)
        assert (
            visit.page.get_by_text("title that means harm").count()
            or "/topics" in path
            or path == "/providers"
        )
        assert (sung(visit), visit.violations(), visit.complaints) == ([], [], [])


def test_nothing_of_an_article_covers_or_hides_the_page(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/providers/harm.example")
        header = visit.page.locator("header a").first
        header.click(trial=True)
        assert visit.page.url == f"{site.url}/providers/harm.example"
        assert visit.page.locator("base, meta[http-equiv=refresh]").count() == 0
