"""The HTTP server.

app.py          the application: one handler for every address
runner.py       listening, and stopping in time
accepting.py    taking connections
connections.py  aiohttp's connections, with the shortcut and without its own answers
shortcut.py     plain requests for what lies ready, answered at once
repetition.py   what was decided about requests that come again
served.py       what is served: replaced as a whole
handlers.py     from request to answer
negotiation.py  which form of a document suits a request: pure
responses.py    every answer there is
headers.py      the header fields that answers share: pure
base_path.py    the path below which the site lies
addresses.py    which path a request means, and where old addresses lead: pure
conditional.py  whether what the client holds is current: pure
listening.py    where a server that listens can be asked: pure
directives.py   answers in the language of nginx's configuration: pure
limits.py       what clients take, and what is too much
allowances.py   how many requests each client may still make
clients.py      who asks: pure
lifetime.py     how long caches may keep an answer: pure
encoding.py     which content codings a request accepts: pure
searching.py    from a search to its edition, or to why there is none
bodies.py       bodies that requests bring, which nobody wants
failures.py     telling of failures once
observing.py    what is noted of each request, the metrics, and the status page
tally.py        counting answers
exposition.py   figures as text for Prometheus
disclosure.py   who may read the metrics and the status page: pure
request_log.py  which requests the log tells of
stalls.py       clients that stop reading

Values of which one is made for every request are named tuples, which take a third of the time of a frozen dataclass (measured).
"""

from aggregator.server.addresses import Addresses
from aggregator.server.app import create_app
from aggregator.server.headers import page_policy
from aggregator.server.lifetime import Lifetime, lifetime
from aggregator.server.limits import limits_of
from aggregator.server.listening import url_of
from aggregator.server.observing import Observing, Status
from aggregator.server.runner import Running, listen
from aggregator.server.served import READY, Editions, Readiness, Searches, Served
from aggregator.server.tally import Tally

__all__ = [
    "READY",
    "Addresses",
    "Editions",
    "Lifetime",
    "Observing",
    "Readiness",
    "Running",
    "Searches",
    "Served",
    "Status",
    "Tally",
    "create_app",
    "lifetime",
    "limits_of",
    "listen",
    "page_policy",
    "url_of",
]
