"""Searches: the feeds that are asked for by query, with bounds on what they cost everybody else.

Anybody can ask for another one at every request. So they have a press of their own, in which they can't take the room of the
feeds that others subscribe to; one is made at a time; few wait for that; and none may take the catalogue for long.
"""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from aggregator.catalogue import Catalogue, hour_of
from aggregator.documents.draft import Drafts
from aggregator.documents.edition import Edition
from aggregator.documents.press import Press
from aggregator.errors import TooBusyError

MOST_KEPT = 256

# Rendering is Python, so a second one at a time makes no more of them, and the feeds that are only sent wait for both: with an
# archive of 10,000 articles and four clients that ask for another 200 of them each time, for 20 ms in place of 36 (p99, two cores).
MOST_MADE_AT_ONCE = 1
MOST_WAITING = 16
_KEPT_BYTES = 16 * 1024 * 1024
_LONGEST = timedelta(seconds=1)


def _now() -> datetime:
    return datetime.now(UTC)


class SearchFamily(Drafts, Protocol):
    """Documents by the path and the query of their address: searches as feeds, or as pages."""

    def answers(self, path: str) -> bool:
        """Tell whether it has searches at `path`."""
        ...

    def address(self, path: str, query: str) -> str:
        """Give the canonical address of what `query` asks for at `path`; raise SearchRequestError."""
        ...


class Searches:
    """The searches of one configuration over a catalogue. Belongs to the event loop.

    families  of which each search belongs to the first that answers at its path
    told   is told what came of looking at one, as by a press
    now    gives the time, from which `max_age` counts back; each hour searches are looked at again
    """

    def __init__(
        self,
        catalogue: Catalogue,
        families: Sequence[SearchFamily],
        told: Callable[[str], None] = lambda _result: None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._families = tuple(families)
        self._now = now
        readers = catalogue.within(_LONGEST).at(now)
        self._press = Press(readers, families, _KEPT_BYTES, most=MOST_KEPT, told=told)
        self._state: tuple[Hashable, datetime] = (None, hour_of(now()))
        self._turns = asyncio.Semaphore(MOST_MADE_AT_ONCE)
        self._under_way: dict[str, asyncio.Task[Edition | None]] = {}

    def advance(self, generation: Hashable) -> None:
        """Take note of the catalogue's state."""
        self._state = (generation, hour_of(self._now()))
        self._press.advance(self._state)

    def _follow_clock(self) -> None:
        generation, hour = self._state
        if hour_of(self._now()) != hour:
            self.advance(generation)

    def answers(self, path: str) -> bool:
        """Tell whether searches are to be had at `path`, such as /search.atom."""
        return any(family.answers(path) for family in self._families)

    async def edition(self, path: str, query: str) -> Edition | None:
        """Give what `query`, as it came, asks for at `path`.

        Raises SearchRequestError where it can't be understood, TooBusyError where too many others wait, TooSlowError where it
        takes too long, NoWordsError where words can't be searched for yet, and CatalogueError where the catalogue fails.
        """
        family = next(family for family in self._families if family.answers(path))
        address = family.address(path, query)
        self._follow_clock()
        return self._press.current(address) or await self._made(address)

    async def _made(self, address: str) -> Edition | None:
        task = self._under_way.get(address)
        if task is None:
            if len(self._under_way) >= MOST_MADE_AT_ONCE + MOST_WAITING:
                raise TooBusyError("Too many searches are being answered at the moment. Please ask again.")
            task = asyncio.create_task(self._in_turn(address))
            self._under_way[address] = task
            task.add_done_callback(lambda done: self._forget(address, done))
        # Shielded, so that who goes away does not let another in while the work still goes on in its thread.
        return await asyncio.shield(task)

    async def _in_turn(self, address: str) -> Edition | None:
        async with self._turns:
            return await self._press.edition(address)

    def _forget(self, address: str, task: "asyncio.Task[Edition | None]") -> None:
        del self._under_way[address]
        if not task.cancelled():
            task.exception()  # taken note of, even where everybody who asked has gone
