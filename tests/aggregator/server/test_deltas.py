"""What a request says of the versions that its sender holds, and how the answer with what is new is sent."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents.edition import Delta, Edition
from aggregator.server.deltas import accepts_feed, held_versions
from tests.aggregator.server.asking import CHANGED, FEED, Site

BASE, OTHER = "b" * 64, "0" * 64
NEWS = Edition(
    path=FEED.path,
    media_type=FEED.media_type,
    body=b"<feed>the new ones</feed>",
    last_modified=CHANGED,
    delta=Delta(base=BASE, instance=FEED.digest),
)


@pytest.mark.parametrize("value", ["feed", "FEED", "feed;q=0.5", "diffe, feed ; q=1.0", "vcdiff;q=0,feed"])
def test_feed_is_accepted(value: str) -> None:
    assert accepts_feed(value)


@pytest.mark.parametrize("value", [None, "", "vcdiff", "feed;q=0", "feed;q=0.000", "feedx", "feed;q=x", "*"])
def test_feed_is_not_accepted(value: str | None) -> None:
    assert not accepts_feed(value)


@given(st.text())
def test_whatever_stands_in_the_fields_is_read(value: str) -> None:
    assert accepts_feed(value) in {True, False}
    assert all(len(digest) == 64 for digest in held_versions(value))


def test_versions_are_known_by_the_digests_in_their_tags() -> None:
    tags = f'"{BASE}-gzip", W/"{OTHER}", "elsewhere", "{OTHER[:-1]}1"'
    assert held_versions(tags) == {BASE: f'"{BASE}-gzip"', f"{OTHER[:-1]}1": f'"{OTHER[:-1]}1"'}


def test_few_of_many_versions_are_looked_for() -> None:
    assert len(held_versions(", ".join(f'"{number:064x}"' for number in range(1000)))) == 8


def test_no_field_names_no_version() -> None:
    assert held_versions(None) == {}


# Answers


@pytest.fixture
def asked(site: Site) -> list[tuple[str, tuple[str, ...]]]:
    """Have the site know one version; give what it is asked for."""
    questions: list[tuple[str, tuple[str, ...]]] = []

    async def deltas(path: str, digests: tuple[str, ...]) -> Edition | None:
        questions.append((path, digests))
        return NEWS if BASE in digests else None

    site.change(deltas=deltas)
    return questions


@pytest.mark.usefixtures("asked")
async def test_I2_who_holds_a_known_version_gets_what_is_new(site: Site) -> None:
    answer = await site.get(a_im="feed", if_none_match=f'"{OTHER}", "{BASE}-br"', accept_encoding="identity")
    assert answer.status == 226
    assert answer.body == NEWS.body
    assert answer.headers["im"] == "feed"
    assert answer.headers["delta-base"] == f'"{BASE}-br"'
    assert answer.headers["etag"] == FEED.etag()
    assert answer.headers["content-type"] == FEED.media_type


@pytest.mark.usefixtures("asked")
async def test_I2_the_tag_is_that_of_the_whole_in_the_coding_that_was_sent(site: Site) -> None:
    answer = await site.get(a_im="feed", if_none_match=f'"{BASE}"', accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["etag"] == FEED.etag("gzip")


@pytest.mark.usefixtures("asked")
async def test_I3_no_cache_takes_what_is_new_for_the_whole(site: Site) -> None:
    answer = await site.get(a_im="feed", if_none_match=f'"{BASE}"')
    assert answer.headers["cache-control"] == "no-store, im"
    assert answer.headers["vary"] == "A-IM, If-None-Match, Accept-Encoding"


@pytest.mark.parametrize(
    "fields",
    [
        {"a_im": "feed"},
        {"a_im": "feed", "if_none_match": f'"{OTHER}"'},
        {"a_im": "feed", "if_none_match": f'W/"{BASE}"'},
        {"a_im": "feed;q=0", "if_none_match": f'"{BASE}"'},
        {"a_im": "vcdiff", "if_none_match": f'"{BASE}"'},
        {"if_none_match": f'"{BASE}"'},
        {"a_im": "feed", "if_modified_since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    ],
)
@pytest.mark.usefixtures("asked")
async def test_I1_everybody_else_gets_the_whole(site: Site, fields: dict[str, str]) -> None:
    answer = await site.get(accept_encoding="identity", **fields)
    assert (answer.status, answer.body) == (200, FEED.body)
    assert "im" not in answer.headers


async def test_I1_what_is_unchanged_is_not_sent(site: Site, asked: list[object]) -> None:
    answer = await site.get(a_im="feed", if_none_match=f'"{BASE}", {FEED.etag()}')
    assert (answer.status, asked) == (304, [])


@pytest.mark.usefixtures("asked")
async def test_head_tells_of_the_whole(site: Site) -> None:
    answer = await site.get(method="HEAD", a_im="feed", if_none_match=f'"{BASE}"')
    assert answer.status == 200


async def test_a_server_that_can_tell_no_version_sends_the_whole(site: Site) -> None:
    answer = await site.get(a_im="feed", if_none_match=f'"{BASE}"')
    assert answer.status == 200


def test_an_edition_with_news_has_the_digest_of_its_own_bytes_all_the_same() -> None:
    assert NEWS.digest == sha256(NEWS.body).hexdigest() != FEED.digest
