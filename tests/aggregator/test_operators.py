"""The server as operators see it from outside: its metrics over all processes, its log, and what it tells systemd."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

FEEDLY = {"User-Agent": "Feedly/1.0 (+http://feedly.example; 42 subscribers; x)"}


def metrics(site: RunningSite) -> dict[str, float]:
    """Give every series by name, and by the values of its labels behind that."""
    families = text_string_to_metric_families(site.get("/metrics").body.decode())
    return {
        " ".join((sample.name, *(value for _, value in sorted(sample.labels.items())))): sample.value
        for family in families
        for sample in family.samples
    }


def asked(site: RunningSite, status: int = 200) -> float:
    return metrics(site).get(f"aggregator_requests_total /feeds/all rss {status}", 0)


def events(site: RunningSite) -> list[dict[str, Any]]:
    return [json.loads(line) for line in site.lines]


def started(site: RunningSite) -> list[int]:
    """Give the workers that have ever listened, the first one first."""
    return [event["process"] for event in events(site) if event["event"] == "server.started"]


def test_refreshes_articles_and_answers_are_in_the_metrics(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry")
    workshop.write("odd", "heat: much")
    with running(workshop) as site:
        tag = site.get("/feeds/all.rss", FEEDLY).headers["ETag"]
        assert site.get("/feeds/all.rss", {"If-None-Match": tag}).status == 304
        found = metrics(site)
        workshop.write("quay")
        # What serves is told of it as these figures are, and may take it up a moment later.
        wait_for(lambda: metrics(site)["aggregator_generation"] == 2)
        wait_for(lambda: b"Quay" in site.get("/feeds/all.rss").body)
        later = metrics(site)
    assert (asked_of(found, 200), asked_of(found, 304)) == (1, 1)
    assert (found["aggregator_public_articles"], later["aggregator_public_articles"]) == (1, 2)
    assert (found["aggregator_articles public"], found["aggregator_articles broken"]) == (1, 1)
    assert (found["aggregator_problems error"], found["aggregator_source_alarms"]) == (1, 0)
    assert found["aggregator_feed_subscribers /feeds/all"] == 42
    assert later["aggregator_refreshes_total changed"] == 2
    assert later["aggregator_refresh_duration_seconds_count"] >= 2
    assert later["aggregator_editions_total rendered"] == 2
    assert 0 <= later["aggregator_generation_age_seconds"] < 60
    assert found["aggregator_connections"] >= 1


def asked_of(found: dict[str, float], status: int) -> float:
    return found[f"aggregator_requests_total /feeds/all rss {status}"]


def test_a_generation_that_changes_nothing_in_a_feed_reuses_its_document(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: boats, title: Boats, where: {topics: [Boats]}}]\n")
    workshop.write("ferry", "topics: [Boats]")
    with running(workshop) as site:
        site.get("/feeds/boats.atom")
        workshop.write("quay", "topics: [Stone]")
        wait_for(lambda: editions(site) == 2)
        assert metrics(site)["aggregator_editions_total reused"] == 1


def editions(site: RunningSite) -> float:
    """Ask for the document; give how often it was looked at so far, whatever came of it."""
    site.get("/feeds/boats.atom")
    found = metrics(site)
    return sum(found[f"aggregator_editions_total {result}"] for result in ("rendered", "reused", "stale"))


def test_any_of_several_workers_tells_what_all_have_counted(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop, "--workers", "3") as site:
        wait_for(lambda: metrics(site)["aggregator_processes"] == 3)
        before = asked(site)
        for _ in range(30):
            site.get("/feeds/all.rss", FEEDLY)
        found = [metrics(site) for _ in range(9)]
        assert {asked_of(one, 200) for one in found} == {before + 30}
        assert {one["aggregator_feed_subscribers /feeds/all"] for one in found} == {42}
        assert {one["aggregator_refreshes_total changed"] for one in found} == {1}


def test_counts_survive_the_death_of_a_worker_and_leave_nothing_behind(workshop: Workshop) -> None:
    workshop.write("ferry")
    temporary = Path(tempfile.gettempdir())
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: metrics(site)["aggregator_processes"] == 2)
        for _ in range(20):
            site.get("/feeds/all.rss")
        before, files = asked(site), written(workshop, temporary)
        os.kill(started(site)[0], signal.SIGKILL)
        wait_for(lambda: site.says("worker.ended"))
        wait_for(lambda: metrics(site)["aggregator_processes"] == 2)
        assert asked(site) == before
        assert metrics(site)["aggregator_worker_ends_total"] == 1
        assert written(workshop, temporary) - files == set()


def written(workshop: Workshop, temporary: Path) -> set[str]:
    """Give what a process could have left: files in the site's folder, and Prometheus' in the one for temporary files."""
    prometheus = (str(path) for path in temporary.glob("*prom*"))
    return {str(path) for path in workshop.folder.rglob("*")} | set(prometheus)


def test_fault_27_neither_metrics_nor_log_hold_what_is_not_public(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.write("secret", "secured: canary", "topics: [Canary]", "published: false", title="Canary")
    with running(workshop, "--request-log", "all") as site:
        site.get("/topics/canary.atom?token=canary")
        text = site.get("/metrics").body.decode()
        wait_for(lambda: site.says("request.answered"))
        assert "anary" not in text
    assert not [event for event in events(site) if "Canary" in str(event)]
    assert "token" not in "".join(site.lines)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_line_of_the_log_is_an_event_in_json_where_nobody_watches(
    workshop: Workshop, workers: str
) -> None:
    # The files unwatched: whether a change is seen before the signal comes, and told of twice then, is not for this test.
    workshop.configure("reload: {every: 1h, watch: false}\n")
    workshop.write("odd", "heat: much")
    with running(workshop, "--workers", workers, "--request-log", "all") as site:
        assert site.get("/feeds/all.rss").status == 200
        workshop.configure("feedz: []\nlimitz: {}\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("configuration.refused"))
    found = events(site)
    assert all(event.keys() >= {"time", "level", "event", "text", "process"} for event in found)
    names = [event["event"] for event in found]
    assert names.count("configuration.problem") == 2
    assert names.count("server.started") == int(workers)
    assert {"refresh.changed", "article.problem", "request.answered", "server.stopping"} <= set(names)
    (problem,) = (event for event in found if event["event"] == "article.problem")
    assert (problem["line"], problem["key"], problem["severity"]) == (4, "heat", "error")


def test_people_get_lines_for_people_where_they_ask_for_them(workshop: Workshop) -> None:
    with running(workshop, "--log-format", "human", "--workers", "2") as site:
        wait_for(lambda: sum("server.started" in line for line in site.lines) == 2)
    assert not [line for line in site.lines if line.startswith("{")]


def test_the_metrics_can_be_switched_off(workshop: Workshop) -> None:
    workshop.configure("server: {metrics: off}\n")
    with running(workshop) as site:
        assert site.get("/metrics").status == 404


def test_the_metrics_are_there_before_the_articles_are(workshop: Workshop) -> None:
    with running(workshop, until_ready=False) as site:
        assert site.get("/metrics").status == 200


@pytest.fixture
def systemd(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[str]]]:
    """Be systemd: ask for everything there is to be told; the function gives all the lines that have come so far."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    end.setblocking(False)  # noqa: FBT003  the socket's signature
    address = tmp_path_factory.mktemp("systemd") / "notify"
    end.bind(str(address))
    monkeypatch.setenv("NOTIFY_SOCKET", str(address))
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    lines: list[str] = []
    one_at_a_time, is_enough = threading.Lock(), threading.Event()

    def heard() -> list[str]:
        with one_at_a_time:
            while True:
                try:
                    lines.extend(end.recv(4096).decode().splitlines())
                except BlockingIOError:
                    return lines

    def listen() -> None:
        while not is_enough.wait(0.01):
            heard()

    # All the time, as systemd does: of who does not listen the kernel keeps ten words, and what comes after them is lost.
    listening = threading.Thread(target=listen)
    listening.start()
    yield heard
    is_enough.set()
    listening.join()
    end.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_systemd_is_told_of_the_whole_life(
    workshop: Workshop, systemd: Callable[[], list[str]], workers: str
) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry")
    with running(workshop, "--workers", workers, until_ready=False) as site:
        wait_for(lambda: "READY=1" in systemd())
        # Every process listens by now, and is told in this moment that there is something to serve.
        wait_for(lambda: {site.get("/feeds/all.rss").status for _ in range(10)} == {200})
        assert "STATUS=public articles: 1, files: 1" in systemd()
        wait_for(lambda: systemd().count("WATCHDOG=1") > 3)
        site.signal(signal.SIGHUP)
        wait_for(lambda: systemd().count("READY=1") == 2)
        assert systemd().index("RELOADING=1") > systemd().index("READY=1")
        site.stop()
    assert systemd()[-2] == "STOPPING=1"


def test_a_first_load_that_fails_ends_the_start_for_systemd_too(
    workshop: Workshop, systemd: Callable[[], list[str]]
) -> None:
    workshop.configure(sources="- {name: news, path: nowhere}")
    with running(workshop, until_ready=False) as site:
        wait_for(lambda: "READY=1" in systemd())
        wait_for(lambda: site.says("refresh.failed"))  # told before it, and read beside it


# The status page


def shown(site: RunningSite, fields: dict[str, str] | None = None) -> str:
    return " ".join(re.sub("<[^>]*>", " ", site.get("/status", fields).body.decode()).split())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_status_page_is_that_of_all_processes(workshop: Workshop, workers: str) -> None:
    workshop.configure("reload: {every: 1h}\nserver: {status: loopback}\n")
    workshop.write("ferry")
    workshop.write("odd", "heat: much")
    workshop.write("later", "publishedDateTime: 2999-01-01T00:00:00Z")
    with running(workshop, "--workers", workers) as site:
        for _ in range(20):
            assert site.get("/feeds/all.rss", {"User-Agent": "Blindreader/1.0"}).status == 200
        site.get("/feeds/all.rss", FEEDLY)
        wait_for(lambda: "blindreader" in shown(site))
        texts = [shown(site) for _ in range(8)]
    for text in texts:
        assert "news/odd.md" in text
        assert "2999-01-01" in text
        assert "feedly 42" in text
        assert " 21 " in text


def test_the_status_page_wants_the_token_of_its_file(workshop: Workshop) -> None:
    workshop.configure("server: {status: token, status_token: token}\n")
    (workshop.folder / "token").write_text("0123456789abcdef\n")
    workshop.write("ferry")
    with running(workshop) as site:
        assert site.get("/status").status == 401
        assert site.get("/status", {"Authorization": "Bearer 0123456789abcdef"}).status == 200


@pytest.mark.parametrize("change", [Path.unlink, lambda file: file.write_text("fedcba9876543210\n")])
def test_a_worker_that_takes_the_place_of_another_wants_the_token_of_the_start(
    workshop: Workshop, change: Callable[[Path], object]
) -> None:
    workshop.configure("server: {status: token, status_token: token}\n")
    token = workshop.folder / "token"
    token.write_text("0123456789abcdef\n")
    workshop.write("ferry")
    with running(workshop) as site:
        change(token)
        os.kill(started(site)[0], signal.SIGKILL)
        wait_for(lambda: len(started(site)) == 2)
        assert site.get("/status", {"Authorization": "Bearer 0123456789abcdef"}).status == 200
        assert site.get("/status", {"Authorization": "Bearer fedcba9876543210"}).status == 401


@pytest.mark.parametrize(
    ("make", "reason"),
    [(lambda _: None, "No such file or directory"), (os.mkfifo, "it is a FIFO")],
    ids=["nothing", "fifo"],
)
def test_fault_17_without_its_token_the_server_does_not_start(
    workshop: Workshop, make: Callable[[Path], None], reason: str
) -> None:
    make(workshop.folder / "token")
    workshop.configure("server: {status: token, status_token: token}\n")
    command = [
        sys.executable,
        "-m",
        "aggregator",
        "serve",
        "--config",
        str(workshop.config_path),
        "--port",
        "0",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 2
    assert f"token (server.status_token): {reason}; expected a file that the server may read" in ended.stderr
