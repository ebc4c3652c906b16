"""A recorder between clients and the server: it hands on every request and every answer as they are, and keeps the statuses.

It has one address while the server behind it is stopped and started again, as a server behind a proxy has.
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SECONDS = 20.0
_OF_ONE_CONNECTION = frozenset({"connection", "keep-alive"})


class Recorder:
    """Its `url` is what clients ask; `target` is the port of the server that answers."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.target = 0
        self._statuses: list[int] = []

    def take(self) -> tuple[int, ...]:
        """Give the statuses of what was answered since the last time."""
        taken = tuple(self._statuses)
        self._statuses.clear()
        return taken

    def note(self, status: int) -> None:
        self._statuses.append(status)


class _Server(ThreadingHTTPServer):
    recorder: Recorder


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        recorder = self.server.recorder
        connection = http.client.HTTPConnection("127.0.0.1", recorder.target, timeout=_SECONDS)
        try:
            connection.putrequest("GET", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_ONE_CONNECTION:
                    connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        # Noted before it is sent: whoever has the answer finds it noted.
        recorder.note(answer.status)
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Run a recorder on a free port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.recorder = Recorder(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.recorder
        finally:
            server.shutdown()
            thread.join()
