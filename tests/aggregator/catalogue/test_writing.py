"""What a refresh makes of the files that were read: entries, their dates, generations, and what never enters."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.catalogue import Kind
from aggregator.entry.keys import key_of
from aggregator.errors import CatalogueError
from feeds.article import Provider
from feeds.definition import FeedDefinition, Order
from feeds.selection import Names, Selection
from tests.aggregator.catalogue.shelf import EVERYTHING, HOUR, NOON, Shelf, article, broken

LATER = NOON + HOUR


def test_the_first_refresh_makes_the_first_generation(shelf: Shelf) -> None:
    assert shelf.apply(article("ferry")) == 1
    assert shelf.titles() == ["Ferry"]


def test_a_refresh_of_nothing_is_a_generation_too_when_it_is_the_first(shelf: Shelf) -> None:
    assert shelf.apply() == 1


def test_a_refresh_that_changes_nothing_makes_no_generation(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    assert shelf.apply(article("ferry"), now=LATER) is None


def test_updated_is_the_published_date_at_first(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    assert shelf.the("Ferry").updated == shelf.the("Ferry").published


def test_a_changed_body_moves_updated_and_not_published(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", body="<p>New.</p>"), now=LATER)
    assert (shelf.the("Ferry").published, shelf.the("Ferry").updated) == (NOON - 3 * HOUR, LATER)


def test_a_changed_mark_does_not_move_updated(shelf: Shelf) -> None:
    shelf.apply(article("ferry", heat=1))
    assert shelf.apply(article("ferry", heat=2), now=LATER) == 2
    assert (shelf.the("Ferry").heat, shelf.the("Ferry").updated) == (2, NOON - 3 * HOUR)


def test_E1_an_update_of_the_future_counts_from_then_on_and_not_from_when_it_was_read(shelf: Shelf) -> None:
    ahead = article("ferry", updated=LATER + HOUR)
    for now in (NOON, LATER):
        shelf.apply(ahead, now=now)
        assert shelf.the("Ferry").updated == ahead.published
        assert shelf.ask(lambda snapshot: snapshot.next_due()) == ahead.updated
    shelf.apply(ahead, now=LATER + HOUR)
    assert shelf.the("Ferry").updated == ahead.updated
    assert shelf.ask(lambda snapshot: snapshot.next_due()) is None


def test_an_edit_counts_as_updated_when_it_is_seen_whatever_future_it_names(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", body="<p>New.</p>", updated=LATER + HOUR), now=LATER)
    assert shelf.the("Ferry").updated == LATER


@pytest.mark.parametrize("hidden", [{"is_published": False}, {"is_removed": True}])
def test_fault_27_an_update_of_the_future_of_what_nobody_sees_tells_nobody(
    shelf: Shelf, hidden: dict[str, bool]
) -> None:
    shelf.apply(article("ferry", updated=LATER, **hidden))
    assert shelf.ask(lambda snapshot: snapshot.next_due()) is None


def test_an_article_says_itself_when_it_was_updated(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", body="<p>New.</p>", updated=NOON - HOUR), now=LATER)
    assert shelf.the("Ferry").updated == NOON - HOUR


def test_a_renamed_file_keeps_its_entry_as_it_was(shelf: Shelf) -> None:
    shelf.apply(article("ferry", body="<p>One.</p>"))
    shelf.apply(article("ferry", body="<p>Two.</p>"), now=LATER)
    moved = article("ferry", body="<p>Two.</p>", path="moved/ferry.md")
    shelf.apply(moved, gone=[("news", "ferry.md")], now=LATER + HOUR)
    assert (shelf.the("Ferry").updated, shelf.the("Ferry").path) == (LATER, "moved/ferry.md")


@pytest.mark.parametrize(
    "change",
    [{"is_published": False}, {"is_removed": True}, {"published": LATER + HOUR}],
    ids=["unpublished", "removed", "postponed"],
)
def test_what_is_no_more_public_leaves_every_feed(shelf: Shelf, change: dict[str, object]) -> None:
    shelf.apply(article("ferry", topics=("Boats",)), article("quay"))
    assert shelf.apply(article("ferry", topics=("Boats",), **change), now=LATER) == 2
    assert shelf.titles() == ["Quay"]


def test_a_deleted_file_leaves_every_feed(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), article("quay"))
    assert shelf.apply(gone=[("news", "ferry.md")], now=LATER) == 2
    assert shelf.titles() == ["Quay"]


def test_what_comes_back_counts_as_updated_when_it_does(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", is_published=False), now=LATER)
    shelf.apply(article("ferry"), now=LATER + HOUR)
    assert shelf.the("Ferry").updated == LATER + HOUR


def test_a_broken_file_keeps_its_last_good_version(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    assert shelf.apply(broken("ferry.md"), now=LATER) is None
    assert shelf.titles() == ["Ferry"]


def test_a_broken_file_that_goes_takes_its_last_good_version_along(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(broken("ferry.md"), now=LATER)
    shelf.apply(gone=[("news", "ferry.md")], now=LATER)
    assert shelf.titles() == []


def test_a_file_in_which_something_was_wrong_is_unknown_to_a_new_process(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), broken("quay.md"))
    trusted = shelf.ask(lambda snapshot: snapshot.stamps("news", trust_problems=True))
    doubted = shelf.ask(lambda snapshot: snapshot.stamps("news", trust_problems=False))
    assert {path for path in trusted if trusted[path] != doubted[path]} == {"quay.md"}


def test_a_changed_identity_is_another_entry(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    shelf.apply(article("ferry", id="https://pier.example/other", title="Other"), now=LATER)
    assert shelf.titles() == ["Other"]


def test_fault_14_of_two_files_with_one_identity_the_one_updated_last_counts(shelf: Shelf) -> None:
    old = article("ferry", title="Old")
    new = article("ferry", title="New", path="newer.md", updated=NOON - HOUR)
    shelf.apply(old, new)
    duplicates = shelf.ask(lambda snapshot: snapshot.duplicates())
    assert shelf.titles() == ["New"]
    assert [(one.file, one.counts) for one in duplicates] == [(("news", "ferry.md"), ("news", "newer.md"))]


def test_fault_14_of_two_files_updated_at_once_the_first_by_name_counts(shelf: Shelf) -> None:
    shelf.apply(article("ferry", title="Z", path="z.md"), article("ferry", title="A", path="a.md"))
    assert shelf.titles() == ["A"]


def test_fault_14_the_other_file_takes_over_when_the_one_that_counted_goes(shelf: Shelf) -> None:
    old = article("ferry", title="Old")
    shelf.apply(old, article("ferry", title="New", path="newer.md", updated=NOON - HOUR))
    shelf.apply(old, gone=[("news", "newer.md")], now=LATER)
    assert shelf.titles() == ["Old"]


def test_fault_14_the_file_that_counts_decides_even_that_nothing_is_shown(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), article("ferry", path="newer.md", updated=NOON - HOUR, is_published=False))
    assert shelf.titles() == []


def test_fault_14_a_scheduled_version_does_not_displace_the_public_one(shelf: Shelf) -> None:
    later = article("ferry", title="Next", path="next.md", published=LATER)
    shelf.apply(article("ferry"), later)
    assert shelf.titles() == ["Ferry"]
    shelf.apply(later, now=LATER)
    assert shelf.titles() == ["Next"]


def test_fault_15_a_scheduled_article_is_due_at_its_second(shelf: Shelf) -> None:
    scheduled = article("ferry", published=LATER)
    shelf.apply(scheduled)
    assert shelf.titles() == []
    assert shelf.ask(lambda snapshot: snapshot.next_due()) == LATER
    assert shelf.ask(lambda snapshot: snapshot.due("news", LATER - timedelta(seconds=1))) == ()
    assert shelf.ask(lambda snapshot: snapshot.due("news", LATER)) == ("ferry.md",)
    shelf.apply(scheduled, now=LATER)
    assert shelf.titles() == ["Ferry"]
    assert shelf.ask(lambda snapshot: snapshot.next_due()) is None


def test_fault_26_a_clock_that_steps_back_takes_nothing_back(shelf: Shelf) -> None:
    shelf.apply(article("ferry", published=NOON))
    shelf.apply(article("ferry", published=NOON, body="<p>New.</p>"), now=NOON - HOUR)
    assert shelf.titles() == ["Ferry"]


def test_the_files_of_a_source_that_is_no_more_configured_go(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), article("reel", source="videos"))
    with shelf.catalogue.writing(shelf.definitions, LATER) as writer:
        writer.remove_sources_except(["videos"])
        writer.finish(archive_size=50)
    assert shelf.titles() == ["Reel"]


def test_a_refresh_that_fails_changes_nothing(shelf: Shelf) -> None:
    def fail_half_way() -> None:
        with shelf.catalogue.writing(shelf.definitions, LATER) as writer:
            writer.remove("news", ["ferry.md"])
            raise RuntimeError("the disk is on fire")

    shelf.apply(article("ferry"))
    with pytest.raises(RuntimeError, match="on fire"):
        fail_half_way()
    assert shelf.titles() == ["Ferry"]


CANARY = "canaryvalue"


@pytest.mark.parametrize(
    "hidden",
    [{"is_published": False}, {"is_removed": True}, {"published": LATER}],
    ids=["unpublished", "removed", "scheduled"],
)
def test_fault_27_nothing_of_what_is_not_public_is_in_the_database(
    shelf: Shelf, database: Path, hidden: dict[str, object]
) -> None:
    provider = Provider(name=CANARY, domain=f"{CANARY}.example")
    texts = {name: f"{CANARY} {name}" for name in ("title", "excerpt", "body", "category")}
    address = f"https://{CANARY}.example/"
    secret = article(
        "file",
        id=address,
        link=address,
        original_url=address,
        topics=(CANARY,),
        provider=provider,
        **texts,
        **hidden,
    )
    shelf.apply(secret, article("quay"))
    kept = b"".join(path.read_bytes() for path in database.parent.iterdir())
    assert b"Quay" in kept
    assert CANARY.encode() not in kept


def test_fault_27_a_change_of_what_is_not_public_makes_no_generation(shelf: Shelf) -> None:
    shelf.apply(article("ferry", is_published=False), article("quay"))
    assert (
        shelf.apply(article("ferry", is_published=False, title="Other", topics=("Secret",)), now=LATER)
        is None
    )


def test_fault_27_topics_of_what_is_not_public_have_no_feed(shelf: Shelf) -> None:
    shelf.apply(article("ferry", is_published=False, topics=("Secret",)))
    assert shelf.ask(lambda snapshot: snapshot.listed(Kind.TOPIC)) == ()


def test_withdrawn_articles_leave_no_record_behind(shelf: Shelf, database: Path) -> None:
    shelf.apply(article("ferry", body="<p>unmistakable</p>"), article("quay"))
    shelf.apply(gone=[("news", "ferry.md")], now=LATER)
    shelf.catalogue.purge()
    assert b"unmistakable" not in b"".join(path.read_bytes() for path in database.parent.iterdir())


BOATS = FeedDefinition(path="/feeds/boats", title="Boats", selection=Selection(topics=Names(any=("boats",))))


def changed(shelf: Shelf, path: str) -> object:
    return shelf.ask(lambda snapshot: snapshot.changed(path))


def test_no_feed_has_changed_since_the_first_load(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    shelf.apply(article("ferry", topics=("Boats",)))
    assert {changed(shelf, path) for path in ("/feeds/all", "/feeds/boats", "/topics/boats")} == {None}


def test_only_the_feeds_that_hold_a_changed_article_change(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    shelf.apply(article("ferry", topics=("Boats",)), article("quay", topics=("Stone",)))
    shelf.apply(article("quay", topics=("Stone",), body="<p>New.</p>"), now=LATER)
    times = {
        path: changed(shelf, path)
        for path in ("/feeds/all", "/feeds/boats", "/topics/boats", "/topics/stone")
    }
    assert times == {"/feeds/all": LATER, "/feeds/boats": None, "/topics/boats": None, "/topics/stone": LATER}


def test_a_feed_changes_when_an_article_leaves_it(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    shelf.apply(article("ferry", topics=("Boats",)))
    shelf.apply(article("ferry", topics=("Stone",)), now=LATER)
    assert [changed(shelf, path) for path in ("/feeds/boats", "/topics/boats", "/topics/stone")] == [
        LATER
    ] * 3


def test_what_readers_do_not_see_changes_no_feed(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    ferry = article("ferry", topics=("Boats",), quality=10)
    shelf.apply(ferry)
    shelf.apply(replace(ferry, path="moved.md", quality=90), gone=[("news", "ferry.md")], now=LATER)
    assert shelf.the("Ferry").quality == 90
    assert {changed(shelf, path) for path in ("/feeds/all", "/feeds/boats", "/topics/boats")} == {None}


def test_a_feed_does_not_change_with_an_article_that_it_has_no_room_for(shelf: Shelf) -> None:
    best = FeedDefinition(path="/feeds/best", title="Best", order=Order.BEST, limit=1)
    shelf.definitions.append(best)
    quay = article("quay", quality=1)
    shelf.apply(article("ferry", quality=90), quay)
    shelf.apply(replace(quay, title="Another"), now=LATER)
    assert [changed(shelf, path) for path in ("/feeds/all", "/feeds/best")] == [LATER, None]


def test_where_very_many_feeds_are_concerned_each_counts_as_changed(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=tuple(f"Topic {number}" for number in range(300))), article("quay"))
    shelf.apply(
        article("ferry", path="moved.md", topics=("Topic 1",)), gone=[("news", "ferry.md")], now=LATER
    )
    assert [changed(shelf, path) for path in ("/feeds/all", "/topics/topic-1")] == [LATER, LATER]


def test_the_feed_of_everything_changes_with_an_article_that_stands_under_no_name(shelf: Shelf) -> None:
    shelf.apply(article("ferry", provider=None))
    shelf.apply(article("ferry", provider=None, body="<p>New.</p>"), now=LATER)
    assert changed(shelf, "/feeds/all") == LATER


def test_a_feed_changes_with_its_definition(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    shelf.apply(article("ferry"))
    shelf.definitions[1] = replace(BOATS, title="Ships")
    assert shelf.apply(now=LATER) == 2
    assert [changed(shelf, path) for path in ("/feeds/all", "/feeds/boats")] == [None, LATER]


def test_a_feed_that_is_no_more_defined_is_forgotten(shelf: Shelf) -> None:
    shelf.definitions.append(BOATS)
    shelf.apply(article("ferry"))
    shelf.definitions.pop()
    shelf.apply(now=LATER)
    assert changed(shelf, "/feeds/boats") is None


def test_every_feed_changes_with_the_site(shelf: Shelf) -> None:
    shelf.apply(article("ferry", topics=("Boats",)))
    with shelf.catalogue.writing(shelf.definitions, LATER) as writer:
        writer.note_site("another title")
        assert writer.finish(archive_size=50) == 2
    assert [changed(shelf, path) for path in ("/feeds/all", "/topics/boats", "/feeds/boats")] == [LATER] * 3


def test_an_article_falls_out_of_a_feed_with_an_age_limit_as_time_goes_by(shelf: Shelf) -> None:
    recent = FeedDefinition(
        path="/feeds/recent", title="Recent", selection=Selection(max_age=timedelta(hours=4))
    )
    shelf.definitions.append(recent)
    shelf.apply(article("ferry"))
    assert shelf.apply(now=NOON + timedelta(minutes=30)) is None
    assert shelf.titles(recent) == ["Ferry"]
    assert shelf.apply(now=NOON + 2 * HOUR) == 2
    assert shelf.titles(recent) == []
    assert shelf.titles() == ["Ferry"]


def test_fault_26_what_a_clock_that_was_ahead_took_out_of_it_comes_back(shelf: Shelf) -> None:
    recent = FeedDefinition(
        path="/feeds/recent", title="Recent", selection=Selection(max_age=timedelta(hours=4))
    )
    shelf.definitions.append(recent)
    shelf.apply(article("ferry"))
    shelf.apply(now=NOON + 24 * HOUR)
    assert shelf.titles(recent) == []
    assert shelf.apply(now=NOON + timedelta(minutes=30)) == 3
    assert shelf.titles(recent) == ["Ferry"]
    assert shelf.apply(now=NOON + timedelta(minutes=31)) is None


def test_the_same_articles_give_the_same_order_whatever_the_order_of_loading(shelf: Shelf) -> None:
    shelf.apply(*(article(f"n{number}") for number in range(20)))
    first = shelf.titles()
    shelf.apply(gone=[("news", f"n{number}.md") for number in range(20)], now=LATER)
    shelf.apply(*(article(f"n{number}") for number in reversed(range(20))), now=LATER + HOUR)
    assert shelf.titles() == first


def test_what_is_known_of_the_sources_is_kept(shelf: Shelf) -> None:
    with shelf.catalogue.writing(shelf.definitions, NOON) as writer:
        writer.note_reading("news", "one")
        writer.note_reading("news", "two")
        writer.finish(archive_size=50)
    assert shelf.ask(lambda snapshot: snapshot.readings()) == {"news": "two"}


def test_one_article_is_found_by_its_key(shelf: Shelf) -> None:
    shelf.apply(article("ferry"))
    found = shelf.ask(lambda snapshot: snapshot.article(key_of("https://pier.example/ferry")))
    assert found is not None
    assert found.title == "Ferry"
    assert shelf.ask(lambda snapshot: snapshot.article(1)) is None


def test_files_are_counted_by_state(shelf: Shelf) -> None:
    shelf.apply(article("ferry"), article("quay", is_published=False), broken("odd.md"))
    assert shelf.ask(lambda snapshot: snapshot.states()) == {"broken": 1, "public": 1, "unpublished": 1}
    assert shelf.ask(lambda snapshot: snapshot.count()) == 1


def test_a_catalogue_that_can_not_be_written_says_so(shelf: Shelf) -> None:
    def write() -> None:
        with shelf.catalogue.writing([EVERYTHING], NOON) as writer:
            writer._connection.exec_driver_sql("PRAGMA query_only = ON")
            writer.note_reading("news", "another")

    with pytest.raises(CatalogueError, match=r"catalogue\.db: can't be written"):
        write()
