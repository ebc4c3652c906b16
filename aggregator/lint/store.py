"""The store: whether a catalogue can be there, found out before the server is to start."""

from collections.abc import Iterator, Sequence

from aggregator.catalogue.obstacles import ban, obstacle
from aggregator.config import Settings
from aggregator.config.nodes import Node, child
from aggregator.config.store import store_file
from aggregator.errors import Problem, Severity


def lint_store(settings: Settings, roots: Sequence[Node]) -> Iterator[Problem]:
    """Give what stands in the way of the catalogue, where `store` is written.

    What this user may not do is a warning: who checks a configuration need not be who runs the server.
    """
    file = store_file(settings.store)
    impossible = obstacle(file)
    reason = impossible or ban(file)
    if reason is None:
        return
    node = next((found for root in roots if (found := child(root, "store"))), None)
    yield Problem(
        file=str(settings.path),
        line=node.place.line if node else 1,
        column=node.place.column if node else 1,
        key="store",
        reason=reason,
        severity=Severity.ERROR if impossible else Severity.WARNING,
    )
