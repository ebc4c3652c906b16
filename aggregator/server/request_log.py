"""RequestLogger: tells the log of requests, where the operator wants that: of each, or of one in a hundred and what is bad."""

from aggregator.config import RequestLog
from aggregator.documents.edition import IDENTITY
from aggregator.monitoring import events
from aggregator.server.addresses import requested_path

SAMPLE = 100
SLOW_SECONDS = 1.0
_FAILED = 500


class RequestLogger:
    """Chooses by counting, so that a sample costs nothing where it is not taken. Belongs to the event loop."""

    def __init__(self, chosen: RequestLog) -> None:
        self._chosen = chosen
        self._count = 0

    def wants(self, status: int, seconds: float) -> bool:
        """Tell whether the log is to have this request: in a sample every hundredth, and each that failed or was slow."""
        if self._chosen is RequestLog.ALL:
            return True
        self._count += 1
        is_sampled = self._count % SAMPLE == 0
        is_bad = status >= _FAILED or seconds >= SLOW_SECONDS
        return self._chosen is RequestLog.SAMPLED and (is_sampled or is_bad)

    def tell(
        self,
        *,
        client: str | None,
        method: str,
        target: str,
        status: int,
        seconds: float,
        size: int,
        coding: str,
        agent: str | None,
    ) -> None:
        """Tell of a request. Of the target only the path: what is asked by query may be anything, a token as well."""
        events.REQUEST.log(
            client=client or "unknown",
            method=method,
            path=requested_path(target) or "(no address)",
            status=status,
            bytes=size,
            coding=coding or IDENTITY,
            milliseconds=round(seconds * 1000, 1),
            agent=agent,
        )
