"""The exceptions of this package.

FeedsError
└── SearchQueryError   a full-text query that can't be understood
"""


class FeedsError(Exception):
    """Any error that this package raises on purpose."""


class SearchQueryError(FeedsError):
    """A full-text query that can't be understood; the text names the query and what was expected."""
