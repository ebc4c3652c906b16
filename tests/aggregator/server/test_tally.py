"""The tally: what is counted, under which names, and how little anybody can make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.monitoring.metrics import (
    BEAT_SECONDS,
    BYTES,
    CONNECTIONS,
    EDITIONS,
    OTHER,
    REFUSALS,
    REQUEST_SECONDS,
    REQUESTS,
    SAVED,
    SUBSCRIBERS,
    Figures,
)
from aggregator.server.limits import Limit
from aggregator.server.tally import MOST_FEEDS, Asked, Tally, place

FEEDLY = "Feedly/1.0 (+http://feedly.example; 42 subscribers; x)"


def count(
    tally: Tally, target: str, status: int = 200, *, seconds: float = 0.001, agent: str | None = None
) -> None:
    tally.count(target, agent, status, size=10, coding="gzip", seconds=seconds, now=1.0)


def requests(figures: Figures) -> dict[tuple[str, ...], float]:
    return {labels: number for (name, labels), number in figures.counts.items() if name == REQUESTS.name}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/feeds/all.atom", ("/feeds/all", "atom")),
        ("/feeds/all.atom?token=canary", ("/feeds/all", "atom")),
        ("http://evil.example/feeds/all.rss", ("/feeds/all", "rss")),
        ("/topics/deep-learning.json", ("/topics/deep-learning", "json")),
        ("/providers/quill.example", ("/providers/quill.example", "html")),
        ("/providers/quill.example.rss", ("/providers/quill.example", "rss")),
        ("/feeds/latest/archive/17.atom", ("/feeds/latest", "atom")),
        ("/search.atom?q=canary", ("/search", "atom")),
        ("/feeds.opml", (OTHER, "opml")),
        ("/static/site.css", (OTHER, OTHER)),
        ("/articles/0123456789abcdef", (OTHER, "html")),
        ("/", (OTHER, "html")),
        ("/topics", (OTHER, "html")),
        ("/healthz", (OTHER, OTHER)),
        ("/%00", (OTHER, OTHER)),
        ("*", (OTHER, OTHER)),
    ],
)
def test_a_target_is_of_a_feed_and_a_format(target: str, expected: tuple[str, str]) -> None:
    assert place(target) == expected


def test_answers_are_counted_by_feed_format_and_status() -> None:
    tally = Tally()
    for status in (200, 304, 304):
        count(tally, "/feeds/all.atom", status)
    count(tally, "/feeds/all.rss?x=1")
    assert requests(tally.figures(0, 1.0)) == {
        ("/feeds/all", "atom", "200"): 1,
        ("/feeds/all", "atom", "304"): 2,
        ("/feeds/all", "rss", "200"): 1,
    }


@pytest.mark.parametrize("status", [301, 400, 404, 405, 410, 503])
def test_fault_27_what_is_not_there_is_not_named(status: int) -> None:
    tally = Tally()
    count(tally, "/topics/canary.atom", status)
    assert requests(tally.figures(0, 1.0)) == {(OTHER, "atom", str(status)): 1}


def test_a_feed_that_was_found_keeps_its_name_when_it_fails() -> None:
    tally = Tally()
    count(tally, "/topics/ai.atom", 200)
    count(tally, "/topics/ai.atom", 503)
    assert ("/topics/ai", "atom", "503") in requests(tally.figures(0, 1.0))


def test_feeds_of_the_configuration_have_names_whatever_came_before() -> None:
    tally = Tally()
    for number in range(2 * MOST_FEEDS):
        count(tally, f"/topics/t{number}.atom")
    tally.know(["/feeds/best", "/feeds/ended"], 1.0)
    count(tally, "/feeds/best.atom")
    count(tally, "/feeds/ended.atom", 410)
    named = {labels[0] for labels in requests(tally.figures(0, 1.0))}
    assert {"/feeds/best", "/feeds/ended", OTHER} <= named
    assert len(named) == MOST_FEEDS + 3


def test_a_feed_that_the_configuration_has_no_more_is_forgotten_and_those_that_were_found_are_not() -> None:
    tally = Tally()
    tally.know(["/feeds/boats", "/feeds/best"], 1.0)
    for path in ("/feeds/boats", "/feeds/best", "/topics/ai"):
        count(tally, f"{path}.atom")
    tally.know(["/feeds/best"], 1.0)
    count(tally, "/feeds/boats.atom", 404)
    assert requests(tally.figures(0, 1.0)) == {
        ("/feeds/best", "atom", "200"): 1,
        ("/topics/ai", "atom", "200"): 1,
        (OTHER, "atom", "404"): 1,
    }


@given(st.lists(st.tuples(st.text(), st.sampled_from((301, 400, 404, 405, 410, 503)))))
def test_fault_42_whatever_is_asked_for_makes_no_series(asked: list[tuple[str, int]]) -> None:
    tally = Tally()
    for target, status in asked:
        count(tally, f"/{target}", status)
    named = requests(tally.figures(0, 1.0))
    assert {labels[0] for labels in named} <= {OTHER}
    assert {labels[1] for labels in named} <= {"atom", "rss", "json", "opml", "html", OTHER}


def test_bytes_are_counted_by_coding_and_nothing_for_answers_without() -> None:
    tally = Tally()
    count(tally, "/feeds/all.atom")
    tally.count("/feeds/all.atom", None, 304, size=0, coding="", seconds=0.1, now=1.0)
    figures = tally.figures(0, 1.0)
    assert {key: number for key, number in figures.counts.items() if key[0] == BYTES.name} == {
        BYTES.key("gzip"): 10
    }


def test_a_duration_falls_into_the_first_bucket_that_holds_it() -> None:
    tally = Tally()
    for seconds in (0.0001, 0.00011, 99):
        count(tally, "/feeds/all.atom", seconds=seconds)
    counts = tally.figures(0, 1.0).counts
    last = len(REQUEST_SECONDS.bounds)
    assert [counts[REQUEST_SECONDS.bucket(index)] for index in (0, 1, 2, last)] == [1, 1, 0, 1]
    assert counts[REQUEST_SECONDS.sum] == pytest.approx(99.00021)


def test_readers_are_asked_for_how_many() -> None:
    tally = Tally()
    count(tally, "/feeds/all.atom", 304, agent=FEEDLY)
    count(tally, "/feeds/all.rss", 200, agent=FEEDLY.replace("42", "3"))
    assert tally.figures(0, 1.0).audience == {
        ("/feeds/all", "atom", "feedly"): 42,
        ("/feeds/all", "rss", "feedly"): 3,
    }
    assert SUBSCRIBERS.key("/feeds/all")


@pytest.mark.parametrize(
    ("target", "status"), [("/feeds/no.atom", 404), ("/", 200), ("/feeds/all.atom", 406)]
)
def test_who_reads_no_feed_is_no_audience(target: str, status: int) -> None:
    tally = Tally()
    count(tally, target, status, agent=FEEDLY)
    assert tally.figures(0, 1.0).audience == {}


def test_connections_and_documents_are_told() -> None:
    tally = Tally()
    tally.note_edition("reused")
    figures = tally.figures(7, 1.0)
    assert figures.levels[CONNECTIONS.key()] == 7
    assert [figures.counts[EDITIONS.key(result)] for result in ("rendered", "reused", "stale")] == [0, 1, 0]


def test_answers_are_counted_by_half_hours_of_the_last_day() -> None:
    tally = Tally(has_habits=True)
    asked = Asked(is_conditional=False, address=None)
    for beat, status in ((0, 200), (1, 304), (1, 404), (50, 503)):
        now = beat * BEAT_SECONDS + 1.0
        tally.count("/feeds/all.atom", None, status, size=0, coding="", seconds=0, now=now, asked=asked)
    assert tally.figures(0, 47 * BEAT_SECONDS).pulse[0, "sent"] == 1
    assert dict(tally.figures(0, 50.5 * BEAT_SECONDS).pulse) == {(50, "failed"): 1}


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/feeds/all/archive/1.atom", 200),
        ("/feeds/all", 200),
        ("/feeds/none.atom", 404),
        ("/feeds.opml", 200),
    ],
)
def test_only_who_asks_for_a_feed_has_habits(target: str, status: int) -> None:
    tally = Tally(has_habits=True)
    tally.know(["/feeds/all"], 1.0)
    asked = Asked(is_conditional=False, address=None)
    tally.count(target, "a/1", status, size=9, coding="br", seconds=0, now=1.0, asked=asked)
    assert tally.figures(0, 1.0).habits == {}


def test_habits_that_nobody_wants_are_not_remembered() -> None:
    tally = Tally()
    asked = Asked(is_conditional=False, address=None)
    tally.count("/feeds/all.atom", "a/1", 200, size=9, coding="br", seconds=0, now=1.0, asked=asked)
    figures = tally.figures(0, 1.0)
    assert (figures.habits, figures.pulse) == ({}, {})


def test_what_need_not_be_sent_is_counted_by_why() -> None:
    tally = Tally()
    for status, unsent in ((304, 100), (226, 20), (200, 3), (200, -5), (404, 7)):
        tally.count("/feeds/all.atom", None, status, size=0, coding="", seconds=0, now=1.0, unsent=unsent)
    counts = tally.figures(0, 1.0).counts
    saved = {labels: count for (name, labels), count in counts.items() if name == SAVED.name}
    assert saved == {("unchanged",): 100, ("delta",): 20, ("coding",): 3}


def test_refusals_are_counted_by_limit() -> None:
    tally = Tally()
    tally.note_refusal(Limit.REQUESTS)
    counts = tally.figures(0, 0).counts
    assert [counts[REFUSALS.key(limit)] for limit in Limit] == [0, 0, 1]
