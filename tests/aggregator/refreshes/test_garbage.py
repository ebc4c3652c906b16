"""Not looking for garbage meanwhile."""

import gc
from collections.abc import Iterator

import pytest

from aggregator.refreshes.garbage import uncollected


@pytest.fixture
def enabled() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


@pytest.mark.usefixtures("enabled")
def test_garbage_is_looked_for_again_afterwards_whatever_happened() -> None:
    def fail() -> None:
        with uncollected():
            assert not gc.isenabled()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert gc.isenabled()


@pytest.mark.usefixtures("enabled")
def test_who_does_without_already_still_does() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
