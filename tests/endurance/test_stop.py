"""The end of a real server, while a client takes its time with a large answer, or takes nothing of it."""

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.aggregator.running_site import RunningSite, running, wait_for
from tests.aggregator.workshop import Workshop

REQUEST = b"GET /feeds/all.json HTTP/1.1\r\nHost: news.example.org\r\n\r\n"


@pytest.fixture
def large(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    workshop.configure("reload: {every: 1h}\ndefaults: {limit: 1000, content: full}\n")
    for number in range(40):
        workshop.write(f"a{number}", body=f"word {number} " * 12_000)
    return workshop


@contextmanager
def asking(site: RunningSite) -> Iterator[tuple[socket.socket, bytes]]:
    """Ask for the large document, and give the connection once the answer has begun, with what came of it."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", site.port))
        client.sendall(REQUEST)
        yield client, client.recv(1024)


def begin_stop(site: RunningSite) -> None:
    """Tell the server to stop, and wait until it takes no connection."""
    site.signal(signal.SIGTERM)
    wait_for(lambda: site.says("server.stopping"))
    wait_for(lambda: is_refused(site))


def is_refused(site: RunningSite) -> bool:
    try:
        socket.create_connection(("127.0.0.1", site.port)).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_fault_40_a_large_answer_that_is_read_slowly_comes_whole(large: Workshop, workers: str) -> None:
    with running(large, "--workers", workers) as site:
        whole = site.get("/feeds/all.json").body
        with asking(site) as (client, begun):
            begin_stop(site)
            parts = [begun]
            # A slow client: longer than workers get that are ended and not stopped.
            for _ in range(30):
                Event().wait(0.1)
                parts.append(client.recv(1024))
            assert is_refused(site)
            parts.extend(iter(lambda: client.recv(1 << 16), b""))
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
        assert re.search(rb"(?i)content-length: (\d+)", head)[1] == str(len(whole)).encode()  # type: ignore[index]
        assert body == whole
        assert site.process.wait(30) == 0
        assert not any("worker.failed" in line or "worker.killed" in line for line in site.lines)


@pytest.mark.soak
def test_fault_40_a_client_that_takes_nothing_does_not_keep_the_server(large: Workshop) -> None:
    with running(large) as site:
        with asking(site):
            begin_stop(site)
            assert site.process.wait(30) == 0
        assert not site.says("server.left")
