"""Slow clients, in a process of their own: some ask and never read, some never finish asking. Who drips comes again when it was let go.

    python slow_clients.py PORT PATH STALLED DRIPPING PATIENCE

It may hold as many connections as who starts it. Says `ready` when all are there; at the end of standard input it says how many connections the server ended, and goes. Before that it waits for PATIENCE seconds at the most
until those are as many as drip.
"""

import asyncio
import socket
import sys
from collections import Counter
from contextlib import suppress

# The kernel keeps 3 MB of what was sent and not read (measured on Linux); the rest waits in the server.
_RECEIVE_BYTES = 4096
_PIPELINED = 100
_DRIP_SECONDS = 1.0


async def _stall(port: int, path: str, there: Counter[str]) -> None:
    """Ask for more than the kernel takes, and read nothing."""
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * _PIPELINED
    with socket.socket() as client:
        client.setblocking(False)  # noqa: FBT003  the name of the standard library
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, request)
        there["stalled"] += 1
        await asyncio.Event().wait()


async def _drip(port: int, path: str, there: Counter[str]) -> None:
    """Send header fields byte by byte."""
    is_first = True
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nX-Drip: ".encode())
            there["dripping"] += is_first
            is_first = False
            while not reader.at_eof():
                writer.write(b"x")
                with suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(1), _DRIP_SECONDS)
            there["ended"] += 1
            writer.close()


async def _run(port: int, path: str, stalled: int, dripping: int, patience: float) -> None:
    there: Counter[str] = Counter()
    tasks = [asyncio.create_task(_stall(port, path, there)) for _ in range(stalled)]
    tasks += [asyncio.create_task(_drip(port, path, there)) for _ in range(dripping)]
    while there["stalled"] < stalled or there["dripping"] < dripping:  # noqa: ASYNC110  thousands would each set an event
        await asyncio.sleep(0.02)
    print("ready", flush=True)  # noqa: T201  the answer to who started this
    await asyncio.to_thread(sys.stdin.read)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while there["ended"] < dripping:  # noqa: ASYNC110  likewise
                await asyncio.sleep(0.02)
    print(there["ended"], flush=True)  # noqa: T201  likewise
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
