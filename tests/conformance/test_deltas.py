"""RFC 3229 with the instance manipulation "feed", as a reader finds it that holds an earlier version."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from lxml import etree

from tests.aggregator.running_site import Answer, RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop
from tests.conformance.published import ATOM, SUFFIXES

TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

_FEEDS = 12
_CONFIGURATION = """\
reload: {every: 1h}
defaults: {limit: 4}
feeds: [{id: best, title: Best, order: best, where: {topics: [Best]}}]
"""


@dataclass(frozen=True)
class Harbour:
    """A feed on a server that holds others, too: that of a topic with five articles, of which it shows four."""

    shop: Workshop
    site: RunningSite
    topic: str
    folder: str = "/topics"

    def write(self, number: int, title: str | None = None) -> None:
        write(self.shop, self.topic, number, title)

    def get(self, suffix: str = ".atom") -> Answer:
        return self.site.get(self._path(suffix))

    def poll(self, tag: str, suffix: str = ".atom") -> Answer:
        return self.site.get(self._path(suffix), {"A-IM": "feed", "If-None-Match": tag})

    def version(self, suffix: str = ".atom") -> str:
        """Give the tag of a version, once it is known as one: what is written down is so beside the answer."""
        return self.get(suffix).headers["ETag"]

    def once_changed(self, tag: str, suffix: str = ".atom") -> Answer:
        """Poll until what was changed is served, to one who holds the version that `tag` names."""
        wait_for(lambda: self.poll(tag, suffix).status != 304)
        return wait_for(lambda: (answer := self.poll(tag, suffix)).status == 226 and answer)  # type: ignore[return-value]

    def _path(self, suffix: str) -> str:
        return f"{self.folder}/{self.topic}{suffix}"


def write(shop: Workshop, topic: str, number: int, title: str | None = None) -> None:
    lines = (
        f"id: https://pier.example/{topic}/{number}",
        f"publishedDateTime: 2026-02-01T09:{number:02}:00Z",
        f"topics: [{topic}]",
    )
    shop.write(f"{topic}-{number}", *lines, title=title or f"N{number}")


def opened(folder: Path, topics: Iterable[str]) -> Workshop:
    shop = Workshop(folder)
    shop.configure(_CONFIGURATION)
    for topic in topics:
        for number in range(5):
            write(shop, topic, number)
    return shop


def titles(answer: Answer) -> list[str | None]:
    return [title.text for title in etree.fromstring(answer.body).iter(f"{ATOM}title")][1:]


@pytest.fixture(scope="module")
def harbours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Harbour]]:
    """Give one feed after another of one server: a test that changes its own leaves the others alone."""
    topics = [f"t{number}" for number in range(_FEEDS)]
    shop = opened(tmp_path_factory.mktemp("harbours"), [*topics, "best"])
    with running(shop) as server:
        yield (Harbour(shop, server, topic) for topic in topics)


@pytest.fixture
def harbour(harbours: Iterator[Harbour]) -> Harbour:
    return next(harbours)


def test_I1_a_version_that_is_current_is_a_304(harbour: Harbour) -> None:
    assert harbour.poll(harbour.version()).status == 304


def test_I1_a_version_that_is_not_known_is_answered_with_the_whole(harbour: Harbour) -> None:
    answer = harbour.poll(f'"{"0" * 64}"')
    assert (answer.status, titles(answer)) == (200, ["N4", "N3", "N2", "N1"])


def test_I4_what_is_new_and_what_was_edited_is_told_in_a_whole_document(harbour: Harbour) -> None:
    before = harbour.get()
    harbour.write(2, "Edited")
    answer = harbour.once_changed(before.headers["ETag"])
    assert titles(answer) == ["Edited"]
    whole = harbour.get()
    assert answer.headers["ETag"] == whole.headers["ETag"]
    heads = [
        [etree.tostring(one) for one in etree.fromstring(body) if one.tag != f"{ATOM}entry"]
        for body in (answer.body, whole.body)
    ]
    assert heads[0] == heads[1]


def test_I4_an_article_that_came_late_is_told_of_whatever_its_date(harbour: Harbour) -> None:
    tag = harbour.version()
    harbour.shop.write(
        "late",
        "id: https://pier.example/late",
        "publishedDateTime: 1999-01-01T09:00:00Z",
        f"topics: [{harbour.topic}]",
    )
    assert titles(harbour.once_changed(tag)) == ["Late"]


def test_I4_what_was_withdrawn_is_told_once(harbour: Harbour) -> None:
    first = harbour.version()
    harbour.shop.delete(f"{harbour.topic}-3")
    answer = harbour.once_changed(first)
    gone = etree.fromstring(answer.body).findall(TOMBSTONE)
    assert [one.get("ref") for one in gone] == [f"https://pier.example/{harbour.topic}/3"]
    second = answer.headers["ETag"]
    harbour.write(4, "Edited")
    answer = harbour.once_changed(second)
    assert (titles(answer), etree.fromstring(answer.body).findall(TOMBSTONE)) == (["Edited"], [])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_I4_every_format_tells_what_is_new(harbour: Harbour, suffix: str) -> None:
    tag = harbour.version(suffix)
    harbour.write(4, "Edited")
    body = harbour.once_changed(tag, suffix).body
    assert (b"Edited" in body, b"N3" in body) == (True, False)
    if suffix == ".json":
        assert len(json.loads(body)["items"]) == 1


def test_where_nothing_of_the_version_is_left_the_whole_is_sent(harbour: Harbour) -> None:
    tag = harbour.version()
    for number in range(5):
        harbour.write(number, f"Edited {number}")
    wait_for(lambda: all("Edited" in str(title) for title in titles(harbour.get())))
    assert harbour.poll(tag).status == 200


def test_F2_a_complete_document_is_never_sent_in_part(harbour: Harbour) -> None:
    best = replace(harbour, topic="best", folder="/feeds")
    tag = best.version()
    best.write(4, "Edited")
    wait_for(lambda: best.poll(tag).status != 304)
    assert best.poll(tag).status == 200


@dataclass(frozen=True)
class Restart:
    """A feed that was edited before the server was started again, one of which the definition was changed, and their tags from before."""

    edited: Harbour
    defined: Harbour
    tags: tuple[str, str]


@pytest.fixture(scope="module")
def restart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restart]:
    shop = opened(tmp_path_factory.mktemp("restart"), ["all", "wire"])
    shop.configure("feeds: [{id: wire, title: Wire, where: {topics: [wire]}}]\n")
    with running(shop) as site:
        edited, defined = Harbour(shop, site, "all"), Harbour(shop, site, "wire", "/feeds")
        tags = edited.version(), defined.version()
        edited.write(4, "Edited")
        edited.once_changed(tags[0])
    shop.configure("feeds: [{id: wire, title: Wire, where: {topics: [wire]}, content: title}]\n")
    with running(shop) as site:
        yield Restart(replace(edited, site=site), replace(defined, site=site), tags)


def test_I1_a_version_is_known_after_a_restart(restart: Restart) -> None:
    assert titles(restart.edited.poll(restart.tags[0])) == ["Edited"]


def test_another_definition_of_the_feed_has_the_whole_sent(restart: Restart) -> None:
    assert restart.defined.poll(restart.tags[1]).status == 200
