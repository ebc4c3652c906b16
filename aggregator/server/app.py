"""The aiohttp application: one handler for every address, since which documents there are changes while it runs."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from aggregator.server.base_path import without_base
from aggregator.server.bodies import expect_body
from aggregator.server.failures import Failures
from aggregator.server.handlers import BODY_SECONDS, CLOCK, FAILURES, SERVED, answer
from aggregator.server.limits import Limits
from aggregator.server.observing import Observer, Observing, observed
from aggregator.server.served import Served
from aggregator.server.shortcut import Shortcut

SHORTCUT = web.AppKey("shortcut", Shortcut)
LIMITS = web.AppKey("limits", Limits)


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def create_app(
    served: Callable[[], Served],
    *,
    clock: Callable[[], datetime] = utc_now,
    body_seconds: float = 10.0,
    observing: Observing | None = None,
    limits: Limits | None = None,
) -> web.Application:
    """Give an application that serves what `served` gives, which is asked at every request and must not wait.

    body_seconds  how long the body of a request may take to come
    observing     what is noted of requests, None: nothing
    limits        what clients may take, None: all that they want
    """
    app = web.Application()
    app[SERVED] = served
    app[CLOCK] = clock
    app[BODY_SECONDS] = body_seconds
    app[FAILURES] = Failures()
    if limits is not None:
        app[LIMITS] = limits
    observer = Observer(observing) if observing else None
    app[SHORTCUT] = Shortcut(served, clock, observer if observer and observer.is_needed else None)
    handler = observed(answer, observing, observer) if observing and observer else answer
    # Any character: a line break, which `.` alone does not stand for, would be no address to aiohttp, nor to the log and the figures.
    app.router.add_route("*", "/{path:(?s:.*)}", without_base(handler, served), expect_handler=expect_body)
    return app
