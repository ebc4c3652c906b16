"""What `check` finds beyond faults: each lint with what it finds, where, and what it leaves alone."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from aggregator.config.reading import read_main
from aggregator.errors import Problem, Severity
from aggregator.lint import RULES, check_site
from aggregator.lint import site as module
from aggregator.lint.articles import lint_articles
from aggregator.lint.notes import Notes
from aggregator.lint.places import Locator
from tests.aggregator.catalogue.shelf import article
from tests.aggregator.workshop import NOON, Workshop

WHOLE = ("excerpt: It sails.", "topics: [Boats]", "images: https://pier.example/a.jpg")


def lint(workshop: Workshop) -> tuple[Problem, ...]:
    return check_site(workshop.settings(), NOON, lambda *_: None).problems


def found(workshop: Workshop, rule: str) -> list[str]:
    """Give what one lint finds: FILE:LINE:COLUMN: key: reason, with files by their names."""
    problems = [problem for problem in lint(workshop) if problem.rule == rule]
    assert {problem.severity for problem in problems} <= {RULES[rule].severity}
    marks = str(RULES[rule].severity) + ": "
    return [
        str(problem).replace(f"{Path(problem.file).parent}/", "").replace(marks, "") for problem in problems
    ]


def whole(name: str, workshop: Workshop, *lines: str) -> Path:
    """Write an article that no lint has anything to say about, but for what `lines` do."""
    keys = {line.partition(":")[0]: line for line in (*WHOLE, *lines)}
    return workshop.write(name, *keys.values())


def test_a_site_with_nothing_odd_is_told_nothing(workshop: Workshop) -> None:
    workshop.configure(
        "feeds: [{id: boats, title: Boats, where: {topics: [boats]}}]\nmoved: {ships: boats}\n"
    )
    whole("ferry", workshop)
    assert lint(workshop) == ()


# Articles


def test_an_article_is_told_what_it_lacks_in_one_hint(workshop: Workshop) -> None:
    whole("ferry", workshop)
    workshop.write("quay", "topics: [Boats]")
    assert found(workshop, "bare-article") == [
        "quay.md:1:1: has no picture, no excerpt; readers have less to show"
    ]


@pytest.mark.parametrize("line", ["published: false", "removed: true"])
def test_what_is_not_meant_for_readers_may_lack_anything(workshop: Workshop, line: str) -> None:
    workshop.write("ferry", line)
    assert found(workshop, "bare-article") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n---\ntitle: Ferry\ndate: 2026-03-01\n---\n", 3),
        ("--\ntopics:\n  - Boats\n- Piers\n'title': Ferry\n--\n", 5),
        ("+++\ndate = 2026-03-01\nTitle = 'Ferry'\n+++\n", 3),
        ("---yaml\r\ntitle: Ferry\r\n---\r\n", 2),
        ("\ufefftitle: Ferry\n", 1),
    ],
)
def test_a_file_that_is_no_article_though_it_begins_with_a_title_is_told(
    workshop: Workshop, text: str, line: int
) -> None:
    (workshop.folder / "news/ferry.md").write_text(text)
    (problem,) = found(workshop, "no-front-matter")
    assert problem.startswith(
        "ferry.md:1:1: is taken for no article, since it does not begin with front matter"
    )
    assert problem.endswith(f"though a title stands in line {line}")


@pytest.mark.parametrize("text", ["", "\ufeff\r\n"])
def test_an_empty_file_is_told(workshop: Workshop, text: str) -> None:
    (workshop.folder / "news/ferry.md").write_text(text)
    assert found(workshop, "empty-file") == ["ferry.md:1:1: is empty, expected an article"]


@pytest.mark.parametrize(
    "text",
    [
        "# Piers\n\ntitle: what an article begins with\n",
        "How to write an article:\n\n    ---\n    title: Ferry\n    ---\n",
        "---\ntitle: ''\n---\n",
        "---\nname: Harbour\n---\n\ntitle: it has none\n",
        "x: 1\n" * 50 + "title: too far down\n",
    ],
)
def test_a_file_that_is_no_article_and_not_meant_to_be_is_left_alone(workshop: Workshop, text: str) -> None:
    (workshop.folder / "news/ferry.md").write_text(text)
    assert found(workshop, "no-front-matter") == []


def test_a_date_far_ahead_is_told_at_its_place(workshop: Workshop) -> None:
    whole("near", workshop, "publishedDateTime: 2027-02-28T09:00:00Z")
    whole("far", workshop, "updatedDateTime: 2062-03-01T09:00:00Z")
    whole("typo", workshop, "publishedDateTime: 2206-03-01T09:00:00Z")
    reason = "more than a year ahead, expected a date nearer to today"
    assert found(workshop, "far-future") == [
        f"far.md:7:18: updatedDateTime: is 2062-03-01, {reason}",
        f"typo.md:3:20: publishedDateTime: is 2206-03-01, {reason}",
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [("2099-01-01", "2099-01-01"), ("9999-12-31", "9999-12-31"), ("9999-12-31T23:30:00Z", "9999-12-31")],
)
def test_a_date_far_ahead_is_told_by_the_day_that_the_file_has(
    workshop: Workshop, written: str, day: str
) -> None:
    workshop.config_path.write_text(
        workshop.text.replace("example.org}", "example.org, timezone: Europe/Berlin}")
    )
    whole("far", workshop, f"updatedDateTime: {written}")
    (told,) = found(workshop, "far-future")
    assert f"updatedDateTime: is {day}, more than a year ahead" in told


def test_a_date_in_a_files_name_has_no_place_in_it(workshop: Workshop) -> None:
    path = whole("2206-03-01-typo", workshop)
    path.write_text(
        "\n".join(line for line in path.read_text().splitlines() if "publishedDateTime" not in line)
    )
    (told,) = found(workshop, "far-future")
    assert told.startswith("2206-03-01-typo.md: publishedDateTime: is 2206-03-01")


def test_a_topic_in_another_case_is_told_once_at_the_first_of_the_rare_ones(workshop: Workshop) -> None:
    for name in ("a", "b", "c"):
        whole(name, workshop, "topics: [Deep Sea]")
    whole("d", workshop, "topics: [Tides, deep sea]")
    whole("e", workshop, "topics: [deep sea]")
    assert found(workshop, "topic-case") == [
        "d.md:5:17: topics: 'deep sea' and in one other article is 'Deep Sea' in 3, expected one way to write it"
    ]


def test_a_topic_whose_writing_the_configuration_decides_may_be_written_anyhow(workshop: Workshop) -> None:
    workshop.configure("topics: {named: {Deep Sea: {aliases: [DEEPSEA]}}}\n")
    whole("a", workshop, "topics: [deep sea]")
    whole("b", workshop, "topics: [Deep Sea, deepsea]")
    whole("c", workshop, "topics: [DeepSea]")
    assert found(workshop, "topic-case") == []


def test_a_topic_one_letter_off_is_told_with_what_may_be_meant(workshop: Workshop) -> None:
    whole("a", workshop, "topics: [Machine Learning]")
    whole("b", workshop, "topics: [machine learning]")
    whole("c", workshop, "topics: ['Machine Learing']")
    (told,) = found(workshop, "topic-spelling")
    assert told.startswith("c.md:5:10: topics: 'Machine Learing' is close to 'Machine Learning' in 2")
    assert told.endswith("did you mean 'Machine Learning'?")


def test_topics_as_other_tools_write_them_have_the_place_of_the_whole(workshop: Workshop) -> None:
    for name in ("a", "b"):
        whole(name, workshop, "topics: [Harbours]")
    workshop.write("c", "tags: Tides, Harbour")
    (told,) = found(workshop, "topic-spelling")
    assert told.startswith("c.md:4:7: tags: 'Harbour' is close to 'Harbours' in 2")


def test_a_provider_with_two_names_is_told_at_the_rare_one(workshop: Workshop) -> None:
    for name in ("a", "b"):
        whole(name, workshop, "provider: {name: The Pier, domain: pier.example}")
    whole("c", workshop, "provider: {domain: pier.example, name: Pier}")
    assert found(workshop, "provider-names") == [
        "c.md:7:40: provider: pier.example is 'Pier' here, and 'The Pier' in 2, expected one name"
    ]


def test_the_name_of_a_provider_alone_has_a_place_too(workshop: Workshop) -> None:
    for name in ("a", "b"):
        whole(name, workshop, "provider: {name: The Pier, domain: pier.example}")
    whole("c", workshop, "provider: Pier", "originalUrl: https://pier.example/c")
    (told,) = found(workshop, "provider-names")
    assert told.startswith("c.md:7:11: provider: pier.example is 'Pier' here")


def test_articles_that_are_not_public_are_looked_at_too(workshop: Workshop) -> None:
    whole("a", workshop, "topics: [Harbours]")
    whole("b", workshop, "topics: [Harbors]", "published: false")
    assert len(found(workshop, "topic-spelling")) == 1


@pytest.mark.parametrize("left", ["", "---\ntitle: [", "---\ntitle: Ferry\n---\n"])
def test_what_is_found_has_no_place_where_the_file_has_changed_meanwhile(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    typo = whole("typo", workshop, "publishedDateTime: 2206-03-01T09:00:00Z")

    def change_and_lint(notes: Notes, named: Collection[str], locator: Locator) -> Iterator[Problem]:
        typo.write_text(left) if left else typo.unlink()
        return lint_articles(notes, named, locator)

    monkeypatch.setattr(module, "lint_articles", change_and_lint)
    (told,) = found(workshop, "far-future")
    assert told.startswith("typo.md: publishedDateTime: is 2206-03-01")


def test_an_article_that_is_read_twice_counts_once() -> None:
    notes = Notes(NOON)
    for _ in range(2):
        notes.note(article("ferry", topics=("Boats",)))
    assert notes.topics["boats"]["Boats"].count == 1


# The configuration


def test_a_feed_that_selects_nothing_is_told_with_the_guilty_criterion(workshop: Workshop) -> None:
    workshop.configure(
        """\
        feeds:
          - id: good
            title: Good
            where: {min_quality: 60, topics: [Boats]}
        """
    )
    whole("ferry", workshop)
    assert found(workshop, "empty-feed") == [
        "site.yaml:6:9: feeds[good]: selects nothing; no article has min_quality 60"
    ]


def test_criteria_that_no_article_meets_together_are_told_so(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: good, title: Good, where: {min_quality: 60, topics: [Tides]}}]\n")
    whole("ferry", workshop, "quality: 70")
    whole("quay", workshop, "topics: [Tides]")
    (told,) = found(workshop, "empty-feed")
    assert told.endswith("selects nothing; no article meets all of its criteria")


def test_a_feed_of_no_articles_at_all_is_told_so(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: any, title: Any}]\n")
    (told,) = found(workshop, "empty-feed")
    assert told.endswith("selects nothing; there is no article")


def test_feed_files_are_looked_at_too(workshop: Workshop) -> None:
    feeds = workshop.folder / "feeds"
    feeds.mkdir()
    (feeds / "more.yaml").write_text("- id: good\n  title: Good\n  where:\n    types: [video]\n")
    whole("ferry", workshop)
    assert found(workshop, "empty-feed") == [
        "more.yaml:1:7: feeds[good]: selects nothing; no article has types any of video"
    ]


@pytest.mark.parametrize(
    ("condition", "name", "said"),
    [
        ("topics: [Boats, Boots]", "Boots", "topic 'Boots'; did you mean 'boats'?"),
        ("topics: {any: [Boats], all: [Xebec]}", "Xebec", "topic 'Xebec'"),
        ("topics: [Boats, Ships]", "Ships", "topic 'Ships'; did you mean 'Boats'?"),
        ("providers: [tide.example]", "tide.example", "provider 'tide.example'"),
        ("languages: [en, de]", "de]", "language 'de'"),
    ],
)
def test_a_name_that_no_article_has_is_told_at_its_place(
    workshop: Workshop, condition: str, name: str, said: str
) -> None:
    workshop.configure(
        "topics: {named: {Boats: {aliases: [Ships]}}}\n"
        f"feeds: [{{id: a, title: A, where: {{{condition}}}}}]\n"
    )
    whole("ferry", workshop, "topics: [ships]")
    whole("quay", workshop)
    column = workshop.text.splitlines()[5].index(name) + 1
    (told,) = found(workshop, "unknown-name")
    assert told.startswith(f"site.yaml:6:{column}: feeds[a].where.{condition.partition(':')[0]}: ")
    assert told.endswith(f"no article has the {said}")


def test_a_name_that_is_not_wanted_need_not_be_there(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: a, title: A, where: {topics: {none: [Adverts]}, types: {none: [x]}}}]\n")
    whole("ferry", workshop)
    assert lint(workshop) == ()


def test_an_alias_that_no_article_uses_is_told(workshop: Workshop) -> None:
    workshop.configure("topics: {named: {Boats: {aliases: [Ships, Rafts]}}}\n")
    whole("ferry", workshop, "topics: [RAFTS]")
    assert found(workshop, "unused-alias") == [
        "site.yaml:5:36: topics.named.Boats.aliases: no article has the topic 'Ships', expected a name that articles use"
    ]


def test_an_old_id_that_leads_to_an_empty_feed_is_told(workshop: Workshop) -> None:
    workshop.configure(
        "feeds: [{id: a, title: A, where: {types: [x]}}, {id: b, title: B}]\nmoved: {old: a, older: b}\n"
    )
    whole("ferry", workshop)
    assert found(workshop, "dead-moved") == [
        "site.yaml:6:9: moved.old: sends readers to a, which selects nothing"
    ]


def test_a_configuration_that_is_taken_away_meanwhile_leaves_the_rest(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.configure("feeds: [{id: any, title: Any}]\n")
    workshop.write("ferry")
    monkeypatch.setattr(module, "read_main", lambda _path: read_main(Path("nowhere.yaml")))
    assert {problem.rule for problem in lint(workshop)} == {"bare-article"}


# All together


def test_findings_stand_in_the_order_of_their_places_among_the_faults(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: any, title: Any, where: {types: [x]}}]\n")
    workshop.write("a", "heat: much")
    workshop.write("b", "quality: 140")
    places = [(problem.file, problem.line) for problem in lint(workshop)]
    assert places == sorted(places)
    assert len(places) == 5


def test_a_site_with_everything_odd_is_told_by_every_lint(workshop: Workshop) -> None:
    workshop.configure(
        """\
        topics: {named: {Tides: {aliases: [Floods]}}}
        feeds: [{id: ships, title: Ships, where: {topics: [Ships]}}]
        moved: {old: ships}
        """
    )
    whole("a", workshop, "topics: [Harbours, Quays]", "provider: {name: Pier, domain: pier.example}")
    whole("b", workshop, "topics: [Harbour, quays]", "provider: {name: The Pier, domain: pier.example}")
    workshop.write("c", "updatedDateTime: 2062-03-01")
    (workshop.folder / "news/d.md").write_text("--\ntitle: D\n--\n")
    (workshop.folder / "news/e.md").touch()
    assert {problem.rule for problem in lint(workshop)} == set(RULES)


def test_hints_never_say_that_anything_is_wrong() -> None:
    assert {rule.severity for rule in RULES.values()} == {Severity.WARNING, Severity.HINT}


def test_it_leaves_the_site_as_it_was(workshop: Workshop) -> None:
    whole("ferry", workshop, "publishedDateTime: 2206-03-01T09:00:00Z")
    before = {path: path.stat().st_mtime_ns for path in workshop.folder.rglob("*")}
    lint(workshop)
    assert {path: path.stat().st_mtime_ns for path in workshop.folder.rglob("*")} == before
