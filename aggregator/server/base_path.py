"""The path below which the site lies, as in https://example.org/news: taken off what is asked for, before anything looks at that.

A proxy may take it off already, or may pass it on: both are usual, and both lead to the same document. The configuration refuses
a path that could be mistaken for the beginning of an address of ours.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import web

from aggregator.server.observing import METRICS_PATH
from aggregator.server.served import Served

_Answer = Callable[[web.Request], Awaitable[web.Response]]


def below(site_url: str, path: str) -> str | None:
    """Give `path` below the path of the site's address, None where it is not below that, or there is none.

    The metrics are not there: rules of proxies that keep them from everyone outside know one address alone.
    """
    base = _path_of(site_url)
    if not base:
        return None
    rest = path.removeprefix(base)
    if rest == path or rest[:1] not in {"/", ""} or rest.startswith(METRICS_PATH):
        return None
    return rest or "/"


@lru_cache(maxsize=16)
def _path_of(site_url: str) -> str:
    return urlsplit(site_url).path


def without_base(answer: _Answer, served: Callable[[], Served]) -> _Answer:
    """Give a handler that answers, as `answer` does, what lies below the path of the site's address as well."""

    async def answer_below(request: web.Request) -> web.Response:
        rest = below(served().site_url, request.rel_url.raw_path)
        if rest is None:
            return await answer(request)
        there = request.rel_url.with_path(rest, encoded=True, keep_query=True)
        return await answer(request.clone(rel_url=there))

    return answer_below
