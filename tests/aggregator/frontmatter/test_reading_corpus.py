"""The real files beside the repository, where they are: none is lost without a reason, and no secret of theirs gets in."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from aggregator.errors import Severity
from aggregator.frontmatter.reading import Outcome, Reading, read_article
from feeds.site import Site
from tests.real_input import CORPUS, needs_corpus

SITE = Site(title="The Harbour Wire", url="https://news.example.org", tag="news.example.org,2026")
EMBEDS = ("www.youtube.com",)
SEED = "news/2021-06-02-facebook-is-moving-all-of-its-ai-models-to-the-open-source-pytorch-framework.md"

pytestmark = needs_corpus


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return {path.relative_to(CORPUS).as_posix(): path.read_bytes() for path in sorted(CORPUS.rglob("*.md"))}


@pytest.fixture(scope="module")
def outcomes(files: Mapping[str, bytes]) -> Mapping[str, Outcome]:
    reading = Reading(source="corpus", site=SITE, timezone=UTC, embeds=EMBEDS)
    return {path: read_article(data, path, reading, path) for path, data in files.items()}


def test_every_file_is_an_article_or_none_and_nothing_is_an_error(outcomes: Mapping[str, Outcome]) -> None:
    skipped = [path for path, outcome in outcomes.items() if outcome == Outcome()]
    errors = [
        one for outcome in outcomes.values() for one in outcome.problems if one.severity is Severity.ERROR
    ]
    assert errors == []
    assert len(outcomes) == 273
    assert len(skipped) == 20
    assert {path.partition("/")[0] for path in skipped} == {"organizations"}


def test_192_articles_are_published(outcomes: Mapping[str, Outcome]) -> None:
    articles = [outcome.article for outcome in outcomes.values() if outcome.article]
    assert len(articles) == 253
    assert sum(article.is_published for article in articles) == 192


def test_warnings_are_for_numbers_out_of_range_only(outcomes: Mapping[str, Outcome]) -> None:
    warnings = [one for outcome in outcomes.values() for one in outcome.problems]
    assert warnings
    assert {one.key for one in warnings} <= {"quality", "heat", "related.quality"}
    assert all("is used" in one.reason for one in warnings)


def test_fault_27_no_secret_gets_in(files: Mapping[str, bytes], outcomes: Mapping[str, Outcome]) -> None:
    read = "".join(map(repr, outcomes.values()))
    secrets = [
        secret for data in files.values() for secret in re.findall(r'secured: "([^"]{20,})"', data.decode())
    ]
    assert len(secrets) > 200
    assert [secret for secret in secrets if secret in read or secret[:20] in read] == []


def test_no_mojibake_is_left(outcomes: Mapping[str, Outcome]) -> None:
    assert not re.search("â€|Ã[\x80-\xbf]|&#[0-9]+;", "".join(map(repr, outcomes.values())))


def test_the_seed_is_read_whole(outcomes: Mapping[str, Outcome]) -> None:
    article = outcomes[SEED].article
    assert article is not None
    assert article.id == article.link == article.original_url
    assert article.published == datetime(2021, 6, 2, 17, 53, tzinfo=UTC)
    assert article.provider is not None
    assert article.provider.domain == "siliconangle.com"
    assert (article.category, article.type, article.heat, article.is_published) == (
        "news",
        "article",
        None,
        False,
    )
    assert [one.provider and one.provider.domain for one in article.related] == ["sdtimes.com"]
    assert article.images[0].width == 1166


def test_every_video_keeps_its_player(outcomes: Mapping[str, Outcome]) -> None:
    players = [
        one.article.featured_content
        for one in outcomes.values()
        if one.article and one.article.featured_content
    ]
    assert len(players) > 50
    assert all(player.startswith("<iframe ") for player in players)
