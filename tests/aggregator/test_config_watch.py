"""When the configuration is loaded anew: at each change of what its files say, once; at nothing else; whoever writes them, and how."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from aggregator import config, schedule
from aggregator.config import ClientLimits
from aggregator.config_watch import ConfigurationWatch, until_restart, waiting_for_restart
from aggregator.schedule import watch_folders
from tests.aggregator.waiting import until
from tests.aggregator.workshop import Workshop


@dataclass
class Reloads:
    """Counts reloads, and lets a test wait for them. `failures` are raised first, one a reload."""

    is_on: bool = True
    calls: int = 0
    failures: list[Exception] = field(default_factory=list)
    _called: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self) -> None:
        async with self._called:
            self.calls += 1
            self._called.notify_all()
        if self.failures:
            raise self.failures.pop(0)

    async def reach(self, number: int) -> None:
        async with asyncio.timeout(10), self._called:
            await self._called.wait_for(lambda: self.calls >= number)


@asynccontextmanager
async def watching(path: Path, reloads: Reloads) -> AsyncIterator[ConfigurationWatch]:
    watch = ConfigurationWatch(path, reloads, lambda: reloads.is_on)
    watch.start()
    yield watch
    await watch.stop()


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes before the system begins to tell of it is found by looking; a test need not wait so long for that."""
    monkeypatch.setattr(schedule, "_LOOK_MILLISECONDS", 200)


async def test_a_change_is_taken_up(workshop: Workshop) -> None:
    reloads = Reloads()
    async with watching(workshop.config_path, reloads):
        workshop.configure("feeds: []\n")
        await reloads.reach(1)
    assert reloads.calls == 1


async def test_a_file_that_an_editor_puts_in_place_of_it_is_taken_up(workshop: Workshop) -> None:
    reloads = Reloads()
    async with watching(workshop.config_path, reloads):
        for number in (1, 2):
            new = workshop.folder / ".site.yaml.new"
            new.write_text(f"{workshop.text}# {number}\n")
            new.replace(workshop.config_path)
            await reloads.reach(number)
    assert reloads.calls == 2


async def test_a_feed_file_is_taken_up_even_if_its_folder_came_later(workshop: Workshop) -> None:
    reloads = Reloads()
    feeds = workshop.folder / "feeds"
    async with watching(workshop.config_path, reloads):
        feeds.mkdir()
        (feeds / "boats.yaml").write_text("{id: boats, title: Boats}\n")
        await reloads.reach(1)
        (feeds / "boats.yaml").write_text("{id: boats, title: All boats}\n")
        await reloads.reach(2)
        (feeds / "boats.yaml").unlink()
        await reloads.reach(3)


async def test_what_says_the_same_is_not_loaded_again(workshop: Workshop) -> None:
    reloads = Reloads()
    async with watching(workshop.config_path, reloads):
        os.utime(workshop.config_path)
        workshop.config_path.write_text(workshop.text)
        (workshop.folder / "catalogue.db").write_text("not the configuration's")
        workshop.configure("feeds: []\n")
        await reloads.reach(1)
    assert reloads.calls == 1


async def test_an_operator_is_obeyed_whether_anything_changed_or_not(workshop: Workshop) -> None:
    reloads = Reloads()
    async with watching(workshop.config_path, reloads) as watch:
        await watch.reload()
        assert reloads.calls == 1


async def test_what_an_operator_had_loaded_is_not_loaded_again_by_the_watch(workshop: Workshop) -> None:
    reloads = Reloads(is_on=False)
    async with watching(workshop.config_path, reloads) as watch:
        workshop.configure("feeds: []\n")
        await watch.reload()
        reloads.is_on = True
        await watch.reload()
        workshop.configure("gone: [boats]\n")
        await reloads.reach(3)
    assert reloads.calls == 3


async def test_where_watching_is_switched_off_nothing_is_loaded(workshop: Workshop) -> None:
    reloads = Reloads()
    async with watching(workshop.config_path, reloads) as watch:
        reloads.is_on = False
        await watch.reload()
        assert watch._watching is None
        workshop.configure("feeds: []\n")
        reloads.is_on = True
        await watch.reload()
    assert reloads.calls == 2


async def test_a_reload_that_fails_is_told_and_the_next_change_tries_again(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    reloads = Reloads(failures=[ZeroDivisionError("a bug")])
    async with watching(workshop.config_path, reloads):
        workshop.configure("feeds: []\n")
        await reloads.reach(1)
        workshop.configure("gone: [boats]\n")
        await reloads.reach(2)
    assert "the configuration could not be taken up" in caplog.text
    assert "a bug" in caplog.text


async def test_where_the_system_can_not_tell_of_changes_they_are_found_by_looking(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_watch(*_folders: Path, **_settings: object) -> AsyncIterator[None]:
        raise OSError("inotify watch limit reached")
        yield  # makes it a generator, as the real one is

    monkeypatch.setattr(schedule, "awatch", broken_watch)
    monkeypatch.setattr(schedule, "_WATCH_RETRY_SECONDS", 0.01)
    reloads = Reloads()
    async with watching(workshop.config_path, reloads):
        workshop.configure("feeds: []\n")
        await reloads.reach(1)


async def test_folders_that_are_not_there_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "_WATCH_RETRY_SECONDS", 0.01)
    folder, seen = tmp_path / "later", asyncio.Event()

    def look() -> None:
        if folder.is_dir():
            seen.set()

    task = asyncio.create_task(watch_folders([folder], look))
    await asyncio.sleep(0)
    folder.mkdir()
    async with asyncio.timeout(10):
        await seen.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_reloads_never_overlap_whoever_wants_them(workshop: Workshop) -> None:
    begun, may_end = 0, asyncio.Event()

    async def reload() -> None:
        nonlocal begun
        begun += 1
        assert begun == 1 or may_end.is_set(), "two at a time"
        await may_end.wait()

    watch = ConfigurationWatch(workshop.config_path, reload, lambda: True)
    watch.start()
    operators = [asyncio.create_task(watch.reload()) for _ in range(3)]
    await until(lambda: begun == 1)
    workshop.configure("feeds: []\n")
    watch._wanted.set()
    await until(lambda: not watch._wanted.is_set())
    assert begun == 1
    may_end.set()
    await asyncio.gather(*operators)
    await watch.stop()
    assert begun >= 3


# What is compared


def test_the_digest_goes_by_names_and_bytes(tmp_path: Path) -> None:
    path, feeds = tmp_path / "site.yaml", tmp_path / "feeds"
    states = [config.digest(path)]
    path.write_text("a")
    states.append(config.digest(path))
    feeds.mkdir()
    (feeds / "x.yaml").write_text("b")
    states.append(config.digest(path))
    (feeds / "x.yaml").rename(feeds / "y.yaml")
    states.append(config.digest(path))
    assert len(set(states)) == 4
    (feeds / ".y.yaml.swp").write_text("an editor's")
    (feeds / "notes.txt").write_text("nobody's")
    assert config.digest(path) == states[-1]


def test_the_digest_waits_for_nobody_and_never_raises(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    os.mkfifo(path)
    assert config.digest(path) == config.digest(path)
    unreadable = tmp_path / "loop.yaml"
    unreadable.symlink_to(unreadable)
    assert config.digest(unreadable)


# What waits for a restart


def test_what_was_decided_at_the_start_waits_for_the_next(workshop: Workshop) -> None:
    before = workshop.settings()
    server = before.server.model_copy(update={"host": "::", "port": 1, "workers": 2})
    after = replace(before, server=server, store="sqlite:///other.db")
    assert waiting_for_restart(before, after) == ("store", "server.host", "server.port", "server.workers")


def test_how_long_answers_may_be_kept_does_not_wait(workshop: Workshop) -> None:
    before = workshop.settings()
    server = before.server.model_copy(update={"max_age": before.server.max_age * 2})
    assert waiting_for_restart(before, replace(before, server=server)) == ()


def test_until_the_next_start_all_else_is_taken_up(workshop: Workshop) -> None:
    before = workshop.settings()
    server = before.server.model_copy(
        update={"host": "::", "limits": ClientLimits(requests=1), "max_age": before.server.max_age * 2}
    )
    after = replace(before, server=server, store="sqlite:///other.db", gone=frozenset({"rafts"}))
    ruling = until_restart(before, after)
    assert waiting_for_restart(before, ruling) == ()
    assert waiting_for_restart(ruling, after) == ("store", "server.host", "server.limits")
    assert (ruling.server.max_age, ruling.gone) == (server.max_age, after.gone)
