"""What every test may use: golden files, which `pytest --update-golden` writes anew from what the code says now.

With CI set, a test that is skipped for want of a tool fails the run: a tool that is not there proves nothing.

Files that take long go first, so that those who share the work end together.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.real_input import REASON

CheckGolden = Callable[[str, bytes], None]

# From 20 s down, of one processor.
_LONG = (
    "endurance/test_load.py",
    "test_packaging.py",
    "browser/test_hostile.py",
    "endurance/test_kill.py",
    "browser/test_pages.py",
    "benchmarks/test_harness.py",
    "docs/test_commands.py",
    "clients/test_life.py",
    "browser/test_subscribing.py",
    "aggregator/service/test_service.py",
    "aggregator/test_running_faults.py",
    "aggregator/test_failing_disk.py",
    "aggregator/test_operators.py",
    "aggregator/service/test_keeper.py",
    "aggregator/test_canaries.py",
    "aggregator/publish/test_nginx.py",
    "aggregator/catalogue/test_rankings.py",
    "aggregator/catalogue/test_history.py",
    "aggregator/catalogue/test_selection.py",
)

# How long an example takes says more of the machine, and of who else is at it, than of the code.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files anew; read the diff"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    folder = Path(__file__).parent
    places = {folder / name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


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
