"""The YAML of a configuration: bombs are refused quickly, and nothing that a file may hold brings anything but problems."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import load, schema
from aggregator.config.yaml_document import parse
from aggregator.errors import ConfigurationError, Problem
from tests.processor_time import least_seconds

LEAST = "site: {title: Tides, url: https://tide.example}\nsources: [{name: news, path: news}]\n"


def reason_of(text: str) -> str:
    document = parse(text, "a.yaml")
    assert document.root is None
    return document.problems[-1].reason


def bomb(levels: int, width: int = 10) -> str:
    lines = ["l0: &l0 [x]"]
    lines += [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * width)}]" for level in range(1, levels)]
    return "\n".join(lines)


def test_fault_04_an_alias_bomb_is_refused_at_once() -> None:
    assert reason_of(bomb(levels=15)) == (
        "with its aliases expanded the file is too big, expected at most 100,000 values"
    )
    assert least_seconds(lambda: reason_of(bomb(levels=15)), 0.5) < 0.5


def test_fault_04_a_merge_bomb_is_refused_at_once() -> None:
    text = "l0: &l0 {a: b}\n" + "\n".join(
        f"l{level}: &l{level} {{<<: [{', '.join([f'*l{level - 1}'] * 10)}]}}" for level in range(1, 15)
    )
    assert "too big" in reason_of(text)


def test_fault_04_aliases_that_nest_too_deep_are_refused() -> None:
    assert reason_of(bomb(levels=40, width=1)) == "is nested too deep, expected at most 20 levels"


def test_fault_05_brackets_by_the_ten_thousand_do_no_harm() -> None:
    assert reason_of("[" * 60_000) == "is nested too deep, expected at most 20 levels"


def test_fault_06_an_alias_inside_of_its_own_anchor_is_refused() -> None:
    assert reason_of("a: &a [*a]") == "the alias *a stands inside of what it stands for"


def test_a_file_of_many_values_is_refused() -> None:
    assert "too big" in reason_of("- x\n" * 100_001)


def test_depth_behind_an_anchor_counts_from_where_it_is_used() -> None:
    deep = "[" * 12 + "]" * 12
    assert parse(f"[[&a {deep}], *a]", "a.yaml").problems == ()
    assert reason_of(f"[&a {deep}, {'[' * 9}*a{']' * 9}]") == "is nested too deep, expected at most 20 levels"


def test_fault_09_a_number_of_5000_digits_is_no_number(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{LEAST}defaults: {{limit: {'9' * 5000}}}\n")
    with pytest.raises(ConfigurationError, match=r"'99999.*…' is no whole number, expected digits alone"):
        load(file)


KEYS = sorted(
    {key for place in (schema(), *schema()["$defs"].values()) for key in place.get("properties", ())}
)
WORDS = st.sampled_from(
    [
        "all",
        "true",
        "null",
        "~",
        "",
        "1m",
        "0",
        "010",
        "-1",
        "5MiB",
        "2021-01-01",
        "* * * * *",
        "{slug}",
        "https://a.example",
        "a/b",
    ]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8) | st.dates()
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | WORDS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=20,
)
PIECES = [
    *KEYS,
    *"[]{}:,-&*?!|>'\"%@`#\n",
    ": ",
    "\n  ",
    "\n- ",
    "&a ",
    "*a",
    "<<: ",
    "---\n",
    "\t",
    "\x00",
    "\ufeff",
    "é",
    "!!int ",
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "a.yaml"


def check(file: Path, data: bytes) -> None:
    """Load; whatever is wrong must be a problem with its place, and never a word that only pydantic understands."""
    for problem in problems_of(file, data):
        assert problem.line is not None
        assert problem.column is not None
        assert problem.reason
        assert "Input should" not in problem.reason


def problems_of(file: Path, data: bytes) -> tuple[Problem, ...]:
    file.write_bytes(data)
    try:
        load(file)
    except ConfigurationError as error:
        return error.problems or (Problem(file=str(file), reason=""),)
    return ()


@settings(max_examples=100, deadline=None)
@given(document=documents)
def test_any_document_loads_or_has_problems_with_a_place(file: Path, document: Any) -> None:
    check(file, yaml.safe_dump(document, allow_unicode=True).encode("utf-8", "surrogatepass"))


@settings(max_examples=100, deadline=None)
@given(section=st.sampled_from(sorted(schema()["properties"])), value=documents)
def test_any_value_of_a_key_loads_or_has_problems_with_a_place(file: Path, section: str, value: Any) -> None:
    check(
        file, (LEAST + yaml.safe_dump({section: value}, allow_unicode=True)).encode("utf-8", "surrogatepass")
    )


@settings(max_examples=100, deadline=None)
@given(text=texts)
def test_any_text_loads_or_has_problems_with_a_place(file: Path, text: str) -> None:
    check(file, text.encode("utf-8", "surrogatepass"))


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=60))
def test_any_bytes_load_or_have_problems_with_a_place(file: Path, data: bytes) -> None:
    check(file, data)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028"])
def test_a_character_that_can_not_stand_there_has_the_line_that_yaml_counts(end: str) -> None:
    (problem,) = parse(f"a: b{end}c: \x00", "a.yaml").problems
    assert (problem.line, problem.column) == (2, 4)


def test_a_byte_that_is_no_text_has_the_line_that_yaml_counts(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "a.yaml", b"a: b\rc: \xff")
    assert (problem.line, problem.column) == (2, 4)
