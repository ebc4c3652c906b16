"""Words: what the keeper tells a worker, over a pair of sockets: configurations, and that a refresh has ended.

Neither end waits for the other while it has anything else to do, so that a worker that stands still holds up nobody. And of each kind
only the last word counts: however long a worker has heard nothing, it has two words to catch up with.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from socket import socket

from aggregator.config import Settings
from aggregator.service.frames import framed, receive


@dataclass(frozen=True, slots=True)
class Advance:
    """A refresh has ended; `next_due` is when the next scheduled article goes live."""

    next_due: datetime | None


class Words:
    """What is still to be told, or to be done. Belongs to an event loop."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._advance: Advance | None = None
        self._is_any = asyncio.Event()

    def put(self, word: Settings | Advance) -> None:
        """Add a word, in place of the one of its kind that nobody has taken."""
        if isinstance(word, Advance):
            self._advance = word
        else:
            self._settings = word
        self._is_any.set()

    async def take(self) -> tuple[Settings | None, Advance | None]:
        """Wait until there is any; give all there is, the configuration first: what it has to say of a generation rules it."""
        await self._is_any.wait()
        self._is_any.clear()
        taken = self._settings, self._advance
        self._settings = self._advance = None
        return taken


async def tell(words: Words, end: socket) -> None:
    """Tell the other end whatever there is to be told; raise OSError when that is gone. Ends when it is cancelled."""
    loop = asyncio.get_running_loop()
    end.settimeout(0)  # it never blocks
    while True:
        for word in await words.take():
            if word is not None:
                await loop.sock_sendall(end, framed(word))


async def hear(words: Words, end: socket) -> None:
    """Take in what the other end tells, until it is closed."""
    reader, writer = await asyncio.open_unix_connection(sock=end)
    try:
        while True:
            word = await receive(reader)
            if isinstance(word, Settings | Advance):
                words.put(word)
    except (EOFError, OSError):
        return
    finally:
        writer.close()
