"""What every answer tells a browser to keep to, whatever its status: the type that it names, what it may load and do, and whom it may tell."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NoReturn

import pytest

from aggregator.config import MetricsReaders, StatusReaders
from aggregator.documents.edition import Delta, Edition
from aggregator.server import headers
from tests.aggregator.server.asking import CHANGED, FEED, Answer, Site, answered, serving
from tests.aggregator.server.test_observing import observing as measured
from tests.aggregator.server.test_status import observing

BASE = "b" * 64
ICON = Edition(path="/static/icon.svg", media_type="image/svg+xml", body=b"<svg/>", last_modified=CHANGED)
WITHDRAWN = Edition(path="/articles/1", media_type="text/html", body=b"", last_modified=CHANGED, is_gone=True)
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = "default-src 'none'; style-src 'self'; script-src 'self'; "
BROWSER = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}


async def failing(site: Site) -> Answer:
    site.press.is_current, site.press.error = False, ValueError("broken")
    return await site.get()


async def answering_in_part(site: Site) -> Answer:
    async def deltas(path: str, digests: tuple[str, ...]) -> Edition:
        return Edition(
            path=path,
            media_type=FEED.media_type,
            body=b"<feed/>",
            last_modified=CHANGED,
            delta=Delta(base=digests[0], instance=FEED.digest),
        )

    site.change(deltas=deltas)
    return await site.get(a_im="feed", if_none_match=f'"{BASE}"')


async def sending_too_much(site: Site) -> Answer:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
    return answered(await site.exchange(head + b"x" * 100_000))


async def sending_too_little(site: Site) -> Answer:
    return answered(await site.exchange(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"))


async def saying_nonsense(site: Site) -> Answer:
    return answered(await site.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"))


def getting(*arguments: str, **fields: str) -> Callable[[Site], Awaitable[Answer]]:
    return lambda site: site.get(*arguments, **fields)


# The statuses of one kind of answer each, and how it is come by. What is a page, has the policy of pages.
ANSWERS: dict[str, tuple[int, str, Callable[[Site], Awaitable[Answer]]]] = {
    "a feed": (200, NOTHING, getting()),
    "a feed without its body": (200, NOTHING, getting(FEED.path, "HEAD")),
    "a compressed feed": (200, NOTHING, getting(accept_encoding="br")),
    "a page": (200, PAGE, getting("/")),
    "a picture": (200, NOTHING, getting(ICON.path)),
    "a probe": (200, NOTHING, getting("/healthz")),
    "options": (204, NOTHING, getting("/", "OPTIONS")),
    "a preflight": (204, NOTHING, getting("/", "OPTIONS", access_control_request_method="GET")),
    "what is new of a feed": (226, NOTHING, answering_in_part),
    "a feed that moved": (301, NOTHING, getting("/feeds/old.atom")),
    "a feed that a browser opens": (303, NOTHING, getting(FEED.path, **BROWSER)),
    "a feed that is held": (304, NOTHING, getting(if_none_match=FEED.etag("identity"))),
    # Else a cache would keep the page with the policy of what is none (RFC 9111 section 3.2).
    "a page that is held": (304, PAGE, getting("/", if_none_match="*")),
    "no request": (400, NOTHING, saying_nonsense),
    "nothing": (404, NOTHING, getting("/none")),
    "a method that there is not": (405, NOTHING, getting("/", "POST")),
    "no coding": (406, NOTHING, getting(accept_encoding="identity;q=0")),
    "a body that does not come": (408, NOTHING, sending_too_little),
    "a feed that has ended": (410, NOTHING, getting("/feeds/ended.atom")),
    "an article that was withdrawn": (410, NOTHING, getting(WITHDRAWN.path)),
    "a document that is another": (412, NOTHING, getting(if_match='"another"')),
    "a body that is too big": (413, NOTHING, sending_too_much),
    "an expectation": (417, NOTHING, getting(expect="x")),
    "a failure": (503, NOTHING, failing),
}


def check(answer: Answer, status: int, policy: str) -> None:
    fields = answer.headers
    assert answer.status == status
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["referrer-policy"] == "strict-origin-when-cross-origin"
    assert fields["content-security-policy"].startswith(policy)
    # Of two policies both would count: nothing of a page would work.
    assert [name for name, _ in answer.fields].count("content-security-policy") == 1


@pytest.mark.parametrize("kind", ANSWERS)
async def test_every_answer_says_what_browsers_may_do_with_it(kind: str) -> None:
    status, policy, ask = ANSWERS[kind]
    async with serving(body_seconds=0.2) as site:
        site.press.editions |= {ICON.path: ICON, WITHDRAWN.path: WITHDRAWN}
        check(await ask(site), status, policy)


async def test_the_page_of_a_problem_has_the_policy_of_pages(site: Site) -> None:
    site.change(problem_page=lambda _status, _reason: b"<!doctype html><title>Nothing</title>")
    check(await site.get("/none", accept="text/html"), 404, PAGE)


async def test_what_fails_beside_the_handler_has_a_policy_too() -> None:
    def fail() -> NoReturn:
        raise RuntimeError

    async with serving(clock=fail) as site:
        check(await site.get(), 500, NOTHING)


async def test_what_only_operators_get_has_a_policy_too() -> None:
    async with serving(observing=observing(StatusReaders.TOKEN)) as site:
        check(await site.get("/status"), 401, NOTHING)
    async with serving(observing=observing(StatusReaders.LOOPBACK)) as site:
        check(await site.send("GET /status HTTP/1.1\r\nHost: 127.0.0.1"), 200, PAGE)
    async with serving(observing=measured(MetricsReaders.EVERYONE)) as site:
        check(await site.get("/metrics"), 200, NOTHING)


def test_no_status_is_left_out() -> None:
    folder = Path(headers.__file__).parent
    written = {
        int(found)
        for file in folder.glob("*.py")
        for found in re.findall(
            r"(?:_text\(|status=|body_refused\(\s*)([1-5][0-9]{2})\b", file.read_text("utf-8")
        )
    }
    assert len(written) > 8
    assert written - {401, 500} <= {status for status, _, _ in ANSWERS.values()}
