"""What another configuration would change for readers: feeds, the entries in them, and identities.

comparison.py  two sites, as values of what differs
feeds.py       the feeds of two sites: which are the same, and how they differ
identities.py  the articles of two sites: which are the same, and which got another identity
side.py        one of the two
sites.py       two configurations over their sources, into catalogues that are thrown away
report.py      a difference as text or JSON
"""

from aggregator.diff.comparison import Difference
from aggregator.diff.report import as_json, as_text
from aggregator.diff.sites import diff_sites

__all__ = ["Difference", "as_json", "as_text", "diff_sites"]
