"""Bodies: what requests bring along. No address wants one, so a small one is read and dropped, and any other refused."""

import asyncio
from contextlib import suppress

from aiohttp import HttpVersion11, StreamReader, hdrs, web

from aggregator.server import responses

MOST_BYTES = 64 * 1024


async def expect_body(request: web.Request) -> None:
    """Let a client that asks first send its body (RFC 9110 section 10.1.1); refuse what else a request may expect.

    As aiohttp does, but that a client which is gone by now is no error: the answer will not reach it either.
    """
    if request.version != HttpVersion11:
        return
    if request.headers.get(hdrs.EXPECT, "").lower() != "100-continue":
        raise web.HTTPExpectationFailed
    with suppress(ConnectionResetError):
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # It counts as no part of the answer.
        request.writer.output_size = 0


async def drop_body(content: StreamReader, seconds: float) -> web.Response | None:
    """Read the body to its end, within so many seconds; give the refusal where that can't be done.

    aiohttp itself would wait for the rest of a body for ever (measured).
    """
    try:
        async with asyncio.timeout(seconds):
            return await _drop(content)
    except TimeoutError:
        return responses.body_refused(
            408, f"The body of the request has not ended within {seconds:g} seconds."
        )
    except web.RequestPayloadError:
        return responses.body_refused(400, "The body of the request is not what its header fields say.")


async def _drop(content: StreamReader) -> web.Response | None:
    size = 0
    async for chunk in content.iter_any():
        size += len(chunk)
        if size > MOST_BYTES:
            return responses.body_refused(413, f"No address takes a body; more than {MOST_BYTES} bytes came.")
    return None
