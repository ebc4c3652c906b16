"""What another configuration would change for readers: feeds, entries and identities; and what makes no difference to them."""

import json
from pathlib import Path

import pytest

from aggregator import config
from aggregator.diff import Difference, as_json, as_text, diff_sites
from aggregator.errors import SourceError
from tests.aggregator.workshop import NOON, Workshop

BOATS = "feeds: [{id: boats, title: Boats, where: {topics: [Boats]}}]\n"


def other(workshop: Workshop, more: str = "", **replaced: str) -> Path:
    """Write a configuration beside the workshop's own: that with other keys at its end, and texts in it replaced."""
    text = workshop.text.partition("feeds:")[0] + more
    for old, new in replaced.items():
        text = text.replace(old.replace("__", ": ").replace("_", " "), new)
    path = workshop.folder / "other.yaml"
    path.write_text(text)
    return path


def diff(workshop: Workshop, path: Path) -> Difference:
    return diff_sites(workshop.settings(), config.load(path), NOON, lambda *_: None)


def lines(workshop: Workshop, path: Path) -> list[str]:
    return as_text(diff(workshop, path)).splitlines()


@pytest.fixture
def site(workshop: Workshop) -> Workshop:
    workshop.configure(BOATS)
    workshop.write("ferry", "topics: [Boats]", "quality: 70")
    workshop.write("raft", "topics: [Boats]", "quality: 30")
    workshop.write("quay", "topics: [Harbours]")
    return workshop


# Nothing


def test_the_same_site_makes_no_difference(site: Workshop) -> None:
    difference = diff(site, other(site, BOATS))
    assert not difference
    assert as_text(difference) == "no difference that readers would notice"


def test_what_readers_never_see_makes_no_difference(site: Workshop) -> None:
    more = "reload: {every: 5m}\nserver: {port: 9}\nlimits: {file: 1MiB}\n"
    assert not diff(site, other(site, BOATS + more, catalogue="another"))


def test_a_source_that_is_called_otherwise_makes_none_as_its_files_are_followed(site: Workshop) -> None:
    assert not diff(site, other(site, BOATS, name__news="name: articles"))


def test_a_folder_that_lies_elsewhere_makes_none(site: Workshop, tmp_path: Path) -> None:
    (tmp_path / "articles").symlink_to(tmp_path / "news")
    assert not diff(site, other(site, BOATS, path__news="path: articles/."))


# Feeds


def test_a_new_feed_is_told_with_its_entries(site: Workshop) -> None:
    both = BOATS.replace("]\n", ", {id: quays, title: Quays, where: {topics: [Harbours]}}]\n")
    assert lines(site, other(site, both))[0] == "+ /feeds/quays: new, 1 entry"


@pytest.mark.parametrize(
    ("more", "becomes"),
    [
        ("gone: [boats]\n", "gone (410)"),
        ("moved: {boats: all}\n", "moved to /feeds/all (301)"),
        ("", "not found (404)"),
    ],
)
def test_a_feed_that_goes_is_told_with_what_its_readers_get(site: Workshop, more: str, becomes: str) -> None:
    assert f"- /feeds/boats: {becomes}" in lines(site, other(site, more))


def test_a_feed_under_another_id_is_renamed_and_it_is_told_whether_readers_are(site: Workshop) -> None:
    renamed = BOATS.replace("id: boats", "id: ships")
    assert "~ /feeds/boats is /feeds/ships now; not below moved, so its readers get 404" in lines(
        site, other(site, renamed)
    )
    told = diff(site, other(site, renamed + "moved: {boats: ships}\n"))
    assert "~ /feeds/boats is /feeds/ships now" in as_text(told).splitlines()
    assert (told.added, told.removed, told.feeds) == ((), (), ())


def test_what_moved_says_counts_more_than_likeness_and_the_two_are_compared(site: Workshop) -> None:
    feeds = (
        "feeds: [{id: alike, title: Boats, where: {topics: [Boats]}},"
        " {id: ships, title: Ships, where: {topics: [Boats], min_quality: 60}}]\nmoved: {boats: ships}\n"
    )
    difference = diff(site, other(site, feeds))
    assert [feed.path for feed in difference.added] == ["/feeds/alike"]
    (feed,) = difference.feeds
    assert feed.path == "/feeds/ships"
    assert [(change.what, change.before, change.after) for change in feed.changes] == [
        ("title", "Boats", "Ships"),
        ("where.min_quality", "-", "60"),
    ]
    assert [entry.title for entry in feed.leaving] == ["Raft"]


def test_automatic_feeds_come_and_go_with_what_makes_them(site: Workshop) -> None:
    told = lines(site, other(site, BOATS + "topics: false\n"))
    assert "- /topics/boats: not found (404)" in told
    assert "- /topics/harbours: not found (404)" in told


# Entries and settings


def test_entries_that_enter_and_leave_are_told_by_feed(site: Workshop) -> None:
    path = other(site, BOATS.replace("topics: [Boats]", "topics: [Boats, Harbours], min_quality: 60"))
    site.write("quay", "topics: [Harbours]", "quality: 90")
    assert lines(site, path) == [
        "/feeds/boats:",
        "  where.topics: any of boats -> any of boats, harbours",
        "  where.min_quality: - -> 60",
        "  + Quay (news/quay.md)",
        "  - Raft (news/raft.md)",
        "feeds: 0 new, 0 gone, 0 renamed, 1 different; entries: 1 enter, 1 leave; 0 identities change",
    ]


def test_folded_feeds_are_compared_by_what_they_show(site: Workshop) -> None:
    site.write("ferry", "originalUrl: https://pier.example/1", "id: ferry", "topics: [Boats]", "quality: 70")
    site.write("raft", "originalUrl: https://pier.example/1", "id: raft", "topics: [Boats]")
    (feed,) = diff(site, other(site, BOATS.replace("}}]", "}, fold: true}]"))).feeds
    assert [(change.what, change.after) for change in feed.changes] == [("fold", "True")]
    assert [entry.title for entry in feed.leaving] == ["Raft"]


def test_the_articles_of_each_are_its_own(site: Workshop, tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "ferry.md").write_text((tmp_path / "news" / "ferry.md").read_text())
    told = lines(site, other(site, BOATS, path__news="path: fresh"))
    assert "  - Raft (news/raft.md)" in told
    assert not any("Ferry" in line for line in told)


def test_settings_of_the_site_are_told_once_and_not_again_by_every_feed(site: Workshop) -> None:
    told = lines(site, other(site, BOATS + "defaults: {limit: 40}\n", The_Harbour_Wire="The Tide"))
    assert told == [
        "site.title: The Harbour Wire -> The Tide",
        "defaults.limit: 50 -> 40",
        "/feeds/boats:",
        "  limit: 50 -> 40",
        "feeds: 0 new, 0 gone, 0 renamed, 1 different; entries: 0 enter, 0 leave; 0 identities change",
    ]


def test_a_title_that_the_configuration_gives_an_automatic_feed_is_told(site: Workshop) -> None:
    named = "topics: {named: {Boats: {title: All that floats}}}\n"
    (feed,) = diff(site, other(site, BOATS + named)).feeds
    assert (feed.path, feed.changes[0].after) == ("/topics/boats", "All that floats")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("gone: [rafts]\n", "gone.rafts: - -> gone"),
        ("moved: {rafts: boats}\n", "moved.rafts: - -> boats"),
        ("defaults: {formats: [atom]}\n", "defaults.formats: atom, rss, json -> atom"),
    ],
)
def test_addresses_that_answer_otherwise_are_a_difference(site: Workshop, more: str, told: str) -> None:
    assert lines(site, other(site, BOATS + more))[0] == told


def test_long_lists_are_shortened_for_people_and_whole_for_programs(site: Workshop) -> None:
    for number in range(13):
        site.write(f"boat-{number:02}", "topics: [Boats]")
    difference = diff(site, other(site, BOATS.replace("topics: [Boats]", "topics: [Boats], min_quality: 60")))
    told = as_text(difference).splitlines()
    assert "  … and 4 more (--json has all)" in told
    assert len(json.loads(as_json(difference))["feeds"][0]["leaving"]) == 14


# Identities


def test_identities_that_would_change_are_told_and_are_no_entries_that_come_and_go(site: Workshop) -> None:
    difference = diff(site, other(site, BOATS, **{"example.org}": "example.org, tag: 'other.example,2020'}"}))
    first = difference.identities[0]
    assert (first.file, first.before, first.after) == (
        "news/ferry.md",
        "tag:news.example.org,2026:news/ferry.md",
        "tag:other.example,2020:news/ferry.md",
    )
    assert len(difference.identities) == 3
    assert difference.feeds == ()
    assert "identities that would change, so that readers see these articles as new:" in as_text(difference)


def test_a_moved_article_under_another_tag_has_another_identity(site: Workshop) -> None:
    path = other(
        site,
        BOATS,
        name__news="name: articles",
        **{"example.org}": "example.org, tag: 'other.example,2020'}"},
    )
    assert [one.file for one in diff(site, path).identities] == [
        "articles/ferry.md",
        "articles/quay.md",
        "articles/raft.md",
    ]


def test_an_article_with_an_identity_of_its_own_keeps_it_wherever_it_lies(site: Workshop) -> None:
    for name in ("ferry", "raft", "quay"):
        site.write(name, f"id: https://pier.example/{name}", "topics: [Boats]")
    assert not diff(site, other(site, BOATS, name__news="name: articles"))


# Otherwise


def test_a_source_that_can_not_be_read_can_not_be_compared(site: Workshop) -> None:
    with pytest.raises(SourceError, match=r"other\.yaml: source news: .*nowhere"):
        diff(site, other(site, BOATS, path__news="path: nowhere"))


def test_it_changes_nothing(site: Workshop) -> None:
    path = other(site, "gone: [boats]\n")
    before = sorted(site.folder.rglob("*"))
    diff(site, path)
    assert sorted(site.folder.rglob("*")) == before
