"""A server process to which things happen: its catalogue is spoilt, its disk full, its descriptors used up. It goes on."""

import http.client
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, limited, processes, running, wait_for
from tests.aggregator.workshop import Workshop

_TICKING = "reload: {every: 1s, watch: false}\n"
_QUIET = "reload: {every: 1h, watch: false}\n"


def titles(site: RunningSite) -> set[str]:
    items = site.get("/feeds/all.rss").body.decode().split("<item>")[1:]
    return {re.findall("<title>(.*?)</title>", item)[0] for item in items}


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


def forget_generation(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM generations")


def is_rebuilt(site: RunningSite, workshop: Workshop, versions: Iterator[int]) -> bool:
    workshop.write("quay", title=f"Quay {next(versions)}")
    return site.says("rebuilding from the sources")


@pytest.mark.parametrize("harm", [spoil, delete, forget_generation])
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
            # What a connection remembers of the file is right until another one writes.
            wait_for(partial(is_rebuilt, site, workshop, count()))
            workshop.write("quay")
            wait_for(lambda: titles(site) == {"Ferry", "Quay"})
        assert {status for status, _ in reader.answers} == {200}
        assert all(b"Ferry" in body for _, body in reader.answers)
    assert workshop.titles() == ["Ferry", "Quay"]


def delete_database(database: Path) -> None:
    """Leave what it wrote ahead."""
    database.unlink()


def replace_database(database: Path) -> None:
    """Put that of another program there, and leave what ours wrote ahead."""
    other = database.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE boats (name TEXT)")
    other.replace(database)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("harm", [delete_database, replace_database])
def test_fault_59_a_catalogue_that_is_asked_for_right_after_it_was_deleted_or_replaced_is_made_anew(
    workshop: Workshop, harm: Callable[[Path], None], workers: int
) -> None:
    workshop.configure(f"reload: {{every: 1h, watch: false}}\nserver: {{workers: {workers}}}\n")
    workshop.write("ferry", "topics: [Boats]")
    with running(workshop) as site:
        harm(workshop.folder / "catalogue.db")
        # Of a document that nobody has asked for yet: there is no other way to it than the catalogue.
        wait_for(lambda: b"Ferry" in site.get("/topics/boats.rss").body)
        wait_for(lambda: site.says("rebuilding from the sources"))
        workshop.write("quay", "topics: [Boats]")
        site.signal(signal.SIGHUP)
        wait_for(lambda: b"Quay" in site.get("/topics/boats.rss").body)
    assert workshop.titles() == ["Ferry", "Quay"]
    assert [*workshop.folder.glob("catalogue.db.aside-1*")]


def test_fault_59_a_catalogue_whose_folder_is_deleted_is_made_anew_with_it(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h, watch: false}\n")
    workshop.config_path.write_text(workshop.text.replace("catalogue.db", "var/of/catalogue.db"))
    workshop.write("ferry", "topics: [Boats]")
    with running(workshop) as site:
        shutil.rmtree(workshop.folder / "var")
        wait_for(lambda: b"Ferry" in site.get("/topics/boats.rss").body)
        wait_for(lambda: site.says("is broken (its file is gone); rebuilding from the sources"))
        assert site.get("/search.rss?q=ferry").status == 200
    assert (workshop.folder / "var/of/catalogue.db").is_file()


def memory_of(process: int) -> dict[str, int]:
    """Give the kilobytes that a process has, as the kernel tells them."""
    text = Path(f"/proc/{process}/status").read_text()
    return {name: int(number) for name, number in re.findall(r"^(Vm\w+):\s+(\d+) kB$", text, re.MULTILINE)}


def test_fault_16_a_file_of_100_mb_is_named_and_costs_no_memory(workshop: Workshop) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == {"Ferry"}
        before = max(memory_of(process)["VmHWM"] for process in processes(site))
        with (workshop.folder / "news/huge.md").open("wb") as file:
            file.write(b"---\ntitle: Huge\n")
            file.truncate(100_000_000)
        wait_for(lambda: site.says("huge.md: has at least 100000000 bytes, expected at most 5242880"))
        # The most that any of them ever held: what was let go again counts as well.
        assert max(memory_of(process)["VmHWM"] for process in processes(site)) - before < 50_000


def test_fault_24_a_source_that_loses_its_files_keeps_them_with_an_alarm_until_it_is_meant(
    workshop: Workshop,
) -> None:
    workshop.configure(_TICKING)
    names = [f"a{number:02}" for number in range(12)]
    for name in names:
        workshop.write(name)
    news, left = workshop.folder / "news", workshop.folder / "left"
    left.mkdir()
    shutil.copy2(news / f"{names[0]}.md", left)
    with running(workshop) as site:
        # All at once: who looks in the middle of it sees a smaller loss, or two.
        news.rename(workshop.folder / "lost")
        left.rename(news)
        wait_for(lambda: site.says("11 of 12 files"))
        assert any("error" in line.lower() and "--accept-loss" in line for line in site.lines)
        assert len(titles(site)) == 12
        wait_for(lambda: b"aggregator_source_alarms 1.0" in site.get("/metrics").body)
    with running(workshop, "--accept-loss") as site:
        wait_for(lambda: titles(site) == {"A00"})
        news.rename(workshop.folder / "gone")
        wait_for(lambda: site.says("can't be read: No such file or directory"))
        assert titles(site) == {"A00"}


# A name space of its own, in which nobody may watch: the limit of the machine is shared with all its programs.
_WITHOUT_INOTIFY = (
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 > /proc/sys/user/max_inotify_instances; exec "$@"',
    "sh",
)


@pytest.mark.skipif(
    subprocess.run([*_WITHOUT_INOTIFY, "true"], check=False, capture_output=True).returncode != 0,
    reason="no name space can be made here",
)
def test_fault_25_a_server_that_may_not_watch_says_so_once_and_finds_changes_by_looking(
    workshop: Workshop,
) -> None:
    workshop.configure("reload: {every: 1s, watch: true}\n")
    workshop.write("ferry")
    with running(workshop, within=_WITHOUT_INOTIFY) as site:
        wait_for(lambda: site.says("watching files is not possible"))
        for name in ("quay", "pier"):
            workshop.write(name)
            wait_for(lambda name=name: name.title() in titles(site))  # type: ignore[misc]
    assert sum("watching files is not possible" in line for line in site.lines) == 1


# After so many whatever is kept up to a bound is full.
_FIRST = 4_000


def ask_for_nothing(site: RunningSite, numbers: range) -> None:
    """Ask for a path of some 300 characters for each number, on one connection; each must be answered 404."""
    with socket.create_connection(("127.0.0.1", site.port), 20) as client:
        for start in numbers[::100]:
            some = range(start, min(start + 100, numbers.stop))
            requests = [f"GET {nowhere(number)} HTTP/1.1\r\nHost: a\r\n\r\n" for number in some]
            client.sendall("".join(requests).encode())
            answers = bytearray()
            while answers.count(b"HTTP/1.1 404") < len(some) or not answers.endswith(b"\n"):
                part = client.recv(1 << 16)
                assert part, f"the connection ended after {bytes(answers)!r}"
                answers += part


def nowhere(number: int) -> str:
    """Give a path that leads nowhere, though it looks like that of a feed, a page or an archive; for each number another."""
    group, end = (
        ("feeds", "topics", "providers", "nowhere")[number % 4],
        ("", ".atom", ".rss", "/2.json")[number // 4 % 4],
    )
    return f"/{group}/{'long-' * 56}{number}{end}"


def growth_of_asking(site: RunningSite, paths: int) -> int:
    """Give by how many kilobytes the process that grew most is bigger for that many unknown paths, after others of the kind."""
    ask_for_nothing(site, range(_FIRST))
    before = {process: memory_of(process)["VmRSS"] for process in processes(site)}
    ask_for_nothing(site, range(_FIRST, _FIRST + paths))
    return max(memory_of(process)["VmRSS"] - size for process, size in before.items())


def test_fault_42_thousands_of_unknown_paths_leave_not_even_their_names(workshop: Workshop) -> None:
    workshop.configure(_QUIET)
    workshop.write("ferry")
    with running(workshop) as site:
        # Their names alone would be 600 kB and more; without them it was 4 (measured).
        assert growth_of_asking(site, 2_000) < 350


@pytest.mark.soak
def test_fault_42_a_million_unknown_paths_leave_nothing(workshop: Workshop) -> None:
    workshop.configure(_QUIET)
    workshop.write("ferry")
    with running(workshop) as site:
        growth = growth_of_asking(site, 1_000_000)
        print(f"a million unknown paths: {growth:+} kB")  # noqa: T201  figures
        # Eight bytes each, a reference to anything, would be more.
        assert growth < 6_000


def test_fault_39_a_response_is_of_one_generation_whatever_is_refreshed_meanwhile(workshop: Workshop) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry", body="version1 " * 300_000)
    with running(workshop) as site, socket.socket() as slow:
        whole = site.get("/feeds/all.atom")
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", site.port))
        slow.sendall(b"GET /feeds/all.atom HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        begun = slow.recv(4096)
        workshop.write("ferry", body="version2 " * 300_000)
        wait_for(lambda: b"version2" in site.get("/feeds/all.atom").body)
        head, _, body = (begun + b"".join(iter(lambda: slow.recv(1 << 16), b""))).partition(b"\r\n\r\n")
        assert body == whole.body
        assert f"etag: {whole.headers['ETag']}".encode() in head.lower()
        assert whole.headers["ETag"] != site.get("/feeds/all.atom").headers["ETag"]


def test_fault_57_a_server_without_space_keeps_what_it_has_and_goes_on_when_there_is_some(
    workshop: Workshop,
) -> None:
    workshop.configure(_TICKING)
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == {"Ferry"}
        with limited(site, resource.RLIMIT_FSIZE, 1):
            workshop.write("quay")
            wait_for(lambda: site.says("refresh failed, and the next one tries again"))
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
