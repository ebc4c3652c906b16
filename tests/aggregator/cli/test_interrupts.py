"""Ctrl-C at a command: no traceback, whenever it comes, and nothing but the end of it. And SIGHUP at a server that begins."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.aggregator.workshop import Workshop

# The signal comes when Python begins what `event` names (sys.addaudithook): so it comes at one moment however fast the machine is.
PROGRAM = """
import os, runpy, signal, sys

event, what, *sys.argv[1:] = sys.argv[1:]
def interrupt(happens, arguments):
    if happens == event and arguments[0] == what:
        os.kill(os.getpid(), signal.{number})
sys.addaudithook(interrupt)
{first}
runpy.run_module("aggregator", run_name="__main__", alter_sys=True)
"""
IMPORTING = ("import", "aggregator.cli.program")


# As Python begins with it: what runs in the background of a shell has it ignored, and these tests may.
HEARD = "signal.signal(signal.SIGINT, signal.default_int_handler)"
# Likewise: whatever nohup starts has it ignored.
UP = "signal.signal(signal.SIGHUP, signal.SIG_DFL)"


def interrupted(
    moment: tuple[str, str], *arguments: str, first: str = HEARD, number: signal.Signals = signal.SIGINT
) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", PROGRAM.format(first=first, number=number.name), *moment, *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)


def test_while_a_command_is_being_imported_it_ends_without_a_word(workshop: Workshop) -> None:
    ended = interrupted(IMPORTING, "serve", "--config", str(workshop.config_path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


def test_while_serve_is_being_imported_a_reload_is_none_since_nothing_is_loaded_yet(tmp_path: Path) -> None:
    ended = interrupted(
        IMPORTING, "serve", "--config", str(tmp_path / "site.yaml"), first=UP, number=signal.SIGHUP
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "site.yaml: can't be read" in ended.stderr


def test_while_another_command_is_being_imported_the_end_of_its_terminal_ends_it(workshop: Workshop) -> None:
    ended = interrupted(
        IMPORTING, "check", "--config", str(workshop.config_path), first=UP, number=signal.SIGHUP
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGHUP, "", "")


@pytest.mark.parametrize("command", ["check", "publish"])
def test_while_a_command_works_it_is_given_up(workshop: Workshop, tmp_path: Path, command: str) -> None:
    out = [str(tmp_path / "out")] if command == "publish" else []
    ended = interrupted(
        ("open", str(workshop.config_path)), command, *out, "--config", str(workshop.config_path)
    )
    assert (ended.returncode, ended.stdout, ended.stderr.strip()) == (130, "", "Aborted!")


def test_where_it_is_ignored_it_stays_so() -> None:
    """A shell has what runs in the background ignore it."""
    ended = interrupted(IMPORTING, "--version", first="signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert (ended.returncode, ended.stderr) == (0, "")
