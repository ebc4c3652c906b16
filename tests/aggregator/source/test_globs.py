"""Globs: examples, and the compiled patterns against a slow reference that follows the words of the documentation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.source.globs import compile_globs

_SEGMENT = st.lists(
    st.sampled_from(["a", "b", ".", "-", "*", "?", "[ab]", "[!a]", "[a-c]"]), min_size=1, max_size=4
).map("".join)
_GLOBS = st.builds(
    "{}{}".format,
    st.lists(st.sampled_from(["**"]) | _SEGMENT, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "/"]),
)
_PATHS = st.lists(st.text("abc.-", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)


def _matches(glob: str, path: str) -> bool:
    whole = f"{glob}**" if glob.endswith("/") else glob
    return _folders_match(whole.split("/"), path.split("/"))


def _folders_match(glob: list[str], path: list[str]) -> bool:
    if not glob:
        return not path
    first, rest = glob[0], glob[1:]
    if first == "**" and not rest:
        return bool(path)
    if first == "**":
        return any(_folders_match(rest, path[start:]) for start in range(len(path) + 1))
    return bool(path) and _name_matches(first, path[0]) and _folders_match(rest, path[1:])


def _name_matches(glob: str, name: str) -> bool:
    if not glob:
        return not name
    if glob[0] == "*":
        return any(_name_matches(glob[1:], name[start:]) for start in range(len(name) + 1))
    if not name:
        return False
    if glob[0] == "[":
        members, rest = glob[1:].split("]", 1)
        return _is_member(members, name[0]) and _name_matches(rest, name[1:])
    return glob[0] in {"?", name[0]} and _name_matches(glob[1:], name[1:])


def _is_member(members: str, character: str) -> bool:
    negated, members = members.startswith("!"), members.removeprefix("!")
    named = "abc" if members == "a-c" else members
    return (character in named) is not negated


@given(_GLOBS, _PATHS)
def test_the_pattern_says_what_the_reference_says(glob: str, path: str) -> None:
    assert bool(compile_globs([glob]).match(path)) == _matches(glob, path)


@given(st.lists(_GLOBS, max_size=3), _PATHS)
def test_several_globs_match_what_one_of_them_matches(globs: list[str], path: str) -> None:
    assert bool(compile_globs(globs).match(path)) == any(_matches(glob, path) for glob in globs)


@given(st.text(st.characters(exclude_characters="*?[/"), min_size=1))
def test_other_characters_stand_for_themselves(text: str) -> None:
    pattern = compile_globs([text])
    assert pattern.match(text)
    assert not pattern.match(f"{text}x")
    assert not pattern.match(f"x{text}")


@given(st.text("[]!^-&|~#\\a-z/*?. "))
def test_any_text_is_a_pattern_but_for_a_range_that_runs_backwards(text: str) -> None:
    try:
        compile_globs([text])
    except re.error as error:
        assert "bad character range" in str(error)  # noqa: PT017  most texts raise nothing


@pytest.mark.parametrize(
    ("glob", "path", "is_match"),
    [
        ("**/*.md", "a.md", True),
        ("**/*.md", "2026/03/a.md", True),
        ("**/*.md", "a.mdx", False),
        ("**/*.md", "a.MD", False),
        ("**/*.md", "a.md\n", False),
        ("**/*.md", "two\nlines.md", True),
        ("*.md", "2026/a.md", False),
        ("20??/*.md", "2026/a.md", True),
        ("20[12]?/*.md", "2036/a.md", False),
        ("20[!3]?/*.md", "2026/a.md", True),
        ("a[!b]c", "a/c", False),
        ("a?c", "a/c", False),
        ("drafts/**", "drafts/deep/er/a.md", True),
        ("drafts/**", "drafts", False),
        ("drafts/**", "drafts-2/a.md", False),
        ("drafts/", "drafts/deep/a.md", True),
        ("**/drafts/**", "drafts/a.md", True),
        ("**/drafts/**", "news/drafts/a.md", True),
        ("**/drafts/**", "news/mydrafts/a.md", False),
        ("drafts**", "drafts/a.md", False),
        ("a**/x.md", "ab/x.md", True),
        ("a**/x.md", "ax.md", False),
        ("a.md", "axmd", False),
        ("a[.md", "a[.md", True),
    ],
)
def test_examples(glob: str, path: str, *, is_match: bool) -> None:
    assert bool(compile_globs([glob]).match(path)) is is_match


def test_no_globs_match_nothing() -> None:
    assert not compile_globs([]).match("")


def test_a_range_that_runs_backwards_is_an_error() -> None:
    with pytest.raises(re.error, match="bad character range"):
        compile_globs(["20[9-0]/*.md"])
