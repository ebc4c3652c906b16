"""Bodies: what requests bring along. No address wants one, so a small one is read and dropped, and any other refused."""

import asyncio

from aiohttp import StreamReader, web

from aggregator.server import responses

MOST_BYTES = 64 * 1024


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
