"""Templates: HTML of values. The only importer of Jinja2; every address in a page derives from the site's, never from a request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from aggregator.site.assets import ICON, SCRIPT, STATUS_STYLE, STYLE, Asset
from feeds.formats import Format
from feeds.site import Site

# Not strftime, which asks the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Templates:
    """The templates of one site.

    formats       those that feeds are published in, the first is the one to recommend
    kinds         of names that have lists: topics, providers, categories
    timezone      of the dates that people read
    has_pictures  whether pictures of articles, which come from their own hosts, are shown
    is_served     whether a server answers: a static tree has no search
    """

    def __init__(
        self,
        site: Site,
        formats: Sequence[Format],
        timezone: ZoneInfo,
        *,
        kinds: Sequence[str] = (),
        has_pictures: bool = True,
        is_served: bool = True,
    ) -> None:
        self.has_pictures = has_pictures
        self._timezone = timezone
        # Without scheme and host, so that a page works at whatever host it is looked at: a preview, another port.
        self._root = urlsplit(site.url).path
        self._environment = Environment(
            loader=PackageLoader(__package__),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"day": self._day, "here": self._here, "quantity": quantity}
        self._environment.globals |= {
            "site": site,
            "formats": tuple(formats),
            "kinds": tuple(kinds),
            "section": "",
            "has_pictures": has_pictures,
            "is_served": is_served,
            "style": self._asset(STYLE),
            "status_style": self._asset(STATUS_STYLE),
            "script": self._asset(SCRIPT),
            "icon": site.icon or self._asset(ICON),
        }

    def render(self, name: str, **values: Any) -> bytes:
        """Give the page that the template `name` makes of `values`."""
        return self._environment.get_template(name).render(values).encode()

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(self._timezone)
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"

    def _here(self, path: str) -> str:
        return self._root + path

    def _asset(self, asset: Asset) -> str:
        return self._root + asset.address


def quantity(number: int, noun: str) -> str:
    """Say how many there are of something whose plural ends in s."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
