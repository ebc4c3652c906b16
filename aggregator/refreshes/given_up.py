"""Files at which refreshes were given up, so that one that is never read to its end, for whatever reason, does not hold up the others."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from time import monotonic

from aggregator.source.stamp import Stamp

# What took too long once may have waited for a disk that answers the next time.
_CHANCES = 2
_LEFT_OUT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class _Strike:
    stamp: Stamp | None
    times: int
    when: float
    is_over: Callable[[], bool]


class GivenUp:
    """What has made refreshes hang, by source and path. `is_sure` tells whether every time it was known which file that was."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._strikes: dict[tuple[str, str], _Strike] = {}
        self.is_sure = True

    def note(self, source: str, path: str | None, stamp: Stamp | None, is_over: Callable[[], bool]) -> None:
        """Take note that a refresh was given up while a file with this stamp was read; None: while any of many was.

        is_over  tells whether that reading has come to an end after all
        """
        if path is None:
            self.is_sure = False
            return
        last = self._strikes.get((source, path))
        times = last.times + 1 if last is not None and last.stamp == stamp else 1
        self._strikes[source, path] = _Strike(stamp, times, self._clock(), is_over)

    def left_out(self, source: str, stamps: Mapping[str, Stamp | None]) -> Collection[str]:
        """Give which of these files are to be left out.

        Those that are still being read since, so that there is never more than one thread for each; and those that were given up twice,
        the same as they are, and that no longer than an hour ago.
        """
        if not self._strikes:
            return ()
        return [path for path, stamp in stamps.items() if self._is_left_out((source, path), stamp)]

    def _is_left_out(self, file: tuple[str, str], stamp: Stamp | None) -> bool:
        strike = self._strikes.get(file)
        if strike is None:
            return False
        if not strike.is_over():
            return True
        if strike.times < _CHANCES:
            return False
        if strike.stamp == stamp and self._clock() - strike.when < _LEFT_OUT_SECONDS:
            return True
        del self._strikes[file]
        return False
