"""Serving: one process's HTTP server over a catalogue. An Outlet."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from aggregator.addresses import gone_paths, page_path_of, redirects
from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.press import Press
from aggregator.server.app import create_app
from aggregator.server.runner import Running, listen
from aggregator.server.served import Served
from aggregator.wiring import wire

logger = logging.getLogger(__name__)

_EDITIONS_BYTES = 256 * 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class Serving:
    """Serves what the catalogue holds. Belongs to the event loop."""

    def __init__(self, settings: Settings, catalogue: Catalogue, now: Callable[[], datetime] = _now) -> None:
        self._catalogue = catalogue
        self._now = now
        self._generation = 0
        self._next_due: datetime | None = None
        self._running: Running | None = None
        self._press, self._served = self._configured(settings)
        self._look()

    async def start(self, host: str, port: int, *, reuse_port: bool = False) -> int:
        """Listen, and give the port: what an earlier run left in the catalogue is served until the first refresh has ended."""
        self._running = await listen(create_app(lambda: self._served), host, port, reuse_port=reuse_port)
        logger.info("serving %s on http://%s:%d", self._served.site_url, host, self._running.port)
        return self._running.port

    def advance(self, next_due: datetime | None) -> None:
        """Take note that a refresh has ended; `next_due` is when the next scheduled article goes live."""
        self._next_due = next_due
        self._look()

    async def reconfigure(self, settings: Settings) -> None:
        """Serve under another configuration from now on, without dropping a connection."""
        self._press, self._served = self._configured(settings)
        self._look()

    async def stop(self) -> None:
        """Finish what is in flight and end."""
        if self._running is not None:
            await self._running.stop()

    def _look(self) -> None:
        with self._catalogue.snapshot() as snapshot:
            self._generation = snapshot.generation.number
        self._press.advance(self._generation)

    def _configured(self, settings: Settings) -> tuple[Press, Served]:
        formats = settings.defaults.formats
        press = Press(self._catalogue, wire(settings, self._catalogue).families, _EDITIONS_BYTES)
        served = Served(
            press=press,
            site_url=settings.site.url,
            redirects=redirects(formats, settings.moved),
            gone=gone_paths(formats, settings.gone),
            page_of=partial(page_path_of, formats=formats),
            is_ready=lambda: self._generation > 0,
            max_age=partial(self._max_age, int(settings.server.max_age.total_seconds())),
            now=self._now,
        )
        return press, served

    def _max_age(self, longest: int, _path: str) -> int:
        """Give how long a document may be kept: never past the next scheduled article."""
        if self._next_due is None:
            return longest
        return max(0, min(longest, int((self._next_due - self._now()).total_seconds())))
