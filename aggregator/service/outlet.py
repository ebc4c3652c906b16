"""Outlet: where what the catalogue holds goes out, in this process or in others."""

from datetime import datetime
from typing import Protocol

from aggregator.config import Settings


class Outlet(Protocol):
    """Serves the catalogue over HTTP."""

    def advance(self, next_due: datetime | None) -> None:
        """Take note that a refresh has ended; `next_due` is when the next scheduled article goes live."""
        ...

    async def reconfigure(self, settings: Settings) -> None:
        """Serve under another configuration from now on, without dropping a connection.

        What of it waits for the next start is as it was at the start.
        """
        ...

    async def listening(self) -> None:
        """Wait until it takes connections, in every process that should."""
        ...

    async def stop(self) -> None:
        """Finish what is in flight and end, within ten seconds."""
        ...
