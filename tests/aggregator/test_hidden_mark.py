import pytest

from aggregator.hidden_mark import says_hidden
from tests.aggregator.workshop import HOUR, NOON, Workshop

LIMIT = 1 << 18

# What keeps the front matter from being read as YAML, behind the mark or before it.
BREAKS = {
    "an open quotation mark": '"A ferry',
    "a tab": "Ferry\n\tsubtitle: At sea",
    "a key that stands twice": "Ferry\ntitle: Ferry",
    "brackets": "[" * 60,
    "an alias": "*ferry",
    "no UTF-8": "Ferry \udcff",
}


def front(*lines: str, closing: str = "---\n") -> bytes:
    return "".join(f"{line}\n" for line in ("---", *lines, closing.rstrip("\n"))).encode(
        errors="surrogateescape"
    )


@pytest.mark.parametrize(
    "line",
    [
        "draft: true",
        "published: false",
        "removed: yes",
        "deleted: 'on'",
        '"draft": "true"',
        "Draft : TRUE  # for now",
        "published:no",
    ],
)
@pytest.mark.parametrize("what", BREAKS)
def test_a_mark_is_found_whatever_is_broken_around_it(line: str, what: str) -> None:
    title = f"title: {BREAKS[what]}"
    assert says_hidden(front(title, line), LIMIT, {})
    assert says_hidden(front(line, title), LIMIT, {})
    assert says_hidden(front(line, title).replace(b"\n", b"\r\n"), LIMIT, {})


@pytest.mark.parametrize(
    "lines",
    [
        ("published: true", "draft: false"),
        ("published: falsehood",),
        ("published: false alarm",),
        ("# draft: true",),
        ("title: draft: true",),
        ("related:", "- title: Pier", "  draft: true", "  published: false"),
        ("draft:", "  true: false"),
        ("drafts: true", "is_removed: true"),
    ],
)
def test_what_is_no_mark_hides_nothing(lines: tuple[str, ...]) -> None:
    assert not says_hidden(front('title: "Ferry', *lines), LIMIT, {})


def test_the_body_hides_nothing() -> None:
    assert not says_hidden(front('title: "Ferry') + b"\ndraft: true\n", LIMIT, {})
    assert not says_hidden(b"draft: true\n", LIMIT, {})


def test_front_matter_that_is_not_closed_is_read_as_far_as_its_limit() -> None:
    assert says_hidden(front("title: Ferry", "draft: true", closing=""), LIMIT, {})
    assert not says_hidden(front("title: Ferry", "draft: true"), 10, {})


def test_json_is_understood() -> None:
    assert says_hidden(front("{", '  "title": "Ferry,', '  "draft": true,', "}"), LIMIT, {})


def test_a_mark_has_the_name_that_its_source_gives_it() -> None:
    assert says_hidden(front('title: "', "live: false"), LIMIT, {"published": "live"})
    assert not says_hidden(front('title: "', "published: false"), LIMIT, {"published": "live"})


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_to_be_hidden_is_withdrawn_though_it_is_no_yaml(workshop: Workshop, what: str) -> None:
    workshop.write("pier")
    file = workshop.write("ferry")
    workshop.refresh()
    file.write_bytes(front(f"title: {BREAKS[what]}", "publishedDateTime: 2024-05-01"))
    assert workshop.refresh(NOON + HOUR).generation is None
    assert sorted(workshop.titles()) == ["Ferry", "Pier"]
    file.write_bytes(front(f"title: {BREAKS[what]}", "publishedDateTime: 2024-05-01", "draft: true"))
    report = workshop.refresh(NOON + 2 * HOUR)
    assert workshop.titles() == ["Pier"]
    assert len(report.problems) == 1
    assert workshop.refresh(NOON + 3 * HOUR).generation is None
    workshop.write("ferry")
    workshop.refresh(NOON + 4 * HOUR)
    assert sorted(workshop.titles()) == ["Ferry", "Pier"]
