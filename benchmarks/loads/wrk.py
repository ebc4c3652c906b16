"""wrk (Debian's package): as many requests as can be answered, over connections that stay open."""

import re
import resource
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import BenchmarkError

CONNECTIONS = 32


def wrk_program() -> str | None:
    """Give the path of wrk, None where it is not installed."""
    return shutil.which("wrk")


@dataclass(frozen=True, slots=True)
class Load:
    """What a load came to: answers, how many a second, and the seconds of processor time that wrk itself took."""

    answers: int
    rate: float
    processor_seconds: float


@dataclass(frozen=True, slots=True)
class Script:
    """What to ask for, where that is not one and the same: a script in Lua of this folder, and its arguments."""

    name: str
    arguments: Sequence[str]


def load(
    url: str,
    headers: Mapping[str, str],
    seconds: float,
    prefix: Sequence[str] = (),
    *,
    connections: int = CONNECTIONS,
    script: Script | None = None,
) -> Load:
    """Load a server; raise BenchmarkError where any answer is an error."""
    fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    # wrk takes whole seconds.
    command = [*prefix, "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", *fields]
    if script is None:
        command.append(url)
    else:
        command += ["-s", str(Path(__file__).with_name(script.name)), url, "--", *script.arguments]
    before = _processor_seconds()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise BenchmarkError(f"wrk met errors at {url}: {output}")
    return Load(
        answers=int(re.findall(r"(\d+) requests in", output)[0]),
        rate=float(re.findall(r"Requests/sec:\s+([\d.]+)", output)[0]),
        processor_seconds=_processor_seconds() - before,
    )


def requests_per_second(
    url: str, headers: Mapping[str, str], seconds: float, prefix: Sequence[str] = ()
) -> float:
    """Give what wrk counts; raise BenchmarkError where any answer is an error."""
    return load(url, headers, seconds, prefix).rate


def _processor_seconds() -> float:
    """Give what all processes that this one began, and that have ended, have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
