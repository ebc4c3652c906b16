"""What every test may use: golden files, which `pytest --update-golden` writes anew from what the code says now.

With CI set, a test that is skipped for want of a tool fails the run: a tool that is not there proves nothing.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_input import REASON

CheckGolden = Callable[[str, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


@pytest.fixture
def check_golden(request: pytest.FixtureRequest) -> CheckGolden:
    """Compare bytes with the file of a name in the folder golden/ beside the test."""
    folder = Path(request.path).parent / "golden"

    def check(name: str, got: bytes) -> None:
        file = folder / name
        if request.config.getoption("--update-golden"):
            folder.mkdir(exist_ok=True)
            file.write_bytes(got)
        assert got == file.read_bytes(), f"{name} differs; if that is meant: pytest --update-golden"

    return check


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a test was skipped that must not be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None or hasattr(session.config, "workerinput"):
        return
    reasons = {str(report.longrepr) for report in reporter.stats.get("skipped", ())}
    if any(REASON not in reason for reason in reasons) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"skipped, which CI does not allow: {sorted(reasons)}", red=True)
