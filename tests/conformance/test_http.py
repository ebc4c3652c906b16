"""HTTP: what independent judges say of every feed address of a server that runs, and what holds for each of them."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time

import httplint
import pytest

from aggregator.documents.edition import CODINGS, IDENTITY
from feeds.formats import FORMATS
from tests.aggregator.running_site import Answer, RunningSite, running
from tests.aggregator.workshop import Workshop
from tests.conformance.published import feed_paths

SERIOUS = {httplint.levels.BAD, httplint.levels.WARN}
ALL_CODINGS = [IDENTITY, *CODINGS]
REDBOT = Path(sys.executable).with_name("redbot")


def addresses(site: RunningSite) -> list[str]:
    return [*feed_paths(site), "/feeds.opml"]


def complaints(path: str, method: str, fields: Mapping[str, str], answer: Answer) -> list[str]:
    """Give what httplint finds bad, or worth a warning, in an answer to just that request."""
    request = httplint.HttpRequestLinter(start_time=time())
    request.process_request_topline(method.encode(), f"http://a.example{path}".encode(), b"1.1")
    request.process_headers([(name.encode(), value.encode()) for name, value in fields.items()])
    request.finish_content(complete=True)
    linter = httplint.HttpResponseLinter(start_time=time(), _related=request, no_content=method == "HEAD")
    linter.process_response_topline(b"1.1", str(answer.status).encode(), b"")
    linter.process_headers([(name.encode(), value.encode()) for name, value in answer.headers.items()])
    linter.feed_content(answer.body)
    linter.finish_content(complete=True)
    return [f"{path}: {note.summary}" for note in linter.notes if note.level in SERIOUS]


@pytest.mark.parametrize("coding", ALL_CODINGS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_H1_H7_httplint_finds_no_fault_with_any_feed(site: RunningSite, method: str, coding: str) -> None:
    fields = {"Accept-Encoding": coding}
    found = []
    for path in addresses(site):
        answer = site.get(path, fields, method)
        assert answer.status == 200
        assert answer.headers.get("Content-Encoding", IDENTITY) == coding
        found += complaints(path, method, fields, answer)
    assert found == []


@pytest.mark.parametrize("coding", ALL_CODINGS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("condition", "validator"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")]
)
def test_H6_E2_httplint_finds_no_fault_with_any_304_by_either_validator(
    site: RunningSite, condition: str, validator: str, method: str, coding: str
) -> None:
    found = []
    for path in addresses(site):
        held = site.get(path, {"Accept-Encoding": coding}).headers[validator]
        fields = {"Accept-Encoding": coding, condition: held}
        answer = site.get(path, fields, method)
        assert answer.status == 304
        found += complaints(path, method, fields, answer)
    assert found == []


@pytest.mark.skipif(not REDBOT.exists(), reason="redbot is not installed beside Python")
def test_H1_H6_H8_redbot_finds_no_fault_with_negotiation_and_validation(site: RunningSite) -> None:
    # A second each: one address of every kind, in every format.
    paths = [
        path for path in addresses(site) if path.startswith(("/feeds/all", "/topics/boats", "/feeds.opml"))
    ]
    runs = [
        subprocess.Popen(
            [REDBOT, "-o", "har", f"http://127.0.0.1:{site.port}{path}"], stdout=subprocess.PIPE, text=True
        )
        for path in paths
    ]
    notes = [note for run in runs for note in _notes(run.communicate(timeout=60)[0])]
    assert {"INM_304", "IMS_304", "CONNEG_GZIP_GOOD"} <= {note["note_id"] for note in notes}
    assert [note["summary"] for note in notes if note["level"] in {"BAD", "WARN"}] == []


def _notes(archive: str) -> list[Mapping[str, str]]:
    return [note for entry in json.loads(archive)["log"]["entries"] for note in entry["_red_messages"]]


def test_X1_every_feed_has_its_type_with_its_charset(site: RunningSite) -> None:
    types = {one.suffix: one.media_type for one in FORMATS.values()}
    for path in feed_paths(site):
        answer = site.get(path)
        assert answer.headers["Content-Type"] == types[path[path.rindex(".") :]]
        answer.body.decode("utf-8")


def test_H2_every_coding_of_every_feed_has_a_strong_tag_of_its_own(site: RunningSite) -> None:
    for path in addresses(site):
        tags = [site.get(path, {"Accept-Encoding": coding}).headers["ETag"] for coding in ALL_CODINGS]
        assert len(set(tags)) == len(ALL_CODINGS)
        assert all(re.fullmatch('"[!-~]+"', tag) for tag in tags)


def test_H9_no_feed_was_modified_after_it_was_sent(site: RunningSite) -> None:
    for path in addresses(site):
        headers = site.get(path).headers
        dates = [parsedate_to_datetime(headers[name]) for name in ("Last-Modified", "Date")]
        assert dates == sorted(dates)


def test_C3_C4_every_feed_may_be_shared_and_is_kept_by_coding_alone(site: RunningSite) -> None:
    for path in addresses(site):
        headers = site.get(path).headers
        assert headers["Vary"] == "Accept-Encoding"
        assert not re.search("private|no-store|no-cache", headers["Cache-Control"])


def test_E3_no_feed_may_be_kept_past_the_next_scheduled_article(workshop: Workshop) -> None:
    due = datetime.now(UTC) + timedelta(seconds=100)
    workshop.configure("reload: {every: 1h}\nserver: {max_age: 1h}\n")
    workshop.write("ferry")
    workshop.write("later", f"publishedDateTime: {due.isoformat()}")
    with running(workshop) as site:
        said = site.get("/feeds/all.atom").headers["Cache-Control"]
    found = re.search(r"max-age=(\d+)", said)
    assert found
    assert 0 < int(found[1]) <= 100
    assert "stale-while-revalidate" not in said


def test_E5_no_feed_address_gives_html_or_a_cookie(site: RunningSite) -> None:
    for path in addresses(site):
        headers = site.get(f"{path}?utm_source=x", {"Cookie": "a=b", "Accept": "text/html"}).headers
        assert headers.get_content_type() != "text/html"
        assert "Set-Cookie" not in headers
