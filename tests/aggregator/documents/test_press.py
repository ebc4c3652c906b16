"""The press: made when it changed, once however many ask, bounded, and true to the last good state."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import CODINGS, Edition
from aggregator.documents.press import Press
from aggregator.errors import CatalogueError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Documents:
    """A family of documents that counts how often each is made, and can be told to wait or to fail."""

    texts: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    asked: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None
    changed: datetime | None = None

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        assert snapshot.generation.number == 0
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        if path not in self.texts:
            return None
        return Draft(self.texts[path], lambda: self._make(path), last_modified=self.changed)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        assert snapshot.generation.number == 0
        return iter(self.texts)

    def _make(self, path: str) -> Edition:
        self.go_on.wait(10)
        self.made.append(path)
        body = self.texts[path].rpartition("|")[2].encode()
        return Edition(path=path, media_type="text/plain", body=body, last_modified=NOON)


@pytest.fixture
def documents() -> Documents:
    made = Documents({"/a": "A", "/b": "B"})
    made.go_on.set()
    return made


@pytest.fixture
def press(documents: Documents, tmp_path: Path) -> Iterator[Press]:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    press = Press(catalogue, [documents], capacity=1000)
    press.advance(1)
    yield press
    catalogue.close()


async def body_of(press: Press, path: str) -> bytes:
    edition = await press.edition(path)
    assert edition is not None
    return edition.body


async def test_an_edition_is_made_when_it_is_first_asked_for(press: Press) -> None:
    assert press.current("/a") is None
    assert await body_of(press, "/a") == b"A"
    assert press.current("/a") is not None


async def test_what_there_is_not_is_none_each_time(press: Press) -> None:
    assert await press.edition("/nowhere") is None
    assert press.current("/nowhere") is None


async def test_nothing_is_asked_again_within_a_generation(press: Press, documents: Documents) -> None:
    await press.edition("/a")
    documents.texts["/a"] = "changed"
    assert await body_of(press, "/a") == b"A"
    assert documents.asked == 1


async def test_a_new_generation_is_asked_and_not_made_where_the_fingerprint_holds(
    press: Press, documents: Documents
) -> None:
    before = await press.edition("/a")
    press.advance(2)
    assert press.current("/a") is None
    assert await press.edition("/a") is before
    assert (documents.asked, documents.made) == (2, ["/a"])


async def test_a_new_generation_is_made_where_the_fingerprint_differs(
    press: Press, documents: Documents
) -> None:
    await press.edition("/a")
    documents.texts["/a"] = "new"
    press.advance(2)
    assert await body_of(press, "/a") == b"new"


async def test_the_same_bytes_stay_the_same_edition_with_its_compressed_forms(
    press: Press, documents: Documents
) -> None:
    before = await press.edition("/a")
    documents.texts["/a"] = "another fingerprint|A"
    press.advance(2)
    assert await press.edition("/a") is before
    assert documents.made == ["/a", "/a"]


async def test_a_document_that_is_gone_is_forgotten(press: Press, documents: Documents) -> None:
    await press.edition("/a")
    del documents.texts["/a"]
    press.advance(2)
    assert await press.edition("/a") is None


async def test_what_is_made_ahead_is_given_once_its_generation_is_there(
    press: Press, documents: Documents
) -> None:
    await press.edition("/a")
    documents.texts["/a"] = "new"
    await press.make_ahead(2, 10)
    before = press.current("/a")
    assert before is not None
    assert before.body == b"A"
    press.advance(2)
    after = press.current("/a")
    assert after is not None
    assert after.body == b"new"
    assert documents.made == ["/a", "/a"]


async def test_what_is_made_ahead_has_the_compressed_forms_that_were_asked_for(
    press: Press, documents: Documents
) -> None:
    edition = await press.edition("/a")
    assert edition is not None
    edition.encoded("gzip")
    documents.texts["/a"] = "new"
    await press.make_ahead(2, 10)
    press.advance(2)
    after = press.current("/a")
    assert after is not None
    assert [coding for coding in CODINGS if after.has(coding)] == ["gzip"]


async def test_what_was_asked_for_last_is_made_ahead_first(press: Press, documents: Documents) -> None:
    for path in ("/a", "/b"):
        await press.edition(path)
        documents.texts[path] = "new"
    await press.make_ahead(2, 10)
    assert documents.made == ["/a", "/b", "/b", "/a"]


async def test_what_was_made_ahead_for_another_generation_is_asked_again(
    press: Press, documents: Documents
) -> None:
    await press.edition("/a")
    documents.texts["/a"] = "new"
    await press.make_ahead(2, 10)
    documents.texts["/a"] = "newer"
    press.advance(3)
    assert press.current("/a") is None
    assert await body_of(press, "/a") == b"newer"


async def test_nobody_waits_longer_for_what_is_made_ahead(press: Press, documents: Documents) -> None:
    await press.edition("/a")
    documents.texts["/a"] = "new"
    documents.go_on.clear()
    await press.make_ahead(2, 0.01)
    documents.go_on.set()
    press.advance(2)
    assert press.current("/a") is None
    assert await body_of(press, "/a") == b"new"


async def test_what_fails_to_be_made_ahead_is_made_when_it_is_asked_for(
    press: Press, documents: Documents
) -> None:
    await press.edition("/a")
    documents.texts["/a"], documents.failure = "new", CatalogueError("gone")
    await press.make_ahead(2, 10)
    documents.failure = None
    press.advance(2)
    assert await body_of(press, "/a") == b"new"


async def test_what_is_gone_is_not_made_ahead(press: Press, documents: Documents) -> None:
    await press.edition("/a")
    await press.edition("/b")
    del documents.texts["/b"]
    documents.texts["/a"] = "new"
    await press.make_ahead(2, 10)
    press.advance(2)
    assert press.current("/a") is not None
    assert await press.edition("/b") is None


async def test_of_many_who_ask_at_once_one_has_it_made(press: Press, documents: Documents) -> None:
    documents.go_on.clear()
    asking = [asyncio.create_task(press.edition("/a")) for _ in range(50)]
    await asyncio.sleep(0)
    documents.go_on.set()
    editions = await asyncio.gather(*asking)
    assert (len(set(map(id, editions))), documents.made) == (1, ["/a"])


async def test_one_who_goes_away_does_not_take_it_from_the_others(press: Press, documents: Documents) -> None:
    documents.go_on.clear()
    first, second = (asyncio.create_task(press.edition("/a")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    documents.go_on.set()
    edition = await second
    assert edition is not None
    assert edition.body == b"A"


async def test_fault_59_when_the_catalogue_fails_what_was_made_before_is_served(
    press: Press, documents: Documents
) -> None:
    before = await press.edition("/a")
    documents.failure = CatalogueError("the disk is on fire")
    press.advance(2)
    assert await press.edition("/a") is before
    with pytest.raises(CatalogueError):
        await press.edition("/b")


async def test_after_a_failure_the_next_request_asks_again(press: Press, documents: Documents) -> None:
    documents.failure = CatalogueError("the disk is on fire")
    with pytest.raises(CatalogueError):
        await press.edition("/a")
    documents.failure = None
    assert await body_of(press, "/a") == b"A"


async def test_the_editions_asked_for_least_recently_make_room(press: Press, documents: Documents) -> None:
    documents.texts |= {f"/{number}": "x" * 300 for number in range(4)}
    for path in ("/0", "/1", "/2"):
        await press.edition(path)
    assert press.current("/0") is not None
    await press.edition("/3")
    assert press.current("/1") is None
    assert press.current("/0") is not None


async def test_one_edition_larger_than_all_room_is_served_all_the_same(
    press: Press, documents: Documents
) -> None:
    documents.texts["/large"] = "x" * 5000
    assert len(await body_of(press, "/large")) == 5000
    assert press.current("/large") is not None


async def test_the_first_family_that_has_a_document_gives_it(documents: Documents, tmp_path: Path) -> None:
    other = Documents({"/a": "other", "/c": "C"})
    other.go_on.set()
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    press = Press(catalogue, [documents, other], capacity=1000)
    assert [await body_of(press, path) for path in ("/a", "/c")] == [b"A", b"C"]
    catalogue.close()


async def test_no_more_editions_are_kept_than_a_press_may_however_small_they_are(
    documents: Documents, tmp_path: Path
) -> None:
    documents.texts |= {f"/{number}": "" for number in range(4)}
    catalogue = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    press = Press(catalogue, [documents], capacity=1000, most=3)
    for number in range(4):
        await press.edition(f"/{number}")
    assert [press.current(f"/{number}") is not None for number in range(4)] == [False, True, True, True]
    catalogue.close()


async def test_a_document_that_is_dated_anew_keeps_its_bytes_and_compressed_forms(
    press: Press, documents: Documents
) -> None:
    documents.changed = NOON
    before = await press.edition("/a")
    assert before is not None
    compressed = before.encoded("br")
    for generation, text in ((2, "A"), (3, "another fingerprint|A")):
        documents.texts["/a"] = text
        documents.changed = NOON + timedelta(hours=generation)
        press.advance(generation)
        after = await press.edition("/a")
        assert after is not None
        assert after.last_modified == documents.changed
        assert after.encoded("br") is compressed


async def test_fault_29_the_log_says_of_a_document_that_can_not_be_made_no_query(
    press: Press, documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    documents.texts["/a?q=canary"] = "A"
    await press.edition("/a?q=canary")
    documents.failure = CatalogueError("the disk is on fire")
    press.advance(2)
    assert await body_of(press, "/a?q=canary") == b"A"
    assert caplog.messages == ["serving the last edition of /a: the disk is on fire"]
