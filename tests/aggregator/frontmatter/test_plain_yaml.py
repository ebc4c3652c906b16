"""Plain front matter, read without libyaml: the same as libyaml reads, or left to it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.errors import AggregatorError
from aggregator.frontmatter import plain_yaml
from aggregator.frontmatter.plain_yaml import NOWHERE, read_plain_nodes
from aggregator.frontmatter.yaml_nodes import Listing, Mapping, Node, Scalar, read_nodes

SAMPLES = sorted((Path(__file__).parents[3] / "config/content").rglob("*.md"))

# What lines of front matter are made of, and what comes near it.
PIECES = st.sampled_from(
    [
        *("title:", "a:", "b:", "a-b:", "secured:", "Secured:", "no:", "key with blanks:", "'a':", '"a":', "? a", "<<:"),
        *(" ", "  ", "    ", "- ", "-", "-   ", "\t", ":", " : ", "#", " # note", "---", "...", "|", ">", "*a", "&a ", "!!str ", "%"),
        *("plain", "two words", "it's", "a: b", "a:b", "a #b", "a# b", "-1", "-a", "- a", "~", "null", "no", "010", "1.0", "12:30:45", "{", "["),
        *("[a, b]", "{a: b}", '"quoted"', '"a: b # c"', '""', "''", "'single'", "'it''s'", r'"\""', r'"\\"', r'"a\tb"', r'"\/"', '"open', "'open"),
        *("https://a.example/b#c", "//", "@a", "`a`", ",", "é", "\xa0", "\u2028", "\x85", "\ufeff", "“x”", "=", "\r"),
    ]
)  # fmt: skip
LINES = st.builds(
    lambda indent, pieces, blanks: indent * " " + "".join(pieces) + blanks * " ",
    st.integers(0, 4),
    st.lists(PIECES, max_size=3),
    st.integers(0, 2),
)
USUAL_LINES = st.builds(
    lambda indent, dash, key, value: indent * " " + dash + key + value,
    st.sampled_from([0, 0, 0, 2, 2, 4]),
    st.sampled_from(["", "", "", "- ", "-   "]),
    st.sampled_from(["", "a:", "b:", "c:", "secured:"]),
    st.sampled_from(["", "", " plain", ' "quoted"', " 'single'", "word", " -1", " a:b", r' "\" \\"']),
)
TEXTS = st.lists(LINES | USUAL_LINES, max_size=8).map(lambda lines: "".join(f"\n{line}" for line in lines))


def meaning(node: Node | None) -> Any:
    """Give what a text says, without where it stands. Nothing is nothing, however it is written."""
    if isinstance(node, Scalar):
        return node.text and (node.text, node.style)
    if isinstance(node, Listing):
        return [meaning(item) for item in node.items]
    if isinstance(node, Mapping):
        return [(key, meaning(value)) for key, value in node.items.items()]
    return node


@given(TEXTS)
@example("\na:\n- x\n- y\nb: z")
@example("\na:\n  - k: v\n    l: w\n  - m\n")
@example("\na: b\n  c")
@example("\na: b\n  c: d")
@example("\na:\n    b: c\n  d: e")
@example("\nsecured:\n  a: b\nc: d")
@example("\na: b\n...\nc: d")
@example('\na: ""\n  b: c')
@example("\n  a: b\nc: d")
def test_what_is_read_is_what_libyaml_reads(text: str) -> None:
    found = read_plain_nodes(text)
    if found is None:
        return
    try:
        expected = read_nodes(text)
    except AggregatorError as error:
        pytest.fail(f"{text!r} was read as {meaning(found)}, and libyaml says {error}")
    assert meaning(found) == meaning(expected)


@pytest.mark.parametrize(
    "text",
    [
        "\ntitle: Plain words\n# a note\n\ndate: 2021-06-02T17:53:00Z\n",
        "\ntitle: \"Quoted: words # and signs\"\nother: 'the same'\nheat: -1",
        "\nprovider:\n  name: The Quill\n  domain: quill.example\ntopics:\n  - AI\n  - Small Models\n",
        "\ntopics:\n- AI\nimages:\n- url: https://quill.example/a.jpg#top\n  width: 1200\n- url: b.jpg\n",
        "\nrelated:\n  - title: Another\n    provider:\n      name: The Reed\n",
        r'''
title: "He said \"yes\" to a\/b \\ c"''',
    ],
)
def test_plain_front_matter_is_read(text: str) -> None:
    found = read_plain_nodes(text)
    assert found is not None
    assert found.place == NOWHERE
    assert meaning(found) == meaning(read_nodes(text))


@pytest.mark.parametrize(
    "text",
    [
        "\na: [b, c]",
        "\na: {b: c}",
        "\na: |\n  b",
        "\na: &b c",
        "\na: *b",
        "\na: !!str b",
        "\na: b\na: c",
        "\na: b: c",
        "\na:\tb",
        "\na: b\r\nc: d",
        "\na: b\n  c",
        '\na: "b\n  c"',
        '\na: "\\n"',
        "\n- a",
        "\na",
        "",
        "\n# only a note",
        "\n" + "".join(f"{'  ' * depth}a:\n" for depth in range(30)),
        "\n" + "a: b\n" * 2_000,
    ],
)
def test_what_is_not_plain_or_wrong_is_left_to_libyaml(text: str) -> None:
    assert read_plain_nodes(text) is None


def test_nothing_under_secured_is_kept() -> None:
    found = read_plain_nodes('\ntitle: a\nsecured: "canary"\nprovider:\n  SECURED: canary\n')
    assert isinstance(found, Mapping)
    assert "canary" not in repr(found)


def test_a_key_that_waits_under_secured_is_left_to_libyaml() -> None:
    assert read_plain_nodes("\nsecured:\n  a: canary") is None


@pytest.mark.parametrize("character", ['"', "'", " ", "-", ":", "#", "a"])
def test_no_text_takes_more_than_one_look_at_its_characters(character: str) -> None:
    text = "\na: " + character * 200_000
    found = read_plain_nodes(text)
    assert (found is not None) is (character in " a")


@pytest.mark.parametrize(
    "form",
    [
        '"{}"',
        "{}",
        "|\n  {}",
        "\n  key: {}",
        "\n\n  key: {}",
        "\n- {}",
        "\n # a note\n  - {}",
        "\n  key:\n    - {}\nother: x\nSecured: y",
        '"open\n  {}"',
        '"open\n{}"',
        "plain\n  {}",
        "\n{}",
    ],
)
def test_no_line_of_secured_is_remembered(form: str) -> None:
    def read(secret: str) -> int:
        """Give how many lines were not known, of an article that differs from the one before in its secret alone."""
        before = plain_yaml._usual.cache_info()
        for key in ("secured", "provider:\n  secured", "SECURED", '"secured"'):
            read_plain_nodes(f"\ntitle: A title\n{key}: {form.format(secret)}\ntype: article\n")
        return plain_yaml._usual.cache_info().currsize - before.currsize

    read("first")
    assert read("second") == 0
