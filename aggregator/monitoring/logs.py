"""Logs: how events become lines: for people on a terminal, JSON for programs. One event is one line; secrets are cut out of it.

On a terminal a traceback follows its line, indented; in JSON it is a field.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

from aggregator.monitoring.redaction import redacted
from aggregator.printable import as_utf_8, on_one_line

# What libraries say has no name of ours.
FOREIGN = "library"

# Every tick of the schedule, and every change of a file, would be a line.
_QUIET = ("apscheduler", "watchfiles")


class LogForm(StrEnum):
    """How lines are written."""

    HUMAN = "human"
    JSON = "json"


def log_form(chosen: str, stream: TextIO) -> LogForm:
    """Give the form that was chosen; for auto the one that whoever reads `stream` reads best."""
    if chosen == "auto":
        return LogForm.HUMAN if stream.isatty() else LogForm.JSON
    return LogForm(chosen)


def start_logging(form: LogForm) -> None:
    """Write everything from INFO upwards to standard error, the warnings of Python included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(HumanFormatter() if form is LogForm.HUMAN else JsonFormatter())
    handler.addFilter(Repeats())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Repeats(logging.Filter):
    """Leaves out what an event that is to be told once says again. Remembers the lines of such events: there are to be few."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the log is to have it."""
        if not getattr(record, "once", False):
            return True
        line = f"{_name(record)}: {record.getMessage()}"
        is_new = line not in self._told
        self._told.add(line)
        return is_new


class HumanFormatter(logging.Formatter):
    """Writes time, level, event and text; a traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        time = self.formatTime(record, "%Y-%m-%d %H:%M:%S")
        text = on_one_line(redacted(record.getMessage()))
        line = f"{time} {record.levelname.lower()} {_name(record)}: {text}"
        lines = (on_one_line(redacted(line)) for line in _traceback(self, record).splitlines())
        return "\n".join((line, *(f"    {line}" for line in lines)))


class JsonFormatter(logging.Formatter):
    """Writes an object: time, level, event, text and process, then the fields of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": _name(record),
            "text": record.getMessage(),
            "process": record.process,
            **_fields(record),
        }
        if record.exc_info:
            told["traceback"] = _traceback(self, record)
        return json.dumps({key: _plain(value) for key, value in told.items()}, ensure_ascii=False)


def _name(record: logging.LogRecord) -> str:
    return str(getattr(record, "event", FOREIGN))


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return dict(getattr(record, "fields", {"logger": record.name}))


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info) if record.exc_info else ""


def _plain(value: object) -> object:
    """Give a value that JSON has; what is text, or becomes it, without secrets and without halves of surrogate pairs."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return as_utf_8(redacted(str(value)))
