"""Topics of an article by the names that the configuration gives them. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from feeds.article import Article
from feeds.selection import fold


def with_named_topics(article: Article, aliases: Mapping[str, str]) -> Article:
    """Give the article with each of its topics once, by the name that the configuration gives it."""
    topics = {
        fold(topic): topic
        for topic in reversed([aliases.get(fold(topic), topic) for topic in article.topics])
    }
    named = tuple(reversed(topics.values()))
    return article if named == article.topics else replace(article, topics=named)
