"""Every client that lives with the server in these tests. What each can do is told in docs/clients.md too, which a test compares."""

import pytest

from tests.clients.client import Kind
from tests.clients.debian_clients import NEWSBOAT, SFEED
from tests.clients.npm_clients import FEEDSMITH, RSS_PARSER
from tests.clients.python_clients import FEEDPARSER, READER

KINDS: tuple[Kind, ...] = (FEEDPARSER, READER, NEWSBOAT, SFEED, RSS_PARSER, FEEDSMITH)


def each(*kinds: Kind) -> pytest.MarkDecorator:
    """Run a test for kinds of clients, in each of their formats; one that is not there is skipped by its name."""
    subscriptions = [
        pytest.param(
            (kind.name, ending),
            id=f"{kind.name}-{ending}",
            marks=pytest.mark.skipif(kind.missing is not None, reason=str(kind.missing)),
        )
        for kind in kinds
        for ending in kind.formats
    ]
    return pytest.mark.parametrize("which", subscriptions)
