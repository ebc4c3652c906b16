"""Topics by the names that the configuration gives them. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from aggregator.config import Settings
from feeds.article import Article
from feeds.selection import fold


def topic_aliases(settings: Settings) -> dict[str, str]:
    """Give the name that each folded name of a topic stands for, where the configuration names it."""
    if settings.topics is None:
        return {}
    return {
        fold(alias): name
        for name, named in sorted(settings.topics.named.items())
        for alias in (name, *named.aliases)
    }


def with_named_topics(article: Article, aliases: Mapping[str, str]) -> Article:
    """Give the article with each of its topics once, by the name that the configuration gives it."""
    topics = {
        fold(topic): topic
        for topic in reversed([aliases.get(fold(topic), topic) for topic in article.topics])
    }
    named = tuple(reversed(topics.values()))
    return article if named == article.topics else replace(article, topics=named)
