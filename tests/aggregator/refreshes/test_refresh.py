"""From files on disk to what is published: articles come, change, break, move and go."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing import active_children
from multiprocessing.connection import wait
from pathlib import Path

import pytest

from aggregator.catalogue import Catalogue
from aggregator.errors import BrokenCatalogueError, CatalogueError, RefreshError
from aggregator.refreshes import refresh as refreshing
from aggregator.refreshes.lease import Lease
from aggregator.source import intake
from feeds.search_query import parse_search_query
from feeds.selection import Selection
from tests.aggregator.workshop import EVERYTHING, HOUR, NOON, Workshop, article_text

LATER = NOON + HOUR


def test_articles_come_change_move_and_go(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.write("quay")
    workshop.refresh()
    assert workshop.titles() == ["Ferry", "Quay"]
    workshop.write("ferry", title="The ferry again")
    workshop.delete("quay")
    workshop.refresh(LATER)
    assert workshop.titles() == ["The ferry again"]


def test_only_what_changed_is_read(workshop: Workshop) -> None:
    for name in ("a", "b", "c"):
        os.utime(workshop.write(name), ns=(1, 1))
    assert workshop.refresh().read == 3
    workshop.write("b", title="New")
    assert workshop.refresh(LATER).read == 1


def test_nothing_is_read_and_no_generation_made_where_nothing_changed(workshop: Workshop) -> None:
    os.utime(workshop.write("ferry"), ns=(1, 1))
    workshop.refresh()
    report = workshop.refresh(LATER)
    assert (report.read, report.generation, report.seen, report.articles) == (0, None, 1, 1)


def test_a_broken_article_keeps_its_last_good_version_and_is_named_by_every_process(
    workshop: Workshop,
) -> None:
    workshop.write("ferry")
    workshop.refresh()
    workshop.write("ferry", "publishedDateTime: 2024-13-45")
    for now in (LATER, LATER + HOUR):
        report = workshop.refresh(now)
        assert [problem.key for problem in report.problems] == ["publishedDateTime"]
    assert workshop.titles() == ["Ferry"]


def test_a_process_that_has_told_a_problem_does_not_read_the_file_again(workshop: Workshop) -> None:
    os.utime(workshop.write("ferry", "heat: much"), ns=(1, 1))
    with workshop.wired() as (wiring, _):
        first, second = wiring.refresh.run(NOON), wiring.refresh.run(LATER)
    assert (first.read, second.read) == (1, 0)
    assert first.problems == second.problems != ()


def test_a_problem_is_forgotten_when_it_is_mended_or_its_file_goes(workshop: Workshop) -> None:
    workshop.write("ferry", "heat: much")
    workshop.write("quay", "heat: much")
    with workshop.wired() as (wiring, _):
        assert len(wiring.refresh.run(NOON).problems) == 2
        workshop.write("ferry", "heat: 5")
        workshop.delete("quay")
        assert wiring.refresh.run(LATER).problems == ()


def test_fault_14_both_files_with_one_identity_are_named(workshop: Workshop) -> None:
    workshop.write("old", "id: same")
    workshop.write("new", "id: same", "updatedDateTime: 2026-03-01T10:00:00Z")
    (problem,) = workshop.refresh().problems
    assert problem.file.endswith("news/old.md")
    assert "news/new.md" in problem.reason
    assert workshop.titles() == ["New"]


@pytest.mark.parametrize("line", ["published: false", "removed: true"])
def test_fault_14_both_files_are_named_where_the_one_that_counts_is_not_shown(
    workshop: Workshop, line: str
) -> None:
    workshop.write("old", "id: same")
    workshop.write("new", "id: same", "updatedDateTime: 2026-03-01T10:00:00Z", line)
    (problem,) = workshop.refresh().problems
    assert problem.file.endswith("news/old.md")
    assert "news/new.md, which counts" in problem.reason
    assert workshop.titles() == []


def test_fault_14_a_version_that_is_not_due_is_named_beside_the_one_that_counts(workshop: Workshop) -> None:
    workshop.write("now", "id: same")
    workshop.write("later", "id: same", "publishedDateTime: 2026-03-02T09:00:00Z")
    (problem,) = workshop.refresh().problems
    assert problem.file.endswith("news/later.md")
    assert "news/now.md, which counts" in problem.reason
    assert workshop.titles() == ["Now"]


def test_fault_14_the_other_file_is_read_again_when_the_one_that_counts_goes(workshop: Workshop) -> None:
    os.utime(workshop.write("old", "id: same"), ns=(1, 1))
    workshop.write("new", "id: same", "updatedDateTime: 2026-03-01T10:00:00Z")
    workshop.refresh()
    workshop.delete("new")
    workshop.refresh(LATER)
    assert workshop.titles() == ["Old"]


def test_fault_14_the_other_file_is_read_again_when_the_one_that_counts_takes_another_identity(
    workshop: Workshop,
) -> None:
    os.utime(workshop.write("old", "id: same"), ns=(1, 1))
    workshop.write("new", "id: same", "updatedDateTime: 2026-03-01T10:00:00Z")
    workshop.refresh()
    workshop.write("new", "id: another")
    workshop.refresh(LATER)
    assert workshop.titles() == ["New", "Old"]


def test_fault_15_a_scheduled_article_goes_live_at_its_second_though_nobody_touches_it(
    workshop: Workshop,
) -> None:
    os.utime(workshop.write("ferry", "publishedDateTime: 2026-03-01T13:00:00Z"), ns=(1, 1))
    report = workshop.refresh()
    assert (workshop.titles(), report.next_due) == ([], LATER)
    assert workshop.refresh(LATER - timedelta(seconds=1)).generation is None
    assert workshop.refresh(LATER).generation == 2
    assert workshop.titles() == ["Ferry"]


def test_a_related_article_of_the_future_is_held_back_to_its_second(workshop: Workshop) -> None:
    hours = {"Pier": 13, "Quay": 11, "Buoy": 14}
    dates = {"Pier": "publishedDateTime", "Quay": "pubDate", "Buoy": "PublishDate"}
    others = "".join(
        f"\n- {{title: {title}, originalUrl: 'https://{title}.example/', {dates[title]}: '2026-03-01T{hour}:00:00Z'}}"
        for title, hour in hours.items()
    )
    workshop.write("ferry", f"related:{others}")
    assert workshop.refresh().next_due == LATER
    assert related(workshop) == ["Quay"]
    assert all(
        "Pier" not in part.read_bytes().decode("latin-1") for part in workshop.folder.glob("catalogue.db*")
    )
    assert workshop.refresh(LATER - timedelta(seconds=1)).generation is None
    assert workshop.refresh(LATER).next_due == LATER + HOUR
    assert related(workshop) == ["Pier", "Quay"]
    assert workshop.refresh(LATER + HOUR).next_due is None
    assert related(workshop) == ["Pier", "Quay", "Buoy"]


@pytest.mark.parametrize("is_broken", [True, False])
def test_a_file_that_cannot_be_read_at_its_second_is_no_reason_to_look_again_and_again(
    workshop: Workshop, *, is_broken: bool
) -> None:
    file = workshop.write("ferry", f"publishedDateTime: {LATER.isoformat()}")
    assert workshop.refresh().next_due == LATER
    if is_broken:
        workshop.write("ferry", f"publishedDateTime: {LATER.isoformat()}", "quality: [x]")
    else:
        file.parent.rename(file.parent.with_name("away"))
    assert workshop.refresh(LATER).next_due is None
    if not is_broken:
        file.parent.with_name("away").rename(file.parent)
    workshop.write("ferry", f"publishedDateTime: {LATER.isoformat()}")
    workshop.refresh(LATER + HOUR)
    assert workshop.titles() == ["Ferry"]


def related(workshop: Workshop) -> list[str]:
    with workshop.snapshot() as snapshot:
        (article,) = snapshot.select(EVERYTHING)
    return [one.title for one in article.related]


@pytest.mark.parametrize("mark", ["draft: true", "published: false"])
def test_what_says_that_it_is_hidden_is_though_it_is_too_large(workshop: Workshop, mark: str) -> None:
    workshop.configure("limits: {file: 2000 B}\n")
    workshop.write("pier")
    workshop.write("ferry")
    workshop.refresh()
    workshop.write("ferry", body="Text. " * 1000)
    workshop.refresh(NOON + HOUR)
    assert sorted(workshop.titles()) == ["Ferry", "Pier"]
    workshop.write("ferry", mark, body="Text. " * 1000)
    (problem,) = workshop.refresh(NOON + 2 * HOUR).problems
    assert "expected at most 2000" in problem.reason
    assert workshop.titles() == ["Pier"]


def test_E1_an_update_of_the_far_future_makes_no_document_depend_on_when_it_was_loaded(
    workshop: Workshop,
) -> None:
    workshop.write("ferry", "updatedDateTime: 2099-01-01")
    documents = []
    for now in (NOON, LATER):
        workshop.refresh(now)
        documents.append([workshop.document(f"/feeds/all.{suffix}") for suffix in ("atom", "rss", "json")])
        for part in workshop.folder.glob("catalogue.db*"):
            part.unlink()
    assert documents[0] == documents[1]


def test_fault_24_a_source_folder_that_vanishes_keeps_what_it_held_and_is_told(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    shutil.rmtree(workshop.folder / "news")
    report = workshop.refresh(LATER)
    assert "news" in report.alarms[0]
    assert workshop.titles() == ["Ferry"]


def test_fault_24_a_source_that_loses_most_of_its_files_keeps_them_and_says_how_to_mean_it(
    workshop: Workshop,
) -> None:
    names = [f"n{number:02}" for number in range(20)]
    for name in names:
        workshop.write(name)
    workshop.refresh()
    for name in names[:15]:
        workshop.delete(name)
    report = workshop.refresh(LATER)
    assert "15 of 20 files" in report.alarms[0]
    assert "--accept-loss" in report.alarms[0]
    assert len(workshop.titles()) == 20
    workshop.configure("reload: {accept_loss: true}\n")
    assert workshop.refresh(LATER).alarms == ()
    assert len(workshop.titles()) == 5


def test_fault_26_a_clock_that_steps_back_loses_nothing_and_publishes_nothing_twice(
    workshop: Workshop,
) -> None:
    paths = {
        "ferry": workshop.write("ferry", "publishedDateTime: 2026-03-01T12:30:00Z"),
        "quay": workshop.write("quay", "topics: [Boats]"),
        "pier": workshop.write("pier"),
    }
    workshop.refresh()
    workshop.delete("pier")
    workshop.refresh(LATER)  # pier is withdrawn, and ferry goes live
    feeds = [
        f"/{stem}.{suffix}" for stem in ("feeds/all", "topics/boats") for suffix in ("atom", "rss", "json")
    ]
    before = {feed: workshop.document(feed) for feed in feeds}
    assert workshop.titles() == ["Ferry", "Quay"]
    for number, now in enumerate((NOON, NOON - 48 * HOUR, LATER - timedelta(seconds=1), LATER, LATER + HOUR)):
        for name in ("ferry", "quay"):  # each is read again
            os.utime(paths[name], ns=(number, number))
        report = workshop.refresh(now)
        assert (report.read, report.generation) == (2, None), now
        assert {feed: workshop.document(feed) for feed in feeds} == before, now


@pytest.mark.parametrize("left", [b"", b"\r\n"])
def test_fault_24_articles_whose_files_lost_all_that_was_in_them_stay_and_are_told_until_they_are_deleted(
    workshop: Workshop, left: bytes
) -> None:
    path = workshop.write("ferry")
    workshop.write("quay")
    begun = workshop.folder / "news/begun.md"
    begun.touch()
    workshop.refresh()
    before = workshop.document("/feeds/all.atom")
    path.write_bytes(left)
    begun.write_bytes(b" ")
    for report in (workshop.refresh(LATER), workshop.refresh(LATER)):
        (problem,) = map(str, report.problems)
        assert (
            problem
            == f"{path}: is empty, expected the article that it held; delete the file to withdraw that"
        )
        assert workshop.document("/feeds/all.atom") == before
    path.unlink()
    assert (workshop.refresh(LATER).problems, workshop.titles()) == ((), ["Quay"])


def test_an_article_is_withdrawn_and_that_is_told_where_its_file_can_be_read_and_is_none_any_more(
    workshop: Workshop,
) -> None:
    broken, path, other = workshop.write("quay"), workshop.write("ferry"), workshop.folder / "news/readme.md"
    other.write_text("How to write.")
    workshop.refresh()
    for file in (path, other):
        file.write_text("\n" + file.read_text())
    broken.write_text("---\ntitle: Quay\n")
    report = workshop.refresh(LATER)
    assert (report.lapsed, len(report.problems), workshop.titles()) == ((str(path),), 1, ["Quay"])
    assert workshop.refresh(LATER).lapsed == ()


def test_one_source_that_can_not_be_read_does_not_hold_up_the_others(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: lost, path: lost}\n- {name: news, path: news}")
    (workshop.folder / "lost").mkdir()
    workshop.refresh()
    (workshop.folder / "lost").rmdir()
    workshop.write("ferry")
    report = workshop.refresh(LATER)
    assert (len(report.alarms), workshop.titles()) == (1, ["Ferry"])


def test_fault_24_a_source_that_is_renamed_before_its_folder_is_keeps_what_it_held(
    workshop: Workshop,
) -> None:
    for number in range(12):
        workshop.write(f"n{number:02}")
    workshop.refresh()
    before = workshop.document("/feeds/all.atom")
    workshop.configure(sources="- {name: wire, path: wire}")
    report = workshop.refresh(LATER)
    assert (len(report.alarms), report.generation) == (1, None)
    assert report.alarms[0].endswith("sources that were taken out stay too: one may have been renamed")
    assert workshop.document("/feeds/all.atom") == before
    (workshop.folder / "news").rename(workshop.folder / "wire")
    assert workshop.refresh(LATER).alarms == ()
    with workshop.snapshot() as snapshot:
        assert (snapshot.count(), snapshot.retractions(EVERYTHING)) == (12, ())


def test_fault_24_files_with_one_identity_are_told_when_the_source_of_one_is_renamed_before_its_folder_is(
    workshop: Workshop,
) -> None:
    workshop.configure(sources="- {name: news, path: news}\n- {name: port, path: port}")
    workshop.write("ferry", "originalUrl: https://x.example/1")
    counting = workshop.write(
        "ferry", "originalUrl: https://x.example/1", "updatedDateTime: 2026-03-01T10:00:00Z", source="port"
    )
    workshop.refresh()
    workshop.configure(sources="- {name: wire, path: wire}\n- {name: port, path: port}")
    report = workshop.refresh(LATER)
    assert len(report.alarms) == 1
    (problem,) = map(str, report.problems)
    assert problem.startswith(f"news/ferry.md: warning: has the same identity as {counting}, which counts")


def test_a_source_that_went_is_withdrawn_whatever_became_of_one_that_was_read_before(
    workshop: Workshop,
) -> None:
    workshop.configure(sources="- {name: lost, path: lost}\n- {name: news, path: news}")
    workshop.write("quay", source="lost")
    workshop.write("ferry")
    workshop.refresh()
    shutil.rmtree(workshop.folder / "lost")
    workshop.configure(sources="- {name: lost, path: lost}")
    workshop.refresh(LATER)
    assert workshop.titles() == ["Quay"]


def test_fault_24_a_first_load_waits_for_every_source(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: late, path: late}\n- {name: news, path: news}")
    workshop.write("ferry")
    with pytest.raises(
        RefreshError, match=r"source late: .*/late can't be read: .*; a first load needs every source"
    ):
        workshop.refresh()
    with workshop.snapshot() as snapshot:
        assert snapshot.generation.number == 0
    workshop.write("quay", source="late")
    assert workshop.refresh(LATER).generation == 1
    assert workshop.titles() == ["Ferry", "Quay"]


def test_a_source_taken_out_of_the_configuration_takes_its_articles_along(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news}\n- {name: more, path: more}")
    workshop.write("ferry")
    workshop.write("reel", source="more")
    workshop.refresh()
    workshop.configure()
    workshop.refresh(LATER)
    assert workshop.titles() == ["Ferry"]


def test_files_are_read_again_when_the_configuration_reads_them_differently(workshop: Workshop) -> None:
    os.utime(workshop.write("ferry", "posted: 2026-02-01", "publishedDateTime:"), ns=(1, 1))
    assert len(workshop.refresh().problems) == 1
    workshop.configure(sources="- {name: news, path: news, fields: {publishedDateTime: posted}}")
    assert workshop.refresh(LATER).problems == ()
    assert workshop.titles() == ["Ferry"]


def test_aliases_of_a_topic_are_that_topic(workshop: Workshop) -> None:
    workshop.configure("topics: {named: {AI: {aliases: [A.I., ki]}}}\n")
    workshop.write("ferry", "topics: [ai, A.I., KI, Boats]")
    workshop.refresh()
    with workshop.snapshot() as snapshot:
        (article,) = snapshot.select(EVERYTHING)
    assert article.topics == ("AI", "Boats")


def test_files_that_are_no_articles_are_skipped_and_counted(workshop: Workshop) -> None:
    (workshop.folder / "news/readme.md").write_text("Nothing but text.\n")
    (workshop.folder / "news/organization.md").write_text("---\nname: The Pier\ndomain: pier.example\n---\n")
    report = workshop.refresh()
    assert (report.states, report.problems) == ({"skipped": 2}, ())


def test_a_catalogue_that_is_locked_leaves_everything_as_it_was(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.catalogue.opening._BUSY_MILLISECONDS", 1)
    workshop.write("ferry")
    workshop.refresh()
    with workshop.wired() as (wiring, catalogue), catalogue.writing((), NOON):
        workshop.write("quay")
        with pytest.raises(CatalogueError, match="locked"):
            wiring.refresh.run(LATER)
    assert workshop.titles() == ["Ferry"]


def spoil_table(database: Path, table: str) -> None:
    """Write over the pages on which a table begins."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        statement = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = connection.execute(statement, [table]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("table", ["records", "entry_text_data"])
def test_fault_59_what_a_reader_alone_finds_broken_is_made_anew_by_the_next_refresh(
    workshop: Workshop, table: str
) -> None:
    os.utime(workshop.write("ferry"), ns=(1, 1))
    workshop.refresh()
    spoil_table(workshop.folder / "catalogue.db", table)
    sought = replace(EVERYTHING, selection=Selection(match=parse_search_query("ferry")))
    with workshop.wired() as (wiring, catalogue):
        assert wiring.refresh.run(LATER).generation is None, "a refresh finds it by itself"
        with pytest.raises(BrokenCatalogueError, match="is broken"), catalogue.snapshot() as snapshot:
            list(snapshot.select(sought))
        wiring.refresh.run(LATER)
        with catalogue.snapshot() as snapshot:
            assert [article.title for article in snapshot.select(sought)] == ["Ferry"]
    assert [path.name for path in workshop.folder.glob("*.aside-?")] == ["catalogue.db.aside-1"]
    assert not [*workshop.folder.glob("*.doubted")]


def test_fault_59_one_that_was_doubted_for_nothing_stays(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    (workshop.folder / "catalogue.db.doubted").touch()
    workshop.refresh(LATER)
    assert not [*workshop.folder.glob("catalogue.db.*")]
    assert workshop.titles() == ["Ferry"]


def test_progress_is_told(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.write("quay")
    told: list[tuple[int, int]] = []
    with workshop.wired() as (wiring, _):
        wiring.refresh.run(NOON, lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]


def ids(workshop: Workshop) -> dict[str, str]:
    with workshop.snapshot() as snapshot:
        return {one.title: one.id for one in snapshot.select(EVERYTHING)}


@pytest.mark.parametrize("target", ["renamed.md", "below/renamed.md"])
def test_a_file_that_is_moved_stays_the_article_that_it_was(workshop: Workshop, target: str) -> None:
    path = workshop.write("ferry")
    workshop.refresh()
    before = ids(workshop)
    (path.parent / target).parent.mkdir(exist_ok=True)
    path.rename(path.parent / target)
    assert workshop.refresh(LATER).read == 1
    assert ids(workshop) == before
    (path.parent / target).write_text(article_text("Ferry again"))
    workshop.refresh(LATER + HOUR)
    assert ids(workshop) == {"Ferry again": before["Ferry"]}


def test_a_moved_file_that_breaks_is_the_same_article_when_it_is_mended(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh()
    before = ids(workshop)
    moved = path.rename(path.with_name("moved.md"))
    workshop.refresh(LATER)
    moved.write_text("---\ntitle: [Ferry\n---\n")
    workshop.refresh(LATER + HOUR)
    assert ids(workshop) == before
    moved.write_text(article_text("Ferry, mended"))
    workshop.refresh(LATER + 2 * HOUR)
    assert ids(workshop) == {"Ferry, mended": before["Ferry"]}


def test_a_file_that_is_moved_to_another_source_stays_the_article_that_it_was(workshop: Workshop) -> None:
    workshop.configure(sources="- {name: news, path: news}\n- {name: more, path: more}")
    (workshop.folder / "more").mkdir()
    path = workshop.write("ferry")
    workshop.refresh()
    before = ids(workshop)
    path.rename(workshop.folder / "more/ferry.md")
    workshop.refresh(LATER)
    assert ids(workshop) == before


def test_a_new_file_in_the_place_of_one_that_was_moved_is_another_article(workshop: Workshop) -> None:
    path = workshop.write("ferry")
    workshop.refresh()
    before = ids(workshop)
    path.rename(path.with_name("moved.md"))
    workshop.refresh(LATER)
    workshop.write("ferry", title="Another")
    workshop.refresh(LATER + HOUR)
    after = ids(workshop)
    assert after["Ferry"] == before["Ferry"]
    assert after["Another"] not in before.values()
    assert ids(workshop) == after


def test_a_new_title_leaves_the_identity_alone(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    before = ids(workshop)
    workshop.write("ferry", title="Renamed")
    workshop.refresh(LATER)
    assert ids(workshop) == {"Renamed": before["Ferry"]}


def test_a_whole_folder_that_is_renamed_loses_nothing(workshop: Workshop) -> None:
    for number in range(20):
        workshop.write(f"old/n{number}", title=f"N{number}")
    workshop.refresh()
    before = ids(workshop)
    (workshop.folder / "news/old").rename(workshop.folder / "news/new")
    assert workshop.refresh(LATER).alarms == ()
    assert ids(workshop) == before


def test_many_articles_that_would_get_another_identity_at_once_stop_the_refresh(workshop: Workshop) -> None:
    for number in range(6):
        workshop.write(f"n{number}")
    workshop.refresh()
    before = ids(workshop)
    tagged = "site: {title: The Harbour Wire, url: https://news.example.org, tag: 'other.example,2026'}"
    workshop.config_path.write_text(workshop.text.replace(workshop.text.splitlines()[0], tagged))
    with pytest.raises(
        RefreshError, match="6 published articles would get another identity at once"
    ) as raised:
        workshop.refresh(LATER)
    assert "--accept-identities" in str(raised.value)
    assert ids(workshop) == before
    workshop.config_path.write_text(workshop.config_path.read_text() + "reload: {accept_identities: true}\n")
    workshop.refresh(LATER)
    assert not set(ids(workshop).values()) & set(before.values())


def test_a_few_articles_may_get_another_identity(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    workshop.write("ferry", "id: another")
    workshop.refresh(LATER)
    assert list(ids(workshop).values()) == ["tag:news.example.org,2026:another"]


class Until(Lease):
    """A lease that is revoked at its so manieth step."""

    def __init__(self, last: int) -> None:
        super().__init__()
        self.steps = 0
        self._last = last

    def renew(self) -> None:
        self.steps += 1
        if self.steps == self._last:
            self.revoke("the test ends")
        super().renew()


def test_fault_63_a_refresh_that_is_given_up_at_whatever_step_changes_nothing(workshop: Workshop) -> None:
    workshop.write("ferry")
    workshop.refresh()
    workshop.write("ferry", title="The ferry again")
    workshop.write("quay", "published: false")
    steps = 0
    with workshop.wired() as (wiring, catalogue):
        while True:
            steps += 1
            lease = Until(steps)
            try:
                wiring.refresh.run(LATER, lease=lease)
            except RefreshError as error:
                assert str(error) == "the refresh was given up: the test ends; nothing was changed"  # noqa: PT017  until none comes
            else:
                break
            with catalogue.snapshot() as snapshot:
                assert [article.title for article in snapshot.select(EVERYTHING)] == ["Ferry"]
                assert snapshot.generation.number == 1
    assert lease.steps == steps - 1 > 10
    assert workshop.titles() == ["The ferry again"]


def test_processes_that_read_end_when_the_refresh_is_given_up(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_FEW", 10)
    monkeypatch.setattr(intake, "processors", lambda: 2)
    for number in range(300):
        workshop.write(f"a{number}")
    with workshop.wired() as (wiring, _), pytest.raises(RefreshError, match="given up"):
        wiring.refresh.run(NOON, lease=Until(100))
    for child in active_children():
        # By its sentinel: another thread waits for it too, and only one of the two is told how it ended.
        assert wait([child.sentinel], 20), "a process is left"


def test_what_is_in_the_catalogue_is_told_once_it_can_be_seen_and_what_is_due_next_each_time(
    workshop: Workshop,
) -> None:
    seen: list[tuple[int, datetime | None]] = []
    due = NOON + HOUR
    workshop.write("ferry")
    workshop.write("quay", f"publishedDateTime: {due.isoformat()}")
    with workshop.wired() as (wiring, catalogue):

        def note(next_due: datetime | None) -> None:
            with catalogue.snapshot() as snapshot:
                seen.append((snapshot.generation.number, next_due))

        for _ in range(2):
            wiring.refresh.run(NOON, committed=note)
        wiring.refresh.run(due, committed=note)
    assert seen == [(1, due), (1, due), (2, None)]


def test_words_left_for_later_are_indexed_even_where_the_refresh_is_refused(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "_MOST_WITH_WORDS", 0)
    for number in range(10):
        workshop.write(f"n{number}", f"id: https://pier.example/{number}")
    with workshop.wired() as (wiring, catalogue):
        assert not wiring.refresh.run(NOON, words_later=True).has_words
        for number in range(10):
            workshop.write(f"n{number}", f"id: https://pier.example/another-{number}")
        with pytest.raises(RefreshError, match="another identity"):
            wiring.refresh.run(NOON + HOUR, words_later=True)
        with catalogue.snapshot() as snapshot:
            assert snapshot.has_words


def test_what_was_withdrawn_is_purged_by_another_process_where_this_one_could_not(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.write("ferry", body="A canary in the cabin.")
    workshop.refresh()
    workshop.write("ferry", "published: false", body="A canary in the cabin.")
    with monkeypatch.context() as failing:
        failing.setattr(Catalogue, "purge", _disk_full)
        with pytest.raises(CatalogueError, match="disk full"):
            workshop.refresh(NOON + HOUR)
    purges: list[None] = []
    purge = Catalogue.purge
    monkeypatch.setattr(Catalogue, "purge", lambda catalogue: purges.append(purge(catalogue)))
    workshop.refresh(NOON + 2 * HOUR)
    workshop.refresh(NOON + 3 * HOUR)
    assert purges == [None]
    assert b"canary" not in b"".join(part.read_bytes() for part in workshop.folder.glob("catalogue.db*"))


def _disk_full(_catalogue: Catalogue) -> None:
    raise CatalogueError("catalogue x.db: can't be written: disk full")


@pytest.mark.parametrize("mark", ["published: false", "removed: true"])
def test_fault_27_what_is_to_be_hidden_is_withdrawn_though_its_file_is_broken_as_well(
    workshop: Workshop, mark: str
) -> None:
    names = [f"pier{number}" for number in range(9)]
    for name in names:
        workshop.write(name, f"originalUrl: https://pier.example/{name}")
    workshop.write("ferry")
    workshop.refresh()
    for name in names:
        workshop.write(name, "originalUrl: ftp://pier.example/", "quality: good", mark)
    report = workshop.refresh(LATER)
    assert workshop.titles() == ["Ferry"]
    assert len(report.problems) == 2 * len(names)
    for name in names:
        workshop.write(name, f"originalUrl: https://pier.example/{name}")
    workshop.refresh(LATER + timedelta(hours=1))
    assert len(workshop.titles()) == 10


def test_what_is_hidden_and_has_no_date_is_no_error_of_the_next_refreshes(workshop: Workshop) -> None:
    workshop.configure()
    text = workshop.config_path.read_text()
    workshop.config_path.write_text(text.replace("url: ", "timezone: Asia/Tokyo, url: "))
    draft = workshop.folder / "news/draft.md"
    for number in range(3):
        draft.write_text(f"---\ntitle: Draft {number}\ndraft: true\n---\n")
        workshop.write(f"ferry{number}")
        assert workshop.refresh(LATER + timedelta(hours=number)).states["unpublished"] == 1
    assert len(workshop.titles()) == 3
