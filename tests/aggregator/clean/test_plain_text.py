"""Text made fit to publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clean.plain_text import legal, plain_line, plain_text, repaired
from tests.processor_time import least_seconds

anything = st.text(st.characters(exclude_categories=()), max_size=200)


def test_N1_illegal_characters_go_and_all_others_stay() -> None:
    assert legal("a\x00\x0b\x1f\x7f\x9d\ud800\ufffeb\t\n\x85\u2028é") == "ab\t\n\x85\u2028é"


def test_legal_text_is_given_as_it_is() -> None:
    text = "as it is"
    assert legal(text) is text


# Mojibake


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("itâ€™s", "it\u2019s"),
        ("â€œquotedâ€\x9d", "“quoted”"),
        ("dÃ©jÃ  vu", "déjà vu"),
        ("ZÃ¼rich â€“ Bern", "Zürich \u2013 Bern"),
        ("â\x80\x94 read as Latin-1", "— read as Latin-1"),
        ("ðŸš€ away", "🚀 away"),
    ],
)
def test_mojibake_is_repaired(broken: str, right: str) -> None:
    assert repaired(broken) == right


@pytest.mark.parametrize(
    "text",
    [
        "it\u2019s “fine” — café",  # curly quotes stay curly
        "e\u0301 stays decomposed",
        "ﬁne ligature, \uff37\uff49\uff44\uff45 letters",
        "&amp; stays an entity",
        "Â price of Ã",
        "MÜ…",
        "À la carte…",
        "\x1b[1m",
    ],
)
def test_text_without_mojibake_is_not_touched(text: str) -> None:
    assert repaired(text) == text


@given(st.text(st.characters(codec="ascii")))
def test_plain_ascii_is_never_taken_for_mojibake(text: str) -> None:
    assert repaired(text) == text


# Plain text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("&#8220;Ahoy&#8221; &amp; on&hellip;", "“Ahoy” & on…"),
        ("<p>One</p><p>two <b>three</b></p>", "One two three"),
        ("line<br>break", "line break"),
        ("a <!-- never seen --> b", "a b"),
        ("a <!-- never closed", "a <!-- never closed"),
        ('<a href="https://a.example">link</a>', "link"),
        ("two\r\nlines\tand  more", "two lines and more"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("List<String> and <T>", "List<String> and <T>"),
        ("Q&A at AT&T, ?a=1&copy=2", "Q&A at AT&T, ?a=1&copy=2"),
        ("&lt;b&gt; is said", "<b> is said"),
        ("&unheard; of", "&unheard; of"),
        ("nul\x00 and &#0; and &#11;", "nul and \ufffd and"),
    ],
)
def test_markup_is_reduced_to_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@given(anything)
def test_plain_text_is_one_legal_line(text: str) -> None:
    plain = plain_text(text)
    assert plain == " ".join(plain.split())
    assert legal(plain) == plain


@pytest.mark.parametrize("text", ["<!--" * 50_000, "<a " * 50_000, "&#" * 50_000, "<" * 100_000])
def test_hostile_markup_takes_linear_time(text: str) -> None:
    assert least_seconds(lambda: plain_text(text), 1) < 1


@given(st.text(st.sampled_from("ab <>&;'-\n\t\xa0é!~â€™"), max_size=30))
def test_a_plain_line_is_what_reducing_makes_of_it(text: str) -> None:
    assert plain_line(text) == plain_text(repaired(text))
