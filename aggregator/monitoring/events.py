"""Events: everything that the log can tell. Programs may rely on the names of events and of their fields; the texts are for people.

How lines are written is decided in logs.py; what each event means to an operator stands in docs/operating.md.
"""

import logging
from dataclasses import dataclass
from string import Formatter

_logger = logging.getLogger("aggregator")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that can happen.

    name   SUBJECT.WHAT_HAPPENED; stays
    text   for people; {field} stands for the value of a field
    more   the fields that the text does not tell
    once   whether the log has it only once a process, as long as it says the same: what stays as it is would be told at every refresh
    """

    name: str
    level: int
    text: str
    more: tuple[str, ...] = ()
    once: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all its fields."""
        told = (name for _, name, _, _ in Formatter().parse(self.text) if name)
        return (*dict.fromkeys(told), *self.more)

    def log(self, exception: BaseException | None = None, /, **fields: object) -> None:
        """Tell the log that it happened; an exception comes with its traceback."""
        if _logger.isEnabledFor(self.level):
            extra = {"event": self.name, "fields": fields, "once": self.once}
            _logger.log(self.level, self.text.format(**fields), exc_info=exception, extra=extra)


SERVING = Event("server.started", logging.INFO, "serving {site} on {url}, listening on {host} port {port}")
STOPPING = Event("server.stopping", logging.INFO, "stopping")
LEFT = Event(
    "server.left",
    logging.WARNING,
    "has not ended within {seconds:g} s; leaving without what still hangs",
)
CONNECTIONS_WAIT = Event(
    "connections.waiting", logging.WARNING, "connections wait, since no more can be taken now: {error}"
)

REQUEST = Event(
    "request.answered",
    logging.INFO,
    "{client} {method} {path} {status}, {bytes} bytes {coding}, {milliseconds} ms",
    more=("agent",),
)
REQUEST_FAILED = Event("request.failed", logging.ERROR, "{path} can't be answered: {error}")
REQUESTS_FAILED = Event(
    "request.failed_again",
    logging.ERROR,
    "{count} more requests could not be answered since the failure before",
)
EDITION_STALE = Event("edition.stale", logging.WARNING, "serving the last edition of {path}: {error}")
VERSIONS_WAIT = Event(
    "versions.waiting", logging.WARNING, "{count} version(s) of documents wait to be kept: {error}"
)

GENERATION = Event(
    "refresh.changed",
    logging.INFO,
    "generation {generation}: {articles} public articles in {files} files, {read} read, {seconds:.2f} s",
)
UNCHANGED = Event(
    "refresh.unchanged",
    logging.INFO,
    "generation unchanged: {articles} public articles in {files} files, {read} read, {seconds:.2f} s",
)
REFRESH_FAILED = Event(
    "refresh.failed", logging.ERROR, "refresh failed, and the next one tries again: {error}"
)
REFRESH_LATE = Event(
    "refresh.timed_out",
    logging.ERROR,
    "refresh has made no headway for {seconds:g} s and is given up; the last good state stays",
)
REFRESH_SKIPPED = Event("refresh.skipped", logging.ERROR, "{error}")
REFRESH_ENDED = Event("refresh.ended", logging.INFO, "{error}")
SOURCE_KEPT = Event("source.kept", logging.ERROR, "{error}; what it held stays as it was", more=("source",))
SOURCE_BACK = Event("source.back", logging.INFO, "source {source} is looked at again")
PROBLEM = Event(
    "article.problem", logging.WARNING, "{problem}", more=("file", "line", "column", "key", "severity")
)
LAPSED = Event(
    "article.lapsed",
    logging.WARNING,
    "{file} held an article and is none any more: it has no front matter, or neither title nor date in it",
)
WATCH_FAILED = Event(
    "watch.failed",
    logging.WARNING,
    "watching files is not possible ({error}); changes are found by the schedule alone",
)
WATCH_BLIND = Event(
    "watch.blind",
    logging.WARNING,
    "{folder} lies on a file system of other machines ({kind}); what these change there is found by the schedule alone",
)
CLOCK_SET = Event(
    "clock.set", logging.WARNING, "the clock was set by {seconds:+.1f} s; what is scheduled is planned anew"
)

RELOADED = Event("configuration.reloaded", logging.INFO, "configuration reloaded")
REFUSED = Event(
    "configuration.refused",
    logging.ERROR,
    "the configuration can't be used, the old one runs on; problems found: {count}",
)
CONFIGURATION_PROBLEM = Event(
    "configuration.problem", logging.ERROR, "{problem}", more=("file", "line", "column", "key", "severity")
)
NEEDS_RESTART = Event(
    "configuration.needs_restart",
    logging.WARNING,
    "what changed of {keys} takes effect at the next start",
)
NOT_TAKEN_UP = Event(
    "configuration.not_taken_up",
    logging.ERROR,
    "the configuration could not be taken up; the next change of it tries again: {error!r}",
)
SET_ASIDE = Event(
    "catalogue.set_aside",
    logging.WARNING,
    "catalogue {catalogue} {reason}; set aside as {aside}, for its owner alone and for {days} days; rebuilding from the sources",
)
ASIDE_DELETED = Event(
    "catalogue.aside_deleted", logging.INFO, "{aside} is deleted, {days} days after it was set aside"
)
ASIDE_STAYS = Event(
    "catalogue.aside_stays",
    logging.WARNING,
    "{aside} was set aside, and can't be deleted after {days} days: {error}",
    once=True,
)
MADE_ANEW = Event(
    "catalogue.made_anew", logging.WARNING, "catalogue {catalogue} {reason}; rebuilding from the sources"
)

WORKER_ENDED = Event(
    "worker.ended", logging.ERROR, "worker {worker} ended with status {status}; replacing it"
)
WORKER_NOT_STARTED = Event(
    "worker.not_started",
    logging.ERROR,
    "a worker that ended can't be replaced now; trying again in {seconds:.0f} s: {error!r}",
)
WORKER_FAILED = Event("worker.failed", logging.ERROR, "worker can't go on: {error}")
WORKER_KILLED = Event(
    "worker.killed", logging.WARNING, "worker {worker} has not ended within {seconds:.0f} s; killed"
)
WORKER_BEHIND = Event(
    "worker.behind",
    logging.ERROR,
    "worker can't take up what is new and serves what it had; the next generation or configuration tries again: {error!r}",
)
WORKER_GOING = Event("worker.going", logging.INFO, "worker {worker} is going; its replacement will know")
MANAGER_LOST = Event(
    "service_manager.unreachable",
    logging.WARNING,
    "the service manager can't be told at {address}: {error}",
)
