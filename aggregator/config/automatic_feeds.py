"""The keys below `topics`, `providers` and `categories`: the feeds that are there because articles are."""

from pydantic import Field

from aggregator.config.addresses import Domain
from aggregator.config.frozen_mapping import FrozenMapping
from aggregator.config.measures import WholeNumber
from aggregator.config.model import Frozen, Model
from aggregator.config.texts import SomeText, Text


class NamedFeed(Model):
    """What an automatic feed says of itself."""

    title: SomeText | None = Field(
        default=None, description="Title in place of the automatic one.", examples=["Artificial Intelligence"]
    )
    description: Text = Field(
        default="", description="What the feed is about.", examples=["Machines that learn"]
    )


class NamedTopic(NamedFeed):
    """What a topic's feed says of itself, and the other names that the topic has."""

    aliases: tuple[SomeText, ...] = Field(
        default=(),
        description="Other names of the topic; articles that use one belong to it.",
        examples=[["A.I.", "KI"]],
    )


_MIN_ARTICLES = Field(
    default=1, ge=1, le=1_000_000, description="A feed begins with so many articles.", examples=[1]
)


class AutomaticFeeds(Model):
    """The feeds that are there because articles are."""

    min_articles: WholeNumber = _MIN_ARTICLES
    named: Frozen[SomeText, NamedFeed] = Field(
        default=FrozenMapping({}),
        description="Feeds that get a title and description, by name.",
        examples=[{"news": {"title": "All the news"}}],
    )


class TopicFeeds(AutomaticFeeds):
    """The feeds of topics."""

    named: Frozen[SomeText, NamedTopic] = Field(
        default=FrozenMapping({}),
        description="Topics whose feeds get a title and description, and their other names, by name.",
        examples=[{"AI": {"title": "Artificial Intelligence", "aliases": ["A.I."]}}],
    )


class ProviderFeeds(AutomaticFeeds):
    """The feeds of providers."""

    named: Frozen[Domain, NamedFeed] = Field(
        default=FrozenMapping({}),
        description="Providers whose feeds get a title and description, by domain.",
        examples=[{"pierpost.example": {"title": "The Pier Post"}}],
    )
