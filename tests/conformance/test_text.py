"""Text: characters, languages, directions and addresses, as they leave a server."""

import re

import pytest

from feeds.document import FeedDocument
from feeds.formats import FORMATS
from tests.aggregator.running_site import RunningSite
from tests.conformance.published import MINA, PLANK, json_of, strictly, told, whatever_the_text

NAMES = tuple(FORMATS)


def entries(site: RunningSite, name: str, stem: str = "/feeds/all") -> dict[str, dict[str, str]]:
    """Give the entries of a feed by the last part of their identity."""
    found = told(name, site.get(stem + FORMATS[name].suffix).body)
    return {re.split("[/:]", one["id"].removesuffix(".md"))[-1]: dict(one) for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_N1_an_article_with_illegal_characters_is_there_without_them(site: RunningSite, name: str) -> None:
    assert "bell" in entries(site, name)
    body = site.get(f"/feeds/all{FORMATS[name].suffix}").body.decode()
    assert "An escape and a bell." in body


@pytest.mark.parametrize("name", NAMES)
def test_R10_N1_markup_in_a_title_is_read_back_as_text(site: RunningSite, name: str) -> None:
    assert entries(site, name)["bell"]["title"] == "An end ]]> of CDATA, and &amp;"


@pytest.mark.parametrize("name", NAMES)
def test_N2_right_to_left_text_says_so(site: RunningSite, name: str) -> None:
    (entry,) = (one for one in entries(site, name).values() if "mina.example" in one["link"])
    assert entry["title"] == f"\u2067{MINA}\u2069"
    assert entry["html"].startswith('<div dir="rtl">')


@pytest.mark.parametrize("name", NAMES)
def test_R4_N3_a_link_is_percent_encoded_once(site: RunningSite, name: str) -> None:
    (link,) = (one["link"] for one in entries(site, name).values() if "mina.example" in one["link"])
    assert link == "https://mina.example/%D8%A7%D9%84%D9%85%D9%8A%D9%86%D8%A7%D8%A1?q=50%25"


@pytest.mark.parametrize("name", NAMES)
def test_R11_A11_relative_addresses_are_absolute_in_every_format(site: RunningSite, name: str) -> None:
    html = entries(site, name)["ferry"]["html"]
    assert 'href="https://reader.example/timetable"' in html
    assert 'src="https://reader.example/pier/map.png"' in html


@pytest.mark.parametrize("name", NAMES)
def test_N5_no_script_leaves(site: RunningSite, name: str) -> None:
    assert b"alert(" not in site.get(f"/feeds/all{FORMATS[name].suffix}").body


def test_N4_an_excerpt_that_is_cut_ends_with_a_whole_word(site: RunningSite) -> None:
    items = json_of(site, "/feeds/short.json")["items"]
    (summary,) = (one["summary"] for one in items if one["title"] == "Plank")
    assert len(summary) <= 300
    assert summary.endswith("…")
    assert set(re.findall(r"\w+", summary)) == set(re.findall(r"\w+", PLANK))


@pytest.mark.parametrize("name", ["rss", "atom"])
@whatever_the_text
def test_N4_utf_8_is_declared_and_no_byte_order_mark_is_there(name: str, document: FeedDocument) -> None:
    data = FORMATS[name].render(document)
    assert re.match(rb"<\?xml version='1.0' encoding='UTF-8'\?>", data)
    assert strictly(data).getroottree().docinfo.encoding == "UTF-8"
