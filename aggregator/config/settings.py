"""Settings: everything that a configuration says, and the keys that say it, with what editors are told of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from aggregator.config.addresses import (
    Folder,
    Host,
    ListeningHost,
    Permalink,
)
from aggregator.config.automatic_feeds import AutomaticFeeds, ProviderFeeds, TopicFeeds
from aggregator.config.client_limits import ClientLimits
from aggregator.config.disclosure import (
    MetricsReaders,
    MetricsReadersName,
    RequestLog,
    RequestLogName,
    StatusReaders,
    StatusReadersName,
)
from aggregator.config.feed_settings import FeedSettings
from aggregator.config.frozen_mapping import FrozenMapping
from aggregator.config.measures import Duration, Size, SomeTime, Switch, WholeNumber
from aggregator.config.model import Frozen, Model, SomeOf
from aggregator.config.site_settings import SiteSettings
from aggregator.config.store import StoreAddress
from aggregator.config.texts import (
    ArticleKey,
    ContentName,
    Cron,
    ForeignKey,
    FormatName,
    Identifier,
    OwnIdentifier,
    Pattern,
    SourceName,
)
from aggregator.config.written import Plain, did_you_mean, is_nothing, quoted
from feeds.definition import Content, FeedDefinition
from feeds.site import Site


class SourceSettings(Model):
    """A folder of article files."""

    name: SourceName = Field(
        description="Name by which feeds and identities refer to the source: letters, digits, _ and -. It must stay the same.",
        examples=["news"],
    )
    path: Folder = Field(
        description="The folder; relative to the configuration file.", examples=["content/news"]
    )
    include: SomeOf[Pattern] = Field(
        default=("**/*.md", "**/*.markdown", "**/*.html"),
        description="Files that are articles, as patterns below the folder.",
        examples=[["**/*.md"]],
    )
    exclude: tuple[Pattern, ...] = Field(
        default=(), description="Files that are none all the same.", examples=[["drafts/**"]]
    )
    fields: Frozen[ArticleKey, ForeignKey] = Field(
        default=FrozenMapping({}),
        description="Keys of articles that have other names in this source: the key that is meant, and the name it has.",
        examples=[{"publishedDateTime": "posted"}],
    )
    permalink: Permalink | None = Field(
        default=None,
        description="Address of articles that name none. {year} {month} {day} are those of the publication, {path} is the path "
        "below the source's folder without the suffix, {slug} the name of the file without suffix and without a date in front, "
        "{source} the name of the source.",
        examples=["https://blog.example.org/{year}/{month}/{slug}/"],
    )


class ReloadSettings(Model):
    """When the sources are looked through for changes."""

    every: SomeTime | None = Field(
        default=timedelta(minutes=1),
        description="Time from one look to the next. Not together with `cron`.",
        examples=["1m", "30s"],
    )
    cron: Cron | None = Field(
        default=None,
        description="When to look, as five fields of crontab(5): minute, hour, day, month, weekday (0 and 7 are Sunday), in "
        "the site's time zone. Where neither day nor weekday begins with `*`, days that match either count. Not together with `every`.",
        examples=["*/5 * * * *", "0 6-20 * * mon-fri"],
    )
    watch: Switch = Field(
        default=True,
        description="Act on changes of files at once, too: of articles, and of the configuration itself.",
        examples=[True],
    )
    timeout: SomeTime = Field(
        default=timedelta(minutes=10),
        description="After so long without any headway (a file read, a statement of the database) a refresh is given up, and "
        "the last good state stays. A refresh that takes long is none that hangs.",
        examples=["10m"],
    )
    accept_loss: Switch = Field(
        default=False,
        description="Believe it when a source loses most of its files at once. By default that is taken for a disk that is "
        "not there, and what the source held stays.",
        examples=[False],
    )
    accept_identities: Switch = Field(
        default=False,
        description="Believe it when many published articles get another identity at once. By default that is taken for a mistake, "
        "since every reader would see each of them as new, and the last good state stays.",
        examples=[False],
    )

    @model_validator(mode="before")
    @classmethod
    def _cron_in_place_of_every(cls, written: Any) -> Any:
        has_cron = isinstance(written, Mapping) and written.get("cron") is not None
        return {"every": None, **written} if has_cron else written

    @field_validator("cron")
    @classmethod
    def _is_one_of_two(cls, cron: str | None, info: ValidationInfo) -> str | None:
        if cron is not None and info.data.get("every") is not None:
            raise ValueError("can't stand beside every, expected one of the two")
        return cron


class ServerSettings(Model):
    """Where the server listens, and what it promises caches."""

    host: ListeningHost = Field(
        default="127.0.0.1",
        description="Address to listen on; 0.0.0.0 is every one.",
        examples=["127.0.0.1", "0.0.0.0"],  # noqa: S104  an example, not the default
    )
    port: WholeNumber = Field(
        default=8080, ge=0, le=65535, description="Port to listen on; 0 takes any free one.", examples=[8080]
    )
    workers: WholeNumber = Field(default=1, ge=1, le=64, description="Server processes.", examples=[1, 4])
    max_age: Duration = Field(
        default=timedelta(minutes=5),
        description="How long readers and caches may keep an answer (Cache-Control: max-age); never past the next scheduled article.",
        examples=["5m"],
    )
    metrics: MetricsReadersName = Field(
        default=MetricsReaders.LOOPBACK,
        description="Who gets /metrics: programs on this machine (loopback), everyone, or nobody (off). A proxy on this machine must "
        "send X-Forwarded-For, or everyone it lets through gets them too: docs/operating.md.",
        examples=["loopback", "everyone", "off"],
        json_schema_extra={"default": "loopback"},
    )
    status: StatusReadersName = Field(
        default=StatusReaders.OFF,
        description="Who gets the page /status: browsers on this machine (loopback), whoever knows the token (token), or nobody (off): "
        "docs/operating.md.",
        examples=["loopback", "token", "off"],
        json_schema_extra={"default": "off"},
    )
    status_token: Folder | None = Field(
        default=None,
        description="The file whose first line is the token for /status, of at least 16 characters; relative to the configuration file.",
        examples=["/run/credentials/aggregator.service/status-token"],
    )
    request_log: RequestLogName = Field(
        default=RequestLog.OFF,
        description="Which requests the log tells of: none (off), one in a hundred and each that failed or was slow (sampled), or all. "
        "They tell who reads what: addresses and names of readers.",
        examples=["sampled", "all", "off"],
        json_schema_extra={"default": "off"},
    )
    limits: ClientLimits = Field(
        default_factory=ClientLimits,
        description="What clients may take of the server: docs/operating.md.",
        examples=[{"connections": 10000, "requests": 600}],
    )


class DefaultSettings(Model):
    """What feeds have in common, where a feed does not say otherwise."""

    limit: WholeNumber = Field(
        default=50, ge=1, le=1000, description="Entries of a feed, at most.", examples=[50]
    )
    content: ContentName = Field(
        default=Content.FULL,
        description="How much of an article an entry shows: full, excerpt or title.",
        examples=["full"],
    )
    formats: SomeOf[FormatName] = Field(
        default=("atom", "rss", "json"),
        description="The formats in which every feed is published; the list of feeds (OPML) names the first.",
        examples=[["atom", "rss", "json"]],
    )


class LimitSettings(Model):
    """What an article file may weigh."""

    front_matter: Size = Field(
        default=256 * 1024,
        description="Front matter of a file, at most.",
        examples=["256KiB"],
        json_schema_extra={"default": "256KiB"},
    )
    file: Size = Field(
        default=5 * 1024**2,
        description="A file as a whole, at most.",
        examples=["5MiB"],
        json_schema_extra={"default": "5MiB"},
    )

    @field_validator("*")
    @classmethod
    def _is_possible(cls, size: int) -> int:
        if not 1024 <= size <= 1024**3:  # noqa: PLR2004  the message says it in words
            raise ValueError(f"{size} bytes are impossible, expected 1KiB to 1GiB")
        return size


class HistorySettings(Model):
    """What is remembered of what was published."""

    retractions: Duration = Field(
        default=timedelta(days=90),
        description="For how long feeds tell readers to forget an article that was withdrawn: longer than any reader goes without "
        "asking.",
        examples=["90d"],
        json_schema_extra={"default": "90d"},
    )


def _none_for_false(written: object) -> object:
    if written is False or (isinstance(written, Plain) and written.lower() == "false"):
        return None
    if isinstance(written, str):
        raise ValueError(_no_feeds(written))  # noqa: TRY004  pydantic collects ValueError alone
    return written


def _no_feeds(written: str) -> str:
    """Say what is wrong with text in place of automatic feeds."""
    if is_nothing(written):
        return "is empty, expected a mapping or false"
    word = written.lower()
    if not isinstance(written, Plain):
        return f"{quoted(written)} is text, expected a mapping, or false without quotation marks"
    if word in {"true", "yes", "on"}:
        return f"{quoted(written)} is neither a mapping nor false, expected no such key: the feeds are there without it"
    hint = did_you_mean("false") if word in {"no", "off"} else ", expected one of the two"
    return f"{quoted(written)} is neither a mapping nor false{hint}"


class Configuration(Model):
    """Everything that the file can hold."""

    site: SiteSettings = Field(
        description="The site that publishes the feeds.",
        examples=[{"title": "The Model Wire", "url": "https://news.example.org"}],
    )
    sources: SomeOf[SourceSettings] = Field(
        description="The folders of article files.", examples=[[{"name": "news", "path": "content/news"}]]
    )
    reload: ReloadSettings = Field(
        default_factory=ReloadSettings,
        description="When the sources are looked through for changes.",
        examples=[{"every": "1m", "watch": True}],
    )
    store: StoreAddress = Field(
        default="sqlite:///var/aggregator.db",
        description="Where the catalogue of articles is kept, a file of SQLite's, as a SQLAlchemy URL; the path in it is relative "
        "to the configuration file (four slashes make it absolute), and ?timeout=SECONDS behind it says how long to wait "
        "for a lock. Each configuration has its own. It can be deleted: the sources have everything but the times of past changes.",
        examples=["sqlite:///../var/aggregator.db", "sqlite:////var/lib/aggregator/aggregator.db"],
    )
    server: ServerSettings = Field(
        default_factory=ServerSettings,
        description="Where the server listens, and what it promises caches.",
        examples=[{"port": 8080}],
    )
    defaults: DefaultSettings = Field(
        default_factory=DefaultSettings,
        description="What feeds have in common, where a feed does not say otherwise.",
        examples=[{"limit": 30}],
    )
    topics: Annotated[
        TopicFeeds | None,
        BeforeValidator(_none_for_false, json_schema_input_type=Literal[False] | TopicFeeds),
    ] = Field(
        default_factory=TopicFeeds,
        description="The automatic feeds of topics; false switches them off.",
        examples=[{"min_articles": 3}, False],
    )
    providers: Annotated[
        ProviderFeeds | None,
        BeforeValidator(_none_for_false, json_schema_input_type=Literal[False] | ProviderFeeds),
    ] = Field(
        default_factory=ProviderFeeds,
        description="The automatic feeds of providers; false switches them off.",
        examples=[{"min_articles": 3}, False],
    )
    categories: Annotated[
        AutomaticFeeds | None,
        BeforeValidator(_none_for_false, json_schema_input_type=Literal[False] | AutomaticFeeds),
    ] = Field(
        default_factory=AutomaticFeeds,
        description="The automatic feeds of categories; false switches them off.",
        examples=[{"min_articles": 3}, False],
    )
    feeds: tuple[FeedSettings, ...] = Field(
        default=(),
        description="Feeds of your own. More may lie in feeds/*.yaml beside the configuration file.",
        examples=[[{"id": "best-of-ai", "title": "The best of AI"}]],
    )
    moved: Frozen[OwnIdentifier, Identifier] = Field(
        default=FrozenMapping({}),
        description="Ids that feeds of yours had, and the ids they have now: readers are sent on (301).",
        examples=[{"old-id": "best-of-ai"}],
    )
    gone: tuple[OwnIdentifier, ...] = Field(
        default=(),
        description="Ids of feeds that are no more: readers are told to stop asking (410).",
        examples=[["retired-id"]],
    )
    limits: LimitSettings = Field(
        default_factory=LimitSettings,
        description="What an article file may weigh.",
        examples=[{"file": "1MiB"}],
    )
    history: HistorySettings = Field(
        default_factory=HistorySettings,
        description="What is remembered of what was published.",
        examples=[{"retractions": "90d"}],
    )
    embeds: tuple[Host, ...] = Field(
        default=(
            "www.youtube.com",
            "www.youtube-nocookie.com",
            "player.vimeo.com",
            "www.dailymotion.com",
            "open.spotify.com",
            "w.soundcloud.com",
        ),
        description="Hosts whose frames (iframe) may stay in articles, over https; all others are taken out.",
        examples=[["www.youtube-nocookie.com", "player.vimeo.com"]],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A configuration that can be used: complete, its paths absolute, its feeds defined.

    path        the configuration file, absolute
    store       a SQLAlchemy URL of a file of SQLite's, the path in it absolute
    topics, providers, categories  None where they are switched off
    feeds       the configured ones, at /feeds/ID
    moved       the id that each id of old has now
    embeds      hosts whose frames may stay in articles
    pictures    whether pages show the pictures of articles
    """

    path: Path
    site: Site
    timezone: ZoneInfo
    sources: tuple[SourceSettings, ...]
    reload: ReloadSettings
    store: str
    server: ServerSettings
    defaults: DefaultSettings
    topics: TopicFeeds | None
    providers: AutomaticFeeds | None
    categories: AutomaticFeeds | None
    feeds: tuple[FeedDefinition, ...]
    moved: Mapping[str, str]
    gone: frozenset[str]
    limits: LimitSettings
    history: HistorySettings
    embeds: tuple[str, ...]
    pictures: bool
