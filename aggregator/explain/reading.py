"""One article file, read as a refresh reads it: by the same reader, with the same names of topics and the same identity."""

from dataclasses import replace

from aggregator.catalogue import KnownFile
from aggregator.config import Settings, SourceSettings
from aggregator.entry.topics import with_named_topics
from aggregator.frontmatter.reading import Outcome
from aggregator.refreshes.plan import reading_of
from aggregator.source.intake import take_in
from aggregator.source.places import source_called
from aggregator.topic_names import topic_aliases
from feeds.article import Article


def read_file_of(
    source: SourceSettings, path: str, settings: Settings, known: KnownFile | None
) -> Outcome | None:
    """Read the file at `path` below a source's folder; None where it is gone, or being written at this moment.

    known  what the catalogue knows of it: where it lay when it got its identity, and whether it held an article
    """
    taken = next(take_in(source.path, [path], reading_of(source, settings), settings.limits.file), None)
    if taken is None:
        return None
    if taken.outcome.is_empty and known is not None and known.key is not None:
        return taken.outcome.emptied(str(source.path / path))
    if taken.outcome.article is None:
        return taken.outcome
    article = with_named_topics(taken.outcome.article, topic_aliases(settings))
    place = settings.site.identity(f"{source.name}/{path}")
    if known is not None and known.origin is not None and article.id == place:
        article = replace(article, id=settings.site.identity(known.origin))
    return taken.outcome._replace(article=article)


def article_in(file: KnownFile, settings: Settings) -> Article | None:
    """Give the article in a file that the catalogue knows, None where it can't be read now."""
    source = source_called(file.source, settings.sources)
    outcome = None if source is None else read_file_of(source, file.path, settings, file)
    return None if outcome is None else outcome.article
