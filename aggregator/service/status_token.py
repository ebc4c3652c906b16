"""The token of the status page: from the file that the configuration names. Only its digest is kept, so that nothing can tell it."""

from hashlib import sha256

from aggregator.config import ServerSettings, StatusReaders
from aggregator.errors import ServeError
from aggregator.source.regular_file import read_start

FEWEST_CHARACTERS = 16
_MOST_BYTES = 4096


def status_digest(settings: ServerSettings) -> bytes:
    """Give the SHA-256 of the token, nothing where none is asked for; raise ServeError where it can't be had."""
    if settings.status is not StatusReaders.TOKEN or settings.status_token is None:
        return b""
    file = settings.status_token
    try:
        token = read_start(file, _MOST_BYTES).partition(b"\n")[0].strip()
    except OSError as error:
        raise ServeError(
            f"can't read the token {file} (server.status_token): {error.strerror or error}; expected a file that the "
            "server may read"
        ) from error
    if len(token) < FEWEST_CHARACTERS:
        raise ServeError(
            f"the token in {file} (server.status_token) has {len(token)} characters, expected at least "
            f"{FEWEST_CHARACTERS}, such as `openssl rand -hex 16` gives"
        )
    return sha256(token).digest()
