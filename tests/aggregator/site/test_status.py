"""The status page: what stands on it, for given figures."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from aggregator.errors import Problem, Severity
from aggregator.monitoring.habits import Habit
from aggregator.monitoring.journal import Journal, RefreshNote
from aggregator.monitoring.metrics import (
    ARTICLES,
    BEAT_SECONDS,
    BYTES,
    FILES,
    GENERATION,
    PROBLEMS,
    PROCESSES,
    REFRESHES,
    REQUESTS,
    SAVED,
    WORKER_ENDS,
    Figures,
)
from aggregator.site.rendering import Templates
from aggregator.site.status import StatusPage
from tests.aggregator.workshop import HOUR, NOON, Workshop

NOW = 100 * float(BEAT_SECONDS)
BLIND = Habit(requests=30, blind_bytes=240_000, marks=1, first=0.0, last=3_600.0)
EVIL = "<script>alert(1)</script>\udc80\u202e"


def journal(workshop: Workshop) -> Journal:
    file = str(workshop.folder / "news/odd.md")
    return Journal(
        told=NOON,
        started=NOON - 3 * HOUR,
        changed=NOON - 2 * HOUR,
        next_due=NOON + HOUR,
        refreshes=(
            RefreshNote(ended=NOON - HOUR, outcome="changed", seconds=0.25),
            RefreshNote(ended=NOON, outcome="failed", seconds=2.0, reason="the disk is full"),
        ),
        problems=(
            Problem(file=file, line=4, key="heat", reason="is 'much', expected a number"),
            Problem(file=file, reason="another", severity=Severity.WARNING),
        ),
        alarms=("source news: its folder is not there",),
    )


def figures(workshop: Workshop) -> Figures:
    return Figures(
        counts={
            REQUESTS.key("/feeds/all", "rss", "200"): 30,
            REQUESTS.key("/feeds/all", "atom", "304"): 90,
            REQUESTS.key("/topics/ai", "atom", "200"): 1,
            REQUESTS.key("other", "other", "404"): 5,
            REFRESHES.key("changed"): 1,
            REFRESHES.key("failed"): 1,
            BYTES.key("br"): 1_500_000,
            SAVED.key("unchanged"): 4_000_000,
            SAVED.key("coding"): 2_000_000,
            WORKER_ENDS.key(): 1,
        },
        levels={
            GENERATION.key(): 7,
            ARTICLES.key(): 12,
            FILES.key("public"): 13,
            FILES.key("broken"): 2,
            PROBLEMS.key("error"): 1,
            PROBLEMS.key("warning"): 1,
            PROCESSES.key(): 2,
        },
        audience={("/feeds/all", "atom", "feedly"): 4_000, ("/feeds/all", "rss", "feedly"): 200},
        habits={
            ("blindreader", "/feeds/all", "rss"): BLIND,
            ("good", "/feeds/all", "rss"): Habit(requests=5),
        },
        pulse={(99, "sent"): 30, (100, "unchanged"): 90, (100, "refused"): 5},
        journal=journal(workshop),
    )


def rendered(workshop: Workshop, given: Figures) -> bytes:
    settings = workshop.settings()
    return StatusPage(settings, Templates(settings.site, (), settings.timezone)).render(given, NOW)


def found_at(page: bytes, path: str) -> Any:
    return html.fromstring(page.decode()).xpath(path)


def told(page: bytes, heading: str) -> list[str]:
    """Give the rows of the table below a heading, as text."""
    (found,) = found_at(page, f"//section[h2[text()='{heading}']]")
    rows = (" ".join(cell.text_content() for cell in row) for row in found.xpath(".//tbody/tr"))
    return [" ".join(row.split()) for row in rows]


def tiles(page: bytes) -> dict[str, str]:
    found = found_at(page, "//dl/div")
    return {one.findtext("dt"): " ".join(one.find("dd").itertext()) for one in found}


def test_the_figures_that_matter_come_first(workshop: Workshop) -> None:
    found = tiles(rendered(workshop, figures(workshop)))
    assert found["Generation"] == "7 changed 2 h ago"
    assert " ".join(found["Last refresh"].split()) == "2.0 s failed , 0 ms ago"
    assert found["Next scheduled article"] == "in 1 h 2026-03-01 13:00:00 UTC"
    assert found["Public articles"] == "12 of 15 files"
    assert found["Problems"] == "1 and 1 warning"
    assert found["Answered with 304"] == "74 % of 126 answers"
    assert found["Saved"] == "6.0 MB 1.5 MB sent"
    assert " ".join(found["Connections"].split()) == "0 2 processes, 1 died"


def test_problems_are_told_by_file_with_line_and_reason(workshop: Workshop) -> None:
    assert told(rendered(workshop, figures(workshop)), "Problems") == [
        "news/odd.md 4 Error: heat: is 'much', expected a number",
        "Warning: another",
    ]


def test_refreshes_are_told_with_how_long_they_took(workshop: Workshop) -> None:
    page = rendered(workshop, figures(workshop))
    assert told(page, "Refreshes") == [
        "2026-03-01 12:00:00 UTC failed 2.0 s the disk is full",
        "2026-03-01 11:00:00 UTC changed 250 ms",
    ]
    assert b"source news: its folder is not there" in page


def test_requests_are_told_by_feed_and_status(workshop: Workshop) -> None:
    assert told(rendered(workshop, figures(workshop)), "Requests") == [
        "/feeds/all 30 90 120 75 %",
        "other 5 5 0 %",
        "/topics/ai 1 1 0 %",
    ]


def test_the_audience_is_that_which_readers_announce(workshop: Workshop) -> None:
    assert told(rendered(workshop, figures(workshop)), "Audience") == ["/feeds/all 4,200 feedly 4,200"]


def test_wasteful_programs_are_named_and_others_are_not(workshop: Workshop) -> None:
    assert told(rendered(workshop, figures(workshop)), "Wasteful clients") == [
        "blindreader /feeds/all rss 30 1 2 min 240 KB never says what it holds; asks again before an answer is stale",
    ]


def test_charts_are_drawn_with_words_for_who_can_not_see_them(workshop: Workshop) -> None:
    refreshes, pulse = found_at(rendered(workshop, figures(workshop)), "//svg[@role='img']")
    assert len(refreshes.xpath("./rect")) == 2
    assert [one.get("class") for one in pulse.xpath("./rect")] == ["sent", "unchanged", "refused"]
    assert "at most 95 in one" in pulse.get("aria-label")


def test_nothing_is_styled_or_run_in_the_page_itself(workshop: Workshop) -> None:
    page = rendered(workshop, figures(workshop))
    assert re.search(rb"<style|\sstyle=|<script(?! src=)|\son\w+=", page) is None


@pytest.mark.parametrize("has_journal", [True, False])
def test_before_anything_has_happened_there_is_a_page_too(workshop: Workshop, *, has_journal: bool) -> None:
    empty = Figures(
        journal=Journal(told=NOON, started=NOON) if has_journal else None, levels={PROCESSES.key(): 1}
    )
    page = rendered(workshop, empty)
    assert tiles(page)["Last refresh"] == "— none yet"
    assert tiles(page)["Next scheduled article"] == "— none"
    assert b"None that were noticed." in page


def test_a_moment_that_has_come_is_now(workshop: Workshop) -> None:
    given = figures(workshop)
    assert given.journal is not None
    late = replace(given.journal, next_due=NOON - timedelta(seconds=1))
    assert tiles(rendered(workshop, replace(given, journal=late)))["Next scheduled article"].startswith("now")


def test_what_others_write_is_text(workshop: Workshop) -> None:
    given = figures(workshop)
    assert given.journal is not None
    evil = replace(
        given,
        habits={(EVIL, "/feeds/all", "rss"): BLIND},
        audience={("/feeds/all", "rss", EVIL): 1},
        journal=replace(
            given.journal,
            problems=(Problem(file=EVIL, reason=EVIL, key=EVIL),),
            alarms=(EVIL,),
            refreshes=(RefreshNote(ended=NOON, outcome="failed", seconds=1.0, reason=EVIL),),
        ),
    )
    page = rendered(workshop, evil).decode()
    assert page.count("&lt;script&gt;") == 7
    assert "<script>" not in page
    assert "\u202e" not in page
