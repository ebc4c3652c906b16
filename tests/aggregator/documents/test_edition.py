"""Editions: bytes that don't change, tags that tell every coding apart, compressed forms that decompress."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents.edition import CODINGS, IDENTITY, Edition

FEEDS = Path(__file__).parents[2] / "feeds" / "golden"
MOMENT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def edition(body: bytes = b"<feed/>", last_modified: datetime = MOMENT) -> Edition:
    return Edition(path="/feeds/all.atom", media_type="x/y", body=body, last_modified=last_modified)


def decoded(coding: str, data: bytes) -> bytes:
    decoders = {"br": brotli.decompress, "gzip": gzip.decompress, "zstd": zstandard.decompress}
    return bytes(decoders[coding](data))


@given(body=st.binary(max_size=2000), coding=st.sampled_from(CODINGS))
def test_every_coding_gives_the_body_back(body: bytes, coding: str) -> None:
    assert decoded(coding, edition(body).encoded(coding)) == body


@pytest.mark.parametrize("coding", CODINGS)
def test_E1_the_same_body_compresses_to_the_same_bytes(coding: str) -> None:
    assert edition(b"text" * 999).encoded(coding) == edition(b"text" * 999).encoded(coding)


def test_H9_gzip_holds_no_time_and_no_operating_system() -> None:
    head = edition().encoded("gzip")[:10]
    assert (head[4:8], head[9]) == (b"\0\0\0\0", 255)


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_the_codings_stand_in_the_order_of_their_size_on_a_feed(suffix: str) -> None:
    body = (FEEDS / f"full.{suffix}").read_bytes()
    sizes = [len(edition(body).encoded(coding)) for coding in CODINGS]
    assert sizes == sorted(sizes)


def test_the_body_itself_is_always_there() -> None:
    assert edition().has(IDENTITY)
    assert edition().encoded(IDENTITY) == b"<feed/>"


def test_a_coding_is_there_once_it_was_asked_for() -> None:
    one = edition()
    assert not one.has("br")
    first = one.encoded("br")
    assert one.has("br")
    assert one.encoded("br") is first


@pytest.mark.parametrize("coding", CODINGS)
def test_the_plain_bytes_are_not_kept_beside_compressed_ones_until_they_are_asked_for(coding: str) -> None:
    one = edition(b"text" * 999)
    one.encoded(coding)
    assert (one.has(IDENTITY), one.size) == (False, 3996)
    assert one.body == b"text" * 999
    assert one.has(IDENTITY)
    assert one.has(coding)


@pytest.mark.parametrize("first", CODINGS)
def test_every_coding_can_be_made_of_any_other(first: str) -> None:
    one = edition(b"text" * 999)
    for coding in (first, *CODINGS):
        assert decoded(coding, one.encoded(coding)) == b"text" * 999
    assert not one.has(IDENTITY)


def test_threads_that_ask_at_once_get_the_same_object() -> None:
    one, start = edition(b"text" * 50_000), Barrier(4)

    def ask(_: int) -> bytes:
        start.wait()
        return one.encoded("br")

    with ThreadPoolExecutor(4) as threads:
        assert len({id(made) for made in threads.map(ask, range(4))}) == 1


def test_an_unknown_coding_is_named_with_those_there_are() -> None:
    with pytest.raises(
        ValueError, match=r"'deflate' is no content coding made here, expected one of br, zstd, gzip"
    ):
        edition().encoded("deflate")


def test_H1_tags_are_quoted_and_strong() -> None:
    assert edition().etag() == f'"{sha256(b"<feed/>").hexdigest()}"'


def test_H2_every_coding_has_a_tag_of_its_own() -> None:
    assert len({edition().etag(coding) for coding in (IDENTITY, *CODINGS)}) == 4


def test_H2_another_body_has_other_tags() -> None:
    assert edition(b"a").etag("br") != edition(b"b").etag("br")


def test_H9_last_modified_is_cut_to_whole_seconds_in_utc() -> None:
    local = datetime(2026, 3, 1, 14, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    kept = edition(last_modified=local).last_modified
    assert (kept, kept.tzinfo) == (MOMENT, UTC)


def test_a_time_without_a_zone_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"last_modified of /feeds/all\.atom is 2026-03-01 .* time zone"):
        edition(last_modified=MOMENT.replace(tzinfo=None))


def test_an_edition_can_t_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        edition().digest = ""  # type: ignore[misc]


def test_compressing_does_not_make_it_another() -> None:
    one, other = edition(), edition()
    one.encoded("gzip")
    assert one == other
    assert repr(one) == repr(other)


def test_another_date_leaves_bytes_tags_and_compressed_forms_as_they_are() -> None:
    one = edition()
    later = one.dated(MOMENT + timedelta(hours=1, microseconds=1))
    assert (one.last_modified, later.last_modified) == (MOMENT, MOMENT + timedelta(hours=1))
    assert (later.body, later.etag("gzip")) == (one.body, one.etag("gzip"))
    assert later.encoded("gzip") is one.encoded("gzip")
    assert later.dated(MOMENT + timedelta(hours=1)) is later
