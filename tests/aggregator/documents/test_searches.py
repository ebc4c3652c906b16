"""Searches beside the feeds of the configuration: bounded in number, in size, at once and in waiting, and nobody else's burden."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Edition
from aggregator.documents.press import Press
from aggregator.documents.search_drafts import SearchDrafts
from aggregator.documents.searches import MOST_KEPT, MOST_MADE_AT_ONCE, MOST_WAITING, Searches
from aggregator.errors import CatalogueError, SearchRequestError, TooBusyError, TooSlowError
from feeds.definition import Content
from feeds.site import Site
from tests.aggregator.server.asking import FEED, Answer, serving, until
from tests.aggregator.server.asking import Site as RunningSite
from tests.aggregator.workshop import NOON, Workshop

MOST = MOST_MADE_AT_ONCE + MOST_WAITING


@dataclass
class Slow(SearchDrafts):
    """Searches that are made when the test lets them, and tell in which thread that was."""

    started: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    go_on: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    def answers(self, path: str) -> bool:
        return path == "/search.atom"

    def address(self, path: str, query: str) -> str:
        return f"{path}?{query}"

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        assert snapshot.generation.number == 0
        self.started.append(path)
        self.threads.add(threading.get_ident())
        self.go_on.wait(10)
        if self.failure is not None:
            raise self.failure
        return Draft(path, lambda: _edition(path))


def _edition(path: str) -> Edition:
    return Edition(path=path, media_type="text/plain", body=path.encode(), last_modified=NOON)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db")
    yield opened
    opened.close()


@pytest.fixture
def slow() -> Iterator[Slow]:
    drafts = Slow()
    yield drafts
    drafts.go_on.set()


@pytest.fixture
def searches(catalogue: Catalogue, slow: Slow) -> Searches:
    made = Searches(catalogue, [slow])
    made.advance(1)
    return made


async def ask(searches: Searches, query: str) -> bytes:
    edition = await searches.edition("/search.atom", query)
    assert edition is not None
    return edition.body


def asking(searches: Searches, count: int) -> list["asyncio.Task[bytes]"]:
    return [asyncio.create_task(ask(searches, f"q={number}")) for number in range(count)]


async def test_a_search_is_made_once_for_all_who_ask_and_kept(searches: Searches, slow: Slow) -> None:
    tasks = [asyncio.create_task(ask(searches, "q=tide")) for _ in range(100)]
    await until(lambda: slow.started)
    slow.go_on.set()
    assert set(await asyncio.gather(*tasks)) == {b"/search.atom?q=tide"}
    assert await ask(searches, "q=tide") == b"/search.atom?q=tide"
    assert slow.started == ["/search.atom?q=tide"]


async def test_after_a_change_a_search_is_looked_for_again(searches: Searches, slow: Slow) -> None:
    slow.go_on.set()
    await ask(searches, "q=tide")
    searches.advance(2)
    await ask(searches, "q=tide")
    assert len(slow.started) == 2


async def test_few_are_made_at_once_few_wait_and_the_rest_is_told_to_come_again(
    searches: Searches, slow: Slow
) -> None:
    tasks = asking(searches, MOST)
    await until(lambda: len(slow.started) == MOST_MADE_AT_ONCE)
    with pytest.raises(
        TooBusyError, match=r"^Too many searches are being answered at the moment\. Please ask again\.$"
    ):
        await ask(searches, "q=one+more")
    waiting = asyncio.create_task(ask(searches, "q=0"))  # who asks for what is under way adds nothing
    slow.go_on.set()
    assert len(set(await asyncio.gather(*tasks))) == MOST
    assert await waiting == b"/search.atom?q=0"
    assert await ask(searches, "q=one+more") == b"/search.atom?q=one+more"


async def test_one_who_goes_away_leaves_the_place_taken_until_the_work_is_done(
    searches: Searches, slow: Slow
) -> None:
    tasks = asking(searches, MOST)
    await until(lambda: slow.started)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with pytest.raises(TooBusyError):
        await ask(searches, "q=one+more")
    assert len(slow.started) == MOST_MADE_AT_ONCE
    slow.go_on.set()
    await until(lambda: len(slow.started) == MOST)
    await until(lambda: not searches._under_way)


async def test_a_failure_that_nobody_waits_for_any_more_is_taken_note_of(
    searches: Searches, slow: Slow
) -> None:
    slow.failure = CatalogueError("the disk is on fire")
    (task,) = asking(searches, 1)
    await until(lambda: slow.started)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    slow.go_on.set()
    await until(
        lambda: not searches._under_way
    )  # asyncio would warn of it, and every warning is an error here


async def test_a_failure_is_raised_and_the_next_who_asks_has_another_try(
    searches: Searches, slow: Slow
) -> None:
    slow.go_on.set()
    slow.failure = TooSlowError("too slow")
    with pytest.raises(TooSlowError):
        await ask(searches, "q=tide")
    slow.failure = None
    assert await ask(searches, "q=tide") == b"/search.atom?q=tide"


async def test_no_more_are_kept_than_the_bound_however_many_are_asked_for(
    searches: Searches, slow: Slow
) -> None:
    slow.go_on.set()
    for number in range(MOST_KEPT + 10):
        await ask(searches, f"q={number}")
    kept = [number for number in range(MOST_KEPT + 10) if searches._press.current(f"/search.atom?q={number}")]
    assert kept == list(range(10, MOST_KEPT + 10))


async def test_a_search_that_can_not_be_understood_costs_nothing(catalogue: Catalogue) -> None:
    site = Site(title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026")
    drafts = SearchDrafts(site, ("atom",), 50, Content.FULL, timedelta(minutes=5))
    searches = Searches(catalogue, [drafts])
    with pytest.raises(SearchRequestError):
        await searches.edition("/search.atom", "limit=0")
    assert not searches._under_way


async def test_an_age_counts_back_from_the_hour_that_it_is_though_nothing_changes(workshop: Workshop) -> None:
    workshop.write("ferry", "publishedDateTime: 2026-03-01T09:00:00Z")
    workshop.refresh()
    now = NOON
    with workshop.wired() as (wiring, catalogue):
        families = (wiring.searches, wiring.search_pages)
        searches = Searches(catalogue, families, now=lambda: now)
        searches.advance(1)
        young = [await asked(searches, path, "max_age=1d") for path in ("/search.json", "/search")]
        assert all(b"Ferry" in one.body for one in young)
        all_there_is = await asked(searches, "/search.json", "")
        now = NOON + timedelta(hours=20, minutes=59)
        assert (await asked(searches, "/search.json", "max_age=1d")).body == young[0].body
        now = NOON + timedelta(hours=22, minutes=1)
        old = [await asked(searches, path, "max_age=1d") for path in ("/search.json", "/search")]
        assert not any(b"Ferry" in one.body for one in old)
        assert [one.last_modified for one in old] == [NOON + timedelta(hours=22)] * 2
        assert await asked(searches, "/search.json", "") == all_there_is
        now = NOON - timedelta(hours=1)  # a clock that stepped back finds what the generation had
        assert b"Ferry" in (await asked(searches, "/search.json", "max_age=1d")).body


async def asked(searches: Searches, path: str, query: str) -> Edition:
    edition = await searches.edition(path, query)
    assert edition is not None
    return edition


# A flood, over HTTP


@asynccontextmanager
async def flooded(
    catalogue: Catalogue, slow: Slow
) -> AsyncIterator[tuple[RunningSite, list["asyncio.Task[Answer]"]]]:
    """A server that is asked for 100 searches at once, none of which comes to an end."""
    searches = Searches(catalogue, [slow])
    async with serving() as site:
        site.change(searches=searches)
        tasks = [asyncio.create_task(site.get(f"/search.atom?q={number}")) for number in range(100)]
        await until(lambda: sum(task.done() for task in tasks) == 100 - MOST)
        yield site, tasks
        slow.go_on.set()
        await asyncio.gather(*tasks)


async def test_a_flood_of_searches_keeps_no_feed_from_being_answered(
    catalogue: Catalogue, slow: Slow
) -> None:
    async with flooded(catalogue, slow) as (site, tasks):
        for _ in range(20):
            assert (await site.get()).status == 200
        assert (
            await site.get(accept_encoding="br")
        ).status == 200  # compressed in a thread: there are some left
        assert (await site.get("/healthz")).status == 200
        assert sum(not task.done() for task in tasks) == MOST
        assert threading.get_ident() not in slow.threads


async def test_a_flood_of_searches_keeps_no_feed_from_being_made(catalogue: Catalogue, slow: Slow) -> None:
    feeds = Press(catalogue, [_Feeds()], 1000)
    async with flooded(catalogue, slow) as (site, tasks):
        site.change(press=feeds)
        answers = await asyncio.gather(*(site.get(f"/feeds/{number}.atom") for number in range(20)))
        assert {answer.status for answer in answers} == {200}
        assert sum(not task.done() for task in tasks) == MOST
    assert all(feeds.current(f"/feeds/{number}.atom") for number in range(20))


async def test_C7_of_a_flood_those_that_find_no_place_are_told_when_to_ask_again(
    catalogue: Catalogue, slow: Slow
) -> None:
    async with flooded(catalogue, slow) as (_, tasks):
        refused = [task.result() for task in tasks if task.done()]
        assert {(answer.status, answer.headers["retry-after"]) for answer in refused} == {(503, "5")}
        assert {answer.headers["cache-control"] for answer in refused} == {"no-store"}
        slow.go_on.set()
        answers = await asyncio.gather(*tasks)
    assert sum(answer.status == 200 for answer in answers) == MOST


class _Feeds:
    """Feeds at every path, made when they are asked for."""

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        assert snapshot.generation.number == 0
        return Draft(path, lambda: _edition(path))

    def paths(self, snapshot: Snapshot) -> Iterator[str]:
        assert snapshot.generation.number == 0
        return iter((FEED.path,))
