"""Frames: messages between processes of ours over a stream, each behind its length in four bytes."""

import pickle
from asyncio import StreamReader

_LENGTH_BYTES = 4


def framed(message: object) -> bytes:
    """Give the bytes of a message."""
    data = pickle.dumps(message)
    return len(data).to_bytes(_LENGTH_BYTES) + data


async def receive(reader: StreamReader) -> object:
    """Wait for the next message, and give it; raise EOFError where the stream ends, OSError where it breaks."""
    size = int.from_bytes(await reader.readexactly(_LENGTH_BYTES))
    message: object = pickle.loads(await reader.readexactly(size))  # noqa: S301  the other end is a process of ours
    return message
