"""The keys below `site`: who publishes the feeds, and where."""

from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from aggregator.config.addresses import SiteAddress, Tag, WebAddress, default_tag
from aggregator.config.measures import Switch
from aggregator.config.model import Model
from aggregator.config.texts import Email, Language, SomeText, Text, TimeZone


class AuthorSettings(Model):
    """Who answers for the feeds."""

    name: SomeText = Field(description="Name of a person or a desk.", examples=["The desk"])
    email: Email | None = Field(
        default=None, description="E-mail address; readers see it.", examples=["desk@example.org"]
    )
    url: WebAddress | None = Field(
        default=None, description="Page about the author.", examples=["https://news.example.org/desk"]
    )


class SiteSettings(Model):
    """The site that publishes the feeds."""

    title: SomeText = Field(
        description="Name of the site, and title of the feed of everything.", examples=["The Model Wire"]
    )
    url: SiteAddress = Field(
        description="Public address of the site, http or https. Self links, pages and identities derive from it, never "
        "from what a request says. A slash at its end makes no difference.",
        examples=["https://news.example.org", "https://example.org/news"],
    )
    description: Text = Field(
        default="", description="What the site is about, in a sentence.", examples=["What happened in AI"]
    )
    language: Language = Field(
        default="en",
        description="Language of the site, and of articles that name none (BCP 47).",
        examples=["en", "de-CH"],
    )
    timezone: TimeZone = Field(
        default=ZoneInfo("UTC"),
        description="Time zone (IANA name) of every date and time that names none.",
        examples=["UTC", "Europe/Berlin"],
    )
    author: AuthorSettings | None = Field(
        default=None,
        description="Author of entries whose article names none.",
        examples=[{"name": "The desk", "email": "desk@example.org"}],
    )
    copyright: SomeText | None = Field(
        default=None, description="Rights, as text.", examples=["© 2026 The Model Wire"]
    )
    icon: WebAddress | None = Field(
        default=None,
        description="Picture of the site, square.",
        examples=["https://news.example.org/icon.png"],
    )
    logo: WebAddress | None = Field(
        default=None,
        description="Picture of the site, twice as wide as high: for Atom's `logo`, and RSS's `image`, which is the icon otherwise.",
        examples=["https://news.example.org/logo.png"],
    )
    pictures: Switch = Field(
        default=True,
        description="Whether pages for people show the pictures of articles, which come from their own hosts. Feeds have them anyway.",
        examples=[True, False],
    )
    tag: Tag | None = Field(
        default=None,
        description="Tagging entity (RFC 4151) of the identities made here: a host or e-mail address that was yours, a comma, "
        "and a date at which it was. By default the host of `url` and the year 2026. Before the site moves to another host, "
        "write down what it was, or every entry without an identity of its own is new to readers.",
        examples=["news.example.org,2026"],
    )

    @model_validator(mode="after")
    def _has_tag(self) -> "SiteSettings":
        if self.tag is None and default_tag(self.url) is None:
            raise ValueError(
                "the host of url can't stand in identities, expected a tag such as example.org,2026 beside it"
            )
        return self
