"""What is said of a configuration that is not well: every fault at once, each at its place, with what was expected."""

import os
from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.errors import ConfigurationError, Problem

SITE = "site: {title: Tides, url: https://tide.example}\n"
SOURCES = "sources: [{name: news, path: news}]\n"
LEAST = SITE + SOURCES  # what is under test begins in line 3


def problems_of(folder: Path, text: str | bytes, feed_files: dict[str, str] | None = None) -> list[Problem]:
    file = folder / "a.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    for name, content in (feed_files or {}).items():
        (folder / "feeds").mkdir(exist_ok=True)
        (folder / "feeds" / name).write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    return list(caught.value.problems)


def lines_of(folder: Path, text: str | bytes, feed_files: dict[str, str] | None = None) -> list[str]:
    return [
        str(problem).removeprefix(f"{folder}{os.sep}") for problem in problems_of(folder, text, feed_files)
    ]


def beside(key: str, **others: str) -> str:
    """Write `key` in front of the others that must be there, as a block whose keys stand in column 3."""
    name = key.partition(":")[0]
    return (
        "\n  ".join((key, *(f"{other}: {value}" for other, value in others.items() if other != name))) + "\n"
    )


STRUCTURE = [
    ("", ["a.yaml:1:1: the file is empty, expected a mapping with at least site and sources"]),
    ("# nothing\n", ["a.yaml:1:1: the file is empty, expected a mapping with at least site and sources"]),
    ("- a\n", ["a.yaml:1:1: is a list, expected a mapping"]),
    ("site\n", ["a.yaml:1:1: is text, expected a mapping"]),
    (
        SITE,
        [
            "a.yaml:1:1: sources: is missing, expected a line such as 'sources: [{name: news, path: content/news}]'"
        ],
    ),
    (
        f"site:\n  url: https://tide.example\n{SOURCES}",
        ["a.yaml:2:3: site.title: is missing, expected a line such as 'title: The Model Wire'"],
    ),
    (f"{SITE}sources: []\n", ["a.yaml:2:10: sources: is empty, expected at least one item"]),
    (
        f"{SITE}sources: [{{name: news}}]\n",
        ["a.yaml:2:11: sources[news].path: is missing, expected a line such as 'path: content/news'"],
    ),
    (f"{LEAST}serfer: {{}}\n", ["a.yaml:3:1: serfer: the key 'serfer' is unknown; did you mean 'server'?"]),
    (
        f"{LEAST}server: {{bind: x}}\n",
        [
            "a.yaml:3:10: server.bind: the key 'bind' is unknown, expected one of host, limits, max_age, metrics, port, request_log, status, status_token, workers"
        ],
    ),
    (f"{LEAST}server: [1]\n", ["a.yaml:3:9: server: is a list, expected a mapping such as {port: 8080}"]),
    (
        f"{LEAST}feeds:\n",
        ["a.yaml:3:7: feeds: is empty, expected a list such as [{id: best-of-ai, title: The best of AI}]"],
    ),
    (f"{LEAST}gone: old\n", ["a.yaml:3:7: gone: is text, expected a list such as [retired-id]"]),
    (
        f"{LEAST}moved: [a]\n",
        ["a.yaml:3:8: moved: is a list, expected a mapping such as {old-id: best-of-ai}"],
    ),
    *(
        (
            f"{LEAST}{key}: {word}\n",
            [
                (
                    f"a.yaml:3:{len(key) + 3}: {key}: '{word}' is neither a mapping nor false, expected no such key: the feeds are "
                    "there without it"
                )
            ],
        )
        for key, word in (("topics", "on"), ("providers", "true"), ("categories", "Yes"))
    ),
    (
        f"{LEAST}topics: no\n",
        ["a.yaml:3:9: topics: 'no' is neither a mapping nor false; did you mean 'false'?"],
    ),
    (
        f"{LEAST}topics: AI\n",
        ["a.yaml:3:9: topics: 'AI' is neither a mapping nor false, expected one of the two"],
    ),
    (
        f"{LEAST}topics: 'false'\n",
        ["a.yaml:3:9: topics: 'false' is text, expected a mapping, or false without quotation marks"],
    ),
    (f"{LEAST}topics:\n", ["a.yaml:3:8: topics: is empty, expected a mapping or false"]),
    (f"{LEAST}topics: []\n", ["a.yaml:3:9: topics: is a list, expected a mapping such as {min_articles: 3}"]),
    (
        f"{LEAST}site: {{}}\n",
        ["a.yaml:3:1: site: the key is there twice, first in line 1, expected it once"],
    ),
]

YAML = [
    (
        "site: [a\n",
        [
            (
                "a.yaml:2:1: is no YAML: did not find expected ',' or ']', while parsing a flow sequence that begins in line 1; "
                "a list that begins with [ must end with ]"
            )
        ],
    ),
    (
        "site:\n\ttitle: a\n",
        [
            (
                "a.yaml:2:1: is no YAML: found character that cannot start any token; "
                "indent with blanks, YAML allows no tabs there"
            )
        ],
    ),
    (
        "site:\n  title: Tides: high and low\n",
        [
            (
                "a.yaml:2:15: is no YAML: mapping values are not allowed in this context; keys of one mapping must begin in one "
                "column, and text that holds ': ' needs quotation marks"
            )
        ],
    ),
    (f"{LEAST}---\na: 1\n", ["a.yaml:3:1: a second document begins here, expected one document a file"]),
    (
        SITE.replace("Tides", "!!python/name:os.system x") + SOURCES,
        [
            "a.yaml:1:15: the tag 'tag:yaml.org,2002:python/name:os.system' is not supported, expected a value without one"
        ],
    ),
    (
        SITE.replace("Tides", "*t") + SOURCES,
        ["a.yaml:1:15: the alias *t stands for nothing, expected an anchor &t before it"],
    ),
    ("site: &s {title: *s}\n", ["a.yaml:1:18: the alias *s stands inside of what it stands for"]),
    (f"{LEAST}? [a]\n: b\n", ["a.yaml:3:3: a key is a mapping or a list, expected text"]),
    (
        f"{LEAST}server: {{<<: 8080}}\n",
        ["a.yaml:3:14: <<: only mappings can be merged, expected an alias of one"],
    ),
    (
        b"site: {title: T\xfcren}\n",
        ["a.yaml:1:16: the byte 0xFC (offset 15) is no UTF-8, expected text in UTF-8"],
    ),
    (
        "\ufeff# ä\nsite: ä".encode() + b"\xff",
        ["a.yaml:2:8: the byte 0xFF (offset 16) is no UTF-8, expected text in UTF-8"],
    ),
    ("a: 1\nb: \x07\n", ["a.yaml:2:4: the character U+0007 can't stand in YAML, expected printable text"]),
]

SITES = [
    ("title: ''", "3:10: site.title: is empty, expected text"),
    ("title:", "3:9: site.title: is empty, expected text"),
    (
        "title: null",
        "3:10: site.title: is empty, expected text; to mean the word 'null', put it in quotation marks",
    ),
    ('title: "a\\x01b"', "3:10: site.title: 'a\\x01b' holds a control character, expected printable text"),
    ("title: [Tides]", "3:10: site.title: is a list, expected text"),
    (
        "url: news.example.org/wire",
        (
            "3:8: site.url: 'news.example.org/wire' is no absolute URL, expected one that begins with https:// or http://; "
            "did you mean 'https://news.example.org/wire'?"
        ),
    ),
    (
        "url: ftp://tide.example",
        "3:8: site.url: 'ftp://tide.example' is no absolute URL, expected one that begins with https:// or http://",
    ),
    (
        "url: https://tide.example/?a=b#c",
        (
            "3:8: site.url: 'https://tide.example/?a=b#c' has a query or a fragment, expected an address without; did you mean "
            "'https://tide.example'?"
        ),
    ),
    (
        "url: https://tide.example/a b",
        (
            "3:8: site.url: 'https://tide.example/a b' holds characters that a URL must escape, expected it escaped; did you mean "
            "'https://tide.example/a%20b'?"
        ),
    ),
    (
        "url: https://gezeiten-über.example",
        (
            "3:8: site.url: 'https://gezeiten-über.example' holds characters that a URL must escape, expected it escaped, its host "
            "as xn--…"
        ),
    ),
    (
        "url: https://tide.example/a//b",
        (
            "3:8: site.url: 'https://tide.example/a//b' has a path that no site can lie below, expected segments of letters, "
            "digits, -, _, . and ~, such as https://example.org/news"
        ),
    ),
    (
        "url: https://tide.example/feeds/",
        (
            "3:8: site.url: 'https://tide.example/feeds/' has a path that begins as the site's own addresses do (/feeds), "
            "expected another, such as https://example.org/news"
        ),
    ),
    (
        "url: https://[::1",
        "3:8: site.url: 'https://[::1' is no URL: Invalid IPv6 URL, expected one such as https://news.example.org",
    ),
    (
        "url: https://:80",
        "3:8: site.url: 'https://:80' has no host, expected a URL such as https://news.example.org",
    ),
    (
        "url: https://a.example:99999",
        (
            "3:8: site.url: 'https://a.example:99999' is no URL: Port out of range 0-65535, expected one such as "
            "https://news.example.org"
        ),
    ),
    (
        "language: english please",
        "3:13: site.language: 'english please' is no language tag (BCP 47), expected one such as en or de-CH",
    ),
    (
        "timezone: europe/berlin",
        (
            "3:13: site.timezone: 'europe/berlin' is no time zone, expected a name such as UTC or Europe/Berlin; did you mean "
            "'Europe/Berlin'?"
        ),
    ),
    (
        "timezone: America",
        "3:13: site.timezone: 'America' is no time zone, expected a name such as UTC or Europe/Berlin",
    ),
    (
        "author: The desk",
        "3:11: site.author: is text, expected a mapping such as {name: The desk, email: desk@example.org}",
    ),
    (
        "author: {name: A, email: desk}",
        "3:28: site.author.email: 'desk' is no e-mail address, expected one such as desk@example.org",
    ),
    (
        "icon: /icon.png",
        "3:9: site.icon: '/icon.png' is no absolute URL, expected one that begins with https:// or http://",
    ),
    (
        "tag: Example.org",
        (
            "3:8: site.tag: 'Example.org' is no tagging entity (RFC 4151), expected a host or e-mail address in lower case, a "
            "comma and a date, such as example.org,2026"
        ),
    ),
]

SOURCE_KEYS = [
    (
        "name: my news",
        "3:9: sources[my news].name: 'my news' is no name of a source, expected at most 100 of A to Z, a to z, 0 to 9, _ and -",
    ),
    ("include: []", "3:12: sources[news].include: is empty, expected at least one item"),
    (
        "include: [../x/*.md]",
        (
            "3:13: sources[news].include[1]: '../x/*.md' leads out of the source's folder, expected a pattern below it such as "
            "**/*.md"
        ),
    ),
    (
        "exclude: [/tmp]",
        "3:13: sources[news].exclude[1]: '/tmp' leads out of the source's folder, expected a pattern below it such as **/*.md",
    ),
    (
        "include: ['20[9-0]/*.md']",
        "3:13: sources[news].include[1]: '20[9-0]/*.md' is no pattern, expected one such as **/*.md or 20[12]?/*.md",
    ),
    (
        "fields: {publishdDateTime: posted}",
        (
            "3:12: sources[news].fields.publishdDateTime: 'publishdDateTime' is no key of an article, expected one of those that "
            "are read; did you mean 'publishedDateTime'?"
        ),
    ),
    (
        "fields: {excerpt: secured}",
        "3:21: sources[news].fields.excerpt: 'secured' is never read, expected another key",
    ),
    (
        "permalink: 'https://a.example/{slg}'",
        (
            "3:14: sources[news].permalink: '{slg}' is no placeholder, expected one of {year}, {month}, {day}, {slug}, {path}, "
            "{source}; did you mean '{slug}'?"
        ),
    ),
    (
        "permalink: 'https://a.example/{slug'",
        (
            "3:14: sources[news].permalink: 'https://a.example/{slug' has a brace without its other half, expected placeholders "
            "such as {slug}"
        ),
    ),
    (
        "permalink: 'https://a.example/{year}'",
        (
            "3:14: sources[news].permalink: 'https://a.example/{year}' gives many articles one address, expected {slug} or {path} "
            "in it"
        ),
    ),
    (
        "permalink: '/{slug}'",
        "3:14: sources[news].permalink: '/x' is no absolute URL, expected one that begins with https:// or http://",
    ),
]

VALUES = [
    (
        "reload: {every: 5}",
        "3:17: reload.every: '5' has no unit, expected a duration such as 30s, 5m, 1h or 7d",
    ),
    (
        "reload: {every: soon}",
        "3:17: reload.every: 'soon' is no duration, expected a duration such as 30s, 5m, 1h or 7d",
    ),
    ("reload: {every: 0s}", "3:17: reload.every: '0s' is too short, expected at least 1s"),
    (
        "reload: {timeout: 99999d}",
        "3:19: reload.timeout: '99999d' is too long, expected at most 36500d",
    ),
    (
        "reload: {every: 1m, cron: '* * * * *'}",
        "3:27: reload.cron: can't stand beside every, expected one of the two",
    ),
    (
        "reload: {cron: '* * *'}",
        "3:16: reload.cron: '* * *' has 3 fields, expected five: minute, hour, day, month, weekday",
    ),
    ("reload: {watch: yes}", "3:17: reload.watch: 'yes' is neither true nor false; did you mean 'true'?"),
    ("reload: {watch: maybe}", "3:17: reload.watch: 'maybe' is neither true nor false"),
    (
        "reload: {watch: 'true'}",
        "3:17: reload.watch: 'true' is text, expected true or false without quotation marks",
    ),
    ("reload: {watch: }", "3:17: reload.watch: is empty, expected true or false"),
    ("store: var/a.db", "3:8: store: is no SQLAlchemy URL, expected one such as sqlite:///var/aggregator.db"),
    ("server: {port: 70000}", "3:16: server.port: 70000 is too big, expected at most 65535"),
    ("server: {workers: 0}", "3:19: server.workers: 0 is too small, expected at least 1"),
    ("server: {port: 010}", "3:16: server.port: '010' is no whole number, expected digits alone"),
    (
        "server: {port: '80'}",
        "3:16: server.port: '80' is text, expected a whole number without quotation marks",
    ),
    ("server: {port: {}}", "3:16: server.port: is a mapping, expected a whole number"),
    (
        "server: {host: 'http://a'}",
        "3:16: server.host: 'http://a' is no address to listen on, expected a host or IP address such as 127.0.0.1 or ::",
    ),
    ("defaults: {limit: 1001}", "3:19: defaults.limit: 1001 is too big, expected at most 1000"),
    (
        "defaults: {content: exerpt}",
        "3:21: defaults.content: 'exerpt' is no content, expected full, excerpt or title; did you mean 'excerpt'?",
    ),
    (
        "defaults: {formats: [atom, xml]}",
        "3:28: defaults.formats[2]: 'xml' is no format, expected atom, rss or json",
    ),
    (
        "providers: {named: {a.example: {aliases: [A]}}}",
        "3:33: providers.named.a.example.aliases: the key 'aliases' is unknown, expected one of description, title",
    ),
    (
        "providers: {named: {'https://a.example/': {}}}",
        (
            "3:21: providers.named.https://a.example/: 'https://a.example/' is no domain, expected one such as example.org; did you "
            "mean 'a.example'?"
        ),
    ),
    (
        "topics: {named: {AI: {title: A}, ai: {title: B}}}",
        "3:34: topics.named.ai: 'ai' names 'AI' already ({file}:3:18), expected a name of one alone",
    ),
    (
        "providers: {named: {pier.example: {}, www.Pier.example: {}}}",
        (
            "3:39: providers.named.www.Pier.example: 'www.Pier.example' names 'pier.example' already ({file}:3:21), expected a name of "
            "one alone"
        ),
    ),
    (
        "topics: {named: {AI: {aliases: [KI]}, Art: {aliases: [ki]}}}",
        "3:55: topics.named.Art.aliases: 'ki' names 'AI' already ({file}:3:33), expected a name of one alone",
    ),
    (
        "moved: {old: nowhere}",
        "3:14: moved.old: 'nowhere' is no feed, expected the id of one",
    ),
    ("gone: [all]", "3:8: gone[1]: 'all' is the feed of everything, expected another id"),
    (
        "limits: {file: 5MB}",
        "3:16: limits.file: '5MB' is no size, expected a size such as 256KiB or 5MiB; did you mean '5MiB'?",
    ),
    ("limits: {file: big}", "3:16: limits.file: 'big' is no size, expected a size such as 256KiB or 5MiB"),
    ("limits: {file: 12}", "3:16: limits.file: 12 bytes are impossible, expected 1KiB to 1GiB"),
    (
        "embeds: ['https://tube.example/embed']",
        (
            "3:10: embeds[1]: 'https://tube.example/embed' is no domain, expected one such as example.org; did you mean "
            "'tube.example'?"
        ),
    ),
    ("embeds: [a_b]", "3:10: embeds[1]: 'a_b' is no host, expected one such as www.example.org"),
]

FEED_KEYS = [
    (
        "id: Best of AI",
        (
            "4:7: feeds[Best of AI].id: 'Best of AI' is no id, expected at most 100 of a to z, 0 to 9 and -; did you mean "
            "'best-of-ai'?"
        ),
    ),
    ("id: all", "4:7: feeds[all].id: 'all' is the feed of everything, expected another id"),
    (
        "order: latest",
        "4:10: feeds[a].order: 'latest' is no order, expected newest, updated, hottest or best",
    ),
    (
        "order: Newest",
        "4:10: feeds[a].order: 'Newest' is no order, expected newest, updated, hottest or best; did you mean 'newest'?",
    ),
    ("limit: 0", "4:10: feeds[a].limit: 0 is too small, expected at least 1"),
    (
        "limit: many",
        "4:10: feeds[a].limit: 'many' is no whole number, expected digits alone",
    ),
    ("per_provider: 0", "4:17: feeds[a].per_provider: 0 is too small, expected at least 1"),
    (
        "where: AI",
        "4:10: feeds[a].where: is text, expected a mapping such as {topics: [AI], min_quality: 60}",
    ),
]

WHERES = [
    (
        "tpoics: [AI]",
        "7:5: feeds[a].where.tpoics: the key 'tpoics' is unknown; did you mean 'topics'?",
    ),
    (
        "topics: AI",
        "7:13: feeds[a].where.topics: is text, expected a list such as [news], or a mapping of any, all and none",
    ),
    ("topics: []", "7:13: feeds[a].where.topics: is empty, expected at least one item"),
    ("topics: {}", "7:13: feeds[a].where.topics: is empty, expected any, all or none"),
    (
        "topics: {some: [AI]}",
        "7:14: feeds[a].where.topics.some: the key 'some' is unknown, expected one of all, any, none",
    ),
    ("topics: {any: [{}]}", "7:20: feeds[a].where.topics.any[1]: is a mapping, expected text"),
    (
        "providers: [a@b.example]",
        "7:17: feeds[a].where.providers[1]: 'a@b.example' is no domain, expected one such as example.org",
    ),
    (
        "providers: [bücher.example]",
        (
            "7:17: feeds[a].where.providers[1]: 'bücher.example' is no domain, expected one such as example.org, in its ASCII form "
            "(xn--…)"
        ),
    ),
    ("sources: [newz]", "7:15: feeds[a].where.sources: 'newz' is no source; did you mean 'news'?"),
    ("sources: {none: [films]}", "7:22: feeds[a].where.sources: 'films' is no source, expected one of news"),
    ("min_quality: 101", "7:18: feeds[a].where.min_quality: 101 is too big, expected at most 100"),
    ("min_heat: -2", "7:15: feeds[a].where.min_heat: -2 is too small, expected at least -1"),
    (
        "since: yesterday",
        (
            "7:12: feeds[a].where.since: 'yesterday' is no date, expected a date such as 2021-01-01 or a time such as "
            "2021-01-01T09:00:00Z"
        ),
    ),
    (
        "since: 2021-02-30",
        (
            "7:12: feeds[a].where.since: '2021-02-30' is not in the calendar (day is out of range for month), expected a date such "
            "as 2021-01-01 or a time such as 2021-01-01T09:00:00Z"
        ),
    ),
    (
        "since: 0001-01-01",
        "7:12: feeds[a].where.since: '0001-01-01' is impossible, expected a year from 1900 to 9998",
    ),
    (
        "match: 'tides NOT storm'",
        (
            "7:12: feeds[a].where.match: 'tides NOT storm' has NOT, which means nothing here, expected - in front of what must not "
            'occur, or "NOT" for the word'
        ),
    ),
    (
        "match: '\"low tides'",
        "7:12: feeds[a].where.match: '\"low tides' has a quotation mark without its other half, expected another behind 'low tides'",
    ),
    (
        "match: '-spam'",
        "7:12: feeds[a].where.match: '-spam' names nothing to look for, expected at least one word",
    ),
]


@pytest.mark.parametrize(("text", "expected"), [*STRUCTURE, *YAML])
def test_a_file_that_is_not_well_made(tmp_path: Path, text: str | bytes, expected: list[str]) -> None:
    assert lines_of(tmp_path, text) == expected


@pytest.mark.parametrize(("key", "expected"), SITES)
def test_a_key_of_the_site(tmp_path: Path, key: str, expected: str) -> None:
    text = f"{SOURCES}site:\n  {beside(key, title='Tides', url='https://tide.example')}"
    assert lines_of(tmp_path, text) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(("key", "expected"), SOURCE_KEYS)
def test_a_key_of_a_source(tmp_path: Path, key: str, expected: str) -> None:
    text = f"{SITE}sources:\n- {beside(key, name='news', path='news')}"
    assert lines_of(tmp_path, text) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(("keys", "expected"), VALUES)
def test_a_key_of_another_section(tmp_path: Path, keys: str, expected: str) -> None:
    expected = expected.replace("{file}", str(tmp_path / "a.yaml"))
    assert lines_of(tmp_path, f"{LEAST}{keys}\n") == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(("key", "expected"), FEED_KEYS)
def test_a_key_of_a_feed(tmp_path: Path, key: str, expected: str) -> None:
    text = f"{LEAST}feeds:\n- {beside(key, id='a', title='A')}"
    assert lines_of(tmp_path, text) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(("key", "expected"), WHERES)
def test_a_criterion_of_a_feed(tmp_path: Path, key: str, expected: str) -> None:
    text = f"{LEAST}feeds:\n- id: a\n  title: A\n  where:\n    {key}\n"
    assert lines_of(tmp_path, text) == [f"a.yaml:{expected}"]


def test_every_problem_is_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
defaults: {limit: none, formats: [atm]}
site: {titel: Tides, url: tide}
sources:
- {name: news, path: news, include: all}
- {name: News, path: news}
feeds:
- {id: A, title: A, title: B, where: {topics: []}}
moved: {b: c}
"""
    places = [(problem.line, problem.column, problem.key) for problem in problems_of(tmp_path, text)]
    assert places == [
        (1, 19, "defaults.limit"),
        (1, 35, "defaults.formats[1]"),
        (2, 7, "site.title"),
        (2, 8, "site.titel"),
        (2, 27, "site.url"),
        (4, 37, "sources[news].include"),
        (5, 10, "sources[News].name"),
        (7, 8, "feeds[A].id"),
        (7, 21, "title"),
        (7, 47, "feeds[A].where.topics"),
        (8, 12, "moved.b"),
    ]


def test_a_feed_file_has_places_of_its_own(tmp_path: Path) -> None:
    files = {
        "a.yaml": "id: a\n",
        "b.yaml": "- {id: b, title: B, limit: 0}\n- {id: c, title: C, where: {sources: [nws]}}\n",
        "c.yaml": "feeds: [{id: d, title: D}]\nmore: 1\n",
        "d.yaml": "feeds: {}\n",
        "e.yaml": "[\n",
        "f.yaml": "text\n",
    }
    assert lines_of(tmp_path, LEAST, files) == [
        "feeds/a.yaml:1:1: feeds[a].title: is missing, expected a line such as 'title: The best of AI'",
        "feeds/b.yaml:1:28: feeds[b].limit: 0 is too small, expected at least 1",
        "feeds/b.yaml:2:39: feeds[c].where.sources: 'nws' is no source; did you mean 'news'?",
        "feeds/c.yaml:2:1: more: the key 'more' is unknown, expected one of feeds",
        "feeds/d.yaml:1:8: feeds: is a mapping, expected a list such as [{id: best-of-ai, title: The best of AI}]",
        "feeds/e.yaml:2:1: is no YAML: did not find expected node content",
        "feeds/f.yaml:1:1: feeds[1]: is text, expected a mapping",
    ]


def test_one_id_in_two_files_is_reported_with_both_places(tmp_path: Path) -> None:
    files = {"a.yaml": "{id: boats, title: Boats}\n", "b.yaml": "{id: boats, title: More boats}\n"}
    first = tmp_path / "feeds" / "a.yaml"
    assert lines_of(tmp_path, LEAST, files) == [
        f"feeds/b.yaml:1:6: feeds[boats].id: 'boats' is the id of another feed too ({first}:1:6), expected one of its own"
    ]


def test_feed_files_are_checked_even_if_the_configuration_can_not_be_read(tmp_path: Path) -> None:
    found = lines_of(tmp_path, "[\n", {"a.yaml": "{id: a, title: A, limit: 0, where: {sources: [any]}}\n"})
    assert found[0].startswith("a.yaml:2:1: is no YAML")
    assert found[1:] == ["feeds/a.yaml:1:26: feeds[a].limit: 0 is too small, expected at least 1"]


def test_ids_that_are_alive_can_not_have_moved_or_gone(tmp_path: Path) -> None:
    text = f"{LEAST}feeds: [{{id: boats, title: B}}]\nmoved: {{boats: all, old: bots}}\ngone: [boats, old]\n"
    assert lines_of(tmp_path, text) == [
        "a.yaml:4:9: moved.boats: 'boats' is a feed, expected an id that is one no more",
        "a.yaml:4:26: moved.old: 'bots' is no feed; did you mean 'boats'?",
        "a.yaml:5:8: gone: 'boats' is a feed, expected an id that is one no more",
        "a.yaml:5:8: gone: 'boats' is below moved too, expected one of the two",
        "a.yaml:5:15: gone: 'old' is below moved too, expected one of the two",
    ]


def test_ids_that_moved_have_the_form_of_ids(tmp_path: Path) -> None:
    assert lines_of(tmp_path, f"{LEAST}moved: {{Old_Boats: all}}\n") == [
        (
            "a.yaml:3:9: moved.Old_Boats: 'Old_Boats' is no id, expected at most 100 of a to z, 0 to 9 and -; did you mean "
            "'old-boats'?"
        )
    ]


def test_a_fault_behind_an_anchor_is_told_for_each_key_that_uses_it(tmp_path: Path) -> None:
    text = f"{LEAST}feeds:\n- {{id: a, title: A, limit: &n 0}}\n- {{id: b, title: B, limit: *n}}\n"
    assert lines_of(tmp_path, text) == [
        "a.yaml:4:28: feeds[a].limit: 0 is too small, expected at least 1",
        "a.yaml:4:28: feeds[b].limit: 0 is too small, expected at least 1",
    ]


def test_an_address_of_numbers_that_no_identity_can_hold_wants_a_tag(tmp_path: Path) -> None:
    text = f"site: {{title: T, url: 'http://[::1]:8080'}}\n{SOURCES}"
    assert lines_of(tmp_path, text) == [
        "a.yaml:1:7: site: the host of url can't stand in identities, expected a tag such as example.org,2026 beside it"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path / "none.yaml")
    assert str(caught.value) == (
        f"{tmp_path / 'none.yaml'}: can't be read: No such file or directory, expected a YAML file"
    )


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read: Is a directory, expected a YAML file"):
        load(tmp_path)


def test_fault_17_a_feed_file_that_is_a_fifo_or_a_folder_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "feeds" / "a.yaml").mkdir(parents=True)
    os.mkfifo(tmp_path / "feeds" / "b.yaml")
    assert lines_of(tmp_path, LEAST) == [
        "feeds/a.yaml: can't be read: Is a directory, expected a YAML file",
        "feeds/b.yaml: can't be read: it is a FIFO, expected a YAML file",
    ]


def test_a_feed_file_that_links_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "a.yaml").symlink_to("nowhere")
    assert lines_of(tmp_path, LEAST) == [
        "feeds/a.yaml: can't be read: No such file or directory, expected a YAML file"
    ]


def test_a_folder_of_feed_files_that_can_not_be_listed(tmp_path: Path) -> None:
    (tmp_path / "feeds").symlink_to("feeds")  # a loop, which root can't list either
    assert lines_of(tmp_path, LEAST) == [
        "feeds: can't be read: Too many levels of symbolic links, expected a folder of feed files"
    ]


def test_a_file_that_is_too_big(tmp_path: Path) -> None:
    text = b"#" * (10 * 1024**2 + 1)
    assert lines_of(tmp_path, text) == ["a.yaml:1:1: the file is too big, expected at most 10 MiB"]


def test_problems_carry_the_value_shortened(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, f"{LEAST}server: {{port: {'x' * 200}}}\n")
    assert problem.value == "x" * 79 + "…"
    assert problem.reason == f"'{'x' * 59}…' is no whole number, expected digits alone"


@pytest.mark.parametrize(
    "keys",
    [
        "store: '//desk:canary@db.example/a'",
        "stor: postgresql://desk:canary@db.example/a",
        "store: {url: 'postgresql://desk:canary@db.example/a'}",
        "embeds: ['https://desk:canary@tube.example']",
    ],
)
def test_fault_29_passwords_are_not_shown(tmp_path: Path, keys: str) -> None:
    assert "canary" not in repr(problems_of(tmp_path, f"{LEAST}{keys}\n"))


def test_fault_29_the_password_in_a_site_s_address_is_refused_and_not_shown(tmp_path: Path) -> None:
    text = f"site: {{title: T, url: 'https://desk:canary@a.example'}}\n{SOURCES}"
    (problem,) = problems_of(tmp_path, text)
    assert problem.reason == "holds a user name or password, which readers would see, expected a URL without"
    assert problem.value is None


@pytest.mark.parametrize(
    "store", ["sqlite:///news/ferry.md", "sqlite:///news/old/ferry.html?timeout=9", "sqlite:///./news/a.md"]
)
def test_a_store_among_the_articles_is_refused_before_an_article_is_set_aside(
    tmp_path: Path, store: str
) -> None:
    assert lines_of(tmp_path, f"{LEAST}store: {store}\n") == [
        "a.yaml:3:8: store: is a file that source news reads, expected one that no source reads"
    ]


@pytest.mark.parametrize(
    ("store", "what"),
    [
        ("sqlite:///a.yaml", "a file of the configuration"),
        ("sqlite:///./feeds/b.yaml", "a file of the configuration"),
        ("sqlite:///token", "the file of server.status_token"),
    ],
)
def test_a_store_that_is_another_file_of_the_configuration_is_refused(
    tmp_path: Path, store: str, what: str
) -> None:
    server = "server: {status: token, status_token: token}\n"
    assert lines_of(tmp_path, f"{LEAST}store: {store}\n{server}") == [
        f"a.yaml:3:8: store: is {what}, expected one of its own"
    ]


@pytest.mark.parametrize("store", ["sqlite:///news/.tides.db", "sqlite:///newsletter/a.md"])
def test_a_store_beside_the_articles_is_none_of_them(tmp_path: Path, store: str) -> None:
    (tmp_path / "a.yaml").write_text(f"{LEAST}store: '{store}'\n")
    assert load(tmp_path / "a.yaml").sources[0].name == "news"
