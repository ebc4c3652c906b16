"""wrk (Debian's package): as many requests as can be answered, over 32 connections that stay open."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from benchmarks.loopback import BenchmarkError

CONNECTIONS = 32


def wrk_program() -> str | None:
    """Give the path of wrk, None where it is not installed."""
    return shutil.which("wrk")


def requests_per_second(
    url: str, headers: Mapping[str, str], seconds: float, prefix: Sequence[str] = ()
) -> float:
    """Give what wrk counts; raise BenchmarkError where any answer is an error."""
    fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    # wrk takes whole seconds.
    command = [*prefix, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", *fields, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise BenchmarkError(f"wrk met errors at {url}: {output}")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", output)[0])
