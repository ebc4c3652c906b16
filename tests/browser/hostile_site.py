"""A site whose articles mean harm: every attack stands in every field, and many in bodies of Markdown and of HTML and in names of files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

from tests.aggregator.running_site import free_port, running
from tests.aggregator.workshop import Workshop
from tests.browser.attacks import ALL, as_path
from tests.browser.open_site import OpenSite

FRAMES = "video.example"
# Text that is let through lets the first of several attacks through; in HTML one can swallow the others.
_TOGETHER = 3
WHOLE = len(ALL) // _TOGETHER
_CONFIGURATION = f"""\
embeds: [{FRAMES}]
defaults: {{limit: 1000}}
reload: {{every: 1h, watch: false}}
"""
_SOURCES = """\
- {name: news, path: news}
- {name: named, path: named, permalink: "https://harm.example/{path}/{slug}/"}"""


@contextmanager
def hostile(folder: Path) -> Iterator[OpenSite]:
    """Serve a site of such articles from `folder`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    shop = Workshop(folder)
    shop.configure(_CONFIGURATION, _SOURCES)
    shop.text = shop.text.replace("https://news.example.org", url) + "server: {status: loopback}\n"
    shop.config_path.write_text(shop.text, encoding="utf-8")
    for number in range(WHOLE):
        _write(folder / f"news/{number:03}.md", _fields(number), ALL[number * _TOGETHER])
        _write(folder / f"news/body-{number:03}.md", _least(f"Body {number}"), ALL[number * _TOGETHER - 1])
        _write(folder / f"news/{number:03}.html", _least(f"HTML {number}"), ALL[number * _TOGETHER])
    for number, attack in enumerate(ALL[::4]):
        name = as_path(attack).replace("/", "_")[:60]
        _write(folder / f"named/{name}-{number}.md", _least(f"Named {number}"), "x")
        _write(folder / f"named/broken-{name}-{number}.md", _least("x") | {"quality": attack}, "x")
    with running(shop, "--port", str(port)) as server:
        yield OpenSite(url, server)


def _least(title: str) -> dict[str, Any]:
    return {"title": title, "publishedDateTime": "2026-03-01T09:00:00Z"}


def _fields(number: int) -> dict[str, Any]:
    """Give the front matter of an article: each field has attacks that follow those of the field before it."""
    following = count(number * _TOGETHER)

    def markup() -> str:
        return ALL[next(following) % len(ALL)]

    def attack() -> str:
        start = next(following)
        markup = " ".join(ALL[index % len(ALL)] for index in range(start, start + _TOGETHER))
        # Of text, markup is taken out. Said in entities, it is text, and stays.
        return f"{markup} said as {escape(markup)}"

    def address(scheme: str = "https") -> str:
        return f"{scheme}://harm.example/{number}/{as_path(markup())}"

    return _least(f"Harm {number} {attack()}") | {
        "id": f"harm-{number}-{attack()}",
        "excerpt": attack(),
        "featuredContent": markup(),
        "category": attack(),
        "type": attack(),
        "topics": ["Harm", attack(), attack()],
        "webUrl": address(),
        "originalUrl": address("http"),
        "authors": [{"name": attack(), "email": attack(), "url": address()}, attack()],
        "provider": {
            "name": attack(),
            "domain": f"harm{number}.example",
            "images": [{"url": address(), "title": attack()}],
            "authors": [attack()],
        },
        "images": [{"url": address(), "title": attack(), "attribution": attack(), "width": 9, "height": 9}],
        "related": [
            {
                "title": attack(),
                "excerpt": attack(),
                "originalUrl": address(),
                "provider": {"name": attack(), "domain": "harm.example"},
                "images": [{"url": address(), "title": attack()}],
            }
        ],
        "actions": [
            {"url": address(), "type": attack(), "title": attack()},
            {"url": address(), "type": "download", "title": attack()},
        ],
    }


def _write(path: Path, fields: dict[str, Any], body: str) -> None:
    # JSON is YAML.
    front = "\n".join(f"{key}: {json.dumps(value)}" for key, value in fields.items())
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\n{front}\n---\n\n{body}\n", encoding="utf-8")
