from collections.abc import Mapping

import pytest

from aggregator.frontmatter.hidden_mark import hiding_line
from aggregator.frontmatter.parts import front_lines
from tests.aggregator.workshop import EVERYTHING, HOUR, NOON, Workshop
from tests.processor_time import least_seconds

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


def says_hidden(data: bytes, limit: int, names: Mapping[str, str]) -> bool:
    return hiding_line(front_lines(data, limit), names, is_broken=True) is not None


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
        "draft: &mark true",
        "draft: !!bool true",
        '"draft: true',
        'draft: "true',
        "draft: “true”",
        "draft:\xa0true",
        "draft\xa0: true",
        "\xa0draft: true",
        "\u200bdraft\ufeff: true",
        "draft: true;",
        "draft: true\0",
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
        ("removed: yes, but kept",),
        ("excerpt: How\u2028draft: true",),
        ("sub title:", "  draft: true"),
    ],
)
def test_what_is_no_mark_hides_nothing(lines: tuple[str, ...]) -> None:
    assert not says_hidden(front('title: "Ferry', *lines), LIMIT, {})


def test_the_body_hides_nothing() -> None:
    assert not says_hidden(front('title: "Ferry') + b"\ndraft: true\n", LIMIT, {})
    assert not says_hidden(b"draft: true\n", LIMIT, {})


def test_the_body_of_a_file_that_is_not_closed_hides_nothing() -> None:
    assert not says_hidden(b"---\ntitle: Ferry\n\n    draft: true\n\ndraft: true\n", LIMIT, {})
    assert says_hidden(b"---\ntitle: Ferry\ndraft: true\n\nBody\n", LIMIT, {})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_file_in_another_encoding_is_understood(encoding: str) -> None:
    text = front("title: Ferry", "draft: true").decode()
    assert says_hidden(text.encode(encoding), LIMIT, {})


@pytest.mark.parametrize("between", ["", "---\n", "\n<!-- A tool. -->\n---\n"])
def test_a_mark_is_found_behind_a_line_that_closes_too_early(between: str) -> None:
    assert says_hidden(
        front('title: "Ferry') + f"{between}tags:\n- boats\ndraft: true\n---\n".encode(), LIMIT, {}
    )


@pytest.mark.parametrize(
    "front_matter",
    [
        "{}" * 65_000,
        "a" * LIMIT,
        " " * LIMIT,
        "a:" * 65_000,
        "a" + " " * LIMIT,
        "draft:" + " " * LIMIT,
        "'a" * 65_000,
        "secured: a" + " " * 100_000 + ",",
        "secured: a" + " \t" * 50_000 + "\r x",
        "- " * 65_000 + "secured",
        "a: true" + " " * 250_000 + "x",
        "a: true;" + " " * 250_000 + "x",
        "a: !" + "!" * 250_000 + "x",
        " " * 125_000 + "{" + " " * 125_000 + "a",
        "---\n" + "a: b\n" * 50_000 + "x",
        "---\n" + "<!--" * 60_000,
        "---\n" + "<!-- -->" * 30_000 + "x",
    ],
)
def test_hostile_front_matter_takes_linear_time(front_matter: str) -> None:
    data = front(front_matter)
    assert least_seconds(lambda: says_hidden(data, LIMIT, {}), 1) < 1


def test_front_matter_that_is_not_closed_is_read_as_far_as_its_limit() -> None:
    assert says_hidden(front("title: Ferry", "draft: true", closing=""), LIMIT, {})
    assert not says_hidden(front("title: Ferry", "draft: true"), 10, {})


@pytest.mark.parametrize("indent", [" ", "    ", "\t"])
def test_a_mark_is_found_though_its_indent_is_what_is_wrong(indent: str) -> None:
    assert says_hidden(front("title: Ferry", f"{indent}draft: true"), LIMIT, {})
    assert says_hidden(front("title: Ferry", "", f"{indent}draft: true"), LIMIT, {})


@pytest.mark.parametrize(
    "lines",
    [
        ("related:", "  draft: true"),
        ("related:", "  title: Pier", "  draft: true"),
        ("related:", "- title: Pier", "  draft: true"),
        ("excerpt: |", "  draft: true"),
        ("excerpt: >-", "  A line.", "  draft: true"),
    ],
)
def test_a_mark_that_belongs_to_something_else_is_none(lines: tuple[str, ...]) -> None:
    assert not says_hidden(front('title: "Ferry', *lines), LIMIT, {})


def test_a_mark_is_found_though_the_first_key_is_indented_by_mistake() -> None:
    assert says_hidden(front(" title: Ferry", "publishedDateTime: 2024-05-01", "draft: true"), LIMIT, {})


def test_json_is_understood() -> None:
    assert says_hidden(front('{"draft": true,', '  "title": "Ferry,', "}"), LIMIT, {})
    assert says_hidden(front("{", '  "title": "Ferry,', '  "draft": true,', "}"), LIMIT, {})


def test_a_mark_has_the_name_that_its_source_gives_it() -> None:
    assert says_hidden(front('title: "', "live: false"), LIMIT, {"published": "live"})
    assert says_hidden(front('title: "', "published: false"), LIMIT, {"published": "live"})
    assert says_hidden(front('title: "', "is live: false"), LIMIT, {"published": "is live"})
    assert says_hidden(front('title: "', "Entwurf?: true"), LIMIT, {"draft": "Entwurf?"})


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


def test_json_may_tell_of_another_article_that_is_hidden(workshop: Workshop) -> None:
    other = '"related": [\n{\n"title": "Quay",\n"webUrl": "https://quay.example/",\n"draft": true\n}\n]'
    file = workshop.write("ferry")
    file.write_bytes(front(f'{{\n"title": "Ferry",\n"publishedDateTime": "2024-05-01",\n{other}\n}}'))
    assert workshop.refresh().problems == ()
    assert workshop.titles() == ["Ferry"]


def test_what_is_to_be_hidden_hides_what_an_older_file_says_of_it(workshop: Workshop) -> None:
    same = "originalUrl: https://pier.example/ferry"
    workshop.write("old", same, "updatedDateTime: 2026-03-01T09:00:00Z", title="Old")
    new = workshop.write("new", same, "updatedDateTime: 2026-03-01T10:00:00Z", title="New")
    workshop.refresh()
    assert workshop.titles() == ["New"]
    new.write_bytes(front('title: "New', "draft: true"))
    workshop.refresh(NOON + HOUR)
    assert workshop.titles() == []
    new.unlink()
    workshop.refresh(NOON + 2 * HOUR)
    assert workshop.titles() == ["Old"]


def test_what_is_to_be_hidden_is_the_same_article_once_its_file_is_renamed_and_mended(
    workshop: Workshop,
) -> None:
    file = workshop.write("ferry")
    workshop.refresh()
    (before,) = identities(workshop)
    file.write_bytes(front('title: "Ferry', "draft: true"))
    workshop.refresh(NOON + HOUR)
    file.rename(file.with_name("pier.md"))
    workshop.refresh(NOON + 2 * HOUR)
    workshop.write("pier", title="Ferry")
    workshop.refresh(NOON + 3 * HOUR)
    assert identities(workshop) == [before]


def identities(workshop: Workshop) -> list[str]:
    with workshop.snapshot() as snapshot:
        return [article.id for article in snapshot.select(EVERYTHING)]
