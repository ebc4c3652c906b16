"""Addresses: the path that is meant, or none; where old ones lead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server.addresses import LONGEST_PATH, Addresses, requested_path, split, without_www


@pytest.mark.parametrize(
    "path", ["/", "/feeds/all.atom", "/providers/a.example.rss", "/topics/c-plus-plus", "/a_b~c"]
)
def test_a_plain_path_is_itself(path: str) -> None:
    assert requested_path(path) == path


@pytest.mark.parametrize(
    "target",
    ["/feeds/all.atom?utm_source=x", "/feeds/all.atom?", "/feeds/all.atom?a=/../b", "/feeds/all.atom#top"],
)
def test_E5_a_query_does_not_matter(target: str) -> None:
    assert requested_path(target) == "/feeds/all.atom"


@pytest.mark.parametrize("target", ["/feeds/%61ll.atom", "/%66eeds/all%2eatom", "/feeds/%61%6C%6c.atom"])
def test_an_escape_that_is_not_needed_means_its_character(target: str) -> None:
    assert requested_path(target) == "/feeds/all.atom"


@pytest.mark.parametrize(
    "target", ["http://evil.example/feeds/all.atom", "HTTPS://user:pw@evil.example:1/feeds/all.atom?x"]
)
def test_fault_34_the_authority_of_an_absolute_form_is_left_out(target: str) -> None:
    assert requested_path(target) == "/feeds/all.atom"


def test_fault_34_an_absolute_form_without_a_path_means_the_home_page() -> None:
    assert requested_path("http://evil.example") == "/"


@pytest.mark.parametrize(
    "target",
    [
        "/feeds/../secret",
        "/feeds/%2e%2e/secret",
        "/feeds/%2E./secret",
        "/feeds/%252e%252e/secret",
        "/feeds%2Fall.atom",
        "/feeds/..%5csecret",
        "/feeds\\all.atom",
        "/feeds/./all.atom",
        "/.git/config",
        "/feeds/all.atom%00",
        "/feeds/\x00",
        "/feeds/all.atom%0d%0aSet-Cookie:x",
        "/feeds/all.atom\n",
        "/f\u00e9eds",
        "/f\udce9eds",
        "/%",
        "/%zz",
        "/%6",
        "*",
        "",
        "feeds/all.atom",
        "evil.example:443",
        "ftp://evil.example/feeds/all.atom",
        "http:/feeds/all.atom",
    ],
)
def test_fault_35_a_path_that_hides_something_leads_nowhere(target: str) -> None:
    assert requested_path(target) is None


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "//evil.example/feeds/all.atom",
        "/feeds//all.atom",
        "/feeds/",
        "http://a.example//evil.example",
    ],
)
def test_fault_36_an_empty_segment_leads_nowhere(target: str) -> None:
    assert requested_path(target) is None


def test_fault_35_an_over_long_path_leads_nowhere() -> None:
    assert requested_path("/" + "a" * (LONGEST_PATH - 1)) is not None
    assert requested_path("/" + "a" * LONGEST_PATH) is None


@given(target=st.text() | st.from_regex(r"/[a-z./%0-9A-F\\]{0,20}", fullmatch=True))
def test_fault_35_whatever_is_asked_the_path_is_plain(target: str) -> None:
    path = requested_path(target)
    assert path is None or re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+|/", path)


@pytest.mark.parametrize(
    ("alias", "target"),
    [
        ("/feed", "/feeds/all.rss"),
        ("/rss", "/feeds/all.rss"),
        ("/feed.xml", "/feeds/all.rss"),
        ("/rss.xml", "/feeds/all.rss"),
        ("/index.xml", "/feeds/all.rss"),
        ("/atom.xml", "/feeds/all.atom"),
        ("/feed.json", "/feeds/all.json"),
    ],
)
def test_the_usual_names_lead_to_the_feed_of_all(alias: str, target: str) -> None:
    assert Addresses().new_path(alias) == target


def test_an_alias_of_a_format_that_is_not_published_leads_to_the_first_that_is() -> None:
    assert Addresses(formats=("atom", "json")).new_path("/feed") == "/feeds/all.atom"


@pytest.mark.parametrize("suffix", ["", ".atom", ".rss", ".json"])
def test_C5_a_feed_moves_in_every_format_and_its_page_too(suffix: str) -> None:
    moves = Addresses(moved={"/feeds/old": "/feeds/new"})
    assert moves.new_path(f"/feeds/old{suffix}") == f"/feeds/new{suffix}"


@pytest.mark.parametrize("path", ["/feeds/old.txt", "/feeds/older.atom", "/feeds/all.atom", "/"])
def test_C5_nothing_else_moves(path: str) -> None:
    assert Addresses(moved={"/feeds/old": "/feeds/new"}).new_path(path) is None


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/providers/www.a.example", "/providers/a.example"),
        ("/providers/www.a.example.json", "/providers/a.example.json"),
        ("/providers/www.a.example/archive/2.rss", "/providers/a.example/archive/2.rss"),
        ("/providers/a.example.rss", None),
        ("/providers/www.example.rss", None),
        ("/providers/www", None),
        ("/providers", None),
        ("/topics/www.a.example", None),
        ("/providers/a/www.a.example", None),
    ],
)
def test_C5_a_provider_is_the_same_with_www_and_without(path: str, meant: str | None) -> None:
    assert without_www(path) == meant


@pytest.mark.parametrize(
    ("path", "is_gone"), [("/feeds/x", True), ("/feeds/x.rss", True), ("/feeds/xy.rss", False)]
)
def test_C6_a_feed_is_gone_in_every_format_and_its_page_too(path: str, is_gone: bool) -> None:  # noqa: FBT001 - a table of cases
    assert Addresses(gone=frozenset({"/feeds/x"})).is_gone(path) is is_gone


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/feeds/all.atom", ("/feeds/all", ".atom")),
        ("/providers/a.example.rss", ("/providers/a.example", ".rss")),
        ("/providers/a.example", ("/providers/a.example", "")),
        ("/feeds.opml", ("/feeds.opml", "")),
    ],
)
def test_a_path_is_split_at_the_suffix_of_a_format(path: str, parts: tuple[str, str]) -> None:
    assert split(path) == parts
