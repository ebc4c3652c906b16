"""The targets of `make fuzz` without atheris: over their seeds, over inputs made of them, and seen to fail where they should."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.errors import Problem
from aggregator.frontmatter.reading import Outcome
from aggregator.frontmatter.yaml_nodes import read_nodes
from aggregator.server import conditional
from tests.fuzz import (
    body_cleaning,
    configuration,
    front_matter,
    front_matter_yaml,
    request_fields,
    search_queries,
)
from tests.fuzz.campaign import TARGETS, fault, memory_growth

FOLDER = Path(__file__).parent
CHECKS: dict[str, Callable[[bytes], None]] = {
    "body_cleaning": body_cleaning.check,
    "configuration": configuration.check,
    "front_matter": front_matter.check,
    "front_matter_yaml": front_matter_yaml.check,
    "request_fields": request_fields.check,
    "search_queries": search_queries.check,
}
SEEDS = {target: sorted((FOLDER / "seeds" / target).iterdir()) for target in TARGETS}


def words(target: str) -> list[bytes]:
    """Give the entries of a target's dictionary, as libFuzzer reads them."""
    lines = (FOLDER / "dictionaries" / f"{target}.dict").read_text(encoding="ascii").splitlines()
    return [ast.literal_eval(f"b{line}") for line in lines]


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Give pieces of seeds and words of the dictionary, in any order, with some bytes of chance among them."""
    seeds = st.sampled_from([seed.read_bytes() for seed in SEEDS[target]])
    places = st.integers(0, 400)
    pieces = st.builds(lambda seed, start, end: seed[start:][:end], seeds, places, places)
    return st.lists(pieces | st.sampled_from(words(target)) | st.binary(max_size=4), max_size=12).map(
        b"".join
    )


def test_every_target_is_run_here() -> None:
    assert set(CHECKS) == set(TARGETS)
    assert {file.stem for file in (FOLDER / "dictionaries").iterdir()} == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_seeds(target: str) -> None:
    assert len(SEEDS[target]) > 5
    for seed in SEEDS[target]:
        CHECKS[target](seed.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_inputs_made_of_the_seeds(target: str) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def check(data: bytes) -> None:
        CHECKS[target](data)

    check()


# That they can fail


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<p onclick=x>",
        "<p style=x>",
        "<a href=javascript:x>x</a>",
        "<a href='java\tscript:x'>x</a>",
        "<a href='x'>not absolute</a>",
        "<img src=data:x>",
        "<img srcset='https://a.example/ 1x,data:x 2x'>",
        "<iframe src=https://evil.example/></iframe>",
        "<iframe src=https://video.example@evil.example/></iframe>",
        "<noscript><p title='</noscript><img>'>",
    ],
)
def test_the_judge_of_bodies_sees_what_may_not_be_there(html: str) -> None:
    with pytest.raises(AssertionError):
        body_cleaning.check_clean(html)


def test_the_judge_of_front_matter_sees_a_secret_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"---\ntitle: x\nsecured: Qw3rTy8u\n---\n"
    front_matter.check(data)
    monkeypatch.setattr(
        front_matter,
        "read_article",
        lambda read, *_: Outcome(
            problems=(
                Problem(file="content/ferries.md", line=3, column=1, key="x", reason=f"is {read[22:30]!r}"),
            )
        ),
    )
    with pytest.raises(AssertionError, match="tells Qw3rTy8u"):
        front_matter.check(data)


@pytest.mark.parametrize("text", ["a: c\n", "a: 'b'\n", "a: [b]\n", " a: b\n", "", "a: b\nc: d\n"])
def test_the_judge_of_yaml_sees_what_means_something_else(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(front_matter_yaml, "read_nodes", lambda _: read_nodes("a: b\n"))
    front_matter_yaml.check(b"a: b\n")
    with pytest.raises(AssertionError):
        front_matter_yaml.check(text.encode())


@pytest.mark.parametrize("field", [b"gzip;q=0.5, br", b'-\n"abc"', b"-\n-\nSun, 06 Nov 1994 08:49:37 GMT"])
def test_the_judge_of_fields_sees_another_answer(monkeypatch: pytest.MonkeyPatch, field: bytes) -> None:
    request_fields.check(field)
    monkeypatch.setattr(request_fields, "acceptable_codings", lambda _: ("gzip", "br", "identity"))
    monkeypatch.setattr(
        request_fields, "decide", lambda *_: conditional.Decision(conditional.Outcome.SEND, '"abc"')
    )
    with pytest.raises(AssertionError):
        request_fields.check(field)


def log_of(sizes: list[int], inputs: int | None = None) -> str:
    """Give a log of libFuzzer that tells of these sizes, and at its end of so many inputs; None: it ends before that."""
    lines = [
        f"#{number * 100}\tNEW    cov: 9 ft: 9 corp: 9/9b lim: 9 exec/s: 9 rss: {size}Mb L: 9/9 MS: 1 ChangeBit-"
        for number, size in enumerate(sizes)
    ]
    end = [] if inputs is None else [f"stat::number_of_executed_units: {inputs}"]
    return "\n".join(["INFO: rss: 1Mb", *lines, *end])


@pytest.mark.parametrize(
    ("sizes", "growth"),
    [
        ([40, 50, 50, 50, 50], 0),
        ([40, 50, 70, 90, 110], 60),
        ([90, 40, 40, 40, 30], -10),
        ([40], None),
        ([], None),
    ],
)
def test_growth_is_what_came_after_the_first_fifth(sizes: list[int], growth: int | None) -> None:
    assert memory_growth(log_of(sizes)) == growth


@pytest.mark.parametrize(
    ("returncode", "log", "wrong"),
    [
        (0, log_of([40, 40], 200), ""),
        (0, log_of([40, 40, 90], 200), "GREW"),
        (77, log_of([40, 40], 200), "FAILED"),
        (0, log_of([40, 40], 0), "RAN NOTHING"),
        (0, log_of([40, 40]), "RAN NOTHING"),
        (0, log_of([], 200), "RAN NOTHING"),
        (0, "", "RAN NOTHING"),
    ],
)
def test_what_ran_nothing_has_not_gone_well(returncode: int, log: str, wrong: str) -> None:
    assert fault(returncode, log).startswith(wrong)
    assert bool(fault(returncode, log)) == bool(wrong)
