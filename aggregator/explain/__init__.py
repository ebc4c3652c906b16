"""Explaining an article to its editor: what its file says, what has become of it, and why it is, or is not, in each feed.

    subject.py      a file path, URL or id to the file that is meant
    reading.py      that file, read as a refresh would read it
    standing.py     what has become of it: published, scheduled, broken …
    judging.py      every feed's verdict on it
    explanation.py  all of that, in order
    wording.py      criteria and what they found, in words
    report.py       an explanation as text or JSON

It is told to the operator's own terminal, so it shows unpublished articles too; none of them gets into any catalogue on disk.
"""

from aggregator.explain.explanation import Explanation, explain_article
from aggregator.explain.report import as_json, as_text

__all__ = ["Explanation", "as_json", "as_text", "explain_article"]
