"""Events: a name, a level, fields and a text that tells of them."""

import logging

import pytest

from aggregator.monitoring.events import Event

MOORED = Event("boat.moored", logging.INFO, "{boat} lies at {quay}, {length:.1f} m", more=("flag",))


def test_the_fields_are_those_of_the_text_and_the_others() -> None:
    assert MOORED.fields == ("boat", "quay", "length", "flag")


def test_an_event_is_a_record_with_name_level_text_and_fields(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        MOORED.log(boat="Ferry", quay=3, length=12, flag=None)
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.INFO, "Ferry lies at 3, 12.0 m")
    assert vars(record)["event"] == "boat.moored"
    assert vars(record)["fields"] == {"boat": "Ferry", "quay": 3, "length": 12, "flag": None}


def test_what_stands_in_fields_is_no_format(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        MOORED.log(boat="{quay} %s", quay=3, length=12, flag=None)
    assert caplog.messages == ["{quay} %s lies at 3, 12.0 m"]


def test_an_exception_comes_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("sunk")
    with caplog.at_level(logging.INFO):
        MOORED.log(error, boat="Ferry", quay=3, length=12, flag=None)
    assert caplog.records[0].exc_info == (ValueError, error, None)


def test_what_nobody_listens_to_costs_no_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        MOORED.log()  # has none of its fields: formatting it would fail
    assert caplog.records == []
