"""RFC 3229 with the instance manipulation "feed", as a reader finds it that holds an earlier version."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from tests.aggregator.running_site import Answer, RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop
from tests.conformance.published import ATOM, SUFFIXES

FEED = "/feeds/all"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """Five articles, of which a feed shows four."""
    shop = Workshop(tmp_path)
    shop.configure(
        "reload: {every: 1h}\ndefaults: {limit: 4}\nfeeds: [{id: best, title: Best, order: best}]\n",
    )
    for number in range(5):
        write(shop, number)
    return shop


@pytest.fixture
def harbour(shop: Workshop) -> Iterator[RunningSite]:
    with running(shop) as server:
        yield server


def write(shop: Workshop, number: int, title: str | None = None) -> None:
    lines = (f"id: https://pier.example/{number}", f"publishedDateTime: 2026-02-01T09:{number:02}:00Z")
    shop.write(f"n{number}", *lines, title=title or f"N{number}")


def poll(site: RunningSite, tag: str, path: str = FEED + ".atom") -> Answer:
    return site.get(path, {"A-IM": "feed", "If-None-Match": tag})


def version(site: RunningSite, path: str = FEED + ".atom") -> str:
    """Give the tag of a version, once it is known as one: what is written down is so beside the answer."""
    return site.get(path).headers["ETag"]


def once_changed(site: RunningSite, tag: str, path: str = FEED + ".atom") -> Answer:
    """Poll until what was changed is served, to one who holds the version that `tag` names."""
    wait_for(lambda: poll(site, tag, path).status != 304)
    return wait_for(lambda: (answer := poll(site, tag, path)).status == 226 and answer)  # type: ignore[return-value]


def titles(answer: Answer) -> list[str | None]:
    return [title.text for title in etree.fromstring(answer.body).iter(f"{ATOM}title")][1:]


def test_I1_a_version_that_is_current_is_a_304(harbour: RunningSite) -> None:
    assert poll(harbour, version(harbour)).status == 304


def test_I1_a_version_that_is_not_known_is_answered_with_the_whole(harbour: RunningSite) -> None:
    answer = poll(harbour, f'"{"0" * 64}"')
    assert (answer.status, titles(answer)) == (200, ["N4", "N3", "N2", "N1"])


def test_I4_what_is_new_and_what_was_edited_is_told_in_a_whole_document(
    harbour: RunningSite, shop: Workshop
) -> None:
    before = harbour.get(FEED + ".atom")
    write(shop, 2, "Edited")
    answer = once_changed(harbour, before.headers["ETag"])
    assert titles(answer) == ["Edited"]
    whole = harbour.get(FEED + ".atom")
    assert answer.headers["ETag"] == whole.headers["ETag"]
    heads = [
        [etree.tostring(one) for one in etree.fromstring(body) if one.tag != f"{ATOM}entry"]
        for body in (answer.body, whole.body)
    ]
    assert heads[0] == heads[1]


def test_I4_an_article_that_came_late_is_told_of_whatever_its_date(
    harbour: RunningSite, shop: Workshop
) -> None:
    tag = version(harbour)
    shop.write(
        "late", "id: https://pier.example/late", "publishedDateTime: 1999-01-01T09:00:00Z", title="Late"
    )
    assert titles(once_changed(harbour, tag)) == ["Late"]


def test_I4_what_was_withdrawn_is_told_once(harbour: RunningSite, shop: Workshop) -> None:
    first = version(harbour)
    shop.delete("n3")
    answer = once_changed(harbour, first)
    gone = etree.fromstring(answer.body).findall(TOMBSTONE)
    assert [one.get("ref") for one in gone] == ["https://pier.example/3"]
    second = answer.headers["ETag"]
    write(shop, 4, "Edited")
    answer = once_changed(harbour, second)
    assert (titles(answer), etree.fromstring(answer.body).findall(TOMBSTONE)) == (["Edited"], [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_I4_every_format_tells_what_is_new(harbour: RunningSite, shop: Workshop, suffix: str) -> None:
    tag = version(harbour, FEED + suffix)
    write(shop, 4, "Edited")
    body = once_changed(harbour, tag, FEED + suffix).body
    assert (b"Edited" in body, b"N3" in body) == (True, False)
    if suffix == ".json":
        assert len(json.loads(body)["items"]) == 1


def test_I1_a_version_is_known_after_a_restart(harbour: RunningSite, shop: Workshop) -> None:
    tag = version(harbour)
    write(shop, 4, "Edited")
    once_changed(harbour, tag)
    harbour.stop()
    with running(shop) as again:
        assert titles(poll(again, tag)) == ["Edited"]


def test_where_nothing_of_the_version_is_left_the_whole_is_sent(harbour: RunningSite, shop: Workshop) -> None:
    tag = version(harbour)
    for number in range(5):
        write(shop, number, f"Edited {number}")
    wait_for(lambda: all("Edited" in str(title) for title in titles(harbour.get(FEED + ".atom"))))
    assert poll(harbour, tag).status == 200


def test_F2_a_complete_document_is_never_sent_in_part(harbour: RunningSite, shop: Workshop) -> None:
    tag = version(harbour, "/feeds/best.atom")
    write(shop, 4, "Edited")
    wait_for(lambda: poll(harbour, tag, "/feeds/best.atom").status != 304)
    assert poll(harbour, tag, "/feeds/best.atom").status == 200


def test_another_definition_of_the_feed_has_the_whole_sent(harbour: RunningSite, shop: Workshop) -> None:
    tag = version(harbour)
    harbour.stop()
    shop.config_path.write_text(shop.text.replace("limit: 4", "limit: 4, content: title"))
    with running(shop) as again:
        assert poll(again, tag).status == 200
