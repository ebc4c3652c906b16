"""Related articles that are not public yet: held back from the article that names them until their time, as they would be themselves. Pure."""

from dataclasses import replace
from datetime import datetime

from feeds.article import Article


def without_coming(article: Article, now: datetime) -> tuple[Article, datetime | None]:
    """Give the article without the related ones whose date is later than `now`, and when the first of those is due; None where none is."""
    coming = [one.published for one in article.related if one.published is not None and one.published > now]
    if not coming:
        return article, None
    public = tuple(one for one in article.related if one.published is None or one.published <= now)
    return replace(article, related=public), min(coming)
