"""Reading load: threads that ask a server one request after the other, and judge every whole answer."""

import http.client
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

_SECONDS = 20.0
# Between two requests of a thread: the server wants the processor too.
_PAUSE_SECONDS = 0.005


@dataclass(slots=True)
class ReadingLoad:
    """What came of reading. `may_fail` is set when the server is about to be killed: a connection may break from then on."""

    may_fail: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    problems: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, problem: str | None) -> None:
        """Take note of an answer, and of what is wrong with it."""
        with self._lock:
            self.answers += 1
            if problem is not None:
                self.problems.append(problem)


@contextmanager
def reading(
    port: int, paths: Sequence[str], judge: Callable[[str, bytes], object], threads: int = 2
) -> Iterator[ReadingLoad]:
    """Read `paths` all the time. `judge` gets each path and body, and raises AssertionError where the body is not as it must be."""
    load = ReadingLoad()
    ended = threading.Event()

    def read(start: int) -> None:
        turn = start
        while not ended.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
            try:
                while not ended.wait(_PAUSE_SECONDS):
                    turn += 1
                    path = paths[turn % len(paths)]
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    load.note(_problem(path, answer.status, answer.read(), judge))
            except (OSError, http.client.HTTPException) as error:
                if load.may_fail.is_set():
                    return
                load.note(f"{error!r}")
            finally:
                connection.close()

    readers = [threading.Thread(target=read, args=(number,)) for number in range(threads)]
    for reader in readers:
        reader.start()
    try:
        yield load
    finally:
        ended.set()
        for reader in readers:
            reader.join()


def _problem(path: str, status: int, body: bytes, judge: Callable[[str, bytes], object]) -> str | None:
    if status != http.HTTPStatus.OK:
        return f"{path}: {status}"
    try:
        judge(path, body)
    except AssertionError as error:
        return str(error)
    return None
