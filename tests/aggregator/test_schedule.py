"""When refreshes happen: by interval, by cron, when a file changes, at a planned moment, on demand; one at a time."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator import schedule as module
from aggregator.schedule import Schedule, cron_trigger

HOUR = timedelta(hours=1)
LOOK_MILLISECONDS = 100


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WATCH_LOOK_MILLISECONDS", LOOK_MILLISECONDS)


class Counter:
    """Counts its calls, and lets a test wait for a number of them."""

    def __init__(self) -> None:
        self.calls = 0
        self.told: list[frozenset[str] | None] = []
        self._called = asyncio.Condition()

    async def __call__(self, touched: frozenset[str] | None = None) -> None:
        async with self._called:
            self.calls += 1
            self.told.append(touched)
            self._called.notify_all()

    async def reach(self, number: int) -> None:
        async with asyncio.timeout(10), self._called:
            await self._called.wait_for(lambda: self.calls >= number)


@asynccontextmanager
async def running(
    act: Callable[[frozenset[str] | None], Awaitable[None]],
    every: timedelta | None = HOUR,
    cron: str | None = None,
    watched: Sequence[Path] = (),
    mounted: Callable[[], str] = lambda: "",
) -> AsyncIterator[Schedule]:
    schedule = Schedule(act, every=every, cron=cron, timezone=UTC, watched=watched, mounted=mounted)
    schedule.start()
    yield schedule
    await schedule.stop()


async def test_the_first_call_is_at_once() -> None:
    act = Counter()
    async with running(act):
        await act.reach(1)


async def test_calls_come_at_intervals() -> None:
    act = Counter()
    async with running(act, every=timedelta(seconds=1)):
        await act.reach(2)


async def test_calls_come_by_cron() -> None:
    act = Counter()
    async with running(act, every=None, cron="* * * * *") as schedule:
        await act.reach(1)
        jobs = schedule._scheduler.get_jobs()
        assert [str(job.trigger) for job in jobs] == [
            "or[cron[month='*', day='*', day_of_week='*', hour='*', minute='*']]"
        ]


def days_of(expression: str, start: datetime, number: int) -> list[str]:
    """Give the first days at which it comes, from `start` on."""
    trigger, found = cron_trigger(expression, UTC), []
    moment = None
    for _ in range(number):
        moment = trigger.get_next_fire_time(moment, moment or start)
        assert moment is not None
        found.append(f"{moment:%a %Y-%m-%d}")
    return found


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 3 13 * fri", ["Fri 2027-08-06", "Fri 2027-08-13", "Fri 2027-08-20"]),
        ("0 3 13 * mon", ["Mon 2027-08-02", "Mon 2027-08-09", "Fri 2027-08-13"]),
        ("0 3 1,15 aug 3", ["Sun 2027-08-01", "Wed 2027-08-04", "Wed 2027-08-11"]),
        (
            "0 0 29 2 1",
            ["Mon 2028-02-07", "Mon 2028-02-14", "Mon 2028-02-21", "Mon 2028-02-28", "Tue 2028-02-29"],
        ),
        (
            "0 0 30 2 1",
            ["Mon 2028-02-07", "Mon 2028-02-14", "Mon 2028-02-21", "Mon 2028-02-28", "Mon 2029-02-05"],
        ),
        ("0 3 13 * 0-6", ["Sun 2027-08-01", "Mon 2027-08-02"]),
        ("0 3 1-31 * fri", ["Sun 2027-08-01", "Mon 2027-08-02"]),
    ],
)
def test_where_day_and_weekday_are_restricted_either_is_enough(expression: str, days: list[str]) -> None:
    assert days_of(expression, datetime(2027, 8, 1, tzinfo=UTC), len(days)) == days


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 3 13 * *", ["Fri 2027-08-13", "Mon 2027-09-13"]),
        ("0 3 * * fri", ["Fri 2027-08-06", "Fri 2027-08-13"]),
        ("0 3 */7 * fri", ["Fri 2027-10-01", "Fri 2027-10-08"]),
        ("0 3 13 * */2", ["Sat 2027-11-13", "Thu 2028-01-13"]),
    ],
)
def test_a_day_or_a_weekday_that_begins_with_a_star_must_match_beside_the_other(
    expression: str, days: list[str]
) -> None:
    assert days_of(expression, datetime(2027, 8, 1, tzinfo=UTC), len(days)) == days


async def test_a_schedule_without_a_rhythm_is_refused() -> None:
    with pytest.raises(ValueError, match="`every` or `cron`"):
        Schedule(Counter(), every=None, cron=None, timezone=UTC, watched=[])


async def test_a_call_comes_on_demand() -> None:
    act = Counter()
    async with running(act) as schedule:
        await act.reach(1)
        schedule.wake()
        await act.reach(2)


async def test_a_call_comes_at_the_planned_moment() -> None:
    act = Counter()
    async with running(act) as schedule:
        await act.reach(1)
        schedule.plan(datetime.now(UTC) + HOUR)
        schedule.plan(datetime.now(UTC) + timedelta(milliseconds=50))
        await act.reach(2)


async def test_a_moment_in_the_past_is_not_lost() -> None:
    act = Counter()
    async with running(act) as schedule:
        await act.reach(1)
        schedule.plan(datetime.now(UTC) - HOUR)
        await act.reach(2)


async def test_a_plan_can_be_given_up() -> None:
    async with running(Counter()) as schedule:
        schedule.plan(datetime.now(UTC) + HOUR)
        schedule.plan(None)
        assert schedule._scheduler.get_job("due") is None


async def test_a_change_of_a_file_is_a_reason_at_once(tmp_path: Path) -> None:
    act = Counter()
    async with running(act, watched=[tmp_path]):
        calls = await settled(act)
        await write_until_called(act, calls + 1, tmp_path / "article.md")


async def test_a_change_of_a_file_alone_is_told_by_its_path(tmp_path: Path) -> None:
    act = Counter()
    async with running(act, watched=[tmp_path]) as schedule:
        calls = await settled(act)
        await write_until(lambda: any(act.told[calls:]), tmp_path / "article.md")
        assert {path for told in act.told[calls:] for path in told or ()} == {str(tmp_path / "article.md")}
        calls = await settled(act)  # what was written last has been told as well
        schedule._note(["a.md"])
        schedule.wake()
        schedule._note(["b.md"])
        await act.reach(calls + 1)
    assert act.told[calls] is None, "anything may have changed, and that counts"


async def test_any_number_of_reasons_during_a_call_cause_one_more() -> None:
    going_on, calls = asyncio.Event(), Counter()

    async def act(touched: frozenset[str] | None) -> None:
        await calls(touched)
        await going_on.wait()

    async with running(act) as schedule:
        await calls.reach(1)
        for _ in range(5):
            schedule.wake()
        going_on.set()
        await calls.reach(2)
    assert calls.calls == 2


async def test_fault_25_where_watching_is_not_possible_one_warning_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = Counter()

    async def broken_watch(*_folders: Path, **_settings: object) -> AsyncIterator[None]:
        await attempts()
        raise OSError("inotify watch limit reached")
        yield  # makes it a generator, as the real one is

    monkeypatch.setattr(module, "awatch", broken_watch)
    monkeypatch.setattr(module, "_WATCH_RETRY_SECONDS", 0.0)
    with caplog.at_level(logging.WARNING):
        async with running(Counter(), watched=[tmp_path]):
            await attempts.reach(3)
    warnings = [
        record.message for record in caplog.records if "watching files is not possible" in record.message
    ]
    assert warnings == [
        "watching files is not possible (inotify watch limit reached); changes are found by the schedule alone"
    ]


async def test_fault_25_a_folder_on_a_network_file_system_is_told_of_once_and_watched_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mounted = f"35 1 0:30 / {tmp_path} rw shared:7 - nfs4 server:/articles rw"
    act = Counter()
    with caplog.at_level(logging.WARNING):
        async with running(act, watched=[tmp_path], mounted=lambda: mounted):
            await write_until_called(act, 3, tmp_path / "ferry.md")
    assert [record.message for record in caplog.records] == [
        f"{tmp_path} lies on a file system of other machines (nfs4); what these change there is found by the schedule alone"
    ]


async def test_a_folder_that_is_not_there_is_not_watched(tmp_path: Path) -> None:
    act = Counter()
    async with running(act, watched=[tmp_path / "nowhere"]):
        await act.reach(1)


async def write_until_called(act: Counter, number: int, path: Path) -> None:
    await write_until(lambda: act.calls >= number, path)


async def write_until(condition: Callable[[], bool], path: Path) -> None:
    async with asyncio.timeout(10):
        while not condition():  # watching begins a moment after the start
            await asyncio.to_thread(path.write_text, path.name)
            await asyncio.sleep(0.05)


async def settled(act: Counter) -> int:
    """Give the number of calls once no more come: what is watched is what is there, and nobody writes."""
    while True:
        before = act.calls
        await asyncio.sleep(5 * LOOK_MILLISECONDS / 1000)
        if act.calls == before:
            return before


async def test_a_folder_that_is_deleted_and_made_again_is_watched_again(tmp_path: Path) -> None:
    act, folder = Counter(), tmp_path / "news"
    folder.mkdir()
    async with running(act, watched=[folder]):
        await write_until_called(act, 2, folder / "article.md")
        shutil.rmtree(folder)
        folder.mkdir()
        calls = await settled(act)
        await write_until_called(act, calls + 1, folder / "article.md")


async def test_a_folder_in_whose_place_another_is_moved_is_watched_again(tmp_path: Path) -> None:
    act, folder, other = Counter(), tmp_path / "news", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    async with running(act, watched=[folder]):
        await write_until_called(act, 2, folder / "article.md")
        folder.rename(tmp_path / "old")
        other.rename(folder)
        calls = await settled(act)
        await write_until_called(act, calls + 1, folder / "article.md")


@pytest.mark.parametrize("others", [[], ["there"]])
async def test_a_folder_that_is_made_later_is_a_reason_and_watched_from_then_on(
    tmp_path: Path, others: list[str]
) -> None:
    act, folder = Counter(), tmp_path / "news"
    for other in others:
        (tmp_path / other).mkdir()
    async with running(act, watched=[folder, *(tmp_path / other for other in others)]):
        calls = await settled(act)
        folder.mkdir()
        await act.reach(calls + 1)
        calls = await settled(act)
        await write_until_called(act, calls + 1, folder / "article.md")


async def test_a_folder_that_goes_while_the_watch_begins_is_no_fault(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = Counter()

    async def late_watch(*_folders: Path, **_settings: object) -> AsyncIterator[None]:
        await attempts()
        raise FileNotFoundError("news")
        yield  # makes it a generator, as the real one is

    monkeypatch.setattr(module, "awatch", late_watch)
    monkeypatch.setattr(module, "_WATCH_LOOK_MILLISECONDS", 1)
    async with running(Counter(), watched=[tmp_path]):
        await attempts.reach(3)
    assert caplog.text == ""
