"""The keeper when things go wrong: whatever it is, it is told, and the last good state and the schedule stay."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.config import Settings
from aggregator.errors import CatalogueError
from aggregator.monitoring.ledger import Ledger, Outcome
from aggregator.monitoring.metrics import REFRESHES, Figures
from aggregator.refreshes import refresh as refreshing
from aggregator.refreshes import refresh_thread
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.refresh import Committed, Report
from aggregator.service.outlet import Outlet
from aggregator.service.service import Keeper, Wishes
from aggregator.service.service_manager import Announcer, ServiceManager
from aggregator.service.serving import Serving
from aggregator.source.file_reader import FileReader
from aggregator.source.intake import take_in
from aggregator.source.stamp import Stamp
from aggregator.source.taken import Taken
from tests.aggregator.waiting import until
from tests.aggregator.workshop import NOON, Workshop

DUE = datetime(2999, 1, 1, tzinfo=UTC)
_READ = FileReader.read


@dataclass
class FakeOutlet:
    """Takes note of what it is told; `failures` are raised, one each time."""

    advances: list[datetime | None] = field(default_factory=list)
    settings: list[Settings] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    has_stopped: bool = False

    def advance(self, next_due: datetime | None) -> None:
        if self.failures:
            raise self.failures.pop()
        self.advances.append(next_due)

    async def listening(self) -> None:
        raise AssertionError

    async def reconfigure(self, settings: Settings) -> None:
        self.settings.append(settings)
        if self.failures:
            raise self.failures.pop()

    async def stop(self) -> None:
        self.has_stopped = True


@dataclass
class FakeRefresh:
    """Does what the next of its acts says: raises it, or waits for it, without a step."""

    acts: list[Exception | threading.Event | None]
    calls: int = 0
    is_seen_early: bool = False

    def run(
        self,
        now: datetime,
        *,
        lease: Lease,
        touched: Collection[str] | None,
        committed: Committed,
        words_later: bool,
    ) -> Report:
        assert now.tzinfo is UTC
        assert words_later
        if self.is_seen_early:
            committed(DUE)
        assert touched is None
        self.calls += 1
        act = self.acts.pop(0)
        if isinstance(act, Exception):
            raise act
        if act is not None:
            assert act.wait(30)
        lease.renew()
        nothing: dict[str, int] = {}
        return Report(
            generation=1, seen=0, read=0, articles=0, states=nothing, problems=(), alarms=(), next_due=DUE
        )


def keeper_of(workshop: Workshop, settings: Settings, catalogue: Catalogue, outlet: Outlet) -> Keeper:
    ledger = Ledger(lambda: NOON)
    return Keeper(workshop.settings, settings, catalogue, outlet, ledger=ledger, manager=ServiceManager())


def counted(keeper: Keeper) -> dict[str, float]:
    """Give how many refreshes ended how, by the value of the label."""
    counts = keeper._ledger.figures().counts
    return {outcome: counts[REFRESHES.key(outcome)] for outcome in Outcome if counts[REFRESHES.key(outcome)]}


@asynccontextmanager
async def keeping(
    workshop: Workshop, *acts: Exception | threading.Event | None, patience: str = "2s"
) -> AsyncIterator[tuple[Keeper, FakeRefresh, FakeOutlet]]:
    """Give a keeper that has not begun; at the end whatever hangs is let go."""
    workshop.configure(f"reload: {{every: 1h, watch: false, timeout: {patience}}}\n")
    settings = workshop.settings()
    outlet, refresh = FakeOutlet(), FakeRefresh(list(acts))
    with closing(Catalogue.open(settings.store)) as catalogue:
        keeper = keeper_of(workshop, settings, catalogue, outlet)
        keeper._refresh = refresh  # type: ignore[assignment]
        yield keeper, refresh, outlet
        for act in acts:
            if isinstance(act, threading.Event):
                act.set()
        await until(lambda: not keeper._thread._hanging)
        await keeper._stop_refreshing()


@asynccontextmanager
async def running(keeper: Keeper) -> AsyncIterator[Wishes]:
    """Let the keeper run, by wishes in place of signals, until the end of the block."""
    wishes = Wishes()
    kept = asyncio.create_task(keeper.run(wishes))
    yield wishes
    wishes.stop.set()
    async with asyncio.timeout(20):
        await kept


@pytest.mark.parametrize(
    "failure", [CatalogueError("catalogue x.db: can't be written: disk full"), ZeroDivisionError("a bug")]
)
async def test_a_refresh_that_fails_is_told_and_the_next_one_runs(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    async with keeping(workshop, failure, None) as (keeper, _, outlet):
        with caplog.at_level(logging.ERROR):
            await keeper._act()
        assert outlet.advances == []
        assert "refresh failed, and the next one tries again" in caplog.text
        assert str(failure) in caplog.text
        await keeper._act()
        assert outlet.advances == [DUE]


async def test_an_outlet_that_fails_does_not_end_the_schedule(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(workshop, None, None) as (keeper, refresh, outlet), running(keeper):
        outlet.failures.append(CatalogueError("catalogue x.db: can't be read: disk full"))
        await until(lambda: "can't be read: disk full" in caplog.text)
        keeper._schedule.wake()
        await until(lambda: outlet.advances == [DUE])
        assert refresh.calls == 2


@pytest.mark.parametrize("steps", range(6))
async def test_a_stop_at_the_moment_at_which_a_refresh_ends_is_a_stop(workshop: Workshop, steps: int) -> None:
    ending = threading.Event()
    async with keeping(workshop, ending) as (keeper, refresh, _):
        acting = asyncio.create_task(keeper._act())
        await until(lambda: refresh.calls == 1)
        ending.set()
        keeper._thread._executor.submit(lambda: None).result()  # when that is done, so is the refresh
        for _ in range(steps):
            await asyncio.sleep(0)
        if acting.cancel():
            await asyncio.wait([acting])
            assert acting.cancelled()


async def test_fault_63_a_refresh_that_hangs_is_timed_out_and_told_and_the_next_tick_runs(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh_thread, "_GRACE_SECONDS", 0.1)
    workshop.write("ferry")
    async with keeping(workshop, threading.Event()) as (keeper, refresh, outlet):
        with caplog.at_level(logging.ERROR):
            await keeper._act()
        assert "refresh has made no headway for 2 s and is given up" in caplog.text
        assert (outlet.advances, counted(keeper)) == ([], {"timed_out": 1})
        await keeper._act()
        assert (refresh.calls, outlet.advances) == (1, [None])
    assert workshop.titles() == ["Ferry"]


async def test_fault_63_what_hangs_within_its_transaction_locks_out_the_next_ones_and_never_commits(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering = threading.Event()
    workshop.write("ferry")

    def take_slowly(*arguments: object, **_: object) -> Iterator[Taken]:
        assert answering.wait(30)
        workshop.write("ferry", title="Too late")
        return take_in(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(refresh_thread, "_GRACE_SECONDS", 0.1)
    monkeypatch.setattr(refreshing, "take_in", take_slowly)
    async with keeping(workshop, answering) as (keeper, _, outlet):
        keeper._forget(keeper._refresh)  # a real one
        with caplog.at_level(logging.INFO):
            await keeper._act()
            assert "refresh has made no headway for 2 s and is given up" in caplog.text
            monkeypatch.undo()
            await keeper._act()
            assert "can't be written: database is locked" in caplog.text
            assert outlet.advances == []
            answering.set()
            await until(lambda: "the refresh was given up" in caplog.text)
            assert keeper._schedule._wanted.is_set(), "it is not tried again at once"
            with keeper._catalogue.snapshot() as snapshot:
                assert snapshot.generation.number == 0
            await keeper._act()
        assert outlet.advances == [None]


async def test_fault_63_too_many_that_hang_leave_the_next_one_out_until_one_of_them_ends(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh_thread, "_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(refresh_thread, "_MOST_HANGING", 1)
    async with keeping(workshop, answering := threading.Event(), patience="1s") as (keeper, _, outlet):
        await keeper._act()
        await keeper._act()
        assert counted(keeper) == {"skipped": 1, "timed_out": 1}
        assert "1 refreshes hang, expected fewer; this one is left out until one of them ends" in caplog.text
        answering.set()
        await until(keeper._schedule._wanted.is_set)
        await keeper._act()
        assert outlet.advances == [None]


@dataclass
class HangingDisk:
    """Reads files; the first read hangs until `answers` is set."""

    answers: threading.Event = field(default_factory=threading.Event)
    reads: int = 0

    def read(self, reader: FileReader, *arguments: Any) -> tuple[bytes, Stamp]:
        self.reads += 1
        if self.reads == 1:
            assert self.answers.wait(30)
        return _READ(reader, *arguments)


async def test_fault_63_a_file_that_hangs_holds_up_neither_the_next_refresh_nor_the_catalogue(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = HangingDisk()
    workshop.write("ferry")
    monkeypatch.setattr(FileReader, "read", lambda *arguments: disk.read(*arguments))  # noqa: PLW0108  a method would not be bound
    async with keeping(workshop, disk.answers, patience="1s") as (keeper, _, outlet):
        keeper._forget(keeper._refresh)  # a real one
        await keeper._act()
        assert "refresh has made no headway for 1 s and is given up" in caplog.text
        assert (disk.reads, outlet.advances) == (1, [])
        assert not keeper._thread._hanging, "the thread that writes hangs as well"
        await keeper._act()
        assert (disk.reads, outlet.advances) == (1, [None])
        disk.answers.set()
        await until(lambda: not any(one.name.startswith("intake") for one in threading.enumerate()))
        await keeper._act()
        assert (disk.reads, outlet.advances) == (2, [None, None])
        assert counted(keeper) == {"changed": 2, "timed_out": 1}
    assert workshop.titles() == ["Ferry"]


async def test_fault_63_a_file_at_which_a_refresh_hangs_is_left_out_and_told_and_the_others_are_published(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    asked: list[str] = []

    def read(reader: FileReader, path: str, *arguments: Any) -> tuple[bytes, Stamp]:
        asked.append(path)
        if path == "ferry.md":
            assert answers.wait(30)
        return _READ(reader, path, *arguments)

    workshop.write("ferry")
    workshop.write("quay")
    monkeypatch.setattr(FileReader, "read", read)
    async with keeping(workshop, answers, patience="1s") as (keeper, _, _):
        keeper._forget(keeper._refresh)  # a real one
        for _ in range(2):
            await keeper._act()
        assert counted(keeper) == {"changed": 1, "timed_out": 1}
        assert asked == ["ferry.md", "quay.md"]
        file = f"{workshop.folder}/news/ferry.md"
        assert f"{file}: was being read when a refresh was given up for want of headway" in caplog.text
        assert workshop.titles() == ["Quay"]
        answers.set()
        await until(lambda: not any(one.name.startswith("intake") for one in threading.enumerate()))
        await keeper._act()
        assert workshop.titles() == ["Ferry", "Quay"]


async def test_a_reload_during_a_refresh_loses_nothing_of_what_that_finds_and_another_follows_at_once(
    workshop: Workshop,
) -> None:
    loading = threading.Event()
    workshop.write("ferry")
    async with (
        keeping(workshop, loading, patience="1h") as (keeper, refresh, outlet),
        running(keeper) as wishes,
    ):
        await until(lambda: refresh.calls == 1)
        workshop.configure("reload: {every: 2h, watch: false}\n")
        workshop.write("quay")
        wishes.reload.set()
        await until(lambda: len(outlet.settings) == 1)
        await until(lambda: keeper._settings == outlet.settings[0])
        assert outlet.advances == []
        loading.set()
        await until(lambda: len(outlet.advances) == 2)
        assert outlet.advances == [DUE, None]
    assert workshop.titles() == ["Ferry", "Quay"]
    assert outlet.has_stopped


async def test_fault_59_a_catalogue_that_is_gone_still_after_a_refresh_is_seen_to_again(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    failure = CatalogueError("catalogue x.db: can't be made anew: disk full")
    async with keeping(workshop, None, failure, None, None) as (keeper, refresh, _), running(keeper):
        await until(lambda: refresh.calls == 1)
        (workshop.folder / "catalogue.db").unlink()
        # The second fails, and the third leaves it as if it had been deleted once more meanwhile.
        await until(lambda: refresh.calls == 4)
    assert "disk full" in caplog.text


async def test_a_catalogue_is_of_the_site_as_it_is_after_a_reload(workshop: Workshop) -> None:
    async with keeping(workshop, None) as (keeper, _, outlet), running(keeper) as wishes:
        await until(lambda: outlet.advances == [DUE])
        workshop.config_path.write_text(workshop.text.replace("news.example.org", "wire.example"))
        wishes.reload.set()
        await until(lambda: len(outlet.advances) == 2)
        owner = keeper._catalogue.expect_ours()
        assert owner is not None
        assert owner.site_tag.startswith("wire.example,")


async def test_what_is_planned_outlives_a_reload_after_which_the_refresh_fails(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Report:
        raise CatalogueError("catalogue x.db: can't be written: database is locked")

    monkeypatch.setattr(refreshing.Refresh, "run", fail)
    async with keeping(workshop, None) as (keeper, _, outlet), running(keeper) as wishes:
        await until(lambda: outlet.advances == [DUE])
        wishes.reload.set()
        await until(lambda: "database is locked" in caplog.text)
        job = keeper._schedule._scheduler.get_job("due")
        assert job is not None
        assert job.trigger.run_date == DUE


async def test_any_number_of_wishes_to_reload_are_met_one_after_another_and_together(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loads: list[int] = []
    going_on = threading.Event()

    def load() -> Settings:
        loads.append(threading.get_ident())
        assert going_on.wait(20)
        return workshop.settings()

    async with keeping(workshop, None) as (keeper, _, outlet), running(keeper) as wishes:
        keeper._load = load
        wishes.reload.set()
        await until(lambda: len(loads) == 1)
        for _ in range(5):
            wishes.reload.set()
            await asyncio.sleep(0)
        assert len(loads) == 1
        going_on.set()
        await until(lambda: caplog.text.count("configuration reloaded") == 2)
        assert (len(loads), len(outlet.settings)) == (2, 2)


async def test_a_reload_that_fails_is_told_and_the_old_schedule_and_the_next_reload_run(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    ends: list[str] = []
    monkeypatch.setattr(Announcer, "reloaded", lambda _: ends.append("told"))
    async with keeping(workshop, None, None) as (keeper, refresh, outlet), running(keeper) as wishes:
        await until(lambda: outlet.advances == [DUE])
        outlet.failures.append(CatalogueError("catalogue x.db: can't be read: disk full"))
        wishes.reload.set()
        await until(lambda: "the configuration could not be taken up" in caplog.text)
        assert "can't be read: disk full" in caplog.text
        assert ends == ["told"], "the service manager waits for the end of the reload"
        keeper._schedule.wake()
        await until(lambda: refresh.calls == 2)
        wishes.reload.set()
        await until(lambda: "configuration reloaded" in caplog.text)


async def test_what_waits_for_the_next_start_is_named_as_long_as_it_waits_and_never_reaches_the_outlet(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(workshop) as (keeper, _, outlet):
        here, there = workshop.text, workshop.text.replace("catalogue.db", "other.db")
        told = []
        for text in (there, there, here):
            workshop.config_path.write_text(text)
            caplog.clear()
            await keeper.reload()
            told.append("what changed of store takes effect at the next start" in caplog.text)
        assert told == [True, True, False]
        assert {settings.store for settings in outlet.settings} == {workshop.settings().store}


async def test_stopping_gives_up_the_refresh_under_way(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loading = threading.Event()
    async with keeping(workshop, loading, patience="1h") as (keeper, refresh, outlet):
        async with running(keeper) as wishes:
            await until(lambda: refresh.calls == 1)
            wishes.stop.set()
            await until(lambda: keeper._thread._lease._reason is not None)
            loading.set()
        assert outlet.advances == []
    assert "the refresh was given up: the server stops; nothing was changed" in caplog.text
    assert "refresh failed" not in caplog.text


@dataclass
class Held:
    """A refresh that begins when it may."""

    refresh: refreshing.Refresh
    may_begin: threading.Event = field(default_factory=threading.Event)

    def run(
        self,
        now: datetime,
        *,
        lease: Lease,
        touched: Collection[str] | None,
        committed: Committed,
        words_later: bool,
    ) -> Report:
        assert self.may_begin.wait(30)
        return self.refresh.run(
            now, lease=lease, touched=touched, committed=committed, words_later=words_later
        )


async def test_words_that_a_first_load_leaves_for_later_are_indexed_right_after_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "_MOST_WITH_WORDS", 0)
    workshop.configure("reload: {every: 1h, watch: false}\n")
    workshop.write("ferry", body="The tide waits for nobody.")
    settings = workshop.settings()
    catalogue = Catalogue.open(settings.store)
    keeper = keeper_of(workshop, settings, catalogue, FakeOutlet())

    def has_words() -> bool:
        with catalogue.snapshot() as snapshot:
            return snapshot.generation.number == 1 and snapshot.has_words

    async with running(keeper):
        await until(has_words)
    catalogue.close()


async def test_readers_need_not_wait_for_the_report(workshop: Workshop) -> None:
    reporting = threading.Event()
    async with keeping(workshop, reporting) as (keeper, refresh, outlet):
        refresh.is_seen_early = True
        async with running(keeper):
            await until(lambda: outlet.advances == [DUE])
            assert not counted(keeper)
            reporting.set()
            await until(lambda: counted(keeper) == {"changed": 1})
            assert outlet.advances == [DUE]


async def test_what_is_scheduled_is_planned_though_the_report_of_what_was_committed_fails(
    workshop: Workshop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CatalogueError("catalogue x.db: can't be read: disk full")

    async with keeping(workshop) as (keeper, _, outlet):
        keeper._forget(keeper._refresh)  # a real one
        workshop.write("ferry")
        await keeper._act()
        # One that nobody sees yet: it makes no generation.
        workshop.write("quay", f"publishedDateTime: {DUE.isoformat()}")
        monkeypatch.setattr(refreshing, "duplicates", fail)
        await keeper._act()
        assert "disk full" in caplog.text
        assert outlet.advances == [None, DUE]
        job = keeper._schedule._scheduler.get_job("due")
        assert job is not None
        assert job.trigger.run_date == DUE


async def test_a_configuration_that_can_not_be_served_leaves_all_as_it_was(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_catalogue: Catalogue) -> Snapshot:
        raise CatalogueError("catalogue x.db: can't be read: disk full")

    workshop.write("ferry")
    workshop.configure("feeds: [{id: boats, title: Boats}]\n")
    workshop.refresh()
    settings = workshop.settings()
    with closing(Catalogue.open(settings.store)) as catalogue:
        serving = Serving(settings, catalogue)
        port = await serving.start("127.0.0.1", 0, no_figures)
        workshop.configure("feeds: [{id: ships, title: Ships}]\n")
        new = workshop.settings()
        monkeypatch.setattr(Catalogue, "snapshot", fail)
        with pytest.raises(CatalogueError):
            await serving.reconfigure(new)
        monkeypatch.undo()
        serving.advance(None)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            for path, status in (("/feeds/boats.rss", 200), ("/feeds/ships.rss", 404)):
                async with client.get(path) as answer:
                    assert (path, answer.status) == (path, status)
        await serving.stop()


async def no_figures() -> Figures:
    return Figures()


async def test_before_the_first_generation_feeds_are_unavailable_and_never_empty(workshop: Workshop) -> None:
    workshop.write("ferry")
    settings = workshop.settings()
    with closing(Catalogue.open(settings.store)) as catalogue:
        serving = Serving(settings, catalogue)
        port = await serving.start("127.0.0.1", 0, no_figures)
        keeper = keeper_of(workshop, settings, catalogue, serving)
        held = Held(keeper._refresh)
        keeper._refresh = held  # type: ignore[assignment]
        async with running(keeper), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            for path in ("/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json", "/readyz"):
                async with client.get(path) as answer:
                    said = await answer.text()
                    assert (path, answer.status, answer.content_type) == (path, 503, "text/plain")
                    assert int(answer.headers["Retry-After"]) > 0
                    assert "being loaded for the first time" in said
            async with client.get("/healthz") as answer:
                assert answer.status == 200
            held.may_begin.set()
            answers = [(503, "")]
            async with asyncio.timeout(20):
                while answers[-1][0] == 503:
                    async with client.get("/feeds/all.rss") as answer:
                        answers.append((answer.status, await answer.text()))
            status, feed = answers[-1]
            assert status == 200
            assert "<title>Ferry</title>" in feed


def test_from_its_start_nothing_may_be_kept_past_the_next_scheduled_article(workshop: Workshop) -> None:
    workshop.write("tide", "publishedDateTime: 2026-03-01T12:02:00Z")
    workshop.refresh()
    with workshop.wired() as (wiring, catalogue):
        serving = Serving(wiring.settings, catalogue, now=lambda: NOON)
        assert serving._served.lifetime("/feeds/all.atom").max_age == 120
