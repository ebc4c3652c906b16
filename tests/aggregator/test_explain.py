"""What an editor is told of an article: its state, its values, and every feed's verdict with the value that decided."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import UnknownArticleError
from aggregator.explain import Explanation, as_json, as_text, explain_article
from feeds.selection import Selection
from tests.aggregator.workshop import HOUR, NOON, Workshop

FEEDS = """\
feeds:
  - {id: boats, title: Boats, where: {topics: [Boats], min_quality: 60}}
  - {id: few, title: Few, limit: 1}
"""


def explain(workshop: Workshop, what: str | Path, **more: object) -> Explanation:
    now = more.get("now", NOON)
    assert isinstance(now, type(NOON))
    return explain_article(workshop.settings(), str(what), now, lambda *_: None)


def state(workshop: Workshop, what: str | Path) -> str:
    return str(explain(workshop, what).standing)


def text(workshop: Workshop, what: str | Path, *, every_feed: bool = False) -> str:
    return as_text(explain(workshop, what), every_feed=every_feed)


# States


def test_a_public_article_is_published(workshop: Workshop) -> None:
    assert state(workshop, workshop.write("ferry")) == "published"


def test_an_article_with_a_date_ahead_is_scheduled_for_it(workshop: Workshop) -> None:
    path = workshop.write("ferry", "publishedDateTime: 2026-03-02T09:00:30Z")
    assert state(workshop, path) == "scheduled for 2026-03-02 09:00:30 UTC"


@pytest.mark.parametrize("line", ["published: false", "draft: true"])
def test_an_article_that_is_held_back_is_unpublished(workshop: Workshop, line: str) -> None:
    assert state(workshop, workshop.write("ferry", line)).startswith("unpublished")


def test_an_article_that_was_taken_back_is_withdrawn_and_says_since_when(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh(NOON - HOUR)
    path = workshop.write("ferry", "removed: true")
    assert state(workshop, path).startswith("withdrawn by removed: true")
    assert state(workshop, path).endswith("readers are told so since 2026-03-01 12:00 UTC")


def test_an_article_whose_file_is_gone_is_withdrawn_and_found_by_all_its_names(workshop: Workshop) -> None:
    path = workshop.write("ferry", "originalUrl: https://pier.example/ferry")
    workshop.refresh(NOON - HOUR)
    workshop.delete("ferry")
    for what in (path, "https://pier.example/ferry"):
        assert state(workshop, what).startswith("withdrawn since its file is gone")


@pytest.fixture
def renamed(workshop: Workshop) -> Workshop:
    """Give a site whose source news is called wire now, and has no folder of that name yet."""
    workshop.write("ferry", "originalUrl: https://x.example/1")
    workshop.write("quay", "published: false")
    workshop.write("pier", "originalUrl: https://x.example/1", "updatedDateTime: 2026-02-01T10:00:00Z")
    workshop.refresh()
    workshop.configure(sources="- {name: wire, path: wire}")
    return workshop


@pytest.mark.parametrize("what", ["https://x.example/1", "news/ferry.md", "{folder}/news/ferry.md"])
def test_fault_24_an_article_whose_source_was_renamed_before_its_folder_is_published_still(
    renamed: Workshop, what: str
) -> None:
    explanation = explain(renamed, what.format(folder=renamed.folder))
    assert (explanation.file, explanation.source, explanation.is_public) == ("news/ferry.md", "news", True)
    assert str(explanation.standing).startswith("published though its source news is not configured")
    assert explanation.others == ("news/pier.md",)
    assert explanation.article is not None
    assert [feed.is_shown for feed in explanation.feeds] == [True]


def test_fault_24_of_such_a_source_a_file_says_why_it_is_not_published(renamed: Workshop) -> None:
    hidden = explain(renamed, "tag:news.example.org,2026:news/quay.md")
    assert str(hidden.standing).startswith("skipped since its source news is not configured")
    assert (str(hidden.standing)[-18:], hidden.article) == ("it was unpublished", None)
    assert state(renamed, "news/pier.md").startswith(
        "duplicate of news/ferry.md, which counts; its source news"
    )
    with pytest.raises(UnknownArticleError, match=r"did you mean news/ferry\.md\?"):
        explain(renamed, "fery.md")


def test_fault_24_of_such_a_source_no_address_of_a_hidden_article_is_known(renamed: Workshop) -> None:
    with pytest.raises(UnknownArticleError, match="is no article here"):
        explain(renamed, "https://x.example/2")


def test_a_broken_file_says_why_and_that_its_last_good_version_stays(workshop: Workshop) -> None:
    path = workshop.write("ferry", "heat: 5")
    workshop.refresh(NOON - HOUR)
    workshop.write("ferry", "heat: much", "excerpt: New.")
    explanation = explain(workshop, path)
    assert str(explanation.standing).startswith("broken (heat: is 'much', expected a whole number")
    assert str(explanation.standing).endswith("its last good version stays published")
    assert explanation.article is not None
    assert (explanation.article.heat, explanation.article.excerpt) == (5, "")
    assert "values of the last good version:" in as_text(explanation, every_feed=False)
    assert [feed.is_shown for feed in explanation.feeds][:1] == [True]


def test_an_empty_file_is_broken_where_it_held_an_article_and_else_no_article(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh(NOON - HOUR)
    path.write_text("")
    (workshop.folder / "news/begun.md").touch()
    assert (
        state(workshop, path)
        == "broken (is empty, expected the article that it held; delete the file to withdraw that); its last good version stays published"
    )
    assert state(workshop, "begun.md").startswith("skipped as no article")


def test_a_broken_file_that_is_to_be_hidden_has_no_good_version(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh(NOON - HOUR)
    path.write_text('---\ntitle: "Ferry\ndraft: true\n---\n')
    before = state(workshop, path)
    workshop.refresh()
    assert before == state(workshop, path)
    assert before.startswith("broken (the front matter is no YAML")
    assert before.endswith("; it says that it is to be hidden, so no version of it is published")


def test_a_file_that_was_never_good_is_broken_without_values(workshop: Workshop) -> None:
    path = workshop.folder / "news" / "ferry.md"
    path.write_text("---\ntitle: Ferry\n")
    explanation = explain(workshop, path)
    assert str(explanation.standing).startswith("broken (the front matter that begins here is not closed")
    assert (explanation.article, explanation.feeds) == (None, ())


def test_a_fifo_is_broken_and_nobody_waits_for_it(workshop: Workshop) -> None:
    os.mkfifo(workshop.folder / "news" / "pipe.md")
    assert state(workshop, "pipe.md") == "broken (is a FIFO, expected a regular file)"


def test_a_file_that_another_outdates_is_a_duplicate_of_it(workshop: Workshop) -> None:
    old = workshop.write("ferry", "id: boat")
    new = workshop.write("quay", "id: boat", "updatedDateTime: 2026-03-01T10:00:00Z")
    assert state(workshop, old).startswith(f"duplicate of {new}, which was updated later")
    counting = explain(workshop, new)
    assert (str(counting.standing), counting.others) == ("published", (str(old),))
    assert explain(workshop, "boat").file == str(new)
    assert f"same identity: {old}" in as_text(counting, every_feed=False)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("drafts/idea.md", "exclude of source news names it: drafts/**"),
        ("notes.txt", "include of source news does not name it: **/*.md, **/*.markdown, **/*.html"),
        (".hidden/idea.md", "the folder .hidden is hidden"),
        ("idea.md~", "idea.md~ looks like a temporary file"),
    ],
)
def test_a_file_that_the_source_leaves_out_is_skipped_and_says_by_what(
    workshop: Workshop, name: str, reason: str
) -> None:
    workshop.configure(sources="- {name: news, path: news, exclude: ['drafts/**']}")
    path = workshop.folder / "news" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(workshop.write("ferry").read_text())
    explanation = explain(workshop, path)
    assert str(explanation.standing) == f"skipped since {reason}"
    assert explanation.article is not None


def test_a_file_that_is_no_article_is_skipped(workshop: Workshop) -> None:
    (workshop.folder / "news" / "README.md").write_text("About this folder.\n")
    assert state(workshop, "README.md").startswith("skipped as no article")


def test_a_file_outside_of_every_source_is_skipped_and_says_where_they_are(
    workshop: Workshop, tmp_path: Path
) -> None:
    stray = tmp_path / "stray.md"
    stray.write_text(workshop.write("ferry").read_text())
    assert (
        state(workshop, stray)
        == f"skipped since it lies in no source's folder, expected one of {workshop.folder}/news"
    )


def test_a_file_that_nobody_can_reach_at_the_moment_is_to_be_asked_for_again(workshop: Workshop) -> None:
    link = workshop.folder / "news" / "ferry.md"
    link.symlink_to("nowhere.md")
    assert state(workshop, link).endswith("ask again")


# What is meant


@pytest.mark.parametrize(
    "what",
    [
        "news/ferry.md",
        "ferry.md",
        "https://pier.example/ferry",
        "https://here.example/f%C3%A4hre",
        "https://here.example/fähre",
        "tag:news.example.org,2026:boat",
    ],
)
def test_an_article_is_found_by_its_file_and_by_any_of_its_addresses(workshop: Workshop, what: str) -> None:
    path = workshop.write(
        "ferry", "originalUrl: https://pier.example/ferry", "webUrl: https://here.example/fähre", "id: boat"
    )
    assert explain(workshop, what).file == str(path)


@pytest.mark.parametrize("what", ["boat", "tag:news.example.org,2026:boat"])
@pytest.mark.parametrize("line", ["published: true", "published: false", "removed: true"])
def test_an_article_is_found_by_its_id_whatever_its_state(workshop: Workshop, what: str, line: str) -> None:
    path = workshop.write("ferry", "id: boat", line)
    assert explain(workshop, what).file == str(path)


def test_an_article_that_is_not_public_is_found_by_its_address(workshop: Workshop) -> None:
    path = workshop.write("ferry", "id: boat", "webUrl: https://here.example/ferry", "published: false")
    workshop.write("quay", "published: false")
    assert explain(workshop, "https://here.example/ferry").file == str(path)


def test_an_article_is_found_by_the_address_of_its_page_here(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh()
    page = json.loads(workshop.document("/feeds/all.json"))["items"][0]["url"]
    assert page.startswith("https://news.example.org/articles/")
    assert explain(workshop, page).file == str(path)
    assert explain(workshop, page.removeprefix("https://news.example.org")).file == str(path)


def test_what_a_related_article_has_for_an_address_is_not_the_articles(workshop: Workshop) -> None:
    workshop.write("ferry", "related: [{title: Quay, originalUrl: 'https://pier.example/quay'}]")
    with pytest.raises(UnknownArticleError):
        explain(workshop, "https://pier.example/quay")


def test_a_file_that_was_moved_has_the_identity_of_its_first_place(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh(NOON - HOUR)
    moved = path.rename(path.with_name("boat.md"))
    explanation = explain(workshop, moved)
    assert explanation.article is not None
    assert explanation.article.id == "tag:news.example.org,2026:news/ferry.md"
    assert str(explanation.standing) == "published"


def test_a_file_in_folders_within_one_another_belongs_to_the_innermost(workshop: Workshop) -> None:
    workshop.configure(
        sources="- {name: all, path: '.', include: ['*.md']}\n- {name: news, path: news}\n",
    )
    assert explain(workshop, workshop.write("ferry")).source == "news"


@pytest.mark.parametrize(
    "what", ["nonsense", "", "https://pier.example/none", "\0", "\udcff", "news", "https://pier.example/%FF"]
)
def test_what_means_no_article_is_told_with_what_is_expected(workshop: Workshop, what: str) -> None:
    with pytest.raises(UnknownArticleError, match="is no article here, expected the path of its file"):
        explain(workshop, what)


def test_a_slip_in_a_files_name_is_told_with_what_may_be_meant(workshop: Workshop) -> None:
    path = workshop.write("ferry-to-the-island", "published: false")
    with pytest.raises(UnknownArticleError, match=f"did you mean {path}"):
        explain(workshop, "news/fery-to-the-island.md")


# Values


def test_values_are_those_of_the_article_by_the_names_that_the_configuration_gives(
    workshop: Workshop,
) -> None:
    workshop.configure("topics: {named: {Boats: {aliases: [Ships]}}}\n")
    shown = text(
        workshop,
        workshop.write(
            "ferry",
            "topics: [ships]",
            "provider: {name: The Pier, domain: pier.example, authors: [{name: Ada}]}",
            "images: https://pier.example/a.jpg",
            body="It *sails*.",
        ),
    )
    assert "topics           Boats" in shown
    assert "provider         The Pier (pier.example)" in shown
    assert "images           https://pier.example/a.jpg" in shown
    assert "characters of HTML: It sails." in shown
    assert "published        2026-03-01 09:00 UTC" in shown


def test_27_what_is_secured_is_never_shown(workshop: Workshop) -> None:
    path = workshop.write("ferry", 'secured: "canary-7"', "heat: canary-no-number")
    for what in (path, workshop.write("quay", 'secured: "canary-7"', "published: false")):
        explanation = explain(workshop, what)
        assert "canary-7" not in as_text(explanation, every_feed=True) + as_json(explanation)


def test_problems_of_the_file_are_told_with_their_places(workshop: Workshop) -> None:
    path = workshop.write("ferry", "quality: 140")
    assert f"problem: {path}:4:10: warning: quality: is 140" in text(workshop, path)


# Feeds


def test_each_criterion_says_what_it_wanted_and_what_decided(workshop: Workshop) -> None:
    workshop.configure(FEEDS)
    shown = text(workshop, workshop.write("ferry", "quality: 53", "topics: [Boats, Sea]"))
    assert "  out  /feeds/boats\n" in shown
    assert "yes  topics any of boats: article has Boats, Sea" in shown
    assert "no   min_quality 60: article has 53" in shown


def where(workshop: Workshop, condition: str, *lines: str, body: str = "") -> str:
    """Explain an article to a feed with one criterion; give what that says."""
    workshop.configure(f"feeds: [{{id: one, title: One, where: {{{condition}}}}}]\n")
    explanation = explain(workshop, workshop.write("ferry", *lines, body=body))
    feed = next(feed for feed in explanation.feeds if feed.path == "/feeds/one")
    (criterion,) = feed.criteria
    assert feed.is_in == criterion.holds
    mark = "yes" if criterion.holds else "no"
    return f"{mark} {criterion.criterion} {criterion.wanted}: {criterion.found}"


CRITERIA = [
    (
        "topics: {all: [A, B], none: [C]}",
        "topics: [A]",
        "no topics all of a, b; none of c: article has A",
    ),
    ("topics: [A]", "heat: 1", "no topics any of a: article has none"),
    (
        "providers: {none: [x.example]}",
        "heat: 1",
        "yes providers none of x.example: article has none",
    ),
    (
        "providers: [x.example]",
        "provider: {name: X, domain: x.example}",
        "yes providers any of x.example: article has x.example",
    ),
    ("languages: [de]", "locale: en-GB", "no languages any of de: article has en-gb"),
    ("sources: [news]", "heat: 1", "yes sources any of news: article has news"),
    ("min_heat: 10", "heat: 1", "no min_heat 10: article has 1"),
    ("min_quality: 10", "heat: 1", "no min_quality 10: article has none"),
    ("max_age: 2h", "heat: 1", "no max_age 2h: article was published 2026-03-01 09:00 UTC"),
    ("max_age: 30d", "heat: 1", "yes max_age 30d: article was published 2026-03-01 09:00 UTC"),
    (
        "since: 2026-03-02",
        "heat: 1",
        "no since 2026-03-02 00:00 UTC: article was published 2026-03-01 09:00 UTC",
    ),
    (
        "match: 'tide OR \"high sea\" -sale'",
        "excerpt: The tide",
        'yes match tide OR "high sea" -sale: article has tide',
    ),
    (
        "match: 'tide OR \"high sea\"'",
        "heat: 1",
        'no match tide OR "high sea": article lacks tide OR "high sea"',
    ),
    (
        "match: 'tide -sale'",
        "excerpt: A sale of tides",
        "no match tide -sale: article lacks tide and has sale",
    ),
]


@pytest.mark.parametrize(("condition", "line", "said"), CRITERIA)
def test_every_kind_of_criterion_is_put_in_words(
    workshop: Workshop, condition: str, line: str, said: str
) -> None:
    assert where(workshop, condition, line) == said


def test_every_criterion_that_there_is_has_been_put_in_words() -> None:
    told = {condition.partition(":")[0] for condition, _, _ in CRITERIA}
    assert told | {"categories", "types"} == set(Selection.__slots__)


def test_an_article_that_meets_every_criterion_may_still_come_too_late(workshop: Workshop) -> None:
    workshop.configure(FEEDS)
    workshop.write("quay", "publishedDateTime: 2026-03-01T10:00:00Z")
    shown = text(workshop, workshop.write("ferry"))
    assert "in   /feeds/few, but not shown: it comes as number 2 of 2, limit 1" in shown


def test_an_article_may_be_one_too_many_of_its_provider(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: one, title: One, per_provider: 1}]\n")
    provider = "provider: {name: Pier, domain: pier.example}"
    workshop.write("quay", provider, "publishedDateTime: 2026-03-01T10:00:00Z")
    shown = text(workshop, workshop.write("ferry", provider))
    assert "/feeds/one, but not shown: others of its provider come first, per_provider 1" in shown


def test_an_article_may_stand_below_another_that_tells_the_same_story(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: one, title: One, fold: true}]\n")
    workshop.write("quay", "originalUrl: https://pier.example/1", "id: quay", "quality: 90")
    shown = text(workshop, workshop.write("ferry", "originalUrl: https://pier.example/1", "id: ferry"))
    assert "/feeds/one, but not shown: it stands below 'Quay', which tells the same story" in shown


def test_what_a_ranked_feed_shows_stays_until_it_is_clearly_beaten(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: one, title: One, order: best, limit: 10}]\n")
    for number in range(9):
        workshop.write(f"boat-{number}", "quality: 90")
    workshop.write("raft", "quality: 50")
    workshop.refresh(NOON - HOUR)
    shown = text(workshop, workshop.write("ferry", "quality: 51"))
    assert (
        "/feeds/one, but not shown: it comes as number 10 of 11, limit 10; what is shown already stays"
        in shown
    )


def test_of_an_article_that_is_not_public_it_is_told_what_would_be(workshop: Workshop) -> None:
    workshop.configure(FEEDS)
    workshop.write("quay", "topics: [Harbours]")
    path = workshop.write("ferry", "published: false", "topics: [Boats, New]", "quality: 60")
    explanation = explain(workshop, path)
    shown = as_text(explanation, every_feed=False)
    assert "feeds, if it were published:" in shown
    assert "  in   /feeds/boats\n" in shown
    assert "  in   /topics/new" in shown
    assert "  out  1 automatic feed of other topics, providers or categories (--all names them)" in shown
    assert [feed.is_shown for feed in explanation.feeds] == [None] * len(explanation.feeds)
    assert not explanation.is_public


def test_of_a_scheduled_article_its_age_counts_from_its_own_date(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: one, title: One, where: {max_age: 1d}}]\n")
    far = (NOON + timedelta(days=400)).isoformat()
    explanation = explain(workshop, workshop.write("ferry", f"publishedDateTime: {far}"))
    assert [feed.is_in for feed in explanation.feeds if feed.path == "/feeds/one"] == [True]


def test_automatic_feeds_that_leave_it_out_are_counted_or_on_demand_named(workshop: Workshop) -> None:
    workshop.write("quay", "topics: [Harbours]")
    path = workshop.write("ferry", "topics: [Boats]")
    assert "/topics/harbours" not in text(workshop, path)
    assert "  in   /topics/boats" in text(workshop, path)
    assert "  out  /topics/harbours" in text(workshop, path, every_feed=True)


def test_of_a_topic_with_too_few_articles_it_is_told_that_there_is_no_feed_yet(workshop: Workshop) -> None:
    workshop.configure("topics: {min_articles: 2}\ncategories: {min_articles: 3}\n")
    workshop.write("quay", "topics: [Boats]", "category: news")
    path = workshop.write("ferry", "topics: [Boats, Tides]", "category: news")
    shown = text(workshop, path)
    assert "  in   /topics/boats\n" in shown
    for name, least, have in (
        ("topics/tides", "topics.min_articles 2", "1 article has"),
        ("categories/news", "categories.min_articles 3", "2 articles have"),
    ):
        line = f"  in   /{name}, but not shown: there is no such feed yet, {least}: {have} its name"
        assert line in shown.splitlines()
    assert {feed.path: feed.is_shown for feed in explain(workshop, path).feeds}["/topics/tides"] is False


def test_a_topic_that_had_enough_articles_once_keeps_its_feed(workshop: Workshop) -> None:
    workshop.configure("topics: {min_articles: 2}\n")
    workshop.write("quay", "topics: [Boats]")
    path = workshop.write("ferry", "topics: [Boats]")
    workshop.refresh(NOON - HOUR)
    workshop.delete("quay")
    assert "  in   /topics/boats" in text(workshop, path).splitlines()


def test_of_an_article_that_is_not_public_it_is_told_which_feeds_would_begin_with_it(
    workshop: Workshop,
) -> None:
    workshop.configure("topics: {min_articles: 2}\n")
    workshop.write("quay", "topics: [Boats]")
    path = workshop.write("ferry", "published: false", "topics: [Boats, Tides]")
    shown = text(workshop, path).splitlines()
    assert "  in   /topics/boats" in shown
    line = "  in   /topics/tides, but not shown: there is no such feed yet, topics.min_articles 2: 1 article has its name"
    assert line in shown
    assert not explain(workshop, path).is_public


def test_json_says_all_of_it(workshop: Workshop) -> None:
    workshop.configure(FEEDS)
    path = workshop.write("ferry", "quality: 53", "topics: [Boats]")
    document = json.loads(as_json(explain(workshop, path)))
    assert (document["file"], document["state"], document["is_public"]) == (str(path), "published", True)
    assert document["article"]["published"] == "2026-03-01T09:00:00+00:00"
    boats = next(feed for feed in document["feeds"] if feed["path"] == "/feeds/boats")
    assert boats["criteria"][1] == {
        "criterion": "min_quality",
        "holds": False,
        "wanted": "60",
        "found": "article has 53",
    }


# What it leaves alone


def test_it_changes_nothing_and_puts_nothing_unpublished_on_disk(workshop: Workshop) -> None:
    workshop.write("quay")
    workshop.refresh(NOON - HOUR)
    path = workshop.write("ferry", "published: false", title="Canary of the Deep")
    before = {file: file.read_bytes() for file in workshop.folder.rglob("*") if file.is_file()}
    assert "Canary of the Deep" in text(workshop, path)
    after = {file: file.read_bytes() for file in workshop.folder.rglob("*") if file.is_file()}
    assert after.keys() - before.keys() <= {workshop.folder / f"catalogue.db-{end}" for end in ("shm", "wal")}
    assert not any(b"Canary" in content for file, content in after.items() if file != path)
    assert workshop.titles() == ["Quay"]


def test_it_explains_what_a_refresh_would_hold_back(workshop: Workshop) -> None:
    for number in range(8):
        workshop.write(f"boat-{number}")
    workshop.refresh(NOON - HOUR)
    tagged = workshop.text.replace("example.org}", "example.org, tag: 'other.example,2026'}")
    workshop.config_path.write_text(tagged)
    explanation = explain(workshop, "boat-1.md")
    assert explanation.article is not None
    assert explanation.article.id == "tag:other.example,2026:news/boat-1.md"
