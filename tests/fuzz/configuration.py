"""Any bytes as a configuration file: settings, or ConfigurationError whose every problem has a place within the file."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.config import load
from aggregator.errors import ConfigurationError

# Gone when the process ends: its own finalizer sees to it.
_FOLDER = TemporaryDirectory()
_FILE = Path(_FOLDER.name) / "aggregator.yaml"
# What YAML takes for line breaks.
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def check(data: bytes) -> None:
    _FILE.write_bytes(data)
    try:
        assert load(_FILE) == load(_FILE)
    except ConfigurationError as error:
        lines = _BREAK.split(data.decode("utf-8-sig", "replace"))
        assert error.problems
        for problem in error.problems:
            assert problem.file == str(_FILE)
            assert problem.reason
            assert "Input should" not in problem.reason, problem
            assert problem.line is not None
            assert problem.column is not None
            # The end of the file is a place, too.
            assert 1 <= problem.line <= len(lines) + 1, problem
            width = len(lines[problem.line - 1]) if problem.line <= len(lines) else 0
            assert 1 <= problem.column <= width + 1, problem
            assert str(problem).startswith(f"{_FILE}:{problem.line}:{problem.column}: ")
