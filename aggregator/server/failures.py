"""Failures: telling the log of requests that can't be answered, without letting polls flood it."""

from datetime import datetime, timedelta

from aggregator.monitoring import events

_SILENCE = timedelta(minutes=1)


class Failures:
    """Logs a failure with its traceback; the same one again within a minute is only counted."""

    def __init__(self) -> None:
        self._last = ""
        self._told: datetime | None = None
        self._untold = 0

    def note(self, path: str, error: Exception, now: datetime) -> None:
        """Take note that `error` kept the request for `path` from being answered. The path must hold no query."""
        failure = f"{type(error).__name__}: {error}"
        is_known = failure == self._last and self._told is not None and now - self._told < _SILENCE
        if is_known:
            self._untold += 1
            return
        events.REQUEST_FAILED.log(error, path=path, error=failure)
        if self._untold:
            events.REQUESTS_FAILED.log(count=self._untold)
        self._last, self._told, self._untold = failure, now, 0
