"""kill -9 at moments that chance picks, during refreshes and publishes, with readers at it: what is found afterwards is always whole.

The chance is seeded. Short here; make soak kills a hundred times.
"""

import gzip
import json
import random
import shutil
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from subprocess import TimeoutExpired
from time import monotonic

import pytest

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.wiring import wire
from tests.aggregator.running_site import wait_for
from tests.aggregator.workshop import Workshop
from tests.endurance.almanac import CANARY, CONFIGURATION, Almanac
from tests.endurance.launching import PATIENCE_SECONDS, Launched, kill, launch, launched, settle
from tests.endurance.reading_load import ReadingLoad, reading

ARTICLES = 40
PATHS = (
    "/feeds/all.json",
    "/feeds/all.rss",
    "/topics/tides.json",
    "/topics/moons.atom",
    "/feeds/all.atom",
    "/feeds/all",
    "/",
)
# How long a refresh takes, with readers at it, is found by trial: kills that come too early are followed by later ones, and the reverse.
_LONGER = {False: 1.15, True: 1 / 1.15}
# Between two looks at the tree: the program that is killed wants the processor too.
_PAUSE_SECONDS = 0.01
PUBLISHED = ("feeds/all.json", "feeds/all.atom", "topics/winds.rss", "topics/tides.json", "feeds/all.html")


@pytest.fixture
def almanac(tmp_path: Path) -> Almanac:
    workshop = Workshop(tmp_path / "site")
    workshop.folder.mkdir()
    workshop.configure(CONFIGURATION)
    return Almanac(workshop, ARTICLES)


def test_fault_64_a_kill_during_a_refresh_leaves_a_whole_generation(almanac: Almanac) -> None:
    found = kill_while_refreshing(almanac, kills=2)
    assert sum(found.values()) == 2


@pytest.mark.soak
def test_fault_64_a_hundred_kills_during_refreshes(almanac: Almanac) -> None:
    found = kill_while_refreshing(almanac, kills=100)
    print(f"survived {sum(found.values())} kills; what was found: {dict(found)}")  # noqa: T201  a figure
    # Some hit before the commit and some after it, or the moments were none that prove anything.
    assert min(found["the old one"], found["the new one"]) >= 10


def test_fault_56_a_kill_during_a_publish_leaves_a_whole_tree(almanac: Almanac, tmp_path: Path) -> None:
    found = kill_while_publishing(almanac, tmp_path / "public", kills=2)
    assert sum(found.values()) == 2


@pytest.mark.soak
def test_fault_56_a_hundred_kills_during_publishes(almanac: Almanac, tmp_path: Path) -> None:
    found = kill_while_publishing(almanac, tmp_path / "public", kills=100)
    print(f"survived {sum(found.values())} kills; what was found: {dict(found)}")  # noqa: T201  a figure
    assert min(found["the old one"], found["the new one"]) >= 10


# Refreshes


def kill_while_refreshing(almanac: Almanac, kills: int) -> Counter[str]:
    """Write an edition, have it read, kill the server meanwhile, look; count which edition the catalogue held then."""
    chance = random.Random(64)  # noqa: S311  the same moments each time
    found: Counter[str] = Counter()
    took = dict.fromkeys((True, False), _time_of_a_refresh(almanac))
    edition = held = 1
    for _ in range(kills):
        # One refresh in two is the first of a process; the other is asked for while it runs.
        is_at_start, is_alone = chance.random() < 0.5, chance.random() < 0.5
        moment = chance.random() * took[is_at_start]
        if is_at_start:
            edition += 1
            almanac.write(edition)
        with launched(almanac.workshop) as server:
            if not is_at_start:
                _wait_for_edition(server, almanac, edition)
                # Where the catalogue had it already, the first refresh is yet to come: it would read the next edition as it is written.
                settle(server.site)
                held = edition
            with reading(server.site.port, PATHS, almanac.edition_of) as load:
                if not is_at_start:
                    edition += 1
                    almanac.write(edition)
                    server.site.signal(signal.SIGHUP)
                _kill_after(moment, server, load, is_alone=is_alone)
        assert load.problems == []
        before, held = held, _edition_at_rest(almanac)
        assert held in {before, edition}
        is_new = held == edition
        found["the new one" if is_new else "the old one"] += 1
        took[is_at_start] *= _LONGER[is_new]
    with launched(almanac.workshop) as server:
        _wait_for_edition(server, almanac, edition)
    assert not list(almanac.workshop.folder.glob("*.aside*"))
    return found


def _time_of_a_refresh(almanac: Almanac) -> float:
    """Bring the first two editions in; give how long the second took, and a third more."""
    almanac.write(0)
    with launched(almanac.workshop) as server:
        settle(server.site)
        before = server.generations()
        almanac.write(1)
        began = monotonic()
        server.site.signal(signal.SIGHUP)
        wait_for(lambda: server.generations() > before, PATIENCE_SECONDS)
        return (monotonic() - began) * 1.33


def _wait_for_edition(server: Launched, almanac: Almanac, edition: int) -> None:
    path = PATHS[0]
    wait_for(lambda: server.site.get("/readyz").status == HTTPStatus.OK, PATIENCE_SECONDS)
    wait_for(lambda: almanac.edition_of(path, server.site.get(path).body) == edition, PATIENCE_SECONDS)


def _kill_after(seconds: float, server: Launched, load: ReadingLoad, *, is_alone: bool) -> None:
    with suppress(TimeoutExpired):
        server.process.wait(seconds)
    assert server.process.poll() is None, server.site.lines
    load.may_fail.set()
    kill(server.process, is_alone=is_alone)


def _edition_at_rest(almanac: Almanac) -> int:
    """Give the edition that the catalogue holds, found in a copy: the next server is to find it as the kill left it."""
    folder = almanac.workshop.folder
    copy = folder / "copy.db"
    for end in ("", "-wal"):
        left = folder / f"catalogue.db{end}"
        if left.exists():
            assert CANARY.encode() not in left.read_bytes()
            shutil.copyfile(left, f"{copy}{end}")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO entry_text (entry_text) VALUES ('integrity-check')")
    settings = replace(almanac.workshop.settings(), store=f"sqlite:///{copy}")
    catalogue = Catalogue.open(settings.store)
    try:
        editions = {_edition_of_document(almanac, settings, catalogue, path) for path in PATHS}
    finally:
        catalogue.close()
        for left in folder.glob("copy.db*"):
            left.unlink()
    assert len(editions) == 1
    return editions.pop()


def _edition_of_document(almanac: Almanac, settings: Settings, catalogue: Catalogue, path: str) -> int:
    with catalogue.snapshot() as snapshot:
        drafts = (family.find(path, snapshot) for family in wire(settings, catalogue).families)
        draft = next(draft for draft in drafts if draft is not None)
        return almanac.edition_of(path, draft.make().body)


# Publishes


def kill_while_publishing(almanac: Almanac, out: Path, kills: int) -> Counter[str]:
    """Write an edition, kill the program that publishes it, look; count which edition the tree was of then."""
    chance = random.Random(56)  # noqa: S311  the same moments each time
    found: Counter[str] = Counter()
    # Every article has a page in five forms, and it is the moments that count.
    almanac = replace(almanac, size=15)
    almanac.write(0)
    _publish(almanac, out)
    almanac.write(1)
    took = _publish(almanac, out)
    held = _edition_of_tree(almanac, out)
    edition = 1
    with _reading_tree(almanac, out) as problems:
        for edition in range(2, kills + 2):
            almanac.write(edition)
            program = launch("publish", str(out), "--config", str(almanac.workshop.config_path))
            with suppress(TimeoutExpired):
                program.wait((0.3 + 0.8 * chance.random()) * took)
            if program.poll() is None:
                kill(program, is_alone=chance.random() < 0.5)
            program.communicate()
            before, held = held, _edition_of_tree(almanac, out)
            assert held in {before, edition}
            is_new = held == edition
            found["the new one" if is_new else "the old one"] += 1
            took *= _LONGER[is_new]
        _publish(almanac, out)
    assert problems == []
    assert _edition_of_tree(almanac, out) == edition
    _assert_tidy(out)
    return found


def _publish(almanac: Almanac, out: Path) -> float:
    """Publish to the end; give how long that took."""
    began = monotonic()
    program = launch("publish", str(out), "--config", str(almanac.workshop.config_path))
    _, told = program.communicate(timeout=PATIENCE_SECONDS)
    assert program.returncode == 0, told
    return monotonic() - began


def _edition_of_tree(almanac: Almanac, out: Path) -> int:
    """Give the edition that a tree is of; every file of it must be there, and none besides."""
    tree = out.resolve()
    index = json.loads((tree / "manifest.json").read_bytes())["documents"]
    editions = set()
    for document in index:
        body = (tree / document["file"]).read_bytes()
        assert sha256(body).hexdigest() == document["sha256"], document["file"]
        assert gzip.decompress((tree / f"{document['file']}.gz").read_bytes()) == body
        assert CANARY.encode() not in body, document["file"]
        if b"edition-" in body:
            editions.add(almanac.edition_of(document["path"], body))
    files = {str(file.relative_to(tree)) for file in tree.rglob("*") if file.is_file()}
    siblings = {f"{document['file']}{end}" for document in index for end in ("", ".gz", ".br", ".zst")}
    assert files == siblings | {"manifest.json"}
    assert len(editions) == 1
    return editions.pop()


@contextmanager
def _reading_tree(almanac: Almanac, out: Path) -> Iterator[list[str]]:
    """Read the tree all the time, as a web server does; give what was wrong with it."""
    problems: list[str] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.wait(_PAUSE_SECONDS):
            tree = out.resolve()
            try:
                editions = {almanac.edition_of(f"/{name}", (tree / name).read_bytes()) for name in PUBLISHED}
            except AssertionError as error:
                problems.append(str(error))
            except FileNotFoundError as error:
                # Two publishes went by while it was read.
                if out.resolve() == tree:
                    problems.append(f"{error!r}")
            else:
                if len(editions) != 1:
                    problems.append(f"one tree of the editions {sorted(editions)}")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield problems
    finally:
        ended.set()
        reader.join()


def _assert_tidy(out: Path) -> None:
    """See that nothing is left of what was killed."""
    left = {entry.name for entry in out.with_name(f".{out.name}.releases").iterdir()}
    assert not left & {"partial", "link"}
    assert len(left - {"lock"}) <= 2
