"""A load at a fixed rate, and how long each answer took. Open: what is slow does not keep the next request from being sent.

A request is sent when it is due, over a connection that is free; its time counts from then. Where none is free it counts from when
it was due, so that a server that stands still is charged for all that it keeps waiting (coordinated omission).
"""

import os
import re
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

RATE = 500
CONNECTIONS = 16
_AHEAD = -10
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answered:
    """When a request was sent, or due, by time.perf_counter, and the seconds until all of its answer had come."""

    sent: float
    seconds: float


class _Line:
    """One connection, with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._received = b""

    def ask(self, path: str, since: float) -> None:
        self.sent, self._received = since, b""
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )

    def receive(self) -> bool:
        """Take what has come; tell whether the answer is complete."""
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the server has ended a connection under a steady load")
        self._received += chunk
        head, found, body = self._received.partition(_END)
        if not found:
            return False
        length = _LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            raise ConnectionError(f"expected 200 with a length, got {head[:200]!r}")
        return len(body) >= int(length[1])


def steady(port: int, paths: Sequence[str], is_over: Callable[[], bool], rate: int = RATE) -> list[Answered]:
    """Ask for the paths in turn until it is over, and wait for the answers that are under way then."""
    with _ahead_of_others():
        return _ask_steadily(port, paths, is_over, rate)


@contextmanager
def _ahead_of_others() -> Iterator[None]:
    """Give this thread a higher priority, where that is allowed: the readers that it stands for have machines of their own."""
    thread = threading.get_native_id()
    before = os.getpriority(os.PRIO_PROCESS, thread)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, thread, _AHEAD)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, thread, before)


def _ask_steadily(port: int, paths: Sequence[str], is_over: Callable[[], bool], rate: int) -> list[Answered]:
    lines = [_Line(port) for _ in range(CONNECTIONS)]
    free, answered = deque(lines), []
    began, asked = time.perf_counter(), 0
    none_free_until = began
    # select(2) waits to the microsecond; epoll to the millisecond, which would be longer than most answers take.
    with selectors.SelectSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        while not (over := is_over()) or len(free) < len(lines):
            due, now = began + asked / rate, time.perf_counter()
            if now >= due and free and not over:
                free.popleft().ask(paths[asked % len(paths)], due if due < none_free_until else now)
                asked += 1
                continue
            for key, _ in selector.select(max(0.0, due - now) if free and not over else 0.05):
                if key.data.receive():
                    ended = time.perf_counter()
                    answered.append(Answered(key.data.sent, ended - key.data.sent))
                    if not free:
                        none_free_until = ended
                    free.append(key.data)
    for line in lines:
        line.socket.close()
    return answered
