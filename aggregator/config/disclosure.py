"""Values that say what is told of requests, and to whom.

`off` is a word here, whatever YAML makes of it: some readers of YAML, editors among them, see `false`, which is as good.
"""

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from aggregator.config.texts import some_text
from aggregator.config.written import quoted, suggestion

Choice = TypeVar("Choice", bound=StrEnum)


class MetricsReaders(StrEnum):
    """Who may read the metrics."""

    OFF = "off"
    LOOPBACK = "loopback"
    EVERYONE = "everyone"


class StatusReaders(StrEnum):
    """Who may read the status page."""

    OFF = "off"
    LOOPBACK = "loopback"
    TOKEN = "token"  # noqa: S105  a word for who, no token


class RequestLog(StrEnum):
    """Which requests the log tells of."""

    OFF = "off"
    SAMPLED = "sampled"
    ALL = "all"


def _chosen(value: object, choices: type[Choice], noun: str) -> Choice:
    known = [str(choice) for choice in choices]
    word = "off" if value is False else some_text(value)
    word = "off" if word.lower() == "false" else word
    if word not in known:
        expected = f"expected {', '.join(known[:-1])} or {known[-1]}"
        raise ValueError(f"{quoted(word)} is no {noun}, {expected}{suggestion(word, known)}")
    return choices(word)


def _metrics_readers(value: object) -> MetricsReaders:
    return _chosen(value, MetricsReaders, "choice of who may read metrics")


def _status_readers(value: object) -> StatusReaders:
    return _chosen(value, StatusReaders, "choice of who may read the status page")


def _request_log(value: object) -> RequestLog:
    return _chosen(value, RequestLog, "choice of requests")


MetricsReadersName = Annotated[
    MetricsReaders, BeforeValidator(_metrics_readers), WithJsonSchema({"enum": [*MetricsReaders, False]})
]
StatusReadersName = Annotated[
    StatusReaders, BeforeValidator(_status_readers), WithJsonSchema({"enum": [*StatusReaders, False]})
]
RequestLogName = Annotated[
    RequestLog, BeforeValidator(_request_log), WithJsonSchema({"enum": [*RequestLog, False]})
]
