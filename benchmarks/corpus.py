"""Synthetic articles of the shape of real ones; the same for the same number.

Topics and providers follow a long tail (400 topics, 1,200 providers), one article in ten is unpublished, one in five has a
related article, and each carries a `secured` value of the usual length.
"""

import base64
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_SYLLABLES = tuple(
    re.findall(r"\w+", "an be cor du el fi gra ho in ja ku lo me no or pa qui ro sa ti un ve wo xi yo za")
)
_NEWEST = datetime(2021, 6, 2, tzinfo=UTC)


class Form(Enum):
    """For whom files are written."""

    OURS = auto()
    HUGO = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one article says."""

    number: int
    published: datetime
    title: str
    excerpt: str
    text: str
    provider: tuple[str, str]
    topics: tuple[str, ...]
    quality: int
    heat: int
    is_published: bool
    related: tuple[str, tuple[str, str]] | None
    secured: str

    @property
    def url(self) -> str:
        return f"https://{self.provider[1]}/{self.published:%Y/%m}/{self.number}"

    @property
    def path(self) -> Path:
        return Path(f"{self.published:%Y/%m}", f"{self.published:%Y-%m-%d}-{self.number}.md")


def samples(count: int, seed: int = 11) -> Iterator[Sample]:
    """Give `count` articles, out of one stream of chance."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(5000)]
    topics = [f"Topic {word.title()} {number}" for number, word in enumerate(words[:400])]
    providers = [
        (f"{word.title()} News", f"{word}-{number}.example") for number, word in enumerate(words[-1200:])
    ]

    def text(fewest: int, most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(fewest, most))).capitalize()

    def tail(items: list[T]) -> T:
        return items[min(int(chance.paretovariate(0.9)) - 1, len(items) - 1)]

    for number in range(count):
        yield Sample(
            number=number,
            published=_NEWEST - timedelta(minutes=chance.randint(0, 60 * 24 * 700)),
            title=text(5, 14),
            excerpt=text(20, 50),
            text=text(60, 60),
            provider=tail(providers),
            topics=tuple(sorted({tail(topics) for _ in range(chance.randint(1, 4))})),
            quality=chance.randint(0, 100),
            heat=chance.randint(-1, 100),
            is_published=chance.random() >= 0.1,
            related=(text(5, 10), tail(providers)) if chance.random() < 0.2 else None,
            secured=base64.b64encode(chance.randbytes(440)).decode(),
        )


def article(sample: Sample, form: Form = Form.OURS) -> str:
    """Write an article as its file has it.

    Hugo groups by what lies at the top level, here the domain, so that it makes as many feeds; and calls what is unpublished a draft.
    """
    stamp, url, (name, domain) = f"{sample.published:%Y-%m-%dT%H:%M:%SZ}", sample.url, sample.provider
    state = [f"published: {str(sample.is_published).lower()}"]
    if form is Form.HUGO:
        state = [
            f"date: {stamp}",
            f'providers: ["{domain}"]',
            f"draft: {str(not sample.is_published).lower()}",
        ]
    lines = [
        "---",
        "category: news",
        f'title: "{sample.title}"',
        f'excerpt: "{sample.excerpt}"',
        f"publishedDateTime: {stamp}",
        f'originalUrl: "{url}"',
        f'webUrl: "{url}"',
        "type: article",
        f"quality: {sample.quality}",
        f"heat: {sample.heat}",
        *state,
        "provider:",
        f"  name: {name}",
        f"  domain: {domain}",
        "topics:",
        *(f"  - {topic}" for topic in sample.topics),
        "images:",
        f'  - url: "https://{domain}/img/{sample.number}.jpg"',
        "    width: 1200",
        "    height: 630",
        *_related(sample, stamp),
        f'secured: "{sample.secured}"',
        "---",
        "",
        f"<p>{sample.excerpt}</p>",
        f"<p>{sample.text}</p>",
        "",
    ]
    return "\n".join(lines)


def _related(sample: Sample, stamp: str) -> list[str]:
    if sample.related is None:
        return []
    title, (name, domain) = sample.related
    return [
        "related:",
        f'  - title: "{title}"',
        f"    publishedDateTime: {stamp}",
        f'    webUrl: "https://{domain}/{sample.number}"',
        "    type: article",
        "    provider:",
        f"      name: {name}",
        f"      domain: {domain}",
    ]


def write_corpus(folder: Path, count: int, form: Form = Form.OURS) -> None:
    """Write `count` articles below `folder`, which is there."""
    made: set[Path] = set()
    for sample in samples(count):
        path = folder / sample.path
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_text(article(sample, form), encoding="utf-8")
