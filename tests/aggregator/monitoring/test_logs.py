"""Lines of the log: one an event, for people or for programs, and without secrets in either."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aggregator.monitoring.logs import HumanFormatter, JsonFormatter, LogForm, Repeats, log_form


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("chosen", "stream", "form"),
    [
        ("auto", Terminal(), LogForm.HUMAN),
        ("auto", io.StringIO(), LogForm.JSON),
        ("json", Terminal(), LogForm.JSON),
        ("human", io.StringIO(), LogForm.HUMAN),
    ],
)
def test_a_terminal_gets_the_form_for_people_unless_another_is_chosen(
    chosen: str, stream: io.StringIO, form: LogForm
) -> None:
    assert log_form(chosen, stream) is form


def record(text: str, error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("aggregator", logging.WARNING, "x.py", 1, text, None, exc_info)
    made.created = 1772366400.25
    made.process = 4711
    vars(made).update({"event": "boat.moored", "fields": fields})
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    line = JsonFormatter().format(made)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def raised() -> ValueError:
    try:
        int("token=canary\n of two lines")
    except ValueError as error:
        return error
    raise AssertionError


def test_a_program_gets_an_object() -> None:
    assert as_json(record("Ferry lies", boat="Ferry", quay=3, flag=None, file=Path("/a"))) == {
        "time": "2026-03-01T12:00:00.250Z",
        "level": "warning",
        "event": "boat.moored",
        "text": "Ferry lies",
        "process": 4711,
        "boat": "Ferry",
        "quay": 3,
        "flag": None,
        "file": "/a",
    }


def test_people_get_a_line() -> None:
    line = HumanFormatter().format(record("Ferry lies", boat="Ferry"))
    time, _, rest = line.partition(" warning ")
    assert (len(time), rest) == (19, "boat.moored: Ferry lies")


def test_fault_29_no_form_holds_a_secret() -> None:
    made = record("token=canary", raised(), address="https://a:canary@b.example/?canary")
    assert "canary" not in JsonFormatter().format(made)
    assert "canary" not in HumanFormatter().format(made)


def test_what_files_are_called_makes_no_second_line() -> None:
    made = record("a\n2026-03-01 12:00:00 error b: forged \udc80", file="c\nd\udc80")
    assert len(HumanFormatter().format(made).splitlines()) == 1
    assert as_json(made)["file"] == "c\nd\\x80"


def test_a_traceback_is_a_field_or_stands_indented_below() -> None:
    made = record("failed", raised())
    assert as_json(made)["traceback"].startswith("Traceback")
    first, *below = HumanFormatter().format(made).splitlines()
    assert first.endswith("failed")
    assert len(below) > 2
    assert all(line.startswith("    ") for line in below)


def test_what_a_library_says_names_the_library() -> None:
    made = logging.LogRecord("asyncio", logging.ERROR, "x.py", 1, "%s broke", ("it",), None)
    told = as_json(made)
    assert (told["event"], told["logger"], told["text"]) == ("library", "asyncio", "it broke")


def test_what_is_to_be_told_once_is_told_again_where_it_says_something_else() -> None:
    said = ["stays: busy", "stays: busy", "stays: full", "stays: busy"]
    for is_once, wanted in ((True, [True, False, True, False]), (False, [True] * 4)):
        repeats, records = Repeats(), [record(text) for text in said]
        for made in records:
            vars(made)["once"] = is_once
        assert [repeats.filter(made) for made in records] == wanted


@pytest.mark.parametrize("form", LogForm)
def test_everything_goes_to_standard_error_in_one_form(form: LogForm) -> None:
    script = (
        "import logging, warnings; from aggregator.monitoring import events; from aggregator.monitoring.logs import LogForm, start_logging\n"
        f"start_logging(LogForm({str(form)!r})); events.STOPPING.log(); logging.getLogger('apscheduler').info('tick')\n"
        "logging.getLogger('asyncio').error('out of sockets'); warnings.warn('old')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    lines = ended.stderr.splitlines()
    assert ended.stdout == ""
    assert [name in line for name, line in zip(("server.stopping", "library", "library"), lines, strict=True)]
    if form is LogForm.JSON:
        assert [json.loads(line)["level"] for line in lines] == ["info", "error", "warning"]
