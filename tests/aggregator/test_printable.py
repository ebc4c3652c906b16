"""Text that others chose, made fit to be printed: on one line, without commands for terminals, in UTF-8."""

import json

from hypothesis import given
from hypothesis import strategies as st

from aggregator.printable import as_json, as_utf_8, on_one_line

# Also halves of surrogate pairs, which Python has for bytes that are no UTF-8.
anything = st.text(
    st.characters(exclude_categories=()) | st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF)
)
MISCHIEF = set("\x00\x1b\x7f\x85\x9b\u2028\u202e\u2066\udc80\ud800")


@given(anything)
def test_a_text_ends_no_line_and_turns_no_direction(text: str) -> None:
    told = on_one_line(text)
    assert len(told.splitlines()) <= 1
    assert not set(told) & MISCHIEF
    assert told.encode().decode() == told


def test_what_can_be_printed_stays() -> None:
    assert on_one_line("Zürich 日本 \N{FERRY}") == "Zürich 日本 \N{FERRY}"


def test_what_can_not_is_escaped() -> None:
    assert on_one_line("a\nb\x1b[31m\udcff\ud800") == r"a\nb\x1b[31m\xff\ud800"


def test_what_utf_8_can_have_stays() -> None:
    assert as_utf_8("a\nb\x1b\udcff") == "a\nb\x1b\\xff"


@given(anything)
def test_json_is_utf_8_and_no_command_for_a_terminal(text: str) -> None:
    written = as_json({text: [text]})
    assert not set(written) & MISCHIEF
    assert json.loads(written.encode()) == {as_utf_8(text): [as_utf_8(text)]}


def test_json_is_written_for_people_too() -> None:
    assert as_json({"title": "Zürich"}) == '{\n  "title": "Zürich"\n}'
