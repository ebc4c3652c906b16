"""A clock that is set while the server runs, by libfaketime (Debian's package): what is scheduled goes by the clock as it is now."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

pytestmark = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="faketime is not installed: see tests/install_tools.sh"
)

_HOUR = 3600


@dataclass
class Clock:
    """The clock of a server: how many seconds it is ahead stands in a file."""

    file: Path

    def set(self, seconds: int) -> None:
        partial = self.file.with_suffix(".partial")
        partial.write_text(f"{seconds:+d}\n")
        partial.replace(self.file)


@contextmanager
def with_clock(workshop: Workshop) -> Iterator[tuple[RunningSite, Clock]]:
    clock = Clock(workshop.folder / "clock")
    clock.set(0)
    told = subprocess.run(
        ["faketime", "now", "sh", "-c", "echo $LD_PRELOAD"], check=True, capture_output=True, text=True
    )
    # Only the time of day: a clock that is set leaves the time that passes alone.
    faked = {
        "LD_PRELOAD": told.stdout.strip().replace("libfaketime.so", "libfaketimeMT.so"),
        "FAKETIME_TIMESTAMP_FILE": str(clock.file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    within = ["env", *(f"{name}={value}" for name, value in faked.items())]
    with running(workshop, within=within) as site:
        yield site, clock


def titles(site: RunningSite) -> bytes:
    return site.get("/feeds/all.json").body


def test_fault_26_a_clock_that_steps_back_stops_no_refresh(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 2s, watch: false}\n")
    workshop.write("ferry")
    with with_clock(workshop) as (site, clock):
        clock.set(-2 * _HOUR)
        wait_for(lambda: site.says("the clock was set by -72"))
        workshop.write("quay")
        wait_for(lambda: b"Quay" in titles(site))
        workshop.write("pier")
        wait_for(lambda: b"Pier" in titles(site))


def test_fault_26_a_clock_that_steps_forward_makes_public_what_is_due(workshop: Workshop) -> None:
    workshop.configure("reload: {every: 1h, watch: false}\n")
    due = datetime.now(UTC) + timedelta(minutes=30)
    workshop.write("ferry")
    workshop.write("tide", f"publishedDateTime: {due:%Y-%m-%dT%H:%M:%SZ}")
    with with_clock(workshop) as (site, clock):
        assert b"Tide" not in titles(site)
        clock.set(_HOUR)
        wait_for(lambda: b"Tide" in titles(site))
