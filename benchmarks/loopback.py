"""Loopback: ports of this machine, and one request to one of them."""

import http.client
import socket
import time
from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple


class BenchmarkError(Exception):
    """Something did not go as a measurement supposes, so that there is none."""


class Answer(NamedTuple):
    """An answer; names of header fields in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Send one GET over a connection of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(
            response.status, response.read(), {name.lower(): value for name, value in response.getheaders()}
        )


def wait_until_listening(port: int) -> None:
    """Return once somebody listens on a port of this machine."""
    ends = time.perf_counter() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.perf_counter() > ends:
                raise
            time.sleep(0.005)
        else:
            return


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
