"""Accept-Encoding: the right coding for whatever comes (RFC 9110 section 12.5.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.documents.edition import CODINGS, IDENTITY
from aggregator.server.encoding import acceptable_codings

weights = st.integers(0, 1000).map(lambda thousandths: f"{thousandths / 1000:.3f}")
names = st.sampled_from([*CODINGS, IDENTITY, "*", "deflate", "x-gzip", "GZip"])
members = st.builds(lambda name, weight: name + weight, names, st.just("") | weights.map(";q={}".format))


@pytest.mark.parametrize(
    ("value", "best"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("zstd, gzip", "zstd"),
        ("deflate", "identity"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5, br;q=0.4", "gzip"),
        ("gzip ; Q=0.5 ,\tzstd ;q=0.500", "zstd"),
        ("identity, gzip;q=0.9", "identity"),
        ("*", "gzip"),
        ("*, br", "br"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0, *", "br"),
        ("gzip;q=0.5, *;q=0.1", "gzip"),
    ],
)
def test_the_best_coding_is_the_one_the_client_likes_most_then_the_smallest(
    value: str | None, best: str
) -> None:
    assert acceptable_codings(value)[0] == best


@pytest.mark.parametrize("value", ["gzip;q=0", "gzip;q=0.000, br;q=0", "gzip;q=0.0, *;q=0, identity"])
def test_H8_fault_38_a_coding_of_weight_0_is_not_sent(value: str) -> None:
    assert acceptable_codings(value) == ("identity",)


@pytest.mark.parametrize("value", ["identity;q=0, gzip", "gzip, *;q=0", "gzip;q=0.001, identity;q=0.0"])
def test_fault_38_without_identity_the_coding_that_is_left_is_sent(value: str) -> None:
    assert acceptable_codings(value) == ("gzip",)


@pytest.mark.parametrize("value", ["identity;q=0", "*;q=0", "deflate, *;q=0", "identity;q=0, gzip;q=0"])
def test_fault_38_where_nothing_is_acceptable_nothing_is_given(value: str) -> None:
    assert acceptable_codings(value) == ()


@pytest.mark.parametrize(
    "value",
    [
        ";;;",
        ",,,",
        "q=1",
        "gzip;q=high",
        "gzip;q=2",
        "gzip;q=-1",
        "gzip;q=0.1234",
        "gzip;level=9",
        "gz ip",
        "\x00",
        "gzïp",
        "gzip;q=",
    ],
)
def test_fault_38_nonsense_gets_the_plain_bytes(value: str) -> None:
    assert acceptable_codings(value) == ("identity",)


def test_fault_38_nonsense_does_not_spoil_what_stands_beside_it() -> None:
    assert acceptable_codings("br;q=x, ;, gzip")[0] == "gzip"


def test_without_the_header_every_coding_is_acceptable() -> None:
    assert set(acceptable_codings(None)) == {*CODINGS, IDENTITY}


@given(value=st.text())
def test_fault_38_any_text_gives_codings_that_there_are(value: str) -> None:
    got = acceptable_codings(value)
    assert set(got) <= {*CODINGS, IDENTITY}
    assert len(set(got)) == len(got)


@given(listed=st.lists(members, max_size=6))
def test_fault_38_what_is_refused_by_name_is_never_given(listed: list[str]) -> None:
    distinct = list(
        {member.partition(";")[0].lower().removeprefix("x-"): member for member in listed}.values()
    )
    refused = {member.partition(";")[0].lower() for member in distinct if member.endswith("q=0.000")}
    assert refused.isdisjoint(acceptable_codings(", ".join(distinct)))


@given(
    listed=st.lists(
        members, max_size=6, unique_by=lambda member: member.partition(";")[0].lower().removeprefix("x-")
    )
)
def test_the_order_of_the_members_does_not_matter(listed: list[str]) -> None:
    assert acceptable_codings(", ".join(listed)) == acceptable_codings(",".join(reversed(listed)))
