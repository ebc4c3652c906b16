"""From checked models to Settings: defaults applied, paths absolute, names folded, times in UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime
from os.path import normpath
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.config.addresses import default_tag
from aggregator.config.feed_settings import AnyDomains, AnyNames, FeedSettings, WhereSettings
from aggregator.config.settings import Configuration, DefaultSettings, ServerSettings, Settings
from aggregator.config.site_settings import SiteSettings
from aggregator.config.store import store_below
from feeds.article import Author
from feeds.definition import FeedDefinition
from feeds.selection import NO_NAMES, Names, Selection
from feeds.site import Site


def assemble(configuration: Configuration, feeds: Iterable[FeedSettings], path: Path) -> Settings:
    """Give the settings that a configuration makes; `feeds` are those of the feed files, `path` is absolute."""
    zone, defaults = configuration.site.timezone, configuration.defaults
    return Settings(
        path=path,
        site=_site(configuration.site),
        timezone=zone,
        sources=tuple(
            source.model_copy(update={"path": _below(path.parent, source.path)})
            for source in configuration.sources
        ),
        reload=configuration.reload,
        store=store_below(configuration.store, path.parent),
        server=_server(configuration.server, path.parent),
        defaults=defaults,
        topics=configuration.topics,
        providers=configuration.providers,
        categories=configuration.categories,
        feeds=tuple(_definition(feed, defaults, zone) for feed in (*configuration.feeds, *feeds)),
        moved=configuration.moved,
        gone=frozenset(configuration.gone),
        limits=configuration.limits,
        history=configuration.history,
        embeds=configuration.embeds,
        pictures=configuration.site.pictures,
    )


def _server(settings: ServerSettings, folder: Path) -> ServerSettings:
    token = settings.status_token
    return settings if token is None else settings.model_copy(update={"status_token": _below(folder, token)})


def _site(settings: SiteSettings) -> Site:
    author = settings.author
    return Site(
        title=settings.title,
        url=settings.url,
        tag=settings.tag or default_tag(settings.url) or "",
        description=settings.description,
        language=settings.language,
        author=Author(name=author.name, email=author.email, url=author.url) if author else None,
        copyright=settings.copyright,
        icon=settings.icon,
        logo=settings.logo,
    )


def _definition(feed: FeedSettings, defaults: DefaultSettings, zone: ZoneInfo) -> FeedDefinition:
    return FeedDefinition(
        path=f"/feeds/{feed.id}",
        title=feed.title,
        description=feed.description,
        selection=_selection(feed.where, zone),
        order=feed.order,
        limit=feed.limit or defaults.limit,
        content=feed.content or defaults.content,
        per_provider=feed.per_provider,
        fold=feed.fold,
    )


def _selection(where: WhereSettings, zone: ZoneInfo) -> Selection:
    return Selection(
        topics=_names(where.topics),
        providers=_names(where.providers),
        categories=_names(where.categories),
        types=_names(where.types),
        languages=_names(where.languages),
        sources=_names(where.sources),
        min_quality=where.min_quality,
        min_heat=where.min_heat,
        max_age=where.max_age,
        since=_aware(where.since, zone),
        match=where.match,
    )


def _names(condition: AnyNames | AnyDomains | None) -> Names:
    return condition.names() if condition else NO_NAMES


def _aware(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _below(folder: Path, path: Path) -> Path:
    # Not resolve(): a link that deployments turn to the newest release must be followed at every scan, not once at start.
    return Path(normpath(folder / path))
