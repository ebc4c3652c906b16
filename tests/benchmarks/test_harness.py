"""The benchmarks: the harness runs from end to end at a tiny size, and judges what it reads as the table says."""

import json
import math
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench import Bench
from benchmarks.corpus import Form, article, samples
from benchmarks.figures import with_table
from benchmarks.loads.steady import CONNECTIONS, steady
from benchmarks.reading import Reading, absolute, missing, part_of, percentile, times_less
from benchmarks.report import document, table, verdict
from benchmarks.rows import ROWS, Better, Row
from benchmarks.server import ROOT
from benchmarks.trials.workers import most_of_two
from feeds.text import is_web_address

# Without what needs programs that need not be there, or takes longer.
QUICK = ("cold-build", "saved-to-served", "refresh-p99", "render-atom", "million")
BY_THE_WAY = ("cold-memory", "cold-start", "render-rss", "render-json")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> "subprocess.CompletedProcess[str]":
    folder = tmp_path_factory.mktemp("bench")
    only = [part for name in QUICK for part in ("--only", name)]
    sizes = ["--files", "40", "--repeats", "1", "--rounds", "2", "--seconds", "0.2"]
    kept = ["--folder", str(folder / "kept"), "--json", str(folder / "figures.json")]
    command = [sys.executable, "-m", "benchmarks", *only, *sizes, *kept]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def figures(run: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(Path(run.args[-1]).read_text(encoding="utf-8"))
    return found


def test_the_harness_measures_what_it_is_asked_for(run: "subprocess.CompletedProcess[str]") -> None:
    assert run.returncode == 0, run.stderr
    assert set(figures(run)["rows"]) == {*QUICK, *BY_THE_WAY}
    for name in QUICK:
        assert f"\n| {name} " in run.stdout


@pytest.mark.parametrize("name", QUICK[1:])
def test_every_row_has_samples_and_a_value(run: "subprocess.CompletedProcess[str]", name: str) -> None:
    row = figures(run)["rows"][name]
    assert row["ours"]
    assert row["value"] > 0
    assert row["verdict"] in {"aim", "must", "MISSED"}


def test_the_figures_say_of_which_machine_and_sizes_they_are(run: "subprocess.CompletedProcess[str]") -> None:
    found = figures(run)
    assert found["sizes"]["files"] == 40
    assert {"processor", "kernel", "python", "nginx", "hugo"} <= set(found["machine"])
    assert "Measured on: processor " in with_table((ROOT / "docs/performance.md").read_text(), found)


def test_rows_that_were_measured_before_stay(run: "subprocess.CompletedProcess[str]") -> None:
    before = figures(run)["rows"]
    sizes = run.args[run.args.index("--files") :]
    again = [*run.args[:3], "--only", "render-atom", *sizes]
    assert subprocess.run(again, cwd=ROOT, capture_output=True, check=False).returncode == 0
    after = figures(run)["rows"]
    assert after["cold-build"] == before["cold-build"]
    assert after["render-atom"] != before["render-atom"]


def test_a_row_that_there_is_not_is_refused() -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "faster"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "cold-build" in run.stderr


# Judging


def test_ratios_are_of_medians() -> None:
    assert times_less([1, 2, 90], [8, 10, 10], "s").value == 5
    assert part_of([1, 2, 90], [8, 8, 1], "s").value == 0.25
    assert absolute([1, 2, 90], "ms").value == 2


def test_without_a_peer_there_is_no_ratio() -> None:
    reading = times_less([1.0], [], "s", "why")
    assert (reading.value, reading.ours) == (None, (1.0,))
    assert verdict(ROWS[0], reading) == "not measured"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_judged_in_its_direction(row: Row) -> None:
    worse = math.nextafter(row.must, 0 if row.better is Better.MORE else math.inf)
    said = [verdict(row, Reading(value=value, unit="s")) for value in (row.aim, row.must, worse)]
    assert said == ["aim", "must", "MISSED"]


def test_the_percentile_is_one_of_the_values() -> None:
    assert percentile(range(1, 101), 0.99) == 100
    assert percentile([3, 1, 2], 0.5) == 2


def test_the_table_says_what_is_missing_and_why() -> None:
    text = table(ROWS, {"serve-200": missing("needs nginx")})
    assert "not measured" in text
    assert "serve-200: needs nginx" in text


def test_the_json_has_every_sample() -> None:
    reading = part_of([1.0, 3.0], [4.0], "s")
    row = document(Bench(folder=Path()), {}, ROWS, {"warm-restart": reading})["rows"]["warm-restart"]
    assert (row["ours"], row["ours_median"], row["peer"], row["value"]) == ((1.0, 3.0), 2.0, (4.0,), 0.5)


# Corpora


def test_the_same_number_of_articles_is_the_same_articles() -> None:
    assert [article(one) for one in samples(20)] == [article(one) for one in samples(20)]
    assert len({one.url for one in samples(200)}) == 200
    assert all(is_web_address(one.url) for one in samples(20))


def test_hugo_gets_the_same_articles_under_its_own_names() -> None:
    for one in samples(30):
        ours, theirs = article(one).splitlines(), article(one, Form.HUGO).splitlines()
        names = {line.partition(":")[0] for line in set(theirs) - set(ours)}
        assert names == {"date", "providers", "draft"}
        assert {line.partition(":")[0] for line in set(ours) - set(theirs)} == {"published"}


# Two workers beside one


def test_a_load_that_shares_two_processors_with_two_workers_takes_its_part() -> None:
    assert most_of_two(worker=60e-6, load=0) == 2
    assert most_of_two(worker=60e-6, load=20e-6) == 1.5
    assert most_of_two(worker=20e-6, load=20e-6) == 1


# The steady load


class Standing(ThreadingHTTPServer):
    """Answers nobody until it may."""

    daemon_threads = True
    request_queue_size = 2 * CONNECTIONS

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), StandingHandler)
        self.may_answer = threading.Event()


class StandingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Standing

    def do_GET(self) -> None:
        self.server.may_answer.wait(10)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing."""


def test_a_server_that_stands_still_is_charged_for_all_that_it_keeps_waiting() -> None:
    standing = 0.3
    with Standing() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        threading.Timer(standing, server.may_answer.set).start()
        ends = time.perf_counter() + 2 * standing
        answered = steady(server.server_port, ["/"], lambda: time.perf_counter() > ends)
        server.shutdown()
        serving.join()
    # Not those alone that had a connection, but all that were due while there was none.
    assert sum(one.seconds > standing / 3 for one in answered) > 3 * CONNECTIONS
