"""The tests that a document names, as `path.py::test_name` below tests/, and what is wrong with a name."""

import re
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).parent
# Marks with which a test proves nothing where `make test` runs; soak is for those that take minutes.
_IDLE = frozenset({"skip", "skipif", "soak", "xfail"})


def named_tests(document: str) -> list[tuple[str, str]]:
    """Give path and name of each test that a document names, each once, in their order."""
    return sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", document)))


def missing(path: str, name: str) -> str:
    """Say why a name is not that of a test; nothing where it is."""
    file = TESTS / path
    if not file.is_file():
        return f"{path} is not there"
    if not (file.name.startswith("test_") and name.startswith("test_")):
        return f"{path}::{name} is not what pytest collects, expected test_….py::test_…"
    return "" if isfunction(getattr(_module(path), name, None)) else f"{path} has no {name}"


def idle(path: str, name: str) -> str:
    """Say why a test that there is may prove nothing where `make test` runs; nothing where it always runs."""
    module = _module(path)
    marks = {mark.name for marked in (module, getattr(module, name)) for mark in _marks(marked)}
    return f"{path}::{name} may not run: {', '.join(sorted(marks & _IDLE))}" if marks & _IDLE else ""


def _module(path: str) -> ModuleType:
    return import_module(".".join((TESTS.name, *Path(path).with_suffix("").parts)))


def _marks(marked: object) -> list[pytest.Mark]:
    marks = getattr(marked, "pytestmark", [])
    listed = marks if isinstance(marks, list) else [marks]
    return [mark.mark if isinstance(mark, pytest.MarkDecorator) else mark for mark in listed]
