"""How the reader around a mere parser gets its documents: with validators, following moves for good."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.clients.client import RefusedError

_SECONDS = 20.0


class Fetcher:
    """Gets the document of one subscription."""

    def __init__(self) -> None:
        self._subscribed = ""
        self._url = ""
        self._validators: dict[str, str] = {}

    def get_new(self, url: str) -> str | None:
        """Give the document at `url`, or where that has moved to; None where it is the one that was given before."""
        if url != self._subscribed:
            self._subscribed = self._url = url
        # A delta (RFC 3229) is welcome: the shelf puts what is new to what it has.
        request = Request(self._url, headers=self._validators | {"A-IM": "feed"})  # noqa: S310  of the test's own server
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  likewise
                text = str(answer.read(), "utf-8")
                self._url = answer.url
                fields = {"If-None-Match": answer.headers["ETag"]}
        except HTTPError as error:
            with error:
                if error.code == 304:
                    return None
                raise RefusedError(f"{self._url}: {error.code}") from error
        self._validators = fields
        return text


def get(url: str) -> str:
    """Give the document at an address."""
    with urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  of the test's own server
        return str(answer.read(), "utf-8")
