"""Waiting on the event loop for what happens in other threads."""

import asyncio
from collections.abc import Callable

PATIENCE_SECONDS = 20.0


async def until(condition: Callable[[], bool]) -> None:
    """Let others go on until the condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  a thread that is watched from outside sets no event
            await asyncio.sleep(0.005)
