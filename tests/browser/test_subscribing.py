"""Subscribing in a real browser: with a keyboard alone, from a search, from a feed's own address, and without JavaScript."""

import re
from urllib.request import urlopen

import feedparser
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.open_site import OpenSite
from tests.browser.visit import Visit, visiting

MOST_TABS = 60

# What has the focus: its name for people, and whether they see that it has.
_FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [(one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent || "").trim(),
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


def focused(page: Page) -> str:
    name, is_seen = page.evaluate(_FOCUSED)
    assert is_seen, f"nobody sees that {name} has the focus"
    return str(name)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called `name` has the focus."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == name:
            return
    pytest.fail(f"no way to {name} by Tab, only to {passed}")


def read(address: str) -> feedparser.FeedParserDict:
    """Read a feed as a reader's program does."""
    with urlopen(address, timeout=10) as answer:  # noqa: S310  an address of this test's own server
        found = feedparser.parse(answer.read())
    assert not found.bozo
    return found


def heard(address: str) -> list[str]:
    """Give the titles of a feed, without the isolates that tell readers where text of the other direction ends."""
    return [re.sub("[\u2066-\u2069]", "", entry.title) for entry in read(address).entries]


def titles(visit: Visit) -> list[str]:
    return [text.strip() for text in visit.page.locator("main article :is(h2, h3)").all_inner_texts()]


def test_a_keyboard_is_enough_to_subscribe(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url, permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.go("/feeds/best-of-ai")
        visit.page.keyboard.press("Tab")
        assert focused(visit.page) == "Skip to content"
        visit.page.keyboard.press("Enter")
        tab_to(visit.page, "Open in a feed reader")
        target = visit.page.evaluate("document.activeElement.href")
        tab_to(visit.page, "Copy")
        visit.page.keyboard.press("Enter")
        visit.page.get_by_role("button", name="Copied").wait_for()
        address = visit.page.evaluate("navigator.clipboard.readText()")
        assert target == f"feed:{address}"
        assert heard(address) == titles(visit)
        assert visit.complaints == []


def test_the_address_of_a_feed_opens_its_page_with_a_word_on_what_it_is(
    browser: Browser, site: OpenSite
) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/feeds/best-of-ai")
        tab_to(visit.page, "RSS")
        explanation = visit.page.get_by_role("complementary", name="What a feed is")
        assert not explanation.is_visible()
        visit.page.keyboard.press("Enter")
        explanation.wait_for()
        assert visit.page.url.partition("#")[0] == f"{site.url}/feeds/best-of-ai"
        assert "You opened the address of a feed." in explanation.inner_text()
        assert (visit.barriers(), visit.complaints) == ([], [])


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_E14_a_browser_that_opens_a_feed_sees_a_page(browser: Browser, site: OpenSite, format: str) -> None:  # noqa: A002  its name everywhere
    with visiting(browser, site.url) as visit:
        answer = visit.go(f"/topics/ai.{format}")
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.url.partition("#")[0] == f"{site.url}/topics/ai"
        assert visit.page.get_by_role("complementary", name="What a feed is").is_visible()


def test_a_search_is_subscribed_to(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/")
        tab_to(visit.page, "Search the articles")
        visit.page.keyboard.type("model")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/search?q=model")
        found = titles(visit)
        tab_to(visit.page, "Subscribe to this search")
        visit.page.keyboard.press("Enter")
        address = visit.page.get_by_label("Address").input_value()
        assert found
        assert heard(address) == found
        assert (visit.violations(), visit.complaints) == ([], [])


def test_a_search_shows_what_it_finds_as_one_types(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/search?q=model")
        before = titles(visit)
        visit.page.locator("main input[name=q]").fill("library")
        visit.page.wait_for_url("**/search?q=library*")
        visit.page.wait_for_function(
            "before => document.querySelector('main h3')?.textContent.trim() !== before", arg=before[0]
        )
        assert titles(visit) != before
        address = visit.page.locator("#feed-address").input_value()
        assert heard(address) == titles(visit)
        assert (visit.violations(), visit.complaints) == ([], [])


def test_a_list_shows_what_one_types(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url) as visit:
        visit.go("/topics")
        rows = visit.page.locator("main li:has(a[href^='/topics/']):visible")
        assert rows.count() > 3
        visit.page.locator("main").get_by_role("textbox").or_(visit.page.locator("main input")).first.fill(
            "RETRACT"
        )
        visit.page.wait_for_function("document.querySelectorAll('main li[hidden]').length > 0")
        assert rows.count() < 3


@pytest.mark.parametrize("path", ["/", "/feeds/best-of-ai", "/topics", "/search?q=model"])
def test_pages_work_without_JavaScript(browser: Browser, site: OpenSite, path: str) -> None:
    with visiting(browser, site.url) as visit:
        visit.go(path)
        with_it = visit.page.locator("main a").evaluate_all("all => all.map((one) => one.href)")
    with visiting(browser, site.url, java_script_enabled=False) as visit:
        visit.go(path)
        links = visit.page.locator("main a")
        assert [link.get_attribute("href") for link in links.all()]
        assert links.count() == len(with_it)
        # What would do nothing is not there.
        assert visit.page.get_by_role("button", name="Copy").count() == 0
        for button in visit.page.get_by_role("button").all():
            assert button.evaluate("one => one.type === 'submit' && one.form !== null"), button.inner_text()
        assert visit.complaints == []


def test_a_search_is_subscribed_to_without_JavaScript(browser: Browser, site: OpenSite) -> None:
    with visiting(browser, site.url, java_script_enabled=False) as visit:
        visit.go("/")
        visit.page.get_by_role("searchbox").first.fill("model")
        visit.page.get_by_role("button", name="Search").click()
        visit.page.wait_for_url("**/search?q=model")
        visit.page.locator("summary", has_text="Subscribe to this search").click()
        address = visit.page.get_by_label("Address").input_value()
        assert heard(address) == titles(visit)
