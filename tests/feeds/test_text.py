"""The measures of text: legal characters, URIs, languages, media types, excerpts."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import (
    host_of,
    is_right_to_left,
    is_web_address,
    isolate,
    language_tag,
    legal,
    media_type_of,
    one_line,
    opening,
    truncate,
    uri,
)
from tests.strategies import addresses, anything

_XML_CHARACTERS = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")  # XML 1.0 section 2.2


@given(anything)
def test_N1_legal_text_holds_xml_characters_only(text: str) -> None:
    assert _XML_CHARACTERS.fullmatch(legal(text))


@given(anything)
def test_N1_legal_text_loses_nothing_else(text: str) -> None:
    assert legal(text) == "".join(one for one in text if _XML_CHARACTERS.fullmatch(one))


def test_one_line_is_one_line() -> None:
    assert one_line(" two\r\n\tlines \x07 ") == "two lines"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/b?c=d&e#f", "https://a.example/b?c=d&e#f"),
        ("https://a.example/ü", "https://a.example/%C3%BC"),
        ("https://a.example/%C3%BC", "https://a.example/%C3%BC"),
        ("https://a.example/50%", "https://a.example/50%25"),
        ("https://a.example/a b\n", "https://a.example/a%20b"),
        ("https://[::1]/[x]#a#b", "https://[::1]/%5Bx%5D#a%23b"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://a:b@Straße.example:80", "https://a:b@xn--strae-oqa.example:80"),
        ("https://\u2067.example/", "https://%E2%81%A7.example/"),
        ("tag:a.example,2026:x", "tag:a.example,2026:x"),
    ],
)
def test_R4_addresses_are_percent_encoded(address: str, expected: str) -> None:
    assert uri(address) == expected


@given(addresses)
def test_N3_nothing_is_encoded_twice(address: str) -> None:
    assert uri(uri(address)) == uri(address)


@given(addresses)
def test_A6_no_uri_holds_white_space_or_anything_but_ascii(address: str) -> None:
    assert re.fullmatch(r"[!-~]*", uri(address))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.a.example:8080/b", "a.example"),
        ("https://user:pass@A.Example?q", "a.example"),
        ("https://[::1]:80/", "[::1]"),
        ("mailto:a@b.example", ""),
        ("/only/a/path", ""),
    ],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    assert host_of(address) == host


def test_only_http_and_https_are_web_addresses() -> None:
    assert is_web_address("HTTPS://a.example")
    assert not any(
        map(is_web_address, ["ftp://a.example/", "javascript:alert(1)", "//a.example/", "https:///x", ""])
    )


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("https://a.example/b.MP4?x=.pdf", "video/mp4"),
        ("https://a.example/b.tar.gz#x", "application/gzip"),
        ("https://a.example/b", None),
        ("https://a.mp4/b", None),
        ("https://a.example/b.unknown", None),
    ],
)
def test_the_media_type_of_a_file_by_its_address(address: str, media_type: str | None) -> None:
    assert media_type_of(address) == media_type


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        (" de_CH ", "de-CH"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("x-pirate", "x-pirate"),
        ("english please", None),
        ("e", None),
        ("", None),
        (None, None),
    ],
)
def test_N2_a_language_is_a_well_formed_tag_or_unknown(text: str | None, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize("language", ["ar", "he-IL", "FA", "ur-PK", "az-Arab", "uz-Arab-AF"])
def test_N2_right_to_left_languages(language: str) -> None:
    assert is_right_to_left(language)


@pytest.mark.parametrize("language", ["en", "ar-Latn", "tr", "", None, "en-x-arab"])
def test_N2_left_to_right_languages(language: str | None) -> None:
    assert not is_right_to_left(language)


def test_N2_an_isolate_opens_and_closes() -> None:
    assert isolate("a") == "\u2067a\u2069"


def test_an_opening_keeps_the_words_of_html_and_drops_its_tags() -> None:
    body = '<h2>Sails</h2><p>Can<b>vas</b> &amp; rope<br>and <a title="a > b" href="x">more</a>.</p>'
    assert opening(body, 80) == "Sails Canvas & rope and more."


def test_N4_truncation_prefers_the_bound_of_a_word() -> None:
    assert truncate("Plank by plank by plank", 16) == "Plank by plank…"


def test_N4_a_short_text_stays_as_it_is() -> None:
    assert truncate("Plank", 5) == "Plank"


@pytest.mark.parametrize(
    "grapheme",
    [
        "e\u0301",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f44d\U0001f3fd",
        "\u1112\u1161\u11ab",
        "\u0915\u094d\u0937",
        "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    ],
)
def test_N4_truncation_never_cuts_a_grapheme(grapheme: str) -> None:
    for limit in range(len(grapheme) + 1, 4 * len(grapheme)):
        kept = truncate(grapheme * 9, limit).removesuffix("…")
        assert kept == grapheme * (len(kept) // len(grapheme))


def test_N4_a_run_of_flags_is_not_cut() -> None:
    assert truncate("ab" + "\U0001f1e9\U0001f1ea" * 9, 8) == "ab…"


@given(anything, st.integers(2, 20))
def test_N4_truncated_text_is_within_its_limit(text: str, limit: int) -> None:
    assert len(truncate(text, limit)) <= limit


@given(anything)
def test_an_opening_of_anything_is_legal(html: str) -> None:
    made = opening(html, 20)
    assert legal(made) == made


def test_an_encoded_address_is_still_split_the_same_way() -> None:
    assert urlsplit(uri("https://a.example/ä?ö=1&b=2#ü")).query == "%C3%B6=1&b=2"
