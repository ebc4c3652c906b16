"""What every test may use: golden files, which `pytest --update-golden` writes anew from what the code says now."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
