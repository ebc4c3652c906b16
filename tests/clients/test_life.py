"""Every client lives with a running server through a life of edits, in each format that it understands.

They live together with one server, whose start and whose scheduled second take longer than all their polls; each has its own tests.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest

from tests.clients.client import in_order
from tests.clients.kinds import KINDS, each
from tests.clients.life import Life, Look, Subscriber
from tests.clients.newsroom import NEVER_PUBLIC
from tests.clients.scenes import SCENES, live
from tests.clients.stage import staged

LIMIT = 5


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    site, clients = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("clients")
    with staged(site, LIMIT) as stage, ExitStack() as stack:
        life = Life(stage, [kind for kind in KINDS if kind.missing is None], clients, stack)
        live(life)
        yield life


@pytest.fixture
def subscriber(life: Life, which: tuple[str, str]) -> Subscriber:
    return life.subscriber(which)


def look(subscriber: Subscriber, scene: str) -> Look:
    return next(look for look in subscriber.looks if look.scene == scene)


@each(*KINDS)
def test_after_every_poll_it_holds_what_was_published(subscriber: Subscriber) -> None:
    assert [one.scene for one in subscriber.looks][: len(SCENES)] == list(SCENES)
    for one in subscriber.looks:
        assert in_order(one.held) == in_order(one.expected), one.scene


@each(*KINDS)
def test_it_holds_nothing_twice(subscriber: Subscriber) -> None:
    for one in subscriber.looks:
        counts = Counter(map(subscriber.kind.key, one.held))
        assert set(counts.values()) == {1}, one.scene


@each(*KINDS)
def test_it_never_sees_what_never_was_public(life: Life, subscriber: Subscriber) -> None:
    ever = {entry for window in life.windows[subscriber.ending] for entry in window.public.values()}
    for one in subscriber.looks:
        assert set(one.held) <= ever, one.scene
        assert not [entry for entry in one.held if NEVER_PUBLIC in entry.title], one.scene


@each(*(kind for kind in KINDS if kind.validates))
@pytest.mark.parametrize("scene", ["nothing new", "restarted"])
def test_what_it_has_is_not_sent_again(subscriber: Subscriber, scene: str) -> None:
    assert look(subscriber, scene).statuses == (304,)


@each(*(kind for kind in KINDS if kind.wants_deltas))
def test_I1_it_is_sent_only_what_is_new(subscriber: Subscriber) -> None:
    assert [one.scene for one in subscriber.looks if 226 in one.statuses]


@each(*KINDS)
def test_no_poll_of_it_fails_before_the_feed_ends(subscriber: Subscriber) -> None:
    statuses = {status for one in subscriber.looks[:-1] for status in one.statuses}
    assert statuses <= {200, 226, 301, 304}


@each(*(kind for kind in KINDS if kind.follows_moves))
def test_C5_it_follows_a_feed_that_moved(subscriber: Subscriber) -> None:
    moved = look(subscriber, "moved")
    assert moved.statuses[:2] == (301, 200)
    assert not moved.is_refused


@each(*(kind for kind in KINDS if not kind.follows_moves))
def test_C5_or_it_says_so_and_goes_on_once_it_is_told(subscriber: Subscriber) -> None:
    moved, told = look(subscriber, "moved"), look(subscriber, "told of the new address")
    assert moved.is_refused
    assert moved.statuses == (301,)
    assert {"Tide", "Lantern"} - {entry.title for entry in moved.held} == {"Lantern"}
    assert {"Tide", "Lantern"} <= {entry.title for entry in told.held}


@each(*KINDS)
def test_C6_it_keeps_what_it_has_when_the_feed_has_ended(subscriber: Subscriber) -> None:
    before, gone = subscriber.looks[-2:]
    assert gone.statuses[-1] == 410
    assert in_order(gone.held) == in_order(before.held)


@each(*KINDS)
def test_whoever_subscribes_late_has_what_is_public_now(life: Life, which: tuple[str, str]) -> None:
    newcomer, window = life.newcomers[which], life.windows[which[1]][-1]
    ids = window.public if newcomer.kind.walks else window.ids
    assert in_order(newcomer.looks[0].held) == in_order([window.public[identity] for identity in ids])


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_the_feed_shows_as_much_as_it_may_and_nothing_that_is_not_public(life: Life, ending: str) -> None:
    for window in life.windows[ending]:
        assert set(window.ids) <= set(window.public), window.scene
        assert len(window.ids) == len(set(window.ids)) == min(LIMIT, len(window.public)), window.scene


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
def test_the_feed_shows_all_that_is_new_where_there_is_room(life: Life, ending: str) -> None:
    windows = life.windows[ending]
    for before, after in pairwise(windows):
        new = set(after.public) - set(before.public)
        assert len(new & set(after.ids)) == min(LIMIT, len(new)), after.scene
