"""The server as operators run it: a process that starts, follows its articles and configuration, and stops."""

import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from aggregator.errors import ServeError
from aggregator.service.workers import _reserve
from tests.aggregator.running_site import (
    PATIENCE_SECONDS,
    RunningSite,
    free_port,
    processes,
    running,
    wait_for,
)
from tests.aggregator.workshop import Workshop
from tests.endurance.process_tree import lives


def titles(site: RunningSite, path: str = "/feeds/all.rss") -> list[str]:
    items = site.get(path).body.decode().split("<item>")[1:]
    return [re.findall("<title>(.*?)</title>", item)[0] for item in items]


def test_it_serves_what_there_is_and_stops_when_told(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == ["Ferry"]
        assert site.get("/healthz").status == 200
        assert site.stop() == 0


def test_an_interrupt_stops_it_too(workshop: Workshop) -> None:
    with running(workshop) as site:
        site.signal(signal.SIGINT)
        assert site.process.wait(PATIENCE_SECONDS) == 0


def test_fault_40_a_first_load_does_not_hold_up_the_stop_and_leaves_nothing_half(workshop: Workshop) -> None:
    for number in range(6_000):  # several seconds of work, for processes too
        workshop.write(f"a{number}")
    with running(workshop, until_ready=False) as site:
        # It listens before the load begins, which has nothing to give up until then.
        wait_for(lambda: is_being_written(workshop.folder / "catalogue.db"))
        began = monotonic()
        assert site.stop() == 0
        assert monotonic() - began < 10
    assert site.says("the refresh was given up: the server stops; nothing was changed")
    with workshop.snapshot() as snapshot:
        assert snapshot.generation.number == 0


def is_being_written(database: Path) -> bool:
    """Tell whether a transaction is under way that writes."""
    with closing(sqlite3.connect(database, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def test_sighup_during_the_first_load_does_not_hold_up_readiness(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h, watch: false}\n")
    for number in range(2_000):
        workshop.write(f"a{number}")
    with running(workshop, until_ready=False) as site:
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("configuration reloaded"))
        wait_for(lambda: site.get("/readyz").status == 200)
        wait_for(lambda: sum("2000 public articles" in line for line in site.lines) == 1)


def test_a_folder_that_is_made_again_is_followed_at_once(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n", "- {name: news, path: news}\n- {name: late, path: late}")
    workshop.write("ferry")
    (workshop.folder / "late").mkdir()
    with running(workshop) as site:
        wait_for(lambda: titles(site) == ["Ferry"])
        (workshop.folder / "late").rmdir()
        wait_for(lambda: site.says("source late"))
        shutil.rmtree(workshop.folder / "news")
        workshop.write("quay")
        wait_for(lambda: titles(site) == ["Quay"])
        workshop.write("pier", source="late")
        wait_for(lambda: set(titles(site)) == {"Quay", "Pier"})


def test_a_source_that_comes_late_is_read_at_once_by_a_first_load(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n", "- {name: news, path: news}\n- {name: late, path: late}")
    workshop.write("ferry")
    with running(workshop, until_ready=False) as site:
        wait_for(lambda: site.says("a first load needs every source"))
        assert site.get("/feeds/all.json").status == 503
        workshop.write("pier", source="late")
        wait_for(lambda: site.get("/readyz").status == 200)
        assert set(titles(site)) == {"Ferry", "Pier"}


def test_changes_of_files_are_live_at_once(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry")
    with running(workshop) as site:
        workshop.write("quay")
        wait_for(lambda: set(titles(site)) == {"Ferry", "Quay"})
        workshop.write("quay", "published: false")
        wait_for(lambda: titles(site) == ["Ferry"])
        workshop.delete("ferry")
        wait_for(lambda: titles(site) == [])


def test_changes_are_found_without_watching_too(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    with running(workshop) as site:
        workshop.write("quay")
        wait_for(lambda: titles(site) == ["Quay"])


def test_fault_15_a_scheduled_article_goes_live_at_its_second(workshop: Workshop) -> None:
    due = datetime.now(UTC) + timedelta(seconds=3)
    workshop.configure("reload: {every: 1h, watch: false}\n")
    workshop.write("ferry", f"publishedDateTime: {due.isoformat()}\ntopics: [Boats]")
    with running(workshop) as site:
        answer = site.get("/feeds/all.rss")
        if datetime.now(UTC) < due - timedelta(seconds=1):
            assert int(re.findall(r"max-age=(\d+)", answer.headers["Cache-Control"])[0]) <= 3
            assert b"Ferry" not in answer.body
            missing = site.get("/topics/boats.atom")
            # It may have come by now; while it is not there, no cache may say so any longer.
            if missing.status == 404:
                assert int(re.findall(r"max-age=(\d+)", missing.headers["Cache-Control"])[0]) <= 3
        wait_for(lambda: titles(site) == ["Ferry"])
        # Nothing else would make it look before the hour is over, and a busy machine takes its time to answer.
        assert due - timedelta(seconds=1) < datetime.now(UTC) < due + timedelta(minutes=1)


def test_the_same_bytes_and_validators_come_after_a_restart(workshop: Workshop) -> None:
    workshop.write("ferry", "topics: [Boats]")
    paths = [
        f"/{stem}.{suffix}" for stem in ("feeds/all", "topics/boats") for suffix in ("rss", "atom", "json")
    ]
    answers = []
    for _ in range(2):
        with running(workshop) as site:
            # In the second of a change nothing says when it was last modified, for more may change in it.
            wait_for(lambda: "Last-Modified" in site.get("/feeds.opml").headers)
            answers.append([site.get(path) for path in (*paths, "/feeds.opml")])
    assert [answer.body for answer in answers[0]] == [answer.body for answer in answers[1]]
    for name in ("ETag", "Last-Modified"):
        assert [answer.headers[name] for answer in answers[0]] == [
            answer.headers[name] for answer in answers[1]
        ]


def test_sighup_takes_up_a_new_configuration(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        assert site.get("/feeds/boats.rss").status == 404
        workshop.configure("feeds: [{id: boats, title: Boats}]\nmoved: {ships: boats}\ngone: [rafts]\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("configuration reloaded"))
        # What serves is told of it as the log is, and may take it up a moment later.
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)
        assert (
            site.get("/feeds/ships.atom").headers["Location"] == "https://news.example.org/feeds/boats.atom"
        )
        assert site.get("/feeds/rafts.json").status == 410


def test_fault_58_a_bad_configuration_at_reload_is_told_and_the_old_one_runs_on(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        workshop.configure("feedz: []\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("did you mean 'feeds'"))
        assert titles(site) == ["Ferry"]
        workshop.configure("feeds: [{id: boats, title: Boats}]\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)


@pytest.mark.parametrize(
    "store", ["postgresql://desk:canary@db.example/a", "sqlite://desk:canary@/a.db", "sqlite://"]
)
def test_fault_58_a_store_that_no_server_can_start_on_is_refused_at_reload_and_the_old_one_runs_on(
    workshop: Workshop, store: str
) -> None:
    workshop.write("ferry")
    boats = "feeds: [{id: boats, title: Boats}]\n"
    with running(workshop) as site:
        # At once: the files are watched, and without the store it would be one to take up.
        workshop.config_path.write_text(workshop.text.replace("sqlite:///catalogue.db", store) + boats)
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("site.yaml:2:8: store: "))
        assert site.get("/feeds/boats.rss").status == 404
        assert titles(site) == ["Ferry"]
        workshop.configure(boats)
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)
    assert not site.says("canary")


def test_a_change_of_the_configuration_is_taken_up_without_dropping_a_connection(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry")
    with running(workshop) as site:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/feeds/boats.rss")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 404
        used = connection.sock
        workshop.configure("reload: {every: 1h}\nfeeds: [{id: boats, title: Boats}]\nserver: {max_age: 7s}\n")
        wait_for(lambda: site.says("configuration reloaded"))
        # What serves is told of it as the log is, and may take it up a moment later.
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)
        connection.request("GET", "/feeds/boats.rss")
        answer = connection.getresponse()
        assert b"Ferry" in answer.read()
        assert (answer.status, connection.sock) == (200, used)
        assert answer.headers["Cache-Control"].startswith("max-age=7")
        connection.close()


def test_fault_58_a_bad_change_is_told_once_with_its_places_and_the_old_configuration_runs_on(
    workshop: Workshop,
) -> None:
    workshop.configure("reload: {every: 1s}\n")
    workshop.write("ferry")
    with running(workshop) as site:
        workshop.configure("reload: {every: 1s}\nfeedz: []\ntopics: {min_articles: none}\n")
        wait_for(lambda: site.says("site.yaml:7:24"))
        workshop.write("quay")
        wait_for(lambda: set(titles(site)) == {"Ferry", "Quay"})
        workshop.configure("reload: {every: 1s}\nfeeds: [{id: boats, title: Boats}]\n")
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)
    assert sum("site.yaml:6:1" in line for line in site.lines) == 1


@pytest.mark.parametrize("by", ["watching", "SIGHUP"])
def test_fault_17_a_fifo_in_the_place_of_the_configuration_is_told_and_a_file_put_back_is_taken_up(
    workshop: Workshop, by: str
) -> None:
    workshop.configure(f"reload: {{every: 1s, watch: {str(by == 'watching').lower()}}}\n")
    workshop.write("ferry")
    pipe, file = workshop.folder / "pipe", workshop.folder / "good"
    os.mkfifo(pipe)
    with running(workshop) as site:
        pipe.replace(workshop.config_path)
        if by == "SIGHUP":
            site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("site.yaml: can't be read: it is a FIFO, expected a YAML file"))
        workshop.write("quay")
        wait_for(lambda: set(titles(site)) == {"Ferry", "Quay"})
        file.write_text(f"{workshop.text}feeds: [{{id: boats, title: Boats}}]\n")
        file.replace(workshop.config_path)
        if by == "SIGHUP":
            site.signal(signal.SIGHUP)
        wait_for(lambda: site.get("/feeds/boats.rss").status == 200)


def test_what_waits_for_a_restart_is_named(workshop: Workshop) -> None:
    with running(workshop) as site:
        workshop.configure("server: {workers: 2}\n")
        wait_for(lambda: site.says("server.workers takes effect at the next start"))


def test_a_problem_is_told_once_and_not_at_every_refresh(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    workshop.write("odd", "heat: much")
    with running(workshop) as site:
        workshop.write("ferry")
        wait_for(lambda: titles(site) == ["Ferry"])
    assert sum("heat: is 'much'" in line for line in site.lines) == 1


def test_an_article_that_goes_because_its_file_is_none_any_more_is_told_once(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    path = workshop.write("ferry")
    with running(workshop) as site:
        path.write_text("Only words.")
        wait_for(lambda: titles(site) == [])
        workshop.write("quay")
        wait_for(lambda: titles(site) == ["Quay"])
    assert sum("article.lapsed" in line and str(path) in line for line in site.lines) == 1


def test_a_problem_is_told_again_where_the_catalogue_is_made_anew_since_the_good_version_went_with_it(
    workshop: Workshop,
) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    workshop.write("ferry")
    with running(workshop) as site:
        workshop.write("ferry", "heat: much")
        wait_for(partial(has_told, site, "heat: is 'much'", 1))
        assert titles(site) == ["Ferry"]
        for file in workshop.folder.glob("catalogue.db*"):
            file.unlink()
        wait_for(partial(has_told, site, "heat: is 'much'", 2))
        wait_for(lambda: titles(site) == [])


def test_fault_24_of_a_source_that_comes_back_that_is_told_and_not_its_problems_again(
    workshop: Workshop,
) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    workshop.write("odd", "heat: much")
    os.mkfifo(workshop.folder / "news/pipe.md")
    aside = workshop.folder / "aside"
    with running(workshop) as site:
        (workshop.folder / "news").rename(aside)
        wait_for(lambda: site.says("source.kept"))
        aside.rename(workshop.folder / "news")
        wait_for(lambda: site.says("source.back"))
        for name in ("ferry", "quay"):
            workshop.write(name)
            wait_for(partial(is_shown, site, name.title()))
    assert sum("article.problem" in line for line in site.lines) == 2
    assert sum("source.back" in line for line in site.lines) == 1


def test_fault_24_of_a_source_that_a_new_configuration_brings_back_that_is_told(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1s, watch: false}\n")
    for number in range(12):
        workshop.write(f"a{number:02}")
    with running(workshop) as site:
        for number in range(11):
            workshop.delete(f"a{number:02}")
        wait_for(lambda: site.says("source.kept"))
        workshop.configure("reload: {every: 1s, watch: false, accept_loss: true}\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("source.back"))


def test_a_problem_that_comes_again_is_told_again_though_another_source_is_away(workshop: Workshop) -> None:
    workshop.configure(
        "reload: {every: 1s, watch: false}\n",
        sources="- {name: news, path: news}\n- {name: port, path: port}",
    )
    workshop.write("quay", "heat: much", source="port")
    with running(workshop) as site:
        (workshop.folder / "news").rmdir()
        wait_for(lambda: site.says("source.kept"))
        workshop.write("quay", source="port")
        wait_for(partial(is_shown, site, "Quay"))
        workshop.write("quay", "heat: much", source="port")
        wait_for(partial(has_told, site, "heat: is 'much'", 2))


def is_shown(site: RunningSite, title: str) -> bool:
    return title in titles(site)


def test_E14_a_browser_is_sent_to_the_page_of_the_feed(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        answer = site.get("/feeds/all.rss", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"})
        assert (answer.status, answer.headers["Location"]) == (
            303,
            "https://news.example.org/feeds/all#what-is-a-feed",
        )
        page = site.get("/feeds/all")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert b'rel="alternate" type="application/rss+xml"' in page.body


def test_an_article_without_an_address_has_a_page_here(workshop: Workshop) -> None:
    workshop.write("ferry", body="It *sails*.")
    with running(workshop) as site:
        link = re.findall(
            r"<link>https://news\.example\.org(/articles/\w+)</link>",
            site.get("/feeds/all.rss").body.decode(),
        )
        assert b"<p>It <em>sails</em>.</p>" in site.get(link[0]).body
        assert site.get("/articles/0123456789abcdef").status == 404
        assert site.get("/articles/nonsense").status == 404


def test_a_port_that_is_taken_is_status_2_and_says_so(workshop: Workshop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for workers in ("1", "2"):
            command = [sys.executable, "-m", "aggregator", "serve", "--config", str(workshop.config_path)]
            ended = subprocess.run(
                [*command, "--port", port, "--workers", workers],
                check=False,
                capture_output=True,
                text=True,
                timeout=30,
            )
            assert ended.returncode == 2
            assert f"can't listen on 127.0.0.1 port {port}" in ended.stderr


def test_more_workers_than_the_system_has_room_for_are_status_2_and_none_stays(workshop: Workshop) -> None:
    with_few_files = ["sh", "-c", 'ulimit -n 40; exec "$@"', "sh"]
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(workshop.config_path)]
    with subprocess.Popen(
        [*with_few_files, *command, "--port", "0", "--workers", "64"], stderr=subprocess.PIPE, text=True
    ) as serving:
        # Whoever stays keeps the other end of the pipe open.
        _, log = serving.communicate(timeout=PATIENCE_SECONDS)
    assert serving.returncode == 2
    last = log.splitlines()[-1]
    assert re.fullmatch(
        r"can't start 64 workers: Too many open files after \d+ of them; expected fewer \(server\.workers\)",
        last,
    )


def test_two_servers_with_workers_never_share_a_port(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: _listening(site) == 2)
        command = [sys.executable, "-m", "aggregator", "serve", "--config", str(workshop.config_path)]
        ended = subprocess.run(
            [*command, "--port", str(site.port), "--workers", "2"],
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert ended.returncode == 2
        assert f"can't listen on 127.0.0.1 port {site.port}" in ended.stderr


def test_a_port_is_kept_before_its_workers_listen_and_free_again_after_them(workshop: Workshop) -> None:
    workshop.configure("server: {port: 0}\n")
    settings = workshop.settings()
    with closing(_reserve(settings)) as reserved:
        server = settings.server.model_copy(update={"port": reserved.getsockname()[1]})
        with pytest.raises(ServeError, match="expected a free one"):
            _reserve(replace(settings, server=server))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))
    _reserve(replace(settings, server=server)).close()


@pytest.mark.parametrize("workers", [1, 2])
def test_connections_that_the_last_server_closed_do_not_keep_the_next_one_out(
    workshop: Workshop, workers: int
) -> None:
    settings = workshop.settings()
    with socket.create_server(("127.0.0.1", 0), reuse_port=workers > 1) as last:
        port = last.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            last.accept()[0].close()
            assert client.recv(1) == b""  # closed there first: it waits there
    server = settings.server.model_copy(update={"port": port})
    _reserve(replace(settings, server=server)).close()


def test_several_workers_serve_every_new_generation(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h}\n")
    workshop.write("ferry")
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: _listening(site) == 2)
        workshop.write("quay")
        wait_for(lambda: all(len(titles(site)) == 2 for _ in range(10)))
        workshop.configure("reload: {every: 1h}\nfeeds: [{id: boats, title: Boats}]\n")
        site.signal(signal.SIGHUP)
        wait_for(lambda: all(site.get("/feeds/boats.rss").status == 200 for _ in range(10)))
        assert site.stop() == 0


def test_a_worker_that_dies_is_replaced(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: _listening(site) == 2)
        before = _workers(site)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        wait_for(lambda: site.says("replacing it"))
        wait_for(lambda: _listening(site) == 3)
        assert len(set(_workers(site)) - set(before)) == 1
        # What had reached the one that was killed is refused or reset; what comes from now on is not.
        wait_for(lambda: _titles_if_answered(site) == ["Ferry"])


def test_a_worker_that_cannot_be_replaced_at_once_is_replaced_later(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h, watch: false}\n")
    workshop.write("ferry")
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: _listening(site) == 2)
        keeper = site.process.pid
        before = resource.prlimit(keeper, resource.RLIMIT_NOFILE)
        # Not one file more than it has; those of the worker that dies count among them.
        resource.prlimit(keeper, resource.RLIMIT_NOFILE, (3, before[1]))
        os.kill(_workers(site)[0], signal.SIGKILL)
        wait_for(
            lambda: site.says(
                "can't be replaced now; trying again in 2 s: OSError(24, 'Too many open files')"
            )
        )
        resource.prlimit(keeper, resource.RLIMIT_NOFILE, before)
        wait_for(lambda: _listening(site) == 3)
        wait_for(lambda: _titles_if_answered(site) == ["Ferry"])
        failures = sum("can't be replaced now" in line for line in site.lines)
        assert f"aggregator_worker_start_failures_total {failures}.0" in site.get("/metrics").body.decode()


def test_a_worker_that_takes_the_place_of_another_begins_with_what_was_decided_at_the_start(
    workshop: Workshop,
) -> None:
    reload = "reload: {every: 1h, watch: false}\n"
    workshop.configure(reload)
    workshop.write("ferry")
    with running(workshop) as site:
        wait_for(lambda: titles(site) == ["Ferry"])
        workshop.configure(f"{reload}server: {{metrics: off}}\n")
        workshop.config_path.write_text(workshop.text.replace("catalogue.db", "other.db"))
        site.signal(signal.SIGHUP)
        wait_for(lambda: site.says("configuration reloaded"))
        assert site.says("what changed of store, server.metrics takes effect at the next start")
        os.kill(_workers(site)[0], signal.SIGKILL)
        wait_for(lambda: _listening(site) == 2)
        assert (titles(site), site.get("/metrics").status) == (["Ferry"], 200)
        assert not (workshop.folder / "other.db").exists()


# What a system without memory, processes or a disk would do, at one place or the other.
_FAILING = """\
import sys, threading
from aggregator.service import workers
from aggregator.cli import cli
from aggregator.errors import CatalogueError
from aggregator.service.service import Keeper
from aggregator.service.workers import Workers

def begin(keeper):
    raise CatalogueError("catalogue x.db: can't be read: disk full")

def begin_one(self, context, begin=Workers._new_worker):
    if self._workers:
        raise CatalogueError("no second worker")
    return begin(self, context)

def hang(*_, **__):
    threading.Event().wait()

{failure}
cli(["serve", "--config", sys.argv[1], "--port", "0", "--workers", "2"])
"""


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("Keeper._begin = begin", "disk full"),
        ("Keeper._begin, workers._work = begin, hang", "has not ended within 2 s; killed"),
        ("Workers._new_worker = begin_one", "no second worker"),
    ],
)
def test_a_start_that_fails_when_workers_have_begun_says_why_and_leaves_none(
    workshop: Workshop, failure: str, reason: str
) -> None:
    program = _FAILING.replace("{failure}", failure)
    # The log goes to a pipe that the workers have too: it ends when the last of them has ended.
    with subprocess.Popen(
        [sys.executable, "-c", program, str(workshop.config_path)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            _, log = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 2
    assert reason in log


def _listening(site: RunningSite) -> int:
    """Give how many workers have said that they listen."""
    return sum("serving https://" in line for line in site.lines)


def _titles_if_answered(site: RunningSite) -> list[str]:
    try:
        return titles(site)
    except ConnectionError:
        return []


def _workers(site: RunningSite) -> list[int]:
    """Give the processes that have said that they listen."""
    return [json.loads(line)["process"] for line in site.lines if "server.started" in line]


def test_the_process_that_keeps_the_catalogue_holds_up_no_answer(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        assert _workers(site) != [site.process.pid]
        site.signal(signal.SIGSTOP)
        try:
            assert titles(site) == ["Ferry"]
        finally:
            site.signal(signal.SIGCONT)


def test_workers_end_with_the_process_that_keeps_them(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop, "--workers", "2") as site:
        wait_for(lambda: _listening(site) == 2)
        site.signal(signal.SIGKILL)
        # Whoever takes them over may leave them zombies.
        wait_for(lambda: not any(map(lives, _workers(site))))


def test_a_catalogue_of_another_configuration_is_not_served(workshop: Workshop) -> None:
    workshop.write("ferry")
    with running(workshop) as site:
        assert titles(site) == ["Ferry"]
    other = workshop.config_path.with_name("intranet.yaml")
    other.write_text(workshop.config_path.read_text().replace("news.example.org", "intra.example"))
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(other), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert ended.returncode == 2
    assert f"belongs to {workshop.config_path}" in ended.stderr
    assert "serving" not in ended.stderr


def test_it_serves_with_standard_error_closed(workshop: Workshop) -> None:
    workshop.write("ferry")
    port = free_port()
    command = [sys.executable, "-m", "aggregator", "serve", "--config", str(workshop.config_path)]
    closed = ["sh", "-c", 'exec "$@" 2>&-', "sh", *command, "--port", str(port)]
    site = RunningSite(subprocess.Popen(closed, text=True), port=port)

    try:
        wait_for(site.is_ready)
        assert titles(site) == ["Ferry"]
    finally:
        assert site.stop() == 0


# Many feeds, several workers


def with_many_feeds(workshop: Workshop, number: int) -> None:
    """Write a configuration of 200 kB."""
    feeds = "".join(f"  - {{id: f{n}, title: {number} {'Feed ' * 80}}}\n" for n in range(400))
    workshop.configure(f"reload: {{every: 1h}}\nfeeds:\n{feeds}")


def titles_of_many_answers(site: RunningSite) -> set[str]:
    """Give how the titles begin that a feed has in answers of whichever worker."""
    return {json.loads(site.get("/feeds/f1.json").body)["title"].partition(" ")[0] for _ in range(20)}


def test_a_long_configuration_is_taken_up_by_the_workers_that_there_are(workshop: Workshop) -> None:
    workshop.write("ferry")
    with_many_feeds(workshop, 0)
    with running(workshop, "--workers", "2") as site:
        workers = set(processes(site))
        for number in ("1", "2", "3"):
            with_many_feeds(workshop, int(number))
            while titles_of_many_answers(site) != {number}:
                assert not site.says("Traceback")
        assert set(processes(site)) == workers


def test_workers_that_stand_still_hold_up_neither_refreshes_nor_the_end_and_none_stays(
    workshop: Workshop,
) -> None:
    workshop.write("ferry")
    with_many_feeds(workshop, 0)
    # More than asyncio has threads to wait with.
    number_of_workers = min(32, (os.cpu_count() or 1) + 4) + 2
    with running(workshop, "--workers", str(number_of_workers)) as site:
        wait_for(lambda: _listening(site) == number_of_workers)
        _, *workers = processes(site)
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        # Together they are more than the system keeps for who does not read.
        for number in range(1, 6):
            site.signal(signal.SIGHUP)
            wait_for(partial(has_told, site, "configuration reloaded", number))
        workshop.write("quay")
        wait_for(partial(has_told, site, "generation 2"))
        try:
            assert site.stop() == 0
            wait_for(lambda: not any(map(lives, workers)), 5)
        finally:
            for worker in filter(lives, workers):
                os.kill(worker, signal.SIGKILL)
        assert not site.says("server.left")
    with running(workshop, "--port", str(site.port)) as next_site:
        assert next_site.port == site.port


def has_told(site: RunningSite, text: str, times: int = 1) -> bool:
    return sum(text in line for line in site.lines) >= times
