"""Documents over HTTP: bodies, codings, validators, and what caches and browsers are told."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.documents.edition import CODINGS, Edition
from aggregator.server import Lifetime, lifetime
from aggregator.server.conditional import http_date
from tests.aggregator.server.asking import CHANGED, FEED, SITE, FakePress, Site, answered

KEPT_ON_304 = ("etag", "vary", "cache-control")


async def test_a_feed_is_sent_as_it_is(site: Site) -> None:
    answer = await site.get()
    assert (answer.status, answer.body) == (200, FEED.body)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert "content-encoding" not in answer.headers


async def test_a_feed_that_must_be_made_first_is_waited_for(site: Site) -> None:
    site.press.is_current = False
    assert (await site.get()).body == FEED.body
    assert site.press.asked == [FEED.path]


async def test_a_feed_that_is_current_is_not_asked_for(site: Site) -> None:
    await site.get()
    assert site.press.asked == []


@pytest.mark.parametrize("coding", CODINGS)
async def test_H2_a_coding_has_its_bytes_and_its_tag(site: Site, coding: str) -> None:
    answer = await site.get(accept_encoding=coding)
    assert answer.headers["content-encoding"] == coding
    assert answer.headers["etag"] == FEED.etag(coding)
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.body == FEED.encoded(coding)


async def test_H1_both_validators_are_sent(site: Site) -> None:
    headers = (await site.get()).headers
    assert headers["etag"] == FEED.etag()
    assert headers["last-modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize("coding", ["identity", *CODINGS])
async def test_H3_fault_37_each_tag_that_was_sent_is_known_again(site: Site, coding: str) -> None:
    answer = await site.get(accept_encoding=coding, if_none_match=f'"other", W/{FEED.etag(coding)}')
    assert (answer.status, answer.body) == (304, b"")


async def test_H3_the_tag_of_another_coding_that_is_acceptable_is_current_too(site: Site) -> None:
    answer = await site.get(accept_encoding="br, gzip", if_none_match=FEED.etag("gzip"))
    assert answer.status == 304
    assert answer.headers["etag"] == FEED.etag("gzip")


async def test_H3_a_shared_cache_is_not_told_to_send_a_coding_that_is_not_acceptable(site: Site) -> None:
    answer = await site.get(accept_encoding="br", if_none_match=FEED.etag("gzip"))
    assert (answer.status, answer.headers["etag"]) == (200, FEED.etag("br"))


async def test_H3_tags_on_several_lines_are_one_list(site: Site) -> None:
    lines = f'If-None-Match: "other"\r\nIf-None-Match: {FEED.etag()}'
    answer = await site.send(f"GET {FEED.path} HTTP/1.1\r\nHost: a.example\r\n{lines}")
    assert answer.status == 304


async def test_H3_a_tag_beyond_ascii_is_read_and_not_known(site: Site) -> None:
    assert (await site.get(if_none_match='"\xe9"')).status == 200


async def test_E2_a_date_alone_is_enough(site: Site) -> None:
    later = http_date(CHANGED + timedelta(hours=1))
    assert (await site.get(if_modified_since=later)).status == 304


async def test_H4_a_date_that_is_none_is_ignored(site: Site) -> None:
    assert (await site.get(if_modified_since="last week")).status == 200


async def test_H5_a_precondition_that_fails_is_412(site: Site) -> None:
    assert (await site.get(if_match='"other"')).status == 412


async def test_H5_preconditions_do_not_count_where_there_is_nothing(site: Site) -> None:
    assert (await site.get("/feeds/none.atom", if_none_match="*", if_match='"other"')).status == 404


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br"])
async def test_H6_a_304_repeats_what_the_200_said(site: Site, accepted: str) -> None:
    full = await site.get(accept_encoding=accepted)
    short = await site.get(accept_encoding=accepted, if_none_match=full.headers["etag"])
    assert [short.headers[name] for name in KEPT_ON_304] == [full.headers[name] for name in KEPT_ON_304]
    assert "date" in short.headers
    assert {"content-length", "content-type", "content-encoding", "transfer-encoding"}.isdisjoint(
        short.headers
    )


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
async def test_H7_a_head_has_the_fields_of_its_get_and_no_body(site: Site, accepted: str) -> None:
    full = await site.get(accept_encoding=accepted)
    head = await site.get(method="HEAD", accept_encoding=accepted)
    assert head.body == b""
    assert {**head.headers, "date": ""} == {**full.headers, "date": ""}


async def test_H7_a_head_is_conditional_too(site: Site) -> None:
    assert (await site.get(method="HEAD", if_none_match=FEED.etag())).status == 304


@pytest.mark.parametrize("fields", [{}, {"accept_encoding": "gzip"}, {"if_none_match": "*"}])
async def test_H8_answers_vary_by_coding_alone(site: Site, fields: dict[str, str]) -> None:
    assert (await site.get(**fields)).headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "age", [timedelta(days=-1), timedelta(0)], ids=["in the future", "in this very second"]
)
async def test_H9_a_time_of_change_that_is_not_over_is_no_validator(site: Site, age: timedelta) -> None:
    changed = (datetime.now(UTC) - age).replace(microsecond=999_999)
    site.press.editions[FEED.path] = Edition(
        path=FEED.path, media_type="x/y", body=b"", last_modified=changed + timedelta(seconds=1)
    )
    answer = await site.get(
        **{"If-Modified-Since": format_datetime(changed + timedelta(days=9), usegmt=True)}
    )
    assert (answer.status, "last-modified" in answer.headers) == (200, False)


@pytest.mark.parametrize(
    ("longest", "said"),
    [
        (300, "max-age=300, stale-while-revalidate=60, "),
        (20, "max-age=20, stale-while-revalidate=20, "),
        (0, "max-age=0, "),
    ],
)
async def test_C1_C2_caches_are_told_how_long(site: Site, longest: int, said: str) -> None:
    other = Lifetime(-1, -1)
    site.change(lifetime=lambda path: lifetime(longest, None) if path == FEED.path else other)
    assert (await site.get()).headers["cache-control"] == f"{said}stale-if-error=86400"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (1000, "max-age=300, stale-while-revalidate=60, "),
        (320.9, "max-age=300, stale-while-revalidate=20, "),
        (300, "max-age=300, "),
        (20.5, "max-age=20, "),
        (-1, "max-age=0, "),
    ],
)
async def test_E3_no_cache_goes_on_past_the_next_scheduled_article_while_it_asks_anew(
    site: Site, left: float, said: str
) -> None:
    site.change(lifetime=lambda _: lifetime(300, left))
    assert (await site.get()).headers["cache-control"] == f"{said}stale-if-error=86400"


async def test_E5_unknown_parameters_change_nothing(site: Site) -> None:
    plain = await site.get()
    asked = await site.get(f"{FEED.path}?utm_source=a&q=../..%00")
    assert {**asked.headers, "date": ""} == {**plain.headers, "date": ""}
    assert asked.body == plain.body


async def test_E5_no_cookie_is_ever_set(site: Site) -> None:
    assert "set-cookie" not in (await site.get(cookie="a=b")).headers


async def test_E6_pages_of_other_sites_may_read_feeds(site: Site) -> None:
    headers = (await site.get(origin="https://reader.example")).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "ETag" in headers["access-control-expose-headers"]


async def test_E14_a_browser_that_navigates_is_sent_to_the_page(site: Site) -> None:
    answer = await site.get(sec_fetch_mode="navigate", sec_fetch_dest="document", if_none_match="*")
    assert answer.status == 303
    assert answer.headers["location"] == f"{SITE}/feeds/all#what-is-a-feed"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
        {"sec_fetch_mode": "cors", "sec_fetch_dest": "empty"},
        {"sec_fetch_dest": "document"},
        {"method": "HEAD", "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"},
    ],
)
async def test_E14_a_feed_reader_is_never_sent_away(site: Site, fields: dict[str, str]) -> None:
    assert (await site.get(**fields)).status == 200


async def test_E14_a_page_is_shown_to_a_browser(site: Site) -> None:
    answer = await site.get("/", sec_fetch_mode="navigate", sec_fetch_dest="document")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_E14_without_pages_a_browser_gets_the_feed(site: Site) -> None:
    site.change(has_pages=False)
    assert (await site.get(sec_fetch_mode="navigate", sec_fetch_dest="document")).status == 200


async def test_nothing_in_a_page_may_run_but_the_sites_own_script(site: Site) -> None:
    policy = (await site.get("/")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_fault_34_who_asks_and_how_changes_nothing(site: Site) -> None:
    plain = await site.get()
    forged = await site.send(
        f"GET http://evil.example{FEED.path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
        "X-Forwarded-Proto: gopher\r\nForwarded: host=evil.example\r\nX-Original-URL: /evil"
    )
    assert {**forged.headers, "date": ""} == {**plain.headers, "date": ""}
    assert forged.body == plain.body


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity;q=0, gzip", ";;q=,", ""])
async def test_fault_38_the_coding_suits_who_asks(site: Site, accepted: str) -> None:
    answer = await site.get(accept_encoding=accepted)
    is_gzip = answer.headers.get("content-encoding") == "gzip"
    assert is_gzip == ("gzip" in accepted.replace("gzip;q=0", ""))
    assert (gzip.decompress(answer.body) if is_gzip else answer.body) == FEED.body


async def test_fault_38_who_refuses_every_coding_is_told_which_there_are(site: Site) -> None:
    answer = await site.get(accept_encoding="identity;q=0")
    assert (answer.status, answer.headers["vary"]) == (406, "Accept-Encoding")
    assert b"br, zstd, gzip, identity" in answer.body


async def test_codings_on_several_lines_are_one_list(site: Site) -> None:
    lines = "Accept-Encoding: deflate\r\nAccept-Encoding: gzip"
    answer = await site.send(f"GET {FEED.path} HTTP/1.1\r\nHost: a.example\r\n{lines}")
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("request_line", ["GET {} HTTP/0.9", "GET {}"])
async def test_a_version_of_http_that_has_no_header_fields_is_refused(site: Site, request_line: str) -> None:
    answers = await site.exchange(f"{request_line.format(FEED.path)}\r\nHost: a.example\r\n\r\n".encode())
    assert answers.startswith(b"HTTP/")
    assert b" 400 " in answers.splitlines()[0]
    assert FEED.body not in answers


@pytest.mark.parametrize("target", [FEED.path, "/healthz", "/nowhere"])
@pytest.mark.parametrize("is_ready", [True, False])
async def test_who_asks_and_says_that_this_is_all_is_answered(
    site: Site, *, target: str, is_ready: bool
) -> None:
    site.press.is_current = is_ready
    request = f"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n".encode()
    answer = answered(await site.exchange(request, half_close=True))
    assert answer.status == (await site.get(target)).status


@pytest.mark.parametrize(
    "part", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"]
)
async def test_who_says_so_before_a_request_is_whole_is_let_go(site: Site, part: bytes) -> None:
    assert await site.exchange(part, half_close=True) == b""


@pytest.mark.parametrize("fields", [b"Host: a\r\nContent-Length: -1", b"No colon", b"Host: a\r\nHost: b"])
async def test_a_client_that_closes_its_half_hears_what_is_wrong(site: Site, fields: bytes) -> None:
    data = b"GET / HTTP/1.1\r\n" + fields + b"\r\n\r\n"
    assert answered(await site.exchange(data, half_close=True)).status == 400


async def test_what_is_served_can_be_replaced_while_it_runs(site: Site) -> None:
    other = Edition(path=FEED.path, media_type="x/y", body=b"other", last_modified=CHANGED)
    site.change(press=FakePress(other))
    assert (await site.get()).body == b"other"
