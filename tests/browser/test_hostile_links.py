"""Articles that mean harm, in every document of the site, parsed: nothing but what the site itself writes, and no address that is more than one."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import html5lib
import pytest
from lxml import etree

from tests.browser.attacks import ALL
from tests.browser.hostile_site import WHOLE, hostile
from tests.browser.open_site import OpenSite

_PAGE = {"Accept": "text/html"}
# `feed:` opens a feed reader.
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "feed"})
_ADDRESSES = frozenset(
    {
        "href",
        "src",
        "action",
        "formaction",
        "cite",
        "poster",
        "data",
        "ping",
        "background",
        "manifest",
        "xlink:href",
    }
)
_FORMATS = ("atom", "rss", "json")
# Those attributes of XML, and elements, that hold an address.
_XML_ADDRESSES = frozenset({"href", "url", "xmlUrl", "htmlUrl", "src", "uri"})
_XML_ELEMENTS = frozenset({"link", "url", "uri", "icon", "logo", "docs", "comments"})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    with hostile(tmp_path_factory.mktemp("hostile")) as site:
        yield site


def scheme_of(address: str, base: str) -> str:
    """Give the scheme that a browser sees: of an address without one it is the page's."""
    plain = "".join(character for character in address if character not in "\t\r\n").lstrip(
        "".join(map(chr, range(33)))
    )
    before, colon, _ = plain.partition(":")
    has_scheme = (
        colon
        and before[:1].isalpha()
        and before.isascii()
        and before.replace("+", "").replace("-", "").replace(".", "").isalnum()
    )
    return before.lower() if has_scheme else urlsplit(base).scheme


def tree(page: bytes) -> Any:
    return html5lib.parse(page, transport_encoding="utf-8", namespaceHTMLElements=False)


def check_page(page: bytes, site: OpenSite) -> set[str]:
    """Judge a page, and give the paths of this site that it leads to."""
    root = tree(page)
    own = {f"{site.url}/", "/"}
    for element in root.iter():
        assert isinstance(element.tag, str), f"a comment or the like: {element}"
        assert element.tag not in {
            "base",
            "object",
            "embed",
            "applet",
            "math",
            "template",
            "noscript",
            "style",
        }
        assert element.tag != "svg" or "class" in element.attrib
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name, value)
            assert name not in {"style", "srcdoc"}, (element.tag, name, value)
            if name in _ADDRESSES:
                assert scheme_of(value, site.url) in _SCHEMES, (element.tag, name, value)
        if element.tag in {"script", "link", "form"} and element.get("rel") not in {
            "canonical",
            "alternate",
            "prev",
            "next",
        }:
            address = element.get("src") or element.get("href") or element.get("action")
            assert address is not None
            assert any(address.startswith(start) for start in own), address
            assert not element.text or element.tag != "script", element.text
        assert element.get("http-equiv") is None
    links = (element.get("href", "") for element in root.iter("a"))
    return {link for link in links if link.startswith("/")}


def test_every_page_holds_nothing_of_an_article_but_text_and_addresses(site: OpenSite) -> None:
    seen: set[str] = set()
    ahead = {"/", "/feeds/all", "/topics", "/providers", "/categories", "/subscribe", "/status"}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        answer = site.server.get(path, _PAGE)
        assert answer.status == 200, path
        if answer.headers["Content-Type"].startswith("text/html"):
            found = check_page(answer.body, site)
            ahead |= {link for link in found if "?" not in link and "#" not in link} - seen
    # Each article has a page, and so have the topics and the providers of those that have any.
    assert len([path for path in seen if path.startswith("/articles/")]) > 3 * WHOLE
    assert len([path for path in seen if path.startswith("/topics/")]) > WHOLE
    assert len([path for path in seen if path.startswith("/providers/")]) >= WHOLE


@pytest.mark.parametrize(
    ("start", "question"),
    list(enumerate(["/search?q={}", "/search?topic={}", "/search?{}=1", "/{}", "/topics/{}"])),
)
def test_every_question_is_shown_as_text(site: OpenSite, start: int, question: str) -> None:
    for attack in ALL[start::5]:
        answer = site.server.get(question.replace("{}", quote(attack[:90])), _PAGE)
        assert answer.status in {200, 400, 404}, attack
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        check_page(answer.body, site)


def xml_addresses(document: bytes) -> Iterator[str]:
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False))
    assert not list(root.itersiblings(preceding=True)), "no stylesheet"
    for element in root.iter():
        assert isinstance(element.tag, str), "no comment, no processing instruction"
        name = etree.QName(element).localname
        if name in _XML_ELEMENTS and element.text and element.text.strip():
            yield element.text
        yield from (str(value) for key, value in element.attrib.items() if key in _XML_ADDRESSES)


def json_addresses(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from json_addresses(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (
                key.endswith("url") or key in {"icon", "favicon", "image", "banner_image", "avatar"}
            ):
                yield item
            yield from json_addresses(item)


@pytest.mark.parametrize("format", _FORMATS)
def test_every_address_in_a_feed_is_one_of_the_web(site: OpenSite, format: str) -> None:  # noqa: A002  its name everywhere
    body = site.server.get(f"/feeds/all.{format}").body
    found = list(json_addresses(json.loads(body)) if format == "json" else xml_addresses(body))
    assert len(found) > 5 * WHOLE
    for address in found:
        assert urlsplit(address).scheme in {"http", "https"}, address
        assert urlsplit(address).hostname, address


def test_every_address_in_the_list_of_feeds_is_one_of_this_site(site: OpenSite) -> None:
    found = [one for one in xml_addresses(site.server.get("/feeds.opml").body) if "opml.org" not in one]
    assert len(found) > 3 * WHOLE
    assert all(address.startswith(f"{site.url}/") for address in found)


@pytest.mark.parametrize("format", _FORMATS)
def test_the_feed_of_a_question_says_no_more_than_the_question(site: OpenSite, format: str) -> None:  # noqa: A002
    for attack in ALL[::5]:
        answer = site.server.get(f"/search.{format}?topic={quote(attack[:90])}")
        assert answer.status in {200, 400}
        if answer.status == 200:
            found = (
                json_addresses(json.loads(answer.body)) if format == "json" else xml_addresses(answer.body)
            )
            assert all(urlsplit(address).scheme in {"http", "https"} for address in found)


def test_the_judge_of_pages_sees_what_is_to_be_seen(site: OpenSite) -> None:
    for page in (
        b"<p onclick=x>",
        b"<a href=javascript:x>",
        b"<a href=' java\nscript:x'>",
        b"<script>x</script>",
        b"<script src=https://a.example/x.js></script>",
        b"<base href=/x>",
        b"<p style=x>",
        b"<meta http-equiv=refresh>",
        b"<!-- x -->",
    ):
        with pytest.raises(AssertionError):
            check_page(b"<!doctype html><title>x</title>" + page, site)
