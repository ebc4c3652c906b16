"""What an independent judge of HTTP says of the answers: httplint, nothing bad and no warning."""

from time import time

import httplint
import pytest

from aggregator.server import Readiness
from tests.aggregator.server.asking import FEED, Site

SERIOUS = {httplint.levels.BAD, httplint.levels.WARN}


async def complaints(
    site: Site, status: int, target: str = FEED.path, method: str = "GET", **fields: str
) -> list[str]:
    """Ask, and give what httplint finds bad, or worth a warning, in the answer to just that."""
    answer = await site.get(target, method, **fields)
    assert answer.status == status
    request = httplint.HttpRequestLinter(start_time=time())
    request.process_request_topline(method.encode(), f"http://a.example{target}".encode(), b"1.1")
    request.process_headers(
        [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    )
    request.finish_content(complete=True)
    linter = httplint.HttpResponseLinter(start_time=time(), _related=request, no_content=method == "HEAD")
    linter.process_response_topline(b"1.1", str(status).encode(), b"")
    linter.process_headers([(name.encode(), value.encode()) for name, value in answer.fields])
    linter.feed_content(answer.body)
    linter.finish_content(complete=True)
    return [note.summary for note in linter.notes if note.level in SERIOUS]


@pytest.mark.parametrize("accepted", ["identity", "gzip", "br, gzip"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        (FEED.path, 200),
        ("/", 200),
        ("/none", 404),
        ("/feed", 301),
        ("/feeds/ended.atom", 410),
        ("/healthz", 200),
        ("/readyz", 200),
    ],
)
async def test_H7_an_answer_is_without_fault(
    site: Site, path: str, status: int, method: str, accepted: str
) -> None:
    assert await complaints(site, status, path, method, accept_encoding=accepted) == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_H6_a_304_is_without_fault(site: Site, method: str, coding: str) -> None:
    tag = FEED.etag(coding)
    assert await complaints(site, 304, method=method, if_none_match=tag, accept_encoding=coding) == []


@pytest.mark.parametrize(
    ("method", "fields", "status"),
    [
        ("GET", {"if_match": '"other"'}, 412),
        ("GET", {"accept_encoding": "*;q=0"}, 406),
        ("GET", {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}, 303),
        ("POST", {}, 405),
        ("OPTIONS", {}, 204),
        ("OPTIONS", {"origin": "https://reader.example", "access_control_request_method": "GET"}, 204),
    ],
)
async def test_a_rarer_answer_is_without_fault(
    site: Site, method: str, fields: dict[str, str], status: int
) -> None:
    assert await complaints(site, status, method=method, **fields) == []


async def test_a_refusal_for_now_is_without_fault(site: Site) -> None:
    site.change(readiness=Readiness(is_ready=False, reason="Not yet."))
    assert await complaints(site, 503) == []
