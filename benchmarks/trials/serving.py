"""Serving: requests a second of one feed of 50 entries, beside nginx and a bare aiohttp handler, each alone on the first processor."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

from benchmarks.bench import Bench
from benchmarks.loads import wrk
from benchmarks.loads.pins import pins, pins_of_two
from benchmarks.loopback import ask
from benchmarks.peers import bare_aiohttp, nginx
from benchmarks.reading import Reading, missing, part_of
from benchmarks.server import Server, running

FEED = "/feeds/all.rss"
GZIP = {"Accept-Encoding": "gzip"}
_ROUNDS = 5

Rate = Callable[[], float]


def beside_nginx(bench: Bench) -> Mapping[str, Reading]:
    """Measure 200 with gzip, and 304."""
    pinned, program = pins(), nginx.nginx_program()
    if pinned is None or program is None or wrk.wrk_program() is None:
        why = missing("needs nginx, wrk, taskset and two processors")
        return {"serve-200": why, "serve-304": why}
    on_server, on_load = pinned
    with running(bench.site("serving", _articles(bench)), prefix=on_server) as server:
        body, compressed, etag = _answer(server)
        folder, forms = bench.folder / "nginx", {"": body, ".gz": compressed}
        with nginx.serving(program, folder, name="all.rss", forms=forms, prefix=on_server) as port:
            url = f"http://127.0.0.1:{port}/all.rss"
            theirs = ask(port, "/all.rss", GZIP).headers["etag"]
            ours = f"http://127.0.0.1:{server.port}{FEED}"

            def rate(url: str, headers: Mapping[str, str]) -> float:
                return wrk.requests_per_second(url, headers, bench.seconds, on_load)

            note = f"{len(compressed):,} bytes gzip of {len(body):,}"
            return {
                "serve-200": _in_turn(lambda: rate(ours, GZIP), lambda: rate(url, GZIP), note),
                "serve-304": _in_turn(
                    lambda: rate(ours, {**GZIP, "If-None-Match": etag}),
                    lambda: rate(url, {**GZIP, "If-None-Match": theirs}),
                ),
            }


def beside_bare_aiohttp(bench: Bench) -> Mapping[str, Reading]:
    """Measure 200 with gzip."""
    pinned = pins()
    if pinned is None or wrk.wrk_program() is None:
        return {"serve-stack": missing("needs wrk, taskset and two processors")}
    on_server, on_load = pinned
    with running(bench.site("serving", _articles(bench)), prefix=on_server) as server:
        _, compressed, _ = _answer(server)
        file = bench.folder / "bare-body"
        file.write_bytes(compressed)
        with bare_aiohttp.answering(file, on_server) as port:

            def rate(url: str) -> float:
                return wrk.requests_per_second(url, GZIP, bench.seconds, on_load)

            reading = _in_turn(
                lambda: rate(f"http://127.0.0.1:{server.port}{FEED}"),
                lambda: rate(f"http://127.0.0.1:{port}{bare_aiohttp.PATH}"),
            )
            return {"serve-stack": reading}


def two_workers(bench: Bench) -> Mapping[str, Reading]:
    """Measure two workers beside one, and nginx with two beside nginx with one.

    On two processors wrk shares them with the workers. It then takes from two what they could answer, and from one nothing, so that even
    workers that scale perfectly come to less than 2: the note says to how much.
    """
    if wrk.wrk_program() is None:
        return {"workers": missing("needs wrk")}
    on_servers, on_load = pins_of_two()
    one, two = (bench.site(f"workers-{count}", _articles(bench)) for count in (1, 2))
    with (
        running(one, prefix=on_servers) as single,
        running(two, "--workers", "2", prefix=on_servers) as double,
    ):
        body, compressed, _ = _answer(single)
        _answer(double)

        def load(port: int, path: str = FEED) -> wrk.Load:
            return wrk.load(f"http://127.0.0.1:{port}{path}", GZIP, bench.seconds, on_load)

        used = single.cpu_seconds()
        alone = load(single.port)
        used = single.cpu_seconds() - used
        worker, others = used / alone.answers, alone.processor_seconds / alone.answers
        notes = [
            f"an answer takes a worker {worker * 1e6:.0f} µs of processor time, and wrk {others * 1e6:.0f}"
            + ("" if on_load else f": sharing two processors, at most {most_of_two(worker, others):.2f}")
        ]
        notes += _nginx_workers(bench, on_servers, {"": body, ".gz": compressed}, load)
        reading = _in_turn(lambda: load(double.port).rate, lambda: load(single.port).rate, "; ".join(notes))
        return {"workers": reading}


def most_of_two(worker: float, load: float) -> float:
    """Give how many times one worker two can be at most on two processors, where an answer takes a worker and the load so many seconds of processor time.

    One has a processor to itself: 1 ÷ worker answers a second. Two fill both processors, together with the load: 2 ÷ (worker + load).
    """
    return 2 * worker / (worker + load)


def _nginx_workers(
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
                    bench.folder / f"nginx-{count}",
                    name="all.rss",
                    forms=forms,
                    prefix=prefix,
                    workers=count,
                )
            )
            for count in (1, 2)
        ]
        one, two = ports
        reading = _in_turn(lambda: load(two, "/all.rss").rate, lambda: load(one, "/all.rss").rate)
    return [f"nginx with two workers ÷ with one, under the same load: {reading.value:.2f}"]


def _articles(bench: Bench) -> int:
    # The feed shows 50 of them; how many more there are does not matter to an answer that is ready.
    return min(bench.files, 10_000)


def _in_turn(ours: Rate, peer: Rate, note: str = "") -> Reading:
    """Measure in turn, so that what disturbs the machine disturbs both; the first round is not counted."""
    ours(), peer()
    pairs = [(ours(), peer()) for _ in range(_ROUNDS)]
    return part_of([pair[0] for pair in pairs], [pair[1] for pair in pairs], "requests/s", note)


def _answer(server: Server) -> tuple[bytes, bytes, str]:
    """Wait until there is something to serve; give the feed, its gzip form, and the tag of that."""
    server.seconds_to_ready()
    server.wait_for_refresh()
    _, compressed, headers = server.get(FEED, GZIP)
    return gzip.decompress(compressed), compressed, headers["etag"]
