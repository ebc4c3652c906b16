"""Lease: leave to go on. Who works renews it with every step; who waits sees how long ago that was, and may revoke it."""

from collections.abc import Callable
from time import monotonic

from aggregator.errors import RefreshError


class Lease:
    """Leave for one refresh. Made for two threads: one works, the other watches."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._renewed = clock()
        self._reason: str | None = None

    @property
    def idle_seconds(self) -> float:
        """How long ago the last step was."""
        return self._clock() - self._renewed

    def revoke(self, reason: str) -> None:
        """Let the next step be the last; `reason` is told to whoever asks why. The first reason counts."""
        self._reason = self._reason or reason

    def check(self) -> None:
        """Raise RefreshError where the lease is revoked. Does not count as a step: for those who wait for others."""
        if self._reason is not None:
            raise RefreshError(f"the refresh was given up: {self._reason}; nothing was changed")

    def renew(self) -> None:
        """Take a step; raise RefreshError where the lease is revoked."""
        self.check()
        self._renewed = self._clock()
