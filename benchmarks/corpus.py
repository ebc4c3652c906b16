"""Write N synthetic article files of the shape of real ones; the same files for the same N.

Topics and providers follow a long tail (400 topics, 1,200 providers), one article in ten is unpublished, one in five has a
related article, and each carries a `secured` value of the usual length.
"""

import base64
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

SYLLABLES = [
    "an",
    "be",
    "cor",
    "du",
    "el",
    "fi",
    "gra",
    "ho",
    "in",
    "ja",
    "ku",
    "lo",
    "me",
    "no",
    "or",
    "pa",
    "qui",
    "ro",
    "sa",
    "ti",
    "un",
    "ve",
    "wo",
    "xi",
    "yo",
    "za",
]
NEWEST = datetime(2021, 6, 2, tzinfo=UTC)


class Writer:
    """Makes articles out of one stream of chance."""

    def __init__(self, seed: int = 11) -> None:
        self._random = random.Random(seed)
        self._words = [
            "".join(self._random.choices(SYLLABLES, k=self._random.randint(1, 4))) for _ in range(5000)
        ]
        self._topics = [f"Topic {word.title()} {number}" for number, word in enumerate(self._words[:400])]
        self._providers = [
            (f"{word.title()} News", f"{word}-{number}.example")
            for number, word in enumerate(self._words[-1200:])
        ]

    def article(self, number: int) -> tuple[Path, str]:
        """Give the path and the text of article `number`."""
        chance = self._random
        published = NEWEST - timedelta(minutes=chance.randint(0, 60 * 24 * 700))
        name, domain = self._tail(self._providers)
        address = f"https://{domain}/{published:%Y/%m}/{number}"
        excerpt = self._text(20, 50)
        topics = sorted({self._tail(self._topics) for _ in range(chance.randint(1, 4))})
        lines = [
            "---",
            "category: news",
            f'title: "{self._text(5, 14)}"',
            f'excerpt: "{excerpt}"',
            f"publishedDateTime: {published:%Y-%m-%dT%H:%M:%SZ}",
            f'originalUrl: "{address}"',
            f'webUrl: "{address}"',
            "type: article",
            f"quality: {chance.randint(0, 100)}",
            f"heat: {chance.randint(-1, 100)}",
            f"published: {'true' if chance.random() >= 0.1 else 'false'}",
            "provider:",
            f"  name: {name}",
            f"  domain: {domain}",
            "topics:",
            *(f"  - {topic}" for topic in topics),
            "images:",
            f'  - url: "https://{domain}/img/{number}.jpg"',
            "    width: 1200",
            "    height: 630",
            *self._related(number, published),
            f'secured: "{base64.b64encode(chance.randbytes(440)).decode()}"',
            "---",
            "",
            f"<p>{excerpt}</p>",
            f"<p>{self._text(60, 60)}</p>",
            "",
        ]
        return Path(f"{published:%Y/%m}", f"{published:%Y-%m-%d}-{number}.md"), "\n".join(lines)

    def _related(self, number: int, published: datetime) -> list[str]:
        if self._random.random() >= 0.2:
            return []
        name, domain = self._tail(self._providers)
        return [
            "related:",
            f'  - title: "{self._text(5, 10)}"',
            f"    publishedDateTime: {published:%Y-%m-%dT%H:%M:%SZ}",
            f'    webUrl: "https://{domain}/{number}"',
            "    type: article",
            "    provider:",
            f"      name: {name}",
            f"      domain: {domain}",
        ]

    def _text(self, fewest: int, most: int) -> str:
        words = self._random.choices(self._words, k=self._random.randint(fewest, most))
        return " ".join(words).capitalize()

    def _tail(self, items: list[T]) -> T:
        return items[min(int(self._random.paretovariate(0.9)) - 1, len(items) - 1)]


def write_corpus(folder: Path, count: int) -> None:
    """Write `count` articles below `folder`."""
    writer = Writer()
    for number in range(count):
        path, text = writer.article(number)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
