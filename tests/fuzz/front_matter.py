"""Any bytes as an article's file: an Outcome, never an exception; problems have their place; secrets stay out; articles render."""

import json
import re
from contextlib import suppress
from datetime import UTC
from typing import Any

import yaml
from lxml import etree

from aggregator.frontmatter.reading import Outcome, Reading, read_article
from feeds.definition import FeedDefinition
from feeds.document import compose
from feeds.formats import FORMATS
from feeds.site import Site

_SITE = Site(title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026")
_READING = Reading(source="news", site=_SITE, timezone=UTC, embeds=("video.example",))
_ALL = FeedDefinition(path="/feeds/all", title="All")
_FILE = "content/ferries.md"
_PATH = "2021-06-02-ferries.md"
_FRONT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\r?\Z)", re.DOTALL
)
# A line that gives `secured` a value, as people write it. What else such a value can look like is for PyYAML to say, below.
_SECRET_LINE = re.compile(
    r"""^[ ]*secured:[ ]*(["']?)(?P<secret>[A-Za-z0-9$_/+.-]{8,})\1[ ]*\r?$""", re.MULTILINE
)
# Shorter ones may well be a part of something else.
_SECRET = re.compile(r"\S{8,}")
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "tag"})


def check(data: bytes) -> None:
    outcome = read_article(data, _PATH, _READING, _FILE)
    _check_problems(outcome, data)
    told = repr(outcome)
    for secret in _secrets(data):
        assert secret not in told or _is_told_without(secret, data), f"tells {secret}"
    if outcome.article is not None:
        document = compose(_ALL, [outcome.article], _SITE, None)
        for one in FORMATS.values():
            _check_links(_parsed(one.render(document)))


def _is_told_without(secret: str, data: bytes) -> bool:
    """Tell whether other text of the file comes out as a secret does: what is mended may become anything."""
    elsewhere = data.replace(secret.encode(), b"x" * len(secret))
    return secret in repr(read_article(elsewhere, _PATH, _READING, _FILE))


def _check_problems(outcome: Outcome, data: bytes) -> None:
    lines = re.split(rb"\r\n?|\n", data)
    for problem in outcome.problems:
        assert problem.file == _FILE
        assert problem.reason
        assert problem.line is not None
        assert problem.column is not None
        assert 1 <= problem.line <= len(lines), problem
        assert problem.column >= 1, problem
        # A value stands under a key. What is wrong with a file as a whole has neither.
        assert problem.value is None or problem.key, problem
        assert str(problem).startswith(f"{_FILE}:{problem.line}:{problem.column}: ")
        assert "secured" not in (problem.key or "").lower() or problem.value is None, problem


def _secrets(data: bytes) -> set[str]:
    """Give what stands under `secured` and nowhere else."""
    found = _FRONT.match(data)
    text = found[1].decode("utf-8", "replace") if found else ""
    whole = data.decode("utf-8", "replace")
    secrets = {line["secret"] for line in _SECRET_LINE.finditer(text)}
    # What is no YAML has no value that is known.
    with suppress(yaml.YAMLError, ValueError, RecursionError):
        secrets |= set(_values_of_secured(yaml.compose(text, Loader=yaml.CSafeLoader), below=False))
    return {secret for secret in secrets if whole.count(secret) == 1}


def _values_of_secured(node: Any, *, below: bool) -> list[str]:
    if isinstance(node, yaml.ScalarNode):
        return _SECRET.findall(node.value) if below else []
    if isinstance(node, yaml.SequenceNode):
        return [word for item in node.value for word in _values_of_secured(item, below=below)]
    if isinstance(node, yaml.MappingNode):
        return [
            word
            for key, value in node.value
            for word in (
                *_values_of_secured(key, below=below),
                *_values_of_secured(value, below=below or _is_secured(key)),
            )
        ]
    return []


def _is_secured(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value.lower() == "secured"


def _parsed(document: bytes) -> list[str]:
    """Parse a document strictly, and give the addresses that it links to."""
    if document.startswith(b"{"):
        return _addresses(json.loads(document))
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False))
    return [
        value
        for element in root.iter()
        for value in (
            *(element.get(name) for name in ("href", "url")),
            element.text if _is_link(element) else None,
        )
        if value is not None
    ]


def _is_link(element: etree._Element) -> bool:
    return etree.QName(element).localname in {"link", "docs", "comments"}


def _addresses(value: Any) -> list[str]:
    if isinstance(value, list):
        return [address for item in value for address in _addresses(item)]
    if not isinstance(value, dict):
        return []
    own = [item for key, item in value.items() if key.endswith("url") and isinstance(item, str)]
    return own + [address for item in value.values() for address in _addresses(item)]


def _check_links(addresses: list[str]) -> None:
    for address in addresses:
        if address.strip():
            scheme = address.partition(":")[0].lower()
            assert scheme in _SCHEMES, address
