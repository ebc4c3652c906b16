"""Serving: requests a second of one feed of 50 entries, beside nginx and a bare aiohttp handler, each alone on the first processor."""

import gzip
from collections.abc import Callable, Mapping

from benchmarks.bench import Bench
from benchmarks.loads import wrk
from benchmarks.loads.pins import pins
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
    with running(bench.site("serving", articles(bench)), prefix=on_server) as server:
        body, compressed, etag = answer(server)
        folder, forms = bench.folder / "nginx", {"": body, ".gz": compressed}
        with nginx.serving(program, folder, name="all.rss", forms=forms, prefix=on_server) as port:
            url = f"http://127.0.0.1:{port}/all.rss"
            theirs = ask(port, "/all.rss", GZIP).headers["etag"]
            ours = f"http://127.0.0.1:{server.port}{FEED}"

            def rate(url: str, headers: Mapping[str, str]) -> float:
                return wrk.requests_per_second(url, headers, bench.seconds, on_load)

            note = f"{len(compressed):,} bytes gzip of {len(body):,}"
            return {
                "serve-200": in_turn(lambda: rate(ours, GZIP), lambda: rate(url, GZIP), note),
                "serve-304": in_turn(
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
    with running(bench.site("serving", articles(bench)), prefix=on_server) as server:
        _, compressed, _ = answer(server)
        file = bench.folder / "bare-body"
        file.write_bytes(compressed)
        with bare_aiohttp.answering(file, on_server) as port:

            def rate(url: str) -> float:
                return wrk.requests_per_second(url, GZIP, bench.seconds, on_load)

            reading = in_turn(
                lambda: rate(f"http://127.0.0.1:{server.port}{FEED}"),
                lambda: rate(f"http://127.0.0.1:{port}{bare_aiohttp.PATH}"),
            )
            return {"serve-stack": reading}


def articles(bench: Bench) -> int:
    """Give how many articles a site has that answers: a feed shows 50, and of an answer that is ready it does not matter how many more there are."""
    return min(bench.files, 10_000)


def in_turn(ours: Rate, peer: Rate, note: str = "") -> Reading:
    """Measure in turn, so that what disturbs the machine disturbs both; the first round is not counted."""
    ours(), peer()
    pairs = [(ours(), peer()) for _ in range(_ROUNDS)]
    return part_of([pair[0] for pair in pairs], [pair[1] for pair in pairs], "requests/s", note)


def answer(server: Server) -> tuple[bytes, bytes, str]:
    """Wait until there is something to serve; give the feed, its gzip form, and the tag of that."""
    server.seconds_to_ready()
    server.wait_for_refresh()
    _, compressed, headers = server.get(FEED, GZIP)
    return gzip.decompress(compressed), compressed, headers["etag"]
