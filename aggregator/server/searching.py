"""Searching: from a request for a search to its edition, or to the answer that says why there is none."""

from aiohttp import web

from aggregator.documents.edition import Edition
from aggregator.errors import NoWordsError, SearchRequestError, TooBusyError, TooSlowError
from aggregator.server import responses
from aggregator.server.addresses import requested_query
from aggregator.server.served import Searches

# Seconds after which to ask again. Those who wait take a few; what is slow now is so until the machine has less to do.
_RETRY_WHEN_BUSY = 5
_RETRY_WHEN_SLOW = 60


async def search(searches: Searches, path: str, target: str) -> Edition | web.Response:
    """Give what the request target asks for at `path`, or the answer to one that can't have it."""
    try:
        edition = await searches.edition(path, requested_query(target))
    except SearchRequestError as error:
        return responses.bad_request(str(error))
    except (NoWordsError, TooBusyError) as error:
        return responses.unavailable(str(error), _RETRY_WHEN_BUSY)
    except TooSlowError:
        return responses.unavailable(
            "This search takes too long. Please ask for less of it.", _RETRY_WHEN_SLOW
        )
    return responses.not_found() if edition is None else edition
