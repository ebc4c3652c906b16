"""VersionKeeper: writes down which entries the served documents have, beside the serving of them and never in its way."""

import asyncio

from aggregator.catalogue import Catalogue, Version
from aggregator.documents.edition import Edition
from aggregator.errors import CatalogueError
from aggregator.monitoring import events

# While a long refresh holds the database, what can't be written waits here; what is lost costs a reader a whole document.
_WAITING = 10_000


class VersionKeeper:
    """Keeps versions in the catalogue, so that a restarted server and other workers know them. Belongs to the event loop."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._waiting: dict[tuple[str, str], Version] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, edition: Edition, version: Version) -> None:
        """Have a version kept, at once where the database is free."""
        self._waiting[edition.path, edition.digest] = version
        if len(self._waiting) > _WAITING:
            del self._waiting[next(iter(self._waiting))]
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write what waits still, and end."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        while self._waiting:
            batch = dict(self._waiting)
            try:
                await asyncio.to_thread(self._catalogue.keep_versions, batch)
            except CatalogueError as error:
                # Kept for the next time that a document is made.
                events.VERSIONS_WAIT.log(count=len(batch), error=error)
                return
            for key, version in batch.items():
                if self._waiting.get(key) is version:
                    del self._waiting[key]
