"""The progress bar: where and when it shows, and that it stays away from everything else."""

import io

import pytest

from aggregator.cli import progress as module
from aggregator.cli.progress import progress


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def shown_by(
    monkeypatch: pytest.MonkeyPatch,
    *steps: tuple[int, int],
    after: float = 0.0,
    on: io.StringIO | None = None,
) -> str:
    """Give what is written while work goes on by these steps."""
    written = on or Terminal()
    monkeypatch.setattr(module, "_AFTER_SECONDS", after)
    monkeypatch.setattr("sys.stderr", written)
    with progress() as show:
        for step in steps:
            show(*step)
    monkeypatch.undo()
    return written.getvalue()


def test_on_a_terminal_it_says_how_far_the_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_by(monkeypatch, (10, 40), (25, 40), (40, 40))
    assert [text in shown for text in ("reading", "25/40", "40/40")] == [True, True, True]


def test_where_the_work_begins_anew_it_does_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = shown_by(monkeypatch, (40, 40), (3, 7), (7, 7))
    assert [text in shown for text in ("40/40", "3/7", "7/7")] == [True, True, True]


def test_work_of_nothing_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_by(monkeypatch, (0, 0)) == ""


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_by(monkeypatch, (1, 2), after=60.0) == ""


def test_what_is_no_terminal_is_shown_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown_by(monkeypatch, (1, 2), on=io.StringIO()) == ""
