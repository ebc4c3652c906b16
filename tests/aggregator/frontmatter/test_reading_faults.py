"""Faults and attacks in article files: each ends as a problem with its place, quickly, and with no secret in it."""

import re
import subprocess
import sys
from datetime import UTC
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import Problem
from aggregator.frontmatter.reading import Outcome, Reading, read_article
from feeds.article import Provider
from feeds.site import Site
from tests.processor_time import least_seconds

SITE = Site(title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026")
FILE = "content/2021-06-02-ferries.md"
PATH = "2021-06-02-ferries.md"
CANARY = "nqgVTkX5Gw2l5Kpkool"


def read_bytes(data: bytes, **changes: Any) -> Outcome:
    settings: dict[str, Any] = {"source": "news", "site": SITE, "timezone": UTC}
    return read_article(data, PATH, Reading(**(settings | changes)), FILE)


def read(front: str, body: str = "") -> Outcome:
    return read_bytes(f"---\n{front}\n---\n{body}".encode())


def problem(data: bytes, **changes: Any) -> Problem:
    outcome = read_bytes(data, **changes)
    assert outcome.article is None
    (only,) = outcome.problems
    assert only.file == FILE
    return only


def fault(front: str) -> tuple[int | None, int | None, str]:
    only = problem(f"---\n{front}\n---\n".encode())
    return only.line, only.column, only.reason


def title(front: str) -> str:
    outcome = read(front)
    assert outcome.problems == ()
    assert outcome.article is not None
    return outcome.article.title


def bombs() -> dict[str, str]:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    merges = "a: &a {x: 1}\n" + "".join(f"b{i}:\n  <<: *a\n" for i in range(1000))
    return {
        "laughs": laughs,
        "merges": merges,
        "sequences": "- " * 60_000,
        "keys": "? " * 60_000,
        "flow": "{a: " * 20_000,
    }


WIDE = "---\ntitle: x\ndate: 2021-06-02\n---\ntext\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_fault_10_a_file_in_another_unicode_encoding_is_named(encoding: str) -> None:
    only = problem(WIDE.encode(encoding))
    assert (only.line, only.reason) == (1, "is UTF-16 or UTF-32, expected text in UTF-8")


def test_fault_10_bytes_that_are_no_text_are_named_where_an_article_should_be() -> None:
    only = problem(b"\x1f\x8b\x08\x00" + bytes(range(256)))
    assert only.reason == "is no text: byte 3 of the file is NUL, expected text in UTF-8"


def test_a_picture_beside_the_articles_is_no_article() -> None:
    reading = Reading(source="news", site=SITE, timezone=UTC)
    assert read_article(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "quay.png", reading, FILE) == Outcome()


def test_fault_01_a_tab_indent_is_an_error() -> None:
    line, column, reason = fault("title: x\nprovider:\n\tname: y")
    assert (line, column) == (4, 1)
    assert reason == (
        "the front matter is no YAML: found character that cannot start any token; indent with blanks, YAML allows no tabs there"
    )


@pytest.mark.parametrize("front", ["title: x\ntopics:\n  -\ta: b\n  \t- c", "title: x\na:\n  b: c\n\td: e"])
def test_fault_01_a_tab_anywhere_in_an_indent_is_called_one(front: str) -> None:
    assert fault(front)[2].endswith("YAML allows no tabs there")


def test_a_fault_without_a_tab_says_nothing_of_tabs() -> None:
    assert "tab" not in fault("title: x\na: [b\nc: d")[2]


@pytest.mark.parametrize(
    "data",
    [
        b"---",
        b"---\n",
        b"---\ntitle: x\n",
        b"\xef\xbb\xbf---\r\ntitle: x\r\n",
        b"---\ntitle: x\n --- \n----\n",
    ],
)
def test_fault_02_unclosed_front_matter_is_an_error(data: bytes) -> None:
    only = problem(data)
    assert (only.line, only.column) == (1, 1)
    assert "not closed" in only.reason


@pytest.mark.parametrize(
    ("front", "key", "place"),
    [
        ("title: a\nheat: 1\ntitle: b", "title", (4, 1)),
        ("title: a\nprovider:\n  name: b\n  name: c", "provider.name", (5, 3)),
        ("title: a\nrelated: [{title: b, 'title': c}]", "related.title", (3, 22)),
        ("secured: a\nsecured: b", "secured", (3, 1)),
    ],
)
def test_fault_03_a_duplicate_key_is_an_error(front: str, key: str, place: tuple[int, int]) -> None:
    only = problem(f"---\n{front}\n---\n".encode())
    assert (only.key, only.line, only.column) == (key, *place)
    assert "twice" in only.reason


@pytest.mark.parametrize("name", bombs())
def test_fault_04_a_bomb_is_an_error_within_50_ms(name: str) -> None:
    data = f"---\n{bombs()[name]}\n---\n".encode()
    assert problem(data).line == 2
    assert least_seconds(lambda: problem(data), 0.05) < 0.05


def test_fault_04_more_keys_and_values_than_any_article_has_are_an_error() -> None:
    assert "more than" in fault("title: x\ntopics:\n" + "- x\n" * 20_000)[2]


def test_fault_04_depth_20_is_read_and_depth_21_is_not() -> None:
    def nested(depth: int) -> str:
        return "title: x\nother: " + "[" * (depth - 1) + "]" * (depth - 1)

    assert title(nested(20)) == "x"
    assert fault(nested(21))[:2] == (3, 27)


def test_fault_05_60_kb_of_brackets_is_an_error_and_the_process_lives() -> None:
    program = """
import sys
from datetime import UTC
from aggregator.frontmatter.reading import Reading, read_article
from feeds.article import Provider
from feeds.site import Site
site = Site(title="x", url="https://news.example.org", tag="news.example.org,2026")
data = b"---\\n" + b"[" * 60_000 + b"\\n---\\n"
print(read_article(data, "x.md", Reading(source="s", site=site, timezone=UTC), "x.md").problems[0])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"x\.md:2:(21|1001): the front matter is nested deeper than 20 levels\n", done.stdout)


def test_fault_06_an_alias_of_itself_is_an_error() -> None:
    assert fault("title: x\na: &a [*a]")[:2] == (3, 4)


@pytest.mark.parametrize(
    ("front", "what"),
    [
        ("title: &a x", "anchor"),
        ("title: *a", "alias"),
        ("title: !!str x", "tag"),
        ("title: ! x", "tag"),
        ("title: !!python/object/apply:os.system [x]", "tag"),
        ("title: !!python/name:os.system", "tag"),
        ("&a title: x", "anchor"),
        ("title: &a {b: c}", "anchor"),
    ],
)
def test_fault_07_tags_anchors_and_aliases_are_errors(front: str, what: str) -> None:
    line, _, reason = fault(front)
    assert line == 2
    assert what in reason


@pytest.mark.parametrize(
    "date", ["2024-13-45", "2023-02-29", "2024-01-01T24:60:00Z", "2024-01-01T00:00:00+99:00"]
)
def test_fault_08_a_date_that_there_is_not_is_an_error(date: str) -> None:
    line, column, reason = fault(f"title: x\ndate: {date}")
    assert (line, column) == (3, 7)
    assert date in reason


@pytest.mark.parametrize("key", ["quality", "heat", "images: [{url: a.jpg, width"])
def test_fault_09_a_number_of_5000_digits_is_an_error(key: str) -> None:
    end = "}]" if "[" in key else ""
    only = problem(f"---\ntitle: x\n{key}: {'9' * 5000}{end}\n---\n".encode())
    assert only.line == 3
    assert len(only.reason) < 200


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        (b"---\ntitle: caf\xe9\n---\n", 14, 2),
        (b"\xef\xbb\xbf---\r\ntitle: x\r\nheat: \xff\r\n---\r\n", 24, 3),
        (b"---\nsecured: 'abc'\ntitle: \xc0\x80\n---\n", 26, 3),
        (b"---\ntitle: x\n---\nbody \xed\xa0\x80", 22, 4),
    ],
)
def test_fault_10_bytes_that_are_not_utf8_are_an_error_with_the_offset(
    data: bytes, offset: int, line: int
) -> None:
    only = problem(data)
    assert f"byte {offset} of the file (0x{data[offset]:02x})" in only.reason
    assert only.line == line


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf---\ntitle: x\n---\nb",
        b"---\r\ntitle: x\r\n---\r\nb",
        b"--- \t\ntitle: x\n...\nb",
        b"---\ntitle: x\n---\t\r\nb",
        b"---\ntitle: x\n---",
    ],
)
def test_fault_10_a_byte_order_mark_and_line_ends_of_windows_are_fine(data: bytes) -> None:
    outcome = read_bytes(data)
    assert outcome.problems == ()
    assert outcome.article is not None
    assert outcome.article.title == "x"


@pytest.mark.parametrize(
    ("front", "text"),
    [
        ("title: a\x00b\x0bc", "abc"),
        ('title: "a\\0b\\x0Bc\\ud800d\\uFFFE"', "abcd"),
        ("ti\x00tle: a", "a"),
        ("\x00title:\x0b a\x9d\ufffe", "a"),
        ("title: â€œaâ€\x9d", "“a”"),
    ],
)
def test_fault_11_characters_that_no_feed_can_hold_are_removed(front: str, text: str) -> None:
    assert title(front) == text


def test_fault_11_places_are_those_of_the_file_before_the_removal() -> None:
    assert fault("title: x\n\x00heat: \x0b\x0bhot")[:2] == (3, 10)
    assert fault("title: x\n\x00a: \x0b*b")[:2] == (3, 6)
    assert fault("title: x\x00\r\nimages:\r\n- {url: a.jpg, \x00width: wide}")[:2] == (4, 24)


def test_fault_11_what_yaml_takes_for_a_line_break_and_nobody_else_does_is_none() -> None:
    assert fault("title: a\u2028b\x85c\nheat: hot")[:2] == (3, 7)


def test_fault_12_the_end_of_cdata_and_html_entities_in_a_body_survive_as_text() -> None:
    outcome = read("title: x", "a ]]&gt; b ]]> c&nbsp;d &mdash;")
    assert outcome.article is not None
    assert outcome.article.body == "<p>a ]]&gt; b ]]&gt; c&nbsp;d —</p>"


@pytest.mark.parametrize(
    "text",
    ["No", "off", "12:30:45", "010", "1.0", "2021-01-01", "1e3", "0x1F", "=", "<<", ".nan", "+1", "1_000"],
)
def test_fault_13_text_is_what_is_written(text: str) -> None:
    assert title(f"title: {text}") == text
    outcome = read(f"title: x\ntopics: [{text}]\nprovider: {{name: {text}}}\ntype: {text}")
    assert outcome.article is not None
    assert outcome.article.provider is not None
    assert (outcome.article.topics, outcome.article.provider.name, outcome.article.type) == (
        (text,),
        text,
        text,
    )


def test_fault_16_front_matter_over_the_limit_is_an_error() -> None:
    data = b"---\ntitle: " + b"x" * 100 + b"\n---\n"
    assert "at most 50" in problem(data, max_front_matter=50).reason
    assert read_bytes(data, max_front_matter=len(data) - 8).article is not None


def test_fault_16_the_limit_is_not_for_the_body() -> None:
    assert read_bytes(b"---\ntitle: x\n---\n" + b"x" * 1000, max_front_matter=50).article is not None


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("just text", "is text"),
        ("- a\n- b", "is a list"),
        ("[a]: b", "for a key"),
        ("? {a: b}\n: c", "for a key"),
        ("title: a: b", "mapping values are not allowed"),
        ('title: "a', "unexpected end of stream"),
        ("title: [a", "did not find expected"),
        ('title: "\\q"', "unknown escape"),
        ("%YAML 3.0\n--- \ntitle: x", "incompatible"),
    ],
)
def test_front_matter_that_is_not_keys_and_values_is_an_error(front: str, reason: str) -> None:
    line, column, found = fault(front)
    assert line is not None
    assert line > 1
    assert column is not None
    assert reason in found


def test_a_second_document_is_an_error() -> None:
    assert "second document" in fault("title: x\n--- # another\ntitle: y")[2]


# Secrets

SECRETS = [
    f'secured: "{CANARY}"',
    f"secured: '{CANARY}'",
    f"secured: {CANARY}",
    f'"secured": "{CANARY}" # {CANARY}',
    f"'secured':   {CANARY}=;{CANARY}==",
    f"Secured: {CANARY}",
    f"secured: |\n  {CANARY}\n  {CANARY}",
    f'secured: "{CANARY}\n  {CANARY}"',
    f"secured:\n  {CANARY}",
    f"secured: [{CANARY}, {{{CANARY}: {CANARY}}}]",
    f"secured:\n  {CANARY}: {CANARY}\n  deep: [{CANARY}]",
    f"provider: {{name: Pier, secured: {CANARY}}}",
    f'provider:\n  name: Pier\n  secured: "{CANARY}"',
    f"images:\n  - url: a.jpg\n    secured: {CANARY}\n  - secured: {CANARY}\n    url: b.jpg",
    f"related:\n  - title: x\n    webUrl: https://x.example\n    provider: {{secured: {CANARY}}}",
    f"unknown: {{deep: [{{secured: {CANARY}}}]}}",
]
BROKEN_SECRETS = [
    f'secured: "{CANARY}',
    f"secured: '{CANARY}",
    f'secured: "{CANARY}" {CANARY}',
    f'secured: "\\q{CANARY}"',
    f"secured: {CANARY}: {CANARY}",
    f"secured: &{CANARY} x",
    f"secured: *{CANARY}",
    f"secured: !{CANARY} x",
    f"secured: {{{CANARY}: 1, {CANARY}: 2}}",
    f"secured: [{CANARY}",
    f"secured:\n\t{CANARY}",
    f'secured "{CANARY}"',
    f"{CANARY}",
    f'heat: 3\n  secured "{CANARY}"',
    f'heat: 3\n  secured: "{CANARY}"',
    f'heat: "3\nsecured: {CANARY}\n"',
    f"excerpt: \"a\nsecured: '{CANARY}'\nb: \"",
    f'excerpt: a\n  secured:"{CANARY}"',
    f'excerpt: "a\nsecured: "{CANARY}"',
    f'secured: "{CANARY}"\nsecured: "{CANARY}"',
    f"{CANARY}{CANARY}{CANARY}: 1\n{CANARY}{CANARY}{CANARY}: 2",
]
NEIGHBOURS = [
    "quality: high",
    "\tbad: tab",
    "title: [a",
    "date: 2024-13-45",
    "heat: 200",
    'excerpt: "never closed',
    "a: *b",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_fault_27_secured_is_dropped_wherever_it_stands(secret: str) -> None:
    outcome = read(f"title: x\n{secret}")
    assert outcome.article is not None
    assert CANARY not in repr(outcome)


def test_fault_27_secured_takes_no_bracket_along() -> None:
    outcome = read(
        f"title: x\nprovider: {{name: P, domain: p.example,\n  secured: {CANARY}}}\ntopics: [a,\n  b]"
    )
    assert outcome.article is not None
    assert outcome.article.provider == Provider(name="P", domain="p.example")
    assert CANARY not in repr(outcome)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("fields", [{"title": "secured"}, {"excerpt": "secured", "title": "Secured"}])
def test_fault_27_no_configuration_brings_secured_in(secret: str, fields: dict[str, str]) -> None:
    outcome = read_bytes(f"---\ntitle: x\n{secret}\n---\n".encode(), fields=fields)
    assert CANARY not in repr(outcome)


@pytest.mark.parametrize("broken", BROKEN_SECRETS)
def test_fault_27_no_problem_and_no_article_tells_a_broken_secret(broken: str) -> None:
    for front in (f"title: x\n{broken}", f"{broken}\ntitle: x"):
        assert CANARY not in repr(read(front))


# What is around the line of a secret makes that a part of a text, and the key that holds that text.
SWALLOWED = [
    ('title: "Foo\n{secret}\nsubtitle: bar"\ndate: 2024-01-01', "title"),
    ("title: x\nexcerpt: 'He said\n{secret}\nnote: said'", "excerpt"),
    ('title: x\ntopics: [a, "b\n{secret}\nc: d"]', "topics"),
    ('title: x\nid: "a\n{secret}\nb: c"', "id"),
    ("title: x\nexcerpt: |\n  First\n  {secret}\n  Last", "excerpt"),
    ("title: x\nfeaturedContent: >-\n  <p>\n  {secret}", "featuredContent"),
    ("title: x\nprovider: {{name: 'P\n{secret}\nx: y', domain: p.example}}", "provider.name"),
    ('title: x\nauthors: ["A\n# {secret}\nx"]', "authors"),
    ('title: x\ncategory: "A\nprovider: {{name: P, {secret}}}\nx"', "category"),
]
# The same, where that takes no more than a part of a line.
SWALLOWED_IN_LINE = [
    ('title: x\nprovider: {{name: "Acme, secured: {secret}, domain: acme.example"}}', "provider.name"),
    ("title: x\ntopics: [a, secured:{secret}]", "topics"),
    ("title: x\ntopics:\n- a\n- secured:{secret}", "topics"),
    ("title: x\nexcerpt: |\n  First\n  ? secured\n  : {secret}", "excerpt"),
    ("title: x\nexcerpt: 'It\n\xa0secured: {secret}\nnote: dogs'", "excerpt"),
    ("title: x\nexcerpt: 'It\n? secured\n: {secret}\nnote: dogs'", "excerpt"),
]
PROSE = [
    ("excerpt: >-\n  Three things.\n  Secured: five million.", "Three things. Secured: five million."),
    ("excerpt: 'Secured: how the\n  company did'", "Secured: how the company did"),
    (
        "excerpt: >\n  The company, secured: five million\n  in all",
        "The company, secured: five million in all",
    ),
    ("excerpt: 'The company, secured: five\n  million'", "The company, secured: five million"),
    ('excerpt: "secured: a deal"', "secured: a deal"),
    (
        "excerpt: |\n  The funding was\n  secured by a bank, and secured: twice",
        "The funding was secured by a bank, and secured: twice",
    ),
]
ODD_SECRETS = [
    "$2b$10$" + CANARY,
    f"_{CANARY}",
    f"-----BEGIN {CANARY}",
    f"é{CANARY}",
    f"{{k: {CANARY}}}",
    f"[{CANARY}]",
    f"{CANARY}",
    f"{CANARY} {{y}}",
]


@pytest.mark.parametrize(
    "front", [*SWALLOWED, *[(text.replace("\n", "\r\n"), key) for text, key in SWALLOWED]]
)
@pytest.mark.parametrize("value", ODD_SECRETS)
@pytest.mark.parametrize("key", ["secured: ", "Secured : ", "secured:", "secured="])
def test_fault_27_a_text_that_takes_in_a_secret_is_an_error_and_tells_nothing(
    front: tuple[str, str], value: str, key: str
) -> None:
    if "|" in front[0] or ">-" in front[0]:
        key = key.lower()  # in capitals it is prose there
    outcome = read_bytes(f"---\n{front[0].format(secret=key + value)}\n---\n".encode())
    assert outcome.article is None
    assert CANARY not in repr(outcome)
    found = next(one for one in outcome.problems if one.key == front[1])
    assert "takes in a line of secured (perhaps a quotation mark is left open)" in found.reason


@pytest.mark.parametrize(("front", "key"), SWALLOWED_IN_LINE)
@pytest.mark.parametrize("secret", [CANARY, f"${CANARY}"])
def test_fault_27_a_part_of_a_line_that_takes_in_a_secret_is_an_error_too(
    front: str, key: str, secret: str
) -> None:
    outcome = read(front.format(secret=secret))
    assert outcome.article is None
    assert CANARY not in repr(outcome)
    assert key in {one.key for one in outcome.problems}


@pytest.mark.parametrize(("front", "excerpt"), PROSE)
def test_a_text_may_say_that_something_is_secured(front: str, excerpt: str) -> None:
    outcome = read(f"title: x\n{front}")
    assert outcome.problems == ()
    assert outcome.article is not None
    assert outcome.article.excerpt == excerpt


def test_a_script_in_an_embed_may_say_secured() -> None:
    front = 'title: x\nfeaturedContent: |\n  <p>x</p>\n  <script>var c = {url: "x", secured: true}</script>'
    outcome = read(front)
    assert outcome.article is not None
    assert outcome.article.featured_content == "<p>x</p>"


@pytest.mark.parametrize("between", ["", "\n", "\n\n  \n"])
@pytest.mark.parametrize("end", ["\n---\nB", "\nB", ""])
def test_fault_27_a_second_front_matter_with_a_secret_is_an_error(between: str, end: str) -> None:
    data = f"---\ntitle: A\n---\n{between}---\nauthor: x\nsecured: {CANARY}{end}".encode()
    only = problem(data)
    assert "a line of secured goes on behind the line that closes it, or begins anew there" in only.reason
    assert CANARY not in repr(only)


SECOND = [
    "secured: {}",
    "Secured: {}",
    "secured\xa0: {}",
    "- secured: {}",
    "provider: {{name: x, secured: {}}}",
    '{{"secured": "{}"}}',
    "draft: true # {}",
    "Removed: yes # {}",
]


@pytest.mark.parametrize("line", SECOND)
@pytest.mark.parametrize("before", ["", "\ufeff", " ", "<!-- A tool. -->\n", "\n<!-- A --><!-- B -->\n\n"])
def test_fault_27_a_second_front_matter_is_an_error_however_it_is_written(line: str, before: str) -> None:
    body = f"{before}---\nauthor: x\n{line.format(CANARY)}\n---\nB"
    outcome = read("title: A", body)
    assert outcome.article is None
    assert CANARY not in repr(outcome)
    assert outcome.problems[0].line == 5 + before.count("\n")


@pytest.mark.parametrize("line", SECOND)
@pytest.mark.parametrize("closing", ["---", "..."])
@pytest.mark.parametrize("before", ["excerpt: |\n  a", "topics:\n- boats", "title: A"])
def test_fault_27_front_matter_that_goes_on_behind_a_stray_line_is_an_error(
    line: str, closing: str, before: str
) -> None:
    data = (
        f"---\npublishedDateTime: 2021-06-02\n{before}\n{closing}\n\n- tides\n{line.format(CANARY)}\n---\nB\n"
    )
    outcome = read_bytes(data.encode())
    assert outcome.article is None
    assert CANARY not in repr(outcome)
    assert outcome.is_hidden == ("secured" not in line.lower())


@pytest.mark.parametrize(
    "before",
    [
        "category: x\n---\n",
        "---\n---\n",
        "---\ncategory: x\n---\n",
        "related:\n-\n  title: B\n",
        "$schema: x\n",
        '"@type": x\n',
        "2021: x\n",
        f"{'k' * 70}: x\n",
        "--- # another\n",
    ],
)
@pytest.mark.parametrize("line", [*SECOND, "? secured\n: {}"])
def test_fault_27_whatever_else_stands_where_front_matter_goes_on(before: str, line: str) -> None:
    outcome = read("title: A", f"{before}{line.format(CANARY)}\n---\nB\n")
    assert outcome.article is None
    assert CANARY not in repr(outcome)


@pytest.mark.parametrize(
    "body",
    [
        "---\nThe deal\n---\nis secured: at last\n",
        "Note: the ferry\n---\nis late\n",
        "The deal\nsecured: yes\n---\n",
        "secured: yes\n",
        "# Draft: true story\n\nDraft: truth\n\n---\nmore\n",
        "- draft: true\n\nA list.\n\n---\n",
        "---\n\nHow to hide a post.\n\n```yaml\ndraft: true\n```\n",
        "---\n\nChangelog\n\nRemoved: yes\n",
        "To hide a post: say so in its front matter.\n\n    draft: true\n\n---\nMore\n",
        "    draft: true\n\n---\nMore\n",
        "---\n\n**Secured:** ten million\n",
        "---\n\nText\n\n> secured: ten million\n",
        "- Secured: a loan\n- Unsecured: none\n\n---\nMore\n",
        "[secured: x]\n---\n",
    ],
)
def test_a_body_may_begin_with_a_break_or_a_colon(body: str) -> None:
    assert read("title: A", body).article is not None


@pytest.mark.parametrize(
    "key",
    [
        "draft\xa0",
        "\xa0draft",
        "\u200bdraft",
        "draft\u202f",
        '" draft "',
        "\u202adraft\u202c",
        "\u3164draft\ufe0f",
    ],
)
def test_blanks_that_nobody_sees_keep_no_mark_from_counting(key: str) -> None:
    article = read(f"title: A\n{key}: true").article
    assert article is not None
    assert not article.is_published


@pytest.mark.parametrize("key", ["secured\xa0", "\u200bsecured", '"secured "', "\u202asecured\u202c"])
def test_fault_27_nor_a_secret_from_being_dropped(key: str) -> None:
    for front in (f"title: A\n{key}: {CANARY}", f'title: A\nexcerpt: "x\n{key}: {CANARY}\nnote: said"'):
        assert CANARY not in repr(read(front))


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("mark", ["draft: true", "Published: no", "removed: 1"])
def test_a_mark_within_a_quotation_that_is_left_open_hides(quote: str, mark: str) -> None:
    outcome = read(f"title: A\nexcerpt: {quote}foo\n{mark}\nnote: said{quote}")
    (only,) = outcome.problems
    assert (only.line, outcome.article, outcome.is_hidden) == (4, None, True)


@pytest.mark.parametrize(
    "front",
    [
        'excerpt: "A ferry\n  draft: true\n  a line of it"',
        "excerpt: |\n  draft: true",
        "related:\n- {title: B, webUrl: 'https://a.example/',\n   draft: true}",
        "more: {a: 1,\npublished: false}",
    ],
)
def test_a_text_may_speak_of_a_mark(front: str) -> None:
    article = read(f"title: A\n{front}\nother: [x]").article
    assert article is not None
    assert article.is_published


def test_fault_27_a_key_that_takes_in_a_secret_is_an_error() -> None:
    found = fault(f'title: x\n? "a\n  secured: ${CANARY}"\n: b')
    assert found == (3, 3, "the front matter has a key that takes in a line of secured")


def test_a_text_that_is_ignored_may_speak_of_secured() -> None:
    assert title("title: x\nnotes: |\n  secured: what must stay inside\n") == "x"


@pytest.mark.parametrize(("secret", "neighbour"), list(product(SECRETS, NEIGHBOURS)))
def test_fault_27_no_problem_beside_a_secret_tells_it(secret: str, neighbour: str) -> None:
    for front in (f"title: x\n{secret}\n{neighbour}", f"title: x\n{neighbour}\n{secret}"):
        outcome = read(front)
        assert outcome.problems
        assert CANARY not in repr(outcome)
        assert CANARY not in "".join(map(str, outcome.problems))


def test_fault_27_dropping_a_secret_moves_no_place() -> None:
    assert fault(f'secured: "{CANARY}"\ntitle: x\nprovider: {{secured: "{CANARY}", domain: a b}}')[:2] == (
        4,
        52,
    )


# Anything

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
keys = st.sampled_from(
    [
        *(
            "title",
            "date",
            "excerpt",
            "originalUrl",
            "webUrl",
            "id",
            "category",
            "type",
            "published",
            "quality",
            "heat",
        ),
        *(
            "provider",
            "topics",
            "images",
            "related",
            "locale",
            "length",
            "featuredContent",
            "actions",
            "secured",
            "author",
        ),
    ]
)


def as_yaml(text: str) -> str:
    escaped = "".join(f"\\U{ord(character):08x}" for character in text)
    return f'"{escaped}"'


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    read_bytes(data)
    read_bytes(b"---\n" + data)
    read_bytes(b"---\ntitle: " + data + b"\n---\n" + data)


@given(
    st.lists(
        st.tuples(
            keys,
            st.sampled_from(["{}", "[{}]", "{{name: {}}}", "[url: {}]", "{{domain: {}}}", "|\n  {}"]),
            anything,
        ),
        max_size=4,
    )
)
def test_no_text_in_any_field_makes_it_raise(written: list[tuple[str, str, str]]) -> None:
    for spelled in (str, as_yaml):
        front = "\n".join(f"{key}: " + frame.format(spelled(text)) for key, frame, text in written)
        outcome = read(f"title: x\n{front}", body="".join(text for _, _, text in written))
        for one in outcome.problems:
            assert one.line is not None
            assert 1 <= one.line <= front.count("\n") + front.count("\r") + 4


@given(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="<&"), min_size=1, max_size=60)
)
def test_a_plain_title_comes_back_as_it_is(text: str) -> None:
    from_escapes = title(f"title: {as_yaml(text)}")
    as_written = title("title: '" + text.replace("'", "''") + "'")
    assert from_escapes == as_written
    if text.isascii():
        assert as_written == text


@pytest.mark.parametrize("nested", ["<div>", "<ul><li>", "<i></b>"])
def test_a_body_of_too_many_tags_is_an_error_at_once(nested: str) -> None:
    body = nested * (20_000 // nested.count("<") + 1)
    data = f"---\ntitle: Boats\n---\n{body}".encode()
    assert problem(data).reason == "the body has more than 20000 tags, expected fewer"
    assert least_seconds(lambda: problem(data), 5) < 5


@pytest.mark.parametrize("attribute", ["a{} ", "a{}/", "a{}=b ", 'a{}=">"', "a{}=' ' ", "a{} = x "])
def test_a_tag_of_too_many_attributes_is_an_error_at_once(attribute: str) -> None:
    tag = f"<p {''.join(map(attribute.format, range(200_000)))}>"
    data = f"---\ntitle: Boats\n---\n{tag}\n".encode()
    reason = "the body has more than 10000 attributes in a tag, expected fewer"
    assert problem(data).reason == reason
    # Ten seconds and more where each name is looked for among those before it.
    assert least_seconds(lambda: problem(data), 5) < 5
    content = (
        f"---\ntitle: Boats\nfeaturedContent: '{tag.replace(chr(39), chr(34)).replace(chr(10), ' ')}'\n---\n"
    )
    found = read_bytes(content.encode(), max_front_matter=5_000_000).problems[0]
    assert found.key == "featuredContent"
    assert found.reason.endswith("expected HTML of at most 10000 attributes in a tag")


@pytest.mark.parametrize(
    "around",
    [
        "<p>x</p {}>",
        '<!--<a b="--><p {}>x</p>">',
        "<!--x--!><p {}>x</p>",
        "<!--><p {}>x</p>-->",
        '<a ="><p {}>x</p>">',
        '<a b=c="><p {}>x</p>">',
        '<a/="><p {}>x</p>">',
        '<p a="{}',
        "<style><a b='</style><p {}>x</p>'>",
        '<svg><style><a b="</style>" {}>',
        "<textarea><!--</textarea><p {}>-->",
    ],
)
def test_too_many_attributes_are_found_wherever_they_are(around: str) -> None:
    body = around.format(" ".join(f"a{number}" for number in range(30_000)))
    for data in (f"---\ntitle: Boats\n---\n{body}\n", f"---\ntitle: Boats\n---\n<p>x</p>{body}\n"):
        assert problem(data.encode()).reason.startswith("the body has more than 10000 attributes")


@pytest.mark.parametrize(
    "body",
    [
        f'<img src="https://a.example/{"ab/d" * 20_000}">',
        f'<p title="{"one = two / three " * 5_000}">x</p>',
        f"<pre>{'if a / b: c = d ' * 10_000}</pre>",
    ],
)
def test_a_long_value_is_no_attack(body: str) -> None:
    assert read_bytes(f"---\ntitle: Boats\ndate: 2026-01-01\n---\n{body}\n".encode()).article is not None


@pytest.mark.parametrize("marks", ["![", "[a](", "*a_ ", "a <![CDATA[", "|a|\n", "`a\n"])
def test_a_body_of_too_many_marks_is_an_error_at_once(marks: str) -> None:
    data = f"---\ntitle: Boats\n---\n{marks * (5_000_000 // len(marks))}".encode()
    reason = "the body has more than 100000 marks of Markdown and lines, expected fewer"
    assert problem(data).reason == reason
    assert least_seconds(lambda: problem(data), 5) < 5


@pytest.mark.parametrize("signs", ["# ", "{}", "-->"])
def test_a_body_of_too_many_signs_is_an_error_at_once(signs: str) -> None:
    data = f"---\ntitle: Boats\n---\n{signs * (5_000_000 // len(signs))}".encode()
    assert problem(data).reason == "the body has more than 1000000 of the signs #$%+-:=>@^{}, expected fewer"
    assert least_seconds(lambda: problem(data), 5) < 5


# Each of these takes quadratic time to sanitise: 5 MB of them two minutes.
@pytest.mark.parametrize(
    ("around", "text"),
    [*product(["{}", "<p>{}</p>", "<p title='{}'>x</p>"], ["a\xa0", "«", "° "]), ("{}", '"')],
)
def test_a_body_of_too_many_pieces_for_its_length_is_an_error_at_once(around: str, text: str) -> None:
    body = around.format(text * 1_000_000)
    data = f"---\ntitle: Boats\n---\n{body}".encode()
    assert "of & and of the characters from U+0080 to U+00BF at its length" in problem(data).reason
    assert least_seconds(lambda: problem(data), 5) < 5


def test_a_key_of_many_blanks_is_read_at_once() -> None:
    blanks = " " * 200_000
    data = f'---\ntitle: A\npublishedDateTime: 2021-06-02\nx: "\na{blanks}b: y\nq: ["\n---\nB'.encode()
    assert least_seconds(lambda: read_bytes(data), 1) < 1
    data = f"---\ntitle: A\npublishedDateTime: 2021-06-02\n---\n---\na{blanks * 20}b: c\n---".encode()
    assert least_seconds(lambda: read_bytes(data), 1) < 1


def test_a_book_of_dialogue_is_no_attack() -> None:
    article = read(
        "title: Tides", '"Is it late?" she said, "or is it early?"\n\n' * 9_000 + 3_000_000 * "a"
    ).article
    assert article is not None


def test_a_book_in_french_is_no_attack() -> None:
    article = read("title: Marées", "« Le bateau » part à 10 h ; il reste là.\n\n" * 9_000).article
    assert article is not None
    assert article.body.count("«") == 9_000


def test_a_wrong_value_of_many_addresses_is_an_error_at_once() -> None:
    data = f'---\ntitle: Boats\npublishedDateTime: "{"http://a.b/" * 20_000}"\n---\n'.encode()
    assert problem(data).key == "publishedDateTime"
    assert least_seconds(lambda: problem(data), 1) < 1


def test_a_long_text_is_no_attack() -> None:
    article = read("title: Tides", "High *water* is at [six](https://example.org/tides).\n\n" * 3_000).article
    assert article is not None
    assert article.body.count("<em>water</em>") == 3_000


def test_an_embed_of_too_many_tags_is_an_error_of_its_key() -> None:
    only = problem(f"---\ntitle: Boats\nfeaturedContent: '{'<b>' * 30_000}'\n---\n".encode())
    assert (only.key, only.line) == ("featuredContent", 3)
    assert only.reason.endswith(", expected HTML of at most 20000 tags")


def test_a_long_table_is_no_attack() -> None:
    rows = "<tr><td>High water</td><td>06:12</td></tr>" * 3_000
    article = read("title: Tides", f"<table>{rows}</table>").article
    assert article is not None
    assert article.body.count("High water") == 3_000


@pytest.mark.parametrize(
    ("line", "hidden_until"),
    [
        ("published: false", "9999"),
        ("draft: true", "9999"),
        ("removed: true", "9999"),
        ("published: perhaps", "9999"),
        ("publishedDateTime: 2999-01-01T00:00:00Z", "2999"),
        ("publishedDateTime: 2999-13-01", "9999"),
        ("published: true\nPublished: false", "9999"),
        ("published: true", "2021"),
    ],
)
def test_fault_27_a_problem_says_from_when_on_its_article_may_be_seen(line: str, hidden_until: str) -> None:
    problems = read(f"title: Boats\n{line}\nwebUrl: ftp://canary.example/x").problems
    assert problems
    assert {str(one.hidden_until)[:4] for one in problems} == {hidden_until}


@pytest.mark.parametrize(
    "marks",
    [
        *("published: false", "draft: true", "removed: true", "deleted: true"),
        *(
            "published: false\nremoved: yse",
            "draft: true\npublished: maybe",
            "published: true\nPublished: false",
        ),
        *("published: false\nPublished: false", "draft: true\nDraft: true"),
    ],
)
def test_fault_27_what_is_to_be_hidden_is_whatever_else_is_wrong(marks: str) -> None:
    outcome = read(f"title: Boats\nquality: good\noriginalUrl: ftp://x.example/\n{marks}")
    assert outcome.article is not None
    assert not outcome.article.is_published or outcome.article.is_removed
    assert {"quality", "originalUrl"} <= {problem.key for problem in outcome.problems}


def test_fault_27_what_is_withdrawn_claims_no_identity_that_another_may_have() -> None:
    outcome = read("title: Boats\noriginalUrl: https://x.example/\nid: [own]\npublished: false")
    assert outcome.article is not None
    assert outcome.article.id == SITE.identity("news/2021-06-02-ferries.md")


def test_fault_27_a_mark_by_a_sources_own_name_counts_in_whatever_case() -> None:
    outcome = read_bytes(b"---\ntitle: x\nLive: false\n---\n", fields={"published": "live"})
    assert outcome.article is not None
    assert not outcome.article.is_published


@pytest.mark.parametrize("other", ["2021-01-01", "false"])
def test_a_mark_that_does_not_count_for_its_source_is_neither_read_nor_refused(other: str) -> None:
    outcome = read_bytes(
        f"---\ntitle: x\nlive: true\npublished: {other}\n---\n".encode(), fields={"published": "live"}
    )
    assert outcome.problems == ()
    assert outcome.article is not None
    assert outcome.article.is_published


def test_a_key_that_stands_twice_and_does_not_count_is_no_error() -> None:
    front = b"---\ntitle: x\nposted: 2021-01-01\ndate: 2020-01-01\nDate: 2020-01-02\n---\n"
    outcome = read_bytes(front, fields={"publishedDateTime": "posted"})
    assert outcome.article is not None
    assert outcome.article.published.year == 2021


@pytest.mark.parametrize("behind", ["draft: true", "published: false"])
def test_fault_27_secured_takes_no_key_along(behind: str) -> None:
    outcome = read_bytes(f"---\n{{title: Hidden,\n secured: {CANARY}, {behind}\n}}\n---\n".encode())
    assert outcome.article is not None
    assert not outcome.article.is_published
    outcome = read(f"title: x\nprovider: {{\n  secured: {CANARY},\n  name: Acme, domain: acme.example\n}}")
    assert outcome.article is not None
    assert outcome.article.provider == Provider(name="Acme", domain="acme.example")
    assert CANARY not in repr(outcome)


@pytest.mark.parametrize("marks", ["published: true", "published: maybe"])
def test_what_is_not_to_be_hidden_for_certain_is_left_as_it_was_where_something_is_wrong(marks: str) -> None:
    assert read(f"title: Boats\nquality: good\n{marks}").article is None


@pytest.mark.parametrize(
    ("first", "second"), [("published", "Published"), ("Title", "TITLE"), ("date", "Date")]
)
def test_fault_03_a_key_that_stands_twice_but_for_its_case_is_an_error(first: str, second: str) -> None:
    value = {"published": "true", "title": "x", "date": "2021-06-02"}[first.lower()]
    found = fault(
        f"title: a\n{first}: {value}\n{second}: {value}"
        if first != "Title"
        else f"{first}: {value}\n{second}: {value}"
    )
    assert found[2] == f"is {first} once more, for case does not count in keys; expected one of them"


@pytest.mark.parametrize(
    ("front", "key"),
    [
        ("provider: {nqgVTkX5: 1, nqgVTkX5: 2}", "provider"),
        ("nqgVTkX5: 1\nnqgVTkX5: 2", None),
        ("nqgVTkX5: {title: 1, title: 2}", None),
        ("images: [{url: a, isCached: 1, isCached: 2}]", "images.isCached"),
    ],
)
def test_fault_27_of_keys_only_those_of_articles_are_told(front: str, key: str | None) -> None:
    (only,) = read(f"title: x\n{front}").problems
    assert (only.key, only.line) == (key, 3 if "\n" not in front else 4)
    assert "nqgVTkX5" not in repr(only)


@pytest.mark.parametrize("piece", [",", ", ", "{", "?", "? ", " ", "'", "{secured", "secured ", "?\n", "\n "])
def test_fault_27_to_look_for_a_secret_in_a_text_takes_linear_time(piece: str) -> None:
    text = piece.replace("'", "''") * (100_000 // len(piece))
    data = f"---\ntitle: x\nprovider: {{name: 'a {text}b', secured: c}}\n---\n".encode()
    # Minutes where each sign is looked at from all that stand before it.
    assert least_seconds(lambda: read_bytes(data), 2) < 2
