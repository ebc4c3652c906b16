"""Clients that ask for what is new only lose nothing over a long life of random edits (RFC 3229 with "feed")."""

import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.clients.client import in_order
from tests.clients.kinds import KINDS, each
from tests.clients.life import Life
from tests.clients.newsroom import Newsroom
from tests.clients.stage import Stage, staged

EDITS = 100
EDITS_BETWEEN_POLLS = 5
ENOUGH_FOR_EVERYTHING = 200

TAKERS = tuple(kind for kind in KINDS if kind.wants_deltas)


class Chance:
    """Edits at random, the same ones each time."""

    def __init__(self) -> None:
        self._random = random.Random(3229)  # noqa: S311  nobody is to be kept from guessing
        self._written = 0

    def edit(self, room: Newsroom) -> None:
        """Insert, edit or delete an article."""
        act = self._random.choice(["insert", "insert", "edit", "edit", "delete"])
        if act == "insert" or len(room.names) < 2:
            self._written += 1
            room.write(f"news-{self._written}")
        elif act == "edit":
            name = self._random.choice(room.names)
            room.edit(name, title=self._random.choice([None, f"{name}, by another title"]))
        else:
            room.delete(self._random.choice(room.names))

    def play(self, stage: Stage) -> None:
        """Make so many edits as lie between two polls."""
        for _ in range(EDITS_BETWEEN_POLLS):
            self.edit(stage.newsroom)
        stage.refresh()


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    site, clients = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("clients")
    with staged(site, ENOUGH_FOR_EVERYTHING) as stage, ExitStack() as stack:
        life = Life(stage, [kind for kind in TAKERS if kind.missing is None], clients, stack)
        chance = Chance()
        stage.newsroom.write("first")
        stage.start()
        life.begin()
        for poll in range(EDITS // EDITS_BETWEEN_POLLS):
            life.play(f"poll {poll}", chance.play)
        yield life


@each(*TAKERS)
def test_I4_nothing_is_lost_over_a_hundred_edits(life: Life, which: tuple[str, str]) -> None:
    subscriber = life.subscriber(which)
    assert len(subscriber.looks) == EDITS // EDITS_BETWEEN_POLLS
    for one in subscriber.looks:
        assert in_order(one.held) == in_order(one.expected), one.scene


@each(*TAKERS)
def test_I1_most_answers_are_deltas(life: Life, which: tuple[str, str]) -> None:
    statuses = [status for one in life.subscriber(which).looks for status in one.statuses]
    assert statuses[0] == 200
    assert statuses.count(226) >= len(statuses) // 2
