"""Problem pages: what a browser shows where there is no document. Feed readers get a line of text in their place."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from aggregator.site.rendering import Templates

# Every status that has a page, and its heading.
_HEADINGS: Mapping[int, str] = MappingProxyType(
    {
        400: "That can't be answered",
        404: "There is nothing here",
        405: "That is not how to ask",
        410: "This is gone",
        503: "Not just now",
    }
)
_KEPT = 64


class ProblemPages:
    """The pages of one configuration. Safe to use from several threads."""

    def __init__(self, templates: Templates) -> None:
        self._render = lru_cache(maxsize=_KEPT)(templates.render)

    def __call__(self, status: int, reason: str) -> bytes | None:
        """Give the page for a status and its reason, a line each problem; None where that status has none."""
        heading = _HEADINGS.get(status)
        if heading is None:
            return None
        return self._render(
            "problem.html", status=status, heading=heading, reasons=tuple(reason.splitlines())
        )
