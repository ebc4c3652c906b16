"""What is special to XML, CDATA and HTML in an article file, as whoever subscribes gets it: from the file to each format."""

import html
import re

import pytest

from feeds.formats import FORMATS
from tests.aggregator.workshop import Workshop
from tests.conformance.published import told

_BODY = "a ]]&gt; b ]]> c&nbsp;d &mdash; e &amp;nbsp; f &amp;lt;g&amp;gt; `]]>` h ]]]]>> i"
_READ = "a ]]> b ]]> c\u00a0d — e &nbsp; f &lt;g&gt; ]]> h ]]]]>> i"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_fault_12_the_end_of_cdata_and_html_entities_are_read_back_from_every_format(
    workshop: Workshop, name: str, suffix: str
) -> None:
    body = _BODY.replace("`]]>`", "<code>]]></code>") if suffix == ".html" else _BODY
    path = workshop.write("ferry", title="An end ]]> and &amp;nbsp; of &nbsp;", body=body)
    path.rename(path.with_suffix(suffix))
    assert workshop.refresh().problems == ()
    (entry,) = told(name, workshop.document(f"/feeds/all{FORMATS[name].suffix}"))
    assert _text(entry["html"]) == _READ
    assert "]]>" in entry["title"]


def _text(markup: str) -> str:
    """Give what a browser shows of HTML."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()
