"""A disk that fails at whatever is asked of it: what readers see is the old state or the new one, whole, and the next try succeeds.

In `make test` every so many of the things that a refresh or a publish asks of its disk go wrong, in `make soak` each of them.
"""

import os
import shutil
import signal
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue
from aggregator.errors import AggregatorError, CatalogueError, PublishError, RefreshError
from aggregator.publish.side_file import SideFile
from aggregator.publish.tree import publish
from aggregator.refreshes.refresh import Report
from aggregator.wiring import Wiring, wire
from tests.aggregator.failing_disk import FailingDisk
from tests.aggregator.workshop import EVERYTHING, HOUR, NOON, Workshop

LATER = NOON + HOUR
MUCH_LATER = LATER + HOUR
# What a publish asks from the renaming of the new tree to its end, and a refresh for its commit.
_LAST = 12
OLD = {"ferry": "Ferry", "pier": "Pier", "quay": "Quay"}
NEW = {"ferry": "The new ferry", "dock": "Dock", "quay": "Quay"}


def every(few: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test with every so many of the numbers, and under `make soak` with each."""
    return pytest.mark.parametrize("step", [few, pytest.param(1, marks=pytest.mark.soak)])


@dataclass(frozen=True)
class Newsroom:
    """A site whose catalogue holds the old state, and whose folder holds the new one. Each trial begins with that."""

    workshop: Workshop
    database: bytes
    catalogue: Catalogue

    @property
    def catalogue_path(self) -> Path:
        return self.workshop.folder / "catalogue.db"

    def begin(self) -> None:
        for part in self.workshop.folder.glob("catalogue.db*"):
            part.unlink()
        self.catalogue_path.write_bytes(self.database)

    @contextmanager
    def wired(self) -> Iterator[tuple[Wiring, Catalogue]]:
        """Give the parts of the system as a new process has them, but for its statements, which take most of a trial to compile."""
        self.catalogue.close()  # nothing is left of what it had open
        try:
            yield wire(self.workshop.settings(), self.catalogue), self.catalogue
        finally:
            self.catalogue.close()

    def trials(self, disk: FailingDisk, trial: Callable[[], object], step: int) -> Iterator[int]:
        """Count what `trial` asks of the disk, then give each number that is to fail, with all as it was at the beginning.

        Always among them are the last, where the old state is replaced by the new one, and looks into folders, which may seem empty.
        """
        self.begin()
        disk.begin()
        trial()
        count = len(disk.asked)
        assert count > step
        last = range(max(1, count - _LAST), count + 1)
        looks = [number for number, what in enumerate(disk.asked, 1) if what == "scandir"]
        for number in sorted({*range(1, count + 1, step), *looks, *last}):
            disk.mend()
            self.begin()
            disk.begin(number)
            yield number


@pytest.fixture
def newsroom(workshop: Workshop) -> Iterator[Newsroom]:
    for name, title in OLD.items():
        workshop.write(name, f"topics: [{name}]", title=title)
    workshop.refresh()
    workshop.delete("pier")
    for name in ("ferry", "dock"):
        workshop.write(name, f"topics: [{name}]", title=NEW[name])
    database = (workshop.folder / "catalogue.db").read_bytes()
    with closing(Catalogue.open(workshop.settings().store)) as catalogue:
        yield Newsroom(workshop, database, catalogue)


def shown(catalogue: Catalogue) -> Mapping[str, str]:
    """Give the title of each article that readers see, by its topic."""
    with catalogue.snapshot() as snapshot:
        return {article.topics[0]: article.title for article in snapshot.select(EVERYTHING)}


def refreshed(workshop: Workshop) -> Report:
    return workshop.refresh(LATER)


def failure_of(act: Callable[[], object], *expected: type[AggregatorError]) -> str:
    """Give what `act` says of its failure, nothing where it succeeds; all but the expected errors are raised."""
    try:
        act()
    except expected as error:
        return str(error)
    return ""


def in_a_process_of_its_own(act: Callable[[], object]) -> None:
    """Do something in a copy of this process, which may be killed at it."""
    with warnings.catch_warnings():
        # The threads of the test runner don't exist in the copy, and it wants nothing of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    status = os.waitpid(process, 0)[1]
    assert status in {0, signal.SIGKILL}, status


def integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@pytest.mark.parametrize("lasts", [False, True])
@every(13)
def test_fault_57_a_database_that_fails_in_a_refresh_leaves_the_old_state_or_the_new_one(
    newsroom: Newsroom, step: int, *, lasts: bool
) -> None:
    workshop, disk = newsroom.workshop, FailingDisk(newsroom.workshop.folder)
    with disk.in_place_of_sqlite_s():
        for number in newsroom.trials(disk, lambda: refreshed(workshop), step):
            disk.mend()
            with newsroom.wired() as (wiring, catalogue):
                disk.begin(number, lasts=lasts)
                reason = failure_of(partial(wiring.refresh.run, LATER), CatalogueError)
                disk.mend()
                assert not reason or "catalogue.db: " in reason, (number, reason)
                assert shown(catalogue) in ((OLD, NEW) if reason else (NEW,)), (number, reason)
                wiring.refresh.run(MUCH_LATER)
                assert shown(catalogue) == NEW, (number, reason)
            assert integrity(newsroom.catalogue_path) == "ok", number
            assert not [*workshop.folder.glob("*.aside-*")], (number, reason)


@every(29)
def test_fault_64_a_refresh_that_is_killed_at_whatever_point_leaves_a_whole_generation(
    newsroom: Newsroom, step: int
) -> None:
    workshop, disk = newsroom.workshop, FailingDisk(newsroom.workshop.folder)

    def refresh_and_die(number: int) -> None:
        with newsroom.wired() as (wiring, _):
            disk.begin(number, kills=True)
            wiring.refresh.run(LATER)

    with disk.in_place_of_python_s(), disk.in_place_of_sqlite_s():
        for number in newsroom.trials(disk, lambda: refreshed(workshop), step):
            disk.mend()
            in_a_process_of_its_own(partial(refresh_and_die, number))
            with newsroom.wired() as (wiring, catalogue):
                assert shown(catalogue) in (OLD, NEW), number
                wiring.refresh.run(MUCH_LATER)
                assert shown(catalogue) == NEW, number
            assert integrity(newsroom.catalogue_path) == "ok", number
            assert not [*workshop.folder.glob("*.aside-*")], number


@every(3)
def test_fault_57_a_source_that_can_not_be_read_keeps_each_article_whole_and_is_named(
    newsroom: Newsroom, step: int
) -> None:
    workshop = newsroom.workshop
    disk = FailingDisk(workshop.folder / "news")
    with disk.in_place_of_python_s():
        for number in newsroom.trials(disk, lambda: refreshed(workshop), step):
            with newsroom.wired() as (wiring, catalogue):
                report = wiring.refresh.run(LATER)
                disk.mend()
                seen = shown(catalogue)
                assert seen.items() <= (OLD.items() | NEW.items()), number
                assert seen.keys() >= OLD.keys() & NEW.keys(), number
                if seen != NEW:
                    told = (*report.alarms, *map(str, report.problems))
                    assert any("can't be read: Input/output error" in one for one in told), (number, told)
                after = wiring.refresh.run(MUCH_LATER)
                assert (shown(catalogue), after.alarms, after.problems) == (NEW, (), ()), number


@every(5)
def test_fault_57_a_catalogue_whose_disk_fails_at_the_opening_is_not_set_aside(
    newsroom: Newsroom, step: int
) -> None:
    workshop, disk = newsroom.workshop, FailingDisk(newsroom.workshop.folder)

    def opened() -> Mapping[str, str]:
        with closing(Catalogue.open(workshop.settings().store)) as catalogue:
            return shown(catalogue)

    with disk.in_place_of_sqlite_s():
        for number in newsroom.trials(disk, opened, step):
            reason = failure_of(opened, CatalogueError)
            disk.mend()
            assert not reason or "can't be " in reason, (number, reason)
            assert opened() == OLD, number
            assert not [*workshop.folder.glob("*.aside-*")], number


@every(31)
def test_fault_59_a_corrupt_catalogue_is_made_anew_though_the_disk_fails_meanwhile(
    newsroom: Newsroom, step: int
) -> None:
    # The first page names what there is; all that it leads to is gone.
    corrupt = replace(newsroom, database=newsroom.database[:4096] + b"\xa5" * (len(newsroom.database) - 4096))
    workshop, disk = newsroom.workshop, FailingDisk(newsroom.workshop.folder)
    with disk.in_place_of_sqlite_s(), disk.in_place_of_python_s():
        for number in corrupt.trials(disk, lambda: refreshed(workshop), step):
            disk.mend()
            with workshop.wired() as (wiring, catalogue):
                disk.begin(number)
                failure_of(partial(wiring.refresh.run, LATER), CatalogueError, RefreshError)
                disk.mend()
                wiring.refresh.run(MUCH_LATER)
                assert shown(catalogue) == NEW, number
            assert integrity(newsroom.catalogue_path) == "ok", number


def tree_at(out: Path) -> Mapping[str, bytes]:
    root = out.resolve()
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def releases_in(www: Path) -> set[str]:
    """Give the names of the trees that are there, whole or not."""
    return {path.name for path in (www / ".feeds.releases").iterdir() if path.is_dir()}


def beside(out: Path) -> Path:
    return out.with_name(f"{out.name}.nginx.conf")


def published_at(out: Path) -> tuple[Mapping[str, bytes], str]:
    """Give the tree that is there, and the mode of what lies beside it, with its text."""
    side = f"{beside(out).stat().st_mode:o} {beside(out).read_text()}" if beside(out).exists() else ""
    return tree_at(out) if out.is_symlink() else {}, side


def publish_to(newsroom: Newsroom, out: Path, begin: Callable[[], None] = lambda: None) -> None:
    with newsroom.wired() as (wiring, catalogue):
        begin()
        with catalogue.snapshot() as snapshot:
            text = f"# Beside generation {snapshot.generation.number}\n" * 100
            publish(wiring.tree, snapshot, out, beside=SideFile(beside(out), text, "# Beside"))


def expect_on_disk(disk: FailingDisk, out: Path) -> None:
    """See that every file and folder of a tree, and what lies beside it, was fsynced before it took its place."""
    tree = out.resolve()
    parts = {path: path.stat() for path in (tree.parent, tree, *tree.rglob("*"))}
    assert not [path for path, one in parts.items() if (one.st_dev, one.st_ino) not in disk.synced_at[out]]
    found = beside(out).stat()
    assert (found.st_dev, found.st_ino) in disk.synced_at[beside(out)]


@dataclass(frozen=True)
class Trees:
    """A folder of published trees that is as it was before a publish, again and again."""

    newsroom: Newsroom
    www: Path
    kept: Path
    old: tuple[Mapping[str, bytes], str]
    new: tuple[Mapping[str, bytes], str]

    @property
    def out(self) -> Path:
        return self.www / "feeds"

    def begin(self) -> None:
        shutil.rmtree(self.www)
        shutil.copytree(self.kept, self.www, symlinks=True)

    def publish(self, begin: Callable[[], None] = lambda: None) -> None:
        publish_to(self.newsroom, self.out, begin)

    def expect_recovery(self, number: int) -> None:
        """Publish once more: it succeeds, and nothing is left of what went wrong."""
        self.publish()
        assert published_at(self.out) == self.new, number
        left = {path.name for path in (self.www / ".feeds.releases").iterdir()}
        assert not left & {"partial", "link"}, number
        assert {path.name for path in self.www.iterdir()} == {"feeds", ".feeds.releases", "feeds.nginx.conf"}


@pytest.fixture
def trees(newsroom: Newsroom, tmp_path: Path) -> Trees:
    workshop, www, kept = newsroom.workshop, tmp_path / "www", tmp_path / "kept"
    # Few documents, for each is several files.
    workshop.configure("defaults: {formats: [atom]}\ntopics: false\nproviders: false\n")
    publish_to(newsroom, www / "feeds")
    beside(www / "feeds").chmod(0o600)
    old = published_at(www / "feeds")
    shutil.copytree(www, kept, symlinks=True)
    workshop.refresh(LATER)
    publish_to(newsroom, www / "feeds")
    new = published_at(www / "feeds")
    assert old[0] != new[0]
    assert old[1] != new[1]
    found = Trees(replace(newsroom, database=newsroom.catalogue_path.read_bytes()), www, kept, old, new)
    found.begin()
    return found


@pytest.mark.parametrize("lasts", [False, True])
@every(61)
def test_fault_57_a_disk_that_fails_in_a_publish_leaves_the_old_tree_or_the_new_one(
    trees: Trees, tmp_path: Path, step: int, *, lasts: bool
) -> None:
    disk = FailingDisk(tmp_path)
    with disk.in_place_of_python_s(), disk.in_place_of_sqlite_s():
        for number in trees.newsroom.trials(disk, partial(trees.publish, disk.begin), step):
            disk.mend()
            trees.begin()
            begin = partial(disk.begin, number, lasts=lasts)
            reason = failure_of(partial(trees.publish, begin), PublishError, CatalogueError)
            disk.mend()
            found = published_at(trees.out)
            # Where the last of all fails, and all after it, what was beside the tree can't be put back.
            mixed = [(trees.old[0], trees.new[1])] if lasts and disk.asked[number - 1] == "replace" else []
            assert found in ([trees.old, *mixed] if reason else [trees.new]), (number, reason)
            if not reason:
                expect_on_disk(disk, trees.out)
            # A disk that fails once lets go of what came to nothing, and one that is full stays so no longer.
            assert lasts or not reason or releases_in(trees.www) <= releases_in(trees.kept), (number, reason)
            trees.expect_recovery(number)


@every(83)
def test_fault_56_a_publish_that_is_killed_at_whatever_point_leaves_the_old_tree_or_the_new_one(
    trees: Trees, tmp_path: Path, step: int
) -> None:
    disk = FailingDisk(tmp_path)
    with disk.in_place_of_python_s(), disk.in_place_of_sqlite_s():
        for number in trees.newsroom.trials(disk, partial(trees.publish, disk.begin), step):
            disk.mend()
            trees.begin()
            in_a_process_of_its_own(partial(trees.publish, partial(disk.begin, number, kills=True)))
            # Between the two renames, the new file lies beside the old tree.
            mixed = (trees.old[0], trees.new[1])
            assert published_at(trees.out) in (trees.old, mixed, trees.new), number
            trees.expect_recovery(number)


def test_fault_57_a_first_publish_that_fails_leaves_the_empty_folder(
    trees: Trees,
) -> None:
    disk = FailingDisk(trees.www)

    def begin() -> None:
        shutil.rmtree(trees.www)
        trees.out.mkdir(parents=True)

    begin()
    with disk.in_place_of_python_s():
        trees.publish(disk.begin)
        count = len(disk.asked)
        for number in range(count - 4 * _LAST, count + 1):
            disk.mend()
            begin()
            reason = failure_of(partial(trees.publish, partial(disk.begin, number)), PublishError)
            disk.mend()
            assert published_at(trees.out) == (({}, "") if reason else trees.new), (number, reason)
            assert trees.out.is_dir(), (number, reason)
            trees.expect_recovery(number)


def test_fault_56_the_disk_has_every_file_of_a_tree_before_the_tree_is_linked(
    trees: Trees, tmp_path: Path
) -> None:
    disk = FailingDisk(tmp_path)
    with disk.in_place_of_python_s():
        trees.publish(disk.begin)
    expect_on_disk(disk, trees.out)
