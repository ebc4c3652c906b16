"""Serving: one process's HTTP server over a catalogue. An Outlet."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from time import perf_counter

from aggregator.catalogue import Catalogue, Snapshot
from aggregator.config import Settings, StatusReaders
from aggregator.documents.definitions import Definitions
from aggregator.documents.delta_drafts import delta_path
from aggregator.documents.edition import Edition
from aggregator.documents.press import Press
from aggregator.documents.searches import Searches
from aggregator.documents.version_keeper import VersionKeeper
from aggregator.monitoring import events
from aggregator.monitoring.metrics import Figures
from aggregator.server import (
    READY,
    Lifetime,
    Observing,
    Readiness,
    Running,
    Served,
    Status,
    Tally,
    create_app,
    lifetime,
    limits_of,
    listen,
    page_policy,
    url_of,
)
from aggregator.site.lists import list_address
from aggregator.site.problem_pages import ProblemPages
from aggregator.site.status import StatusPage
from aggregator.wiring import addresses_of, wire

_EDITIONS_BYTES = 256 * 1024 * 1024
# Each generation makes others, of a few kilobytes, and asks for few of those before: more would only be memory that fills up in hours.
_DELTAS_BYTES = 4 * 1024 * 1024
# Nobody notices that a change is so much later, and a dozen documents are made in it, or three where the processor is shared.
_LONGEST_AHEAD_SECONDS = 0.1
_NOT_READY = Readiness(is_ready=False, reason="The articles are being loaded for the first time.")


def _now() -> datetime:
    return datetime.now(UTC)


class Serving:
    """Serves what the catalogue holds. Belongs to the event loop.

    token  what status_digest gives
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Catalogue,
        token: bytes = b"",
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._catalogue = catalogue
        self._token = token
        self._now = now
        self._settings = settings
        self._next_due: datetime | None = None
        self._running: Running | None = None
        self._versions = VersionKeeper(catalogue)
        self._tally = Tally(has_habits=settings.server.status is not StatusReaders.OFF)
        self._status_page = self._new_status_page()
        self._press, self._deltas = self._new_presses()
        self._searches = self._new_searches()
        self._problem_pages = self._new_problem_pages()
        self._served = self._look()
        self._name_feeds()

    async def start(
        self, host: str, port: int, gather: Callable[[], Awaitable[Figures]], *, reuse_port: bool = False
    ) -> int:
        """Listen, and give the port: what an earlier run left in the catalogue is served until the first refresh has ended.

        gather  gives the figures of all processes, to who asks for metrics
        """
        server = self._settings.server
        observing = Observing(self._tally, gather, server.metrics, server.request_log, self._status())
        limits = limits_of(server.limits, self._tally.note_refusal)
        app = create_app(lambda: self._served, clock=self._now, observing=observing, limits=limits)
        self._running = await listen(app, host, port, reuse_port=reuse_port)
        port = self._running.port
        events.SERVING.log(site=self._settings.site.url, url=url_of(host, port), host=host, port=port)
        return port

    def figures(self) -> Figures:
        """Give what this process has counted."""
        connections = 0 if self._running is None else self._running.connections
        return self._tally.figures(connections, perf_counter())

    async def listening(self) -> None:
        """Return at once: `start` has waited."""

    def advance(self, next_due: datetime | None) -> None:
        """Take note that a refresh has ended; `next_due` is when the next scheduled article goes live."""
        self._next_due = next_due
        self._served = self._look()

    async def advance_in_time(self, next_due: datetime | None) -> None:
        """Do the same, once the documents that were asked for last are made anew, or a moment has passed."""
        with self._catalogue.snapshot() as snapshot:
            state = _state(snapshot)
        await self._press.make_ahead(state, _LONGEST_AHEAD_SECONDS)
        self.advance(next_due)

    async def reconfigure(self, settings: Settings) -> None:
        """Serve under another configuration from now on, without dropping a connection; where that fails, under the old one."""
        before = (
            self._settings,
            self._press,
            self._deltas,
            self._searches,
            self._problem_pages,
            self._status_page,
        )
        try:
            self._settings = settings
            # Before what reads from it is made, which keeps whose it was then.
            self._catalogue.belong_to(settings.path, settings.site.tag)
            self._press, self._deltas = self._new_presses()
            self._searches = self._new_searches()
            self._problem_pages = self._new_problem_pages()
            self._status_page = self._new_status_page()
            self._served = self._look()
        except BaseException:
            (
                self._settings,
                self._press,
                self._deltas,
                self._searches,
                self._problem_pages,
                self._status_page,
            ) = before
            self._catalogue.belong_to(self._settings.path, self._settings.site.tag)
            raise
        self._name_feeds()

    async def stop(self) -> None:
        """Finish what is in flight and end."""
        if self._running is not None:
            await self._running.stop()
        await self._versions.stop()

    def _status(self) -> Status | None:
        """Give the page for operators, as the configuration has it that rules when it is looked at."""
        server = self._settings.server
        if server.status is StatusReaders.OFF:
            return None
        return Status(
            server.status,
            self._token,
            lambda figures: self._status_page.render(figures, perf_counter()),
        )

    def _new_presses(self) -> tuple[Press, Press]:
        """Give one for the documents, and one for what is new in them, which can't push those out."""
        wiring, told = wire(self._settings, self._catalogue), self._tally.note_edition
        catalogue = self._catalogue.filled()
        return (
            Press(catalogue, wiring.families, _EDITIONS_BYTES, self._versions.note, told=told),
            Press(catalogue, [wiring.deltas], _DELTAS_BYTES, told=told),
        )

    def _name_feeds(self) -> None:
        """Have the figures name the feeds that the configuration has, or had and tells of, and no others but those that are found."""
        settings = self._settings
        configured = (definition.path for definition in Definitions(settings).configured)
        ended = (f"/feeds/{old}" for old in (*settings.moved, *settings.gone))
        self._tally.know(chain(configured, ended), perf_counter())

    async def _delta(self, path: str, digests: tuple[str, ...]) -> Edition | None:
        return await self._deltas.edition(delta_path(path, digests))

    def _new_searches(self) -> Searches:
        wiring = wire(self._settings, self._catalogue)
        families = (wiring.searches, wiring.search_pages)
        return Searches(self._catalogue.filled(), families, self._tally.note_edition, self._now)

    def _new_status_page(self) -> StatusPage:
        return StatusPage(self._settings, wire(self._settings, self._catalogue).templates)

    def _new_problem_pages(self) -> ProblemPages:
        return ProblemPages(wire(self._settings, self._catalogue).templates)

    def _look(self) -> Served:
        """Give what is to be served from now on."""
        with self._catalogue.snapshot() as snapshot:
            generation, state = snapshot.generation, _state(snapshot)
            # Before the first refresh of a process there is nobody else to tell.
            due = self._next_due or snapshot.next_due(self._now())
        self._press.advance(state)
        self._deltas.advance(state)
        self._searches.advance(state)
        settings = self._settings
        return Served(
            press=self._press,
            site_url=settings.site.url,
            lifetime=partial(self._lifetime, int(settings.server.max_age.total_seconds()), due),
            addresses=addresses_of(settings, settings.defaults.formats),
            readiness=READY if generation.number else _NOT_READY,
            deltas=self._delta,
            has_pages=True,
            searches=self._searches,
            meant=list_address,
            problem_page=self._problem_pages,
            page_policy=page_policy(settings.embeds, has_pictures=settings.pictures),
            next_due=due,
        )

    def _lifetime(self, longest: int, due: datetime | None, _path: str) -> Lifetime:
        """Give how long a document may be kept: never past the next scheduled article, which is `due`."""
        return lifetime(longest, None if due is None else (due - self._now()).total_seconds())


def _state(snapshot: Snapshot) -> Hashable:
    # With the time at which it was made: a catalogue that is made anew counts from 1 again. A scheduled article changes nothing that
    # readers see but how long they may go without asking.
    return snapshot.generation, snapshot.next_due() is None
