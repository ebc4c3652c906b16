"""Configuration watch: a configuration whose files change is loaded anew, once for each state of them, be it good or bad.

Files are compared by what they say: an event of the file system, of whatever file beside them, only says when to look.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from aggregator import config
from aggregator.config import ServerSettings, Settings
from aggregator.monitoring import events
from aggregator.schedule import watch_folders

# All else that `server` says is decided when the server begins, and so is `store`.
TAKEN_UP_OF_SERVER = frozenset({"max_age"})
_DECIDED_OF_SERVER = tuple(key for key in ServerSettings.model_fields if key not in TAKEN_UP_OF_SERVER)


class ConfigurationWatch:
    """Watches the configuration file at `path` and the feed files beside it. Belongs to the event loop.

    reload  loads and takes up the configuration; reports for itself what is wrong with it
    is_on   tells whether files are to be watched; asked again after each reload
    """

    def __init__(self, path: Path, reload: Callable[[], Awaitable[None]], is_on: Callable[[], bool]) -> None:
        self._path = path
        self._reload = reload
        self._is_on = is_on
        self._digest = config.digest(path)
        self._wanted = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._following = asyncio.create_task(self._follow())
        self._watch_or_not()

    async def reload(self) -> None:
        """Load anew because an operator says so, whether anything changed or not."""
        async with self._one_at_a_time:
            self._digest = await asyncio.to_thread(config.digest, self._path)
            await self._reload()
        self._watch_or_not()

    async def stop(self) -> None:
        """End; a reload under way is given up."""
        tasks = [task for task in (self._following, self._watching) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _watch_or_not(self) -> None:
        if self._watching is not None and not self._is_on():
            self._watching.cancel()
            self._watching = None
        elif self._watching is None and self._is_on():
            folders = config.folders(self._path)
            self._watching = asyncio.create_task(watch_folders(folders, self._wanted.set))

    async def _follow(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001  the log gets the reason, and the old configuration runs on
                events.NOT_TAKEN_UP.log(error, error=error)
            self._watch_or_not()

    async def _look(self) -> None:
        async with self._one_at_a_time:
            digest = await asyncio.to_thread(config.digest, self._path)
            if digest != self._digest:
                self._digest = digest
                await self._reload()


def waiting_for_restart(before: Settings, after: Settings) -> tuple[str, ...]:
    """Name the keys of which a change waits for the next start: what they say was decided when the server began."""
    decided = {"store": (before.store, after.store)}
    for key in _DECIDED_OF_SERVER:
        decided[f"server.{key}"] = (getattr(before.server, key), getattr(after.server, key))
    return tuple(key for key, (old, new) in decided.items() if old != new)


def until_restart(before: Settings, after: Settings) -> Settings:
    """Give what rules until the next start: what `after` says, but for what waits for that, which is as it was `before`."""
    decided = {key: getattr(before.server, key) for key in _DECIDED_OF_SERVER}
    return replace(after, store=before.store, server=after.server.model_copy(update=decided))
