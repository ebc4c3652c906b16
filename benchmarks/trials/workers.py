"""Workers: two of them beside one, at searches that nobody has asked for before. Told beside it: the same for a document that lies ready, and nginx's."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from http import HTTPStatus
from itertools import count

from benchmarks.bench import Bench
from benchmarks.corpus import samples
from benchmarks.loads import wrk
from benchmarks.loads.pins import pins_of_two
from benchmarks.peers import nginx
from benchmarks.reading import Reading, missing
from benchmarks.server import Server, running
from benchmarks.trials.serving import FEED, GZIP, answer, articles, in_turn

# A worker makes one search at a time and has 16 wait for it, so that none is refused.
_CONNECTIONS = 12
_TITLES = 400
# More than one load gets through.
_SEARCHES = 5_000

Load = Callable[[Server], wrk.Load]


def two_beside_one(bench: Bench) -> Mapping[str, Reading]:
    """Measure two workers beside one.

    On two processors the load shares them with the workers. It then takes from two what they could answer, and from one nothing, so that
    even workers that scale perfectly come to less than 2: the note says to how much.
    """
    if wrk.wrk_program() is None:
        return {"workers": missing("needs wrk")}
    on_servers, on_load = pins_of_two()
    one, two = (bench.site(f"workers-{number}", articles(bench)) for number in (1, 2))
    with (
        running(one, prefix=on_servers) as single,
        running(two, "--workers", "2", prefix=on_servers) as double,
    ):
        body, compressed, _ = answer(single)
        answer(double)
        for server in (single, double):
            _wait_for_words(server)
        unasked = _unasked()

        def search(server: Server) -> wrk.Load:
            address = f"http://127.0.0.1:{server.port}/"
            return wrk.load(
                address, {}, bench.seconds, on_load, connections=_CONNECTIONS, script=next(unasked)
            )

        def ready(port: int, path: str = FEED) -> wrk.Load:
            return wrk.load(f"http://127.0.0.1:{port}{path}", GZIP, bench.seconds, on_load)

        notes = [
            _cost("a search", single, search, is_shared=not on_load),
            _cost("a feed that lies ready", single, lambda server: ready(server.port), is_shared=not on_load),
        ]
        theirs = in_turn(lambda: ready(double.port).rate, lambda: ready(single.port).rate)
        notes.append(f"two ÷ one at that feed: {theirs.value:.2f}")
        notes += _nginx(bench, on_servers, {"": body, ".gz": compressed}, ready)
        reading = in_turn(lambda: search(double).rate, lambda: search(single).rate, "; ".join(notes))
        return {"workers": reading}


def most_of_two(worker: float, load: float) -> float:
    """Give how many times one worker two can be at most on two processors, where an answer takes a worker and the load so many seconds of processor time.

    One has a processor to itself: 1 ÷ worker answers a second. Two fill both processors, together with the load: 2 ÷ (worker + load).
    """
    return 2 * worker / (worker + load)


def _wait_for_words(server: Server) -> None:
    """Wait until words can be searched for, which a first load leaves for later, by whichever worker."""
    while any(server.get(f"/search.rss?q=word{number}").status != HTTPStatus.OK for number in range(20)):
        time.sleep(0.1)


def _unasked() -> Iterator[wrk.Script]:
    """Give loads of searches, each of which none before it has asked for: words of the articles, and how many entries at most."""
    words = sorted({word for sample in samples(_TITLES) for word in sample.title.lower().split()})
    for start in count(step=_SEARCHES):
        yield wrk.Script("searches.lua", (str(start), *words))


def _cost(what: str, server: Server, load: Load, *, is_shared: bool) -> str:
    """Say what an answer takes a worker, and the load, and how many times one worker two could be beside it."""
    before = server.cpu_seconds()
    done = load(server)
    worker = (server.cpu_seconds() - before) / done.answers
    others = done.processor_seconds / done.answers
    told = f"{what} takes a worker {worker * 1e6:,.0f} µs of processor time, and wrk {others * 1e6:,.0f}"
    return told + (
        f": sharing two processors, at most {most_of_two(worker, others):.2f}" if is_shared else ""
    )


def _nginx(
    bench: Bench, prefix: Sequence[str], forms: Mapping[str, bytes], load: Callable[[int, str], wrk.Load]
) -> list[str]:
    program = nginx.nginx_program()
    if program is None:
        return []
    with ExitStack() as running_servers:
        ports = [
            running_servers.enter_context(
                nginx.serving(
                    program,
                    bench.folder / f"nginx-{number}",
                    name="all.rss",
                    forms=forms,
                    prefix=prefix,
                    workers=number,
                )
            )
            for number in (1, 2)
        ]
        one, two = ports
        reading = in_turn(lambda: load(two, "/all.rss").rate, lambda: load(one, "/all.rss").rate)
    return [f"nginx with two workers ÷ with one, at the same bytes: {reading.value:.2f}"]
