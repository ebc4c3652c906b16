"""What machine the figures are of, and which versions stood beside each other."""

import os
import platform
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from benchmarks.loads.wrk import wrk_program
from benchmarks.peers.hugo import hugo_program
from benchmarks.peers.nginx import nginx_program

# What differs from run to run.
LOAD_BEFORE = "load before"
_PACKAGES = ("feed-aggregator", "aiohttp", "uvloop", "feedgen", "lxml", "sqlalchemy", "pyyaml")
_NUMBER = re.compile(r"\d+\.\d+(?:\.\d+)*")


def facts() -> Mapping[str, str]:
    """Give names to values, for people."""
    return {
        "processor": _processor(),
        "processors": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        LOAD_BEFORE: f"{os.getloadavg()[0]:.2f}",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
        "hugo": _told(hugo_program(), "version"),
        "nginx": _told(nginx_program(), "-v"),
        "wrk": _told(wrk_program(), "-v"),
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _told(program: str | None, option: str) -> str:
    """Give the version that a program tells of itself; wrk tells it with an error, nginx on standard error."""
    if program is None:
        return "not installed"
    done = subprocess.run([program, option], capture_output=True, text=True, check=False)
    found = _NUMBER.search(done.stdout + done.stderr)
    return found[0] if found else "unknown"
