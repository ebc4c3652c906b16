"""Lints: what is no fault of a file, but that its editor would want to know. `aggregator check` tells of them.

rules.py          which lints there are, how bad what they find is, and what it means
spelling.py       names that are one letter apart; pure
notes.py          what is noted of each article while it is read, so that memory stays flat
articles.py       notes to findings
skipped.py        files that are no articles, and were perhaps meant to be
places.py         where in an article's file a key stands
configuration.py  the configuration against what the sources hold
site.py           all of that, over a whole site
sarif.py          findings as SARIF, for editors and code review; pure
"""

from aggregator.lint.rules import RULES, Rule
from aggregator.lint.sarif import sarif
from aggregator.lint.site import check_site

__all__ = ["RULES", "Rule", "check_site", "sarif"]
