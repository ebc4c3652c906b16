"""Press: from the path of a document to its current edition, made when what it depends on changed, and then once for all who ask."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from time import monotonic

from aggregator.catalogue import Catalogue, Version
from aggregator.documents.draft import Draft, Drafts
from aggregator.documents.edition import Edition
from aggregator.errors import CatalogueError
from aggregator.monitoring import events


@dataclass(frozen=True, slots=True)
class Pressed:
    """An edition, what it was made from, the generation at which that was last found to hold, and which entries it has."""

    edition: Edition
    fingerprint: str
    generation: Hashable
    version: Version | None


class Press:
    """The editions of one configuration. Belongs to the event loop; what is slow runs in threads.

    capacity  bytes of bodies kept at most, before any is compressed; those asked for least recently go first, and are made again on demand
    note      is told of every new edition that has a version
    most      editions kept at most, None: no bound but that of their bytes
    told      is told what came of looking at a document: it was rendered, reused as it was, or is stale as the catalogue failed
    """

    def __init__(
        self,
        catalogue: Catalogue,
        families: Sequence[Drafts],
        capacity: int,
        note: Callable[[Edition, Version], None] = lambda _edition, _version: None,
        *,
        most: int | None = None,
        told: Callable[[str], None] = lambda _result: None,
    ) -> None:
        self._catalogue = catalogue
        self._families = tuple(families)
        self._capacity = capacity
        self._note = note
        self._most = most
        self._told = told
        self._size = 0
        self._pressed: OrderedDict[str, Pressed] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Edition | None]] = {}
        self._generation: Hashable = None
        self._ahead: dict[str, Pressed] = {}

    def advance(self, generation: Hashable) -> None:
        """Take note of the catalogue's state: when it differs, every edition is checked before it is given again."""
        self._generation = generation
        ahead, self._ahead = self._ahead, {}
        for path, pressed in ahead.items():
            if pressed.generation == generation:
                self._take_up(path, self._pressed.get(path), pressed)

    async def make_ahead(self, generation: Hashable, longest: float) -> None:
        """Make editions for a state that `advance` is about to be told of, beginning with those asked for last, for so many seconds.

        Until then everybody is given what there was. Else all who poll wait at once for what they poll most: at 500 requests a second
        the slowest hundredth of all answers beside a refresh took 27 ms (measured).
        """
        end = monotonic() + longest
        for path in [*reversed(self._pressed)]:
            if monotonic() >= end:
                return
            held = self._pressed.get(path)
            making = asyncio.create_task(asyncio.to_thread(self._make_in_full, path, held, generation))
            await asyncio.wait({making}, timeout=end - monotonic())
            if not making.done():
                making.cancel()
                return
            if making.exception() is not None:
                return  # who asks next meets it again, and is told
            pressed = making.result()
            if pressed is not None:
                self._ahead[path] = pressed

    def current(self, path: str) -> Edition | None:
        """Give the edition at `path` if it is known to be up to date; asks nobody."""
        pressed = self._pressed.get(path)
        if pressed is None or pressed.generation != self._generation:
            return None
        self._pressed.move_to_end(path)
        return pressed.edition

    async def edition(self, path: str) -> Edition | None:
        """Give the edition at `path`, None where there is no such document.

        When the catalogue fails, an edition that was made before is still given; raises CatalogueError where there is none.
        """
        edition = self.current(path)
        if edition is not None:
            return edition
        task = self._under_way.get(path)
        if task is None:
            task = asyncio.create_task(self._press(path))
            self._under_way[path] = task
            task.add_done_callback(lambda _: self._under_way.pop(path, None))
        # Shielded: of the many who wait for it, one that goes away must not take it from the others.
        return await asyncio.shield(task)

    async def _press(self, path: str) -> Edition | None:
        held, generation = self._pressed.get(path), self._generation
        try:
            pressed = await asyncio.to_thread(self._make, path, held, generation)
        except CatalogueError as error:
            if held is None:
                raise
            # Without the query: what people search for is nobody's business.
            events.EDITION_STALE.log(path=path.partition("?")[0], error=error)
            self._told("stale")
            return held.edition
        if pressed is None:
            self._keep(path, None)
            return None
        self._take_up(path, held, pressed)
        return pressed.edition

    def _take_up(self, path: str, held: Pressed | None, pressed: Pressed) -> None:
        self._keep(path, pressed)
        is_reused = held is not None and held.fingerprint == pressed.fingerprint
        self._told("reused" if is_reused else "rendered")

    def _make_in_full(self, path: str, held: Pressed | None, generation: Hashable) -> Pressed | None:
        """Make it with the compressed forms that were asked for of the one before."""
        pressed = self._make(path, held, generation)
        if held is not None and pressed is not None:
            pressed.edition.encode_like(held.edition)
        return pressed

    def _make(self, path: str, held: Pressed | None, generation: Hashable) -> Pressed | None:
        with self._catalogue.snapshot() as snapshot:
            drafts = (family.find(path, snapshot) for family in self._families)
            draft: Draft | None = next((draft for draft in drafts if draft is not None), None)
            if draft is None:
                return None
            if held is not None and held.fingerprint == draft.fingerprint:
                return Pressed(_dated(held.edition, draft), held.fingerprint, generation, held.version)
            edition = draft.make()
        if held is not None and held.edition.digest == edition.digest:
            edition = _dated(held.edition, draft)
        return Pressed(edition, draft.fingerprint, generation, draft.version)

    def _keep(self, path: str, pressed: Pressed | None) -> None:
        old = self._pressed.pop(path, None)
        if old is not None:
            self._size -= old.edition.size
        if pressed is None:
            return
        if pressed.version is not None and (old is None or old.edition is not pressed.edition):
            self._note(pressed.edition, pressed.version)
        self._pressed[path] = pressed
        self._size += pressed.edition.size
        while self._has_too_much() and len(self._pressed) > 1:
            _, dropped = self._pressed.popitem(last=False)
            self._size -= dropped.edition.size

    def _has_too_much(self) -> bool:
        is_too_many = self._most is not None and len(self._pressed) > self._most
        return is_too_many or self._size > self._capacity


def _dated(edition: Edition, draft: Draft) -> Edition:
    return edition if draft.last_modified is None else edition.dated(draft.last_modified)
