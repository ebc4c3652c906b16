"""Serving: one process's HTTP server over a catalogue. An Outlet."""

import logging
from datetime import UTC, datetime, timedelta

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.press import Press
from aggregator.server.app import Served, create_app
from aggregator.server.runner import Running, listen
from aggregator.wiring import wire

logger = logging.getLogger(__name__)

_EDITIONS_BYTES = 256 * 1024 * 1024


class Serving:
    """Serves what the catalogue holds. Belongs to the event loop."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._generation = 0
        self._next_due: datetime | None = None
        self._configure(settings)

    @classmethod
    async def start(cls, settings: Settings, catalogue: Catalogue, *, reuse_port: bool = False) -> "Serving":
        """Listen at once: what an earlier run left in the catalogue is served until the first refresh has ended."""
        serving = cls(settings, catalogue)
        serving._look()
        app = create_app(lambda: serving._served)
        serving._running = await listen(app, settings.server.host, settings.server.port, reuse_port=reuse_port)
        logger.info("serving %s on http://%s:%d", settings.site.url, settings.server.host, serving._running.port)
        return serving

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._running.port

    def advance(self, next_due: datetime | None) -> None:
        """Take note that a refresh has ended; `next_due` is when the next scheduled article goes live."""
        self._next_due = next_due
        self._look()

    async def reconfigure(self, settings: Settings) -> None:
        """Serve under another configuration from now on, without dropping a connection."""
        self._configure(settings)
        self._look()

    async def stop(self) -> None:
        """Finish what is in flight and end."""
        await self._running.stop()
