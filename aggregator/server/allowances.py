"""Allowances: how many requests each client may still make, as buckets from which each takes a token, and which fill again with time.

A client costs one number, and only so many are remembered. Reads no clock.
"""

from collections import OrderedDict

from aggregator.server.clients import Client

MOST_CLIENTS = 20_000


class Allowances:
    """So many requests in so many seconds, for each client.

    most  clients remembered at most. Who has not asked for longest is forgotten first, and may ask afresh
    """

    def __init__(self, requests: int, seconds: float, *, most: int = MOST_CLIENTS) -> None:
        self._seconds = seconds
        self._interval = seconds / requests
        self._most = most
        # When the bucket of each is full again (GCRA: ITU-T I.371). The order is that of the last requests.
        self._full_at: OrderedDict[Client, float] = OrderedDict()

    def __len__(self) -> int:
        """Give how many clients are remembered."""
        return len(self._full_at)

    def take(self, client: Client, now: float) -> float:
        """Take one request from a client's allowance, at the monotonic time `now`.

        Give 0 where there was one; else the seconds until there is, and nothing is taken.
        """
        full_at = max(self._full_at.get(client, now), now) + self._interval
        wait = full_at - now - self._seconds
        # Sums of fractions: the last of a full bucket is not to be refused for a rounding.
        if wait > self._interval / 1000:
            self._full_at.move_to_end(client)
            return wait
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0.0
