"""Preconditions: tag lists as they come, dates in three forms, and the order in which they count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.server.conditional import (
    Decision,
    EntityTag,
    Outcome,
    Preconditions,
    decide,
    http_date,
    parse_entity_tags,
    parse_http_date,
)

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
CHANGED = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
BEFORE = http_date(CHANGED - timedelta(seconds=1))
THEN = http_date(CHANGED)
LATER = http_date(CHANGED + timedelta(days=1))
TAGS = ('"abc-br"', '"abc"', '"abc-gzip"')

etag_characters = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f').filter(
    lambda character: not 0x7F <= ord(character) < 0x80
)
opaque_tags = st.text(etag_characters, max_size=12).map('"{}"'.format)
entity_tags = st.builds(EntityTag, opaque_tags, st.booleans())
separators = st.text(" \t,", max_size=4).map(lambda around: around + "," + around)
seconds = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the zone is apart
    lambda moment: moment.replace(microsecond=0)
)


def written(tag: EntityTag) -> str:
    return ("W/" if tag.is_weak else "") + tag.opaque


def decided(conditions: Preconditions) -> Outcome:
    return decide(conditions, TAGS, CHANGED, NOW).outcome


@given(tags=st.lists(entity_tags, min_size=1, max_size=5), separator=separators)
def test_H3_fault_37_any_list_of_tags_is_read_as_written(tags: list[EntityTag], separator: str) -> None:
    assert parse_entity_tags(separator.join(map(written, tags))) == tuple(tags)


@given(value=st.text())
def test_fault_37_any_text_is_a_list_or_none(value: str) -> None:
    assert isinstance(parse_entity_tags(value), tuple)


@pytest.mark.parametrize(
    "value",
    [
        "abc",
        '"abc',
        'abc"',
        '"abc" "abc"',
        'w/"abc"',
        'W/ "abc"',
        '"a b"',
        '"abc",x',
        "**",
        '*, "abc"',
        "",
        ",",
        '"a"b"',
    ],
)
def test_fault_37_what_is_no_list_of_tags_matches_nothing(value: str) -> None:
    assert parse_entity_tags(value) == ()


def test_fault_37_a_hostile_list_is_refused_at_once() -> None:
    assert parse_entity_tags('"",' * 2000 + ", " * 1000 + "x") == ()


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ('"abc"', '"abc"'),
        ('W/"abc"', '"abc"'),
        ('"no", W/"abc-gzip"', '"abc-gzip"'),
        ('"a,b", "abc"', '"abc"'),
        ('"abc", "abc-br"', '"abc-br"'),
        ("*", '"abc-br"'),
    ],
)
def test_H3_fault_37_a_tag_that_the_client_holds_is_the_tag_of_the_304(value: str, named: str) -> None:
    got = decide(Preconditions(if_none_match=value), TAGS, CHANGED, NOW)
    assert got == Decision(Outcome.NOT_MODIFIED, named)


@pytest.mark.parametrize("value", ['"other"', '"abc-zstd"', "abc", '"ABC"', '"abc,abc-br"', ""])
def test_H3_fault_37_another_tag_gets_the_document(value: str) -> None:
    got = decide(Preconditions(if_none_match=value), TAGS, CHANGED, NOW)
    assert got == Decision(Outcome.SEND, '"abc-br"')


@pytest.mark.parametrize("tags", ['"other"', "nonsense"])
def test_H4_a_date_does_not_count_beside_tags(tags: str) -> None:
    assert decided(Preconditions(if_none_match=tags, if_modified_since=LATER)) is Outcome.SEND


@pytest.mark.parametrize("since", [THEN, LATER])
def test_E2_what_has_not_changed_since_is_not_sent(since: str) -> None:
    assert decided(Preconditions(if_modified_since=since)) is Outcome.NOT_MODIFIED


def test_E2_what_has_changed_since_is_sent() -> None:
    assert decided(Preconditions(if_modified_since=BEFORE)) is Outcome.SEND


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "0",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 2094 08:49:37 GMT",
        "Sun, 06 Nov 2094 24:00:00 GMT",
        "Sun, 06 Nov 2094 08:49:61 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, ٠٦ Nov 2094 08:49:37 GMT",
        f"{LATER}, {LATER}",
        f"{LATER}; length=7",
    ],
)
def test_H4_an_invalid_date_is_ignored(value: str) -> None:
    assert parse_http_date(value, NOW) is None
    assert decided(Preconditions(if_modified_since=value, if_unmodified_since=value)) is Outcome.SEND


@pytest.mark.parametrize(
    "value",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_H4_all_three_forms_of_a_date_are_read(value: str) -> None:
    assert parse_http_date(value, NOW) == CHANGED


def test_H4_a_leap_second_is_read() -> None:
    leap = parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", NOW)
    assert leap == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("Monday, 23-Nov-76 12:00:00 GMT", 2076),
        ("Monday, 23-Nov-76 12:00:01 GMT", 1976),
        ("Monday, 01-Jan-77 00:00:00 GMT", 1977),
        ("Monday, 01-Jan-00 00:00:00 GMT", 2000),
    ],
)
def test_H4_a_year_of_two_digits_is_at_most_50_years_ahead(value: str, year: int) -> None:
    moment = parse_http_date(value, NOW)
    assert moment is not None
    assert moment.year == year


@given(moment=seconds)
def test_H9_a_date_that_was_sent_is_read_back(moment: datetime) -> None:
    assert parse_http_date(http_date(moment), NOW) == moment


@given(
    value=st.text()
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{2} Nov [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT", fullmatch=True)
)
def test_H4_any_text_is_a_date_or_none(value: str) -> None:
    moment = parse_http_date(value, NOW)
    assert moment is None or moment.tzinfo is UTC


def test_H9_dates_are_sent_in_the_one_form_to_send() -> None:
    assert THEN == "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("conditions", "outcome"),
    [
        (Preconditions(if_match='"abc"'), Outcome.SEND),
        (Preconditions(if_match="*"), Outcome.SEND),
        (Preconditions(if_match='W/"abc"'), Outcome.FAILED),
        (Preconditions(if_match='"other"'), Outcome.FAILED),
        (Preconditions(if_match='"abc"', if_unmodified_since=BEFORE), Outcome.SEND),
        (Preconditions(if_unmodified_since=BEFORE), Outcome.FAILED),
        (Preconditions(if_unmodified_since=THEN), Outcome.SEND),
        (Preconditions(if_match='"other"', if_none_match='"abc"'), Outcome.FAILED),
        (Preconditions(if_match='"abc"', if_none_match='"abc"'), Outcome.NOT_MODIFIED),
        (Preconditions(), Outcome.SEND),
    ],
)
def test_H5_preconditions_count_in_the_order_of_the_standard(
    conditions: Preconditions, outcome: Outcome
) -> None:
    assert decided(conditions) is outcome
