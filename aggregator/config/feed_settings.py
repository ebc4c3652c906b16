"""The keys that define a feed: what it is called, which articles it wants, in which order and how much of them."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from aggregator.config.addresses import Domain
from aggregator.config.measures import Moment, SomeTime, Switch, WholeNumber
from aggregator.config.model import Model, SomeOf
from aggregator.config.texts import ContentName, OrderName, OwnIdentifier, Query, SomeText, Text
from aggregator.config.written import kind
from feeds.definition import Order
from feeds.selection import Names, fold

SomeNames = SomeOf[SomeText]
SomeDomains = SomeOf[Domain]


class NameCondition(Model):
    """A condition on names, which compare without case."""

    any: SomeNames | None = Field(
        default=None, description="One of these, at least.", examples=[["AI", "Deep Learning"]]
    )
    all: SomeNames | None = Field(
        default=None, description="Every one of these.", examples=[["AI", "Ethics"]]
    )
    none: SomeNames | None = Field(default=None, description="Not one of these.", examples=[["Sponsored"]])

    @model_validator(mode="after")
    def _asks_for_something(self) -> "NameCondition":
        if not self.names():
            raise ValueError("is empty, expected any, all or none")
        return self

    def names(self) -> Names:
        """Give the condition as a value of a selection."""
        return Names(any=_folded(self.any), all=_folded(self.all), none=_folded(self.none))


class DomainCondition(NameCondition):
    """A condition on domains, which compare without case."""

    any: SomeDomains | None = Field(
        default=None, description="One of these, at least.", examples=[["pierpost.example"]]
    )
    all: SomeDomains | None = Field(
        default=None,
        description="Every one of these; an article has one provider.",
        examples=[["pierpost.example"]],
    )
    none: SomeDomains | None = Field(
        default=None, description="Not one of these.", examples=[["spam.example"]]
    )


def _folded(names: Sequence[str] | None) -> tuple[str, ...]:
    # Each once, and in order: two spellings of one definition must not be two definitions.
    return tuple(sorted(set(map(fold, names or ()))))


def _any_of_list(written: object) -> object:
    """Take a list of names for what it is short for."""
    if isinstance(written, str):
        reason = f"is {kind(written)}, expected a list such as [news], or a mapping of any, all and none"
        raise ValueError(reason)  # noqa: TRY004  pydantic collects ValueError alone
    return {"any": written} if isinstance(written, list | tuple) else written


AnyNames = Annotated[
    NameCondition, BeforeValidator(_any_of_list, json_schema_input_type=SomeNames | NameCondition)
]
AnyDomains = Annotated[
    DomainCondition, BeforeValidator(_any_of_list, json_schema_input_type=SomeDomains | DomainCondition)
]


class WhereSettings(Model):
    """Which articles a feed wants: those for which everything that is said here holds."""

    topics: AnyNames | None = Field(
        default=None,
        description="Topics of the article: a list (any of these), or a mapping of any, all and none.",
        examples=[["AI", "Deep Learning"], {"any": ["AI"], "none": ["Sponsored"]}],
    )
    providers: AnyDomains | None = Field(
        default=None,
        description="Domain of its provider; a list or a mapping.",
        examples=[{"none": ["spam.example"]}],
    )
    categories: AnyNames | None = Field(
        default=None, description="Its category; a list or a mapping.", examples=[["news"]]
    )
    types: AnyNames | None = Field(
        default=None, description="Its type; a list or a mapping.", examples=[["article", "video"]]
    )
    languages: AnyNames | None = Field(
        default=None, description="Its language; a list or a mapping.", examples=[["en", "de-CH"]]
    )
    sources: AnyNames | None = Field(
        default=None, description="The source it lies in; a list or a mapping.", examples=[["news"]]
    )
    min_quality: WholeNumber | None = Field(
        default=None,
        ge=0,
        le=100,
        description="Its quality, at least; where it is unknown the article is out.",
        examples=[60],
    )
    min_heat: WholeNumber | None = Field(
        default=None,
        ge=-1,
        le=100,
        description="Its heat, at least; where it is unknown the article is out.",
        examples=[10],
    )
    max_age: SomeTime | None = Field(
        default=None, description="How long ago it was published, at most.", examples=["30d"]
    )
    since: Moment | None = Field(
        default=None,
        description="Published then or later: a date or a time, in the site's time zone where it names none.",
        examples=["2021-01-01", "2021-01-01T09:00:00Z"],
    )
    match: Query | None = Field(
        default=None,
        description='Words in title, excerpt or body: all of them; OR between alternatives, "quotation marks" around a phrase, '
        "- in front of what must not be there.",
        examples=['pytorch OR "deep learning" -sponsored'],
    )


class FeedSettings(Model):
    """A feed of your own."""

    id: OwnIdentifier = Field(
        description="Its address is /feeds/ID: lower-case letters, digits and hyphens. It must stay the same, or be listed below `moved`.",
        examples=["best-of-ai"],
    )
    title: SomeText = Field(description="Title that readers show.", examples=["The best of AI"])
    description: Text = Field(
        default="", description="What the feed is about.", examples=["What we would read ourselves"]
    )
    where: WhereSettings = Field(
        default_factory=WhereSettings,
        description="Which articles it wants; without it, all.",
        examples=[{"topics": ["AI"], "min_quality": 60}],
    )
    order: OrderName = Field(
        default=Order.NEWEST,
        description="Which entries come first: newest (published), updated, hottest (heat) or best (quality).",
        examples=["newest", "best"],
    )
    limit: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Entries at most; by default what `defaults` says.",
        examples=[30],
    )
    content: ContentName | None = Field(
        default=None,
        description="How much of an article an entry shows: full, excerpt or title; by default what `defaults` says.",
        examples=["excerpt"],
    )
    per_provider: WholeNumber | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Entries of one provider, at most; by default there is no bound.",
        examples=[3],
    )
    fold: Switch = Field(
        default=False,
        description="Make one entry of all articles that tell one story: the one of highest quality, which lists the others.",
        examples=[True],
    )
