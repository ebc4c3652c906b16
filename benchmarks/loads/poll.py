"""A reader that polls over one open connection, and asks only for what is new, until an answer holds what it waits for."""

import http.client
import time
from contextlib import closing

# 400 polls a second, which a server answers with a 304 each, take a few hundredths of one processor.
PAUSE_SECONDS = 0.0025
_PATIENCE_SECONDS = 60.0


class Poller:
    """Polls one address."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._path = path
        self._etag = ""

    def holds(self, marker: bytes) -> bool:
        """Ask once; tell whether what came holds the marker."""
        headers = {"If-None-Match": self._etag} if self._etag else {}
        self._connection.request("GET", self._path, headers=headers)
        response = self._connection.getresponse()
        self._etag = response.getheader("ETag", "")
        return marker in response.read()

    def seconds_until(self, marker: bytes, started: float) -> float:
        """Give the seconds from `started` until the first answer that holds the marker has come."""
        while not self.holds(marker):
            if time.perf_counter() - started > _PATIENCE_SECONDS:
                raise TimeoutError(f"{self._path} does not hold {marker!r} after {_PATIENCE_SECONDS:g} s")
            time.sleep(PAUSE_SECONDS)
        return time.perf_counter() - started

    def close(self) -> None:
        self._connection.close()


def polling(port: int, path: str) -> closing[Poller]:
    """Give a poller for the length of a block."""
    return closing(Poller(port, path))
