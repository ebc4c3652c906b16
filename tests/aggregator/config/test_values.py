"""Single values: cron expressions that the scheduler takes, what examples look like, mappings that can't change, settings made in code."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pickle import dumps, loads
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import (
    AutomaticFeeds,
    LimitSettings,
    NamedTopic,
    ReloadSettings,
    ServerSettings,
    SourceSettings,
    TopicFeeds,
)
from aggregator.config.cron import lines_to_match, normalise_cron
from aggregator.config.feed_settings import WhereSettings
from aggregator.config.frozen_mapping import FrozenMapping
from aggregator.config.measures import format_duration
from aggregator.config.site_settings import SiteSettings
from aggregator.config.written import flow
from feeds.search_query import SearchQuery


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("* * * * *", "* * * * *"),
        ("*/5 0-6/2 1,15 JAN-mar *", "*/5 0-6/2 1,15 jan-mar *"),
        ("0 0 * * 0", "0 0 * * sun"),
        ("0 0 * * 7", "0 0 * * sun"),
        ("0 0 * * 1-5", "0 0 * * mon,tue,wed,thu,fri"),
        ("0 0 * * fri-mon", "0 0 * * sun,mon,fri,sat"),
        ("0 0 * * 5-7", "0 0 * * sun,fri,sat"),
        ("0 0 * * */2", "0 0 * * sun,tue,thu,sat"),
        ("0 0 * * 0-6", "0 0 * * *"),
        ("0 3 13 * 5", "0 3 13 * fri"),
        ("0 3 13 * */2", "0 3 13 * */2"),
        ("0 3 13 * */2,MON", "0 3 13 * */2,mon"),
        ("0 3 */2 * */2", "0 3 */2 * sun,tue,thu,sat"),
        ("0 3 13 * *", "0 3 13 * *"),
        ("0 3 13 * *,5", "0 3 13 * *"),
        ("0 3 13 * 0-6", "0 3 * * *"),
        ("0 3 13 * 5,*", "0 3 * * *"),
        ("0 0 30 2 fri", "0 0 30 2 fri"),
        (" 0  0 29 2 * ", "0 0 29 2 *"),
    ],
)
def test_a_cron_expression_means_what_crontab_says(written: str, meant: str) -> None:
    assert normalise_cron(written) == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("* * * *", "'* * * *' has 4 fields, expected five: minute, hour, day, month, weekday"),
        ("60 * * * *", "minute '60' is impossible, expected 0 to 59"),
        ("* 24 * * *", "hour '24' is impossible, expected 0 to 23"),
        ("* * 0 * *", "day '0' is impossible, expected 1 to 31"),
        ("* * * 13 *", "month '13' is impossible, expected 1 to 12 or jan to dec"),
        ("* * * * 8", "weekday '8' is impossible, expected 0 to 7 or sun to sat"),
        ("* * * * Monday", "weekday 'Monday' is impossible, expected 0 to 7 or sun to sat"),
        ("5-1 * * * *", "minute runs backwards from 5 to 1, expected the smaller one first"),
        ("*/60 * * * *", "minute step '60' is impossible, expected 1 to 59"),
        ("1-5/0 * * * *", "minute step '0' is impossible, expected 1 to 4"),
        ("5/10 * * * *", "minute '5/10' can't be read, expected such as *, */5, 1-5 or 1,3,5"),
        ("1,,2 * * * *", "minute '' can't be read, expected such as *, */5, 1-5 or 1,3,5"),
        ("² * * * *", "minute '²' can't be read, expected such as *, */5, 1-5 or 1,3,5"),
        ("0 0 30 2 *", "'0 0 30 2 *' never comes, expected a day that one of the months has"),
        ("0 0 30 2 */2", "'0 0 30 2 */2' never comes, expected a day that one of the months has"),
        ("0 0 31 4,jun *", "'0 0 31 4,jun *' never comes, expected a day that one of the months has"),
    ],
)
def test_a_cron_expression_that_can_not_be(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        normalise_cron(written)


def fields(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    ranges = st.tuples(number, number, st.sampled_from(["", "/2", "/31"])).map(
        lambda part: f"{min(part[:2])}-{max(part[:2])}{part[2]}"
    )
    parts = number.map(str) | ranges | st.sampled_from(["*", "*/2", "*/7", "mon", "sat-tue", "feb", "x"])
    return st.lists(parts, min_size=1, max_size=3).map(",".join)


@given(st.tuples(fields(0, 59), fields(0, 23), fields(1, 31), fields(1, 12), fields(0, 7)).map(" ".join))
def test_the_scheduler_takes_every_cron_expression_that_is_found_well(expression: str) -> None:
    try:
        normalised = normalise_cron(expression)
    except ValueError:
        return
    for line in lines_to_match(normalised):
        CronTrigger.from_crontab(line, "UTC")
    assert lines_to_match(normalised)
    assert normalise_cron(normalised) == normalised


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=90), "90s"),
        (timedelta(minutes=5), "5m"),
        (timedelta(hours=36), "36h"),
        (timedelta(days=30), "30d"),
    ],
)
def test_durations_are_written_in_the_biggest_unit_that_fits(duration: timedelta, written: str) -> None:
    assert format_duration(duration) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("news", "news"),
        ("https://a.example/b", "https://a.example/b"),
        ("**/*.md", '"**/*.md"'),
        ('say "hi" \\ bye', '"say \\"hi\\" \\\\ bye"'),
        (True, "true"),
        (3, "3"),
        ({"a": [1, "b, c"]}, '{a: [1, "b, c"]}'),
    ],
)
def test_examples_are_written_as_yaml(value: object, written: str) -> None:
    assert flow(value) == written


def test_a_frozen_mapping_is_a_mapping_with_a_hash() -> None:
    one, other = FrozenMapping({"b": 1, "a": 2}), FrozenMapping({"a": 2, "b": 1})
    assert one == other == {"a": 2, "b": 1}
    assert hash(one) == hash(other)
    assert repr(one) == repr(other) == "FrozenMapping({'a': 2, 'b': 1})"
    assert (list(one), len(one), one["b"]) == (["b", "a"], 2, 1)


def test_a_frozen_mapping_can_be_sent_to_another_process() -> None:
    assert loads(dumps(FrozenMapping({"a": 1}))) == {"a": 1}  # noqa: S301  its own bytes


def test_settings_can_be_made_in_code_of_their_own_types(tmp_path: Path) -> None:
    source = SourceSettings(name="news", path=tmp_path, fields={"title": "headline"})
    assert (source.path, source.fields) == (tmp_path, {"title": "headline"})
    assert ReloadSettings(every=timedelta(seconds=2), watch=False).every == timedelta(seconds=2)
    assert ServerSettings(port=0, max_age=timedelta(0)).max_age == timedelta(0)
    assert LimitSettings(file=2048).file == 2048
    since = datetime(2021, 1, 1, tzinfo=UTC)
    query = SearchQuery(all=(("ferry",),), none=())
    site = SiteSettings(title="Tides", url="https://tide.example", timezone=ZoneInfo("UTC"))
    assert site.timezone == ZoneInfo("UTC")
    where = WhereSettings(since=since, match=query)
    assert (where.since, where.match) == (since, query)
    assert AutomaticFeeds(min_articles=2).named == {}
    assert TopicFeeds(named={"AI": NamedTopic(aliases=("A.I.",))}).named["AI"].aliases == ("A.I.",)
