"""A server process to which things happen: its catalogue is spoilt, its disk full, its descriptors used up. It goes on."""

import http.client
import os
import re
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

_TICKING = "reload: {every: 1s, watch: false}\n"


def titles(site: RunningSite) -> set[str]:
    items = site.get("/feeds/all.rss").body.decode().split("<item>")[1:]
    return {re.findall("<title>(.*?)</title>", item)[0] for item in items}


def processes(site: RunningSite) -> list[int]:
    """Give the server's process and those that it has begun."""
    with open(f"/proc/{site.process.pid}/task/{site.process.pid}/children") as children:  # noqa: PTH123  /proc
        return [site.process.pid, *map(int, children.read().split())]


@dataclass
class Reader:
    """Asks for one document again and again; keeps how each was answered, and with what."""

    site: RunningSite
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[None]:
        is_enough = threading.Event()

        def read() -> None:
            while not is_enough.wait(0.01):
                answer = self.site.get("/feeds/all.rss")
                self.answers.append((answer.status, answer.body))

        thread = threading.Thread(target=read)
        thread.start()
        try:
            yield
        finally:
            is_enough.set()
            thread.join()


def spoil(database: Path) -> None:
    """Write over all that the database's files hold, as a disk that fails might."""
    for part in (database, database.with_name(f"{database.name}-wal")):
        if part.exists():
            with part.open("r+b") as file:
                file.write(b"\xa5" * part.stat().st_size)


def delete(database: Path) -> None:
    for part in database.parent.glob(f"{database.name}*"):
        part.unlink()


@pytest.mark.parametrize("harm", [spoil, delete])
def test_fault_59_a_catalogue_that_breaks_under_a_server_is_made_anew_and_readers_see_nothing_of_it(
    workshop: Workshop, harm: Callable[[Path], None]
) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry")
    with running(workshop) as site:
        reader = Reader(site)
        assert titles(site) == {"Ferry"}
        with reader.reading():
            harm(workshop.folder / "catalogue.db")
            workshop.write("quay")
            wait_for(lambda: titles(site) == {"Ferry", "Quay"})
        assert {status for status, _ in reader.answers} == {200}
        assert all(b"Ferry" in body for _, body in reader.answers)
        assert site.says("rebuilding from the sources")
    assert len([*workshop.folder.glob("catalogue.db.aside-*")]) >= 1
    assert workshop.titles() == ["Ferry", "Quay"]


@contextmanager
def limited(site: RunningSite, limit: int, number: int) -> Iterator[None]:
    """Let the server's processes have no more than so much of a resource, until the end of the block."""
    before = {process: resource.prlimit(process, limit) for process in processes(site)}
    for process, (_, hard) in before.items():
        resource.prlimit(process, limit, (number, hard))
    try:
        yield
    finally:
        for process, limits in before.items():
            resource.prlimit(process, limit, limits)


def test_fault_57_a_server_without_space_keeps_what_it_has_and_goes_on_when_there_is_some(
    workshop: Workshop,
) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == {"Ferry"}
        with limited(site, resource.RLIMIT_FSIZE, 1):
            workshop.write("quay")
            wait_for(lambda: site.says("refresh failed, the last good state stays"))
            assert titles(site) == {"Ferry"}
            assert site.get("/readyz").status == 200
        wait_for(lambda: titles(site) == {"Ferry", "Quay"})
    assert not [*workshop.folder.glob("catalogue.db.aside-*")]


def test_fault_41_a_server_that_ran_out_of_descriptors_recovers(workshop: Workshop) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == {"Ferry"}
        most = max(len(os.listdir(f"/proc/{process}/fd")) for process in processes(site))  # noqa: PTH208
        with limited(site, resource.RLIMIT_NOFILE, most + 8):
            with ExitStack() as clients:
                for _ in range(64):
                    clients.enter_context(socket.create_connection(("127.0.0.1", site.port), 5))
                workshop.write("quay")
                # Whoever comes now waits, or is refused, until somebody goes.
                with pytest.raises((OSError, http.client.HTTPException)):
                    _ask_briefly(site)
            wait_for(lambda: _titles_if_answered(site) == {"Ferry", "Quay"})
            assert site.process.poll() is None


def _ask_briefly(site: RunningSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=1)
    try:
        connection.request("GET", "/feeds/all.rss")
        connection.getresponse()
    finally:
        connection.close()


def _titles_if_answered(site: RunningSite) -> set[str]:
    try:
        return titles(site)
    except (OSError, http.client.HTTPException):
        return set()
