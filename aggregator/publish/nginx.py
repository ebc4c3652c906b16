"""nginx: the configuration that has it serve a published tree as the server serves the same documents.

It is included in a `server` block, and lies beside the tree, as OUT.nginx.conf: in the tree it would be served, and in the folder of
the releases, which come and go, no other file could name it. Where the tree lies is said in that block, for it may be copied elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.config import Settings
from aggregator.documents.feed_drafts import OPML_PATH
from aggregator.publish.side_file import SideFile
from aggregator.server import lifetime, page_policy, responses
from aggregator.server.addresses import ALIASES, Addresses
from aggregator.server.directives import answering, header_lines, location, quoted
from aggregator.server.headers import COMMON, document_caching
from aggregator.site.assets import ASSETS
from aggregator.site.page_drafts import HTML
from aggregator.wiring import addresses_of
from feeds import opml
from feeds.formats import FORMATS

# By this, files of earlier versions are known too: it never changes.
_MARK = "# Written by `aggregator publish`"
_HEAD = f"""\
{_MARK}, anew each time, to be included in a server block that says where the tree is:
#
#     server {{
#         listen 80;
#         server_name news.example.org;
#         root /var/www/feeds;
#         include /var/www/feeds.nginx.conf;
#     }}
#
# nginx reads it when it starts or reloads. A new tree alone needs neither.

"""
# A method of any other kind, and the two questions that browsers ask by OPTIONS, are sorted out before anything else.
_METHODS = """\
set $asked "$request_method $http_access_control_request_method";
if ($asked ~ "^OPTIONS .") { return 490; }
if ($asked ~ "^OPTIONS ") { return 491; }
if ($asked !~ "^(GET|HEAD) ") { return 405; }
error_page 490 = @preflight;
error_page 491 = @options;
error_page 405 = @method_not_allowed;
error_page 404 = @not_found;
error_page 410 = @gone;
"""

# gzip_proxied: what comes through a CDN may have the compressed form too. if_modified_since: a date of the client's own will do.
_MANNERS = """\
server_tokens off;
merge_slashes off;
charset off;
gzip off;
gzip_static on;
gzip_proxied any;
if_modified_since before;
# Where nginx has the module (Debian: libnginx-mod-http-brotli-static), it sends the .br forms with:
# brotli_static on;
"""


def nginx_file(settings: Settings, out: Path, formats: Sequence[str], index: str) -> SideFile:
    """Give the file of the configuration for a tree at `out`."""
    return SideFile(
        out.parent / f"{out.name}.nginx.conf", nginx_configuration(settings, formats, index), _MARK
    )


def nginx_configuration(settings: Settings, formats: Sequence[str], index: str) -> str:
    """Give the configuration for a tree whose feeds are in these formats, and whose index, which nobody is to have, is called `index`."""
    site_url, addresses = settings.site.url, addresses_of(settings, formats)
    caching = document_caching(lifetime(int(settings.server.max_age.total_seconds()), None))
    document = {**COMMON, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    page = {
        **document,
        "Content-Security-Policy": page_policy(settings.embeds, has_pictures=settings.pictures),
    }
    types = _media_types()
    blocks = [
        *_MANNERS.splitlines(),
        *_types(types),
        *_base_path(site_url),
        *_METHODS.splitlines(),
        *answering("@not_found", responses.not_found()),
        *answering("@method_not_allowed", responses.method_not_allowed()),
        *answering("@options", responses.options()),
        *answering("@preflight", responses.preflight()),
        *answering("@gone", responses.gone()),
        *_addresses(site_url, addresses),
        *location(f"= /{index}", "return 404;"),
        *location("= /index", "return 404;"),
        *location("~ //", "return 404;"),
        *location("= /", *header_lines(page), "try_files /index.html =404;"),
        *location(
            f"~ \\.({'|'.join(ending for ending in types if ending != 'html')})$", *header_lines(document)
        ),
        *location("/", *header_lines(page), "try_files $uri.html =404;"),
    ]
    return _HEAD + "\n".join(blocks) + "\n"


def _media_types() -> dict[str, str]:
    """Give the Content-Type of everything in a tree by the ending of its file."""
    feeds = {one.suffix: one.media_type for one in FORMATS.values()}
    others = {Path(asset.path).suffix: asset.media_type for asset in ASSETS.values()}
    every = feeds | others | {Path(OPML_PATH).suffix: opml.MEDIA_TYPE, ".html": HTML}
    return {suffix.removeprefix("."): every[suffix] for suffix in sorted(every)}


def _types(types: Mapping[str, str]) -> list[str]:
    return ["types {", *(f"    {quoted(kind)} {ending};" for ending, kind in types.items()), "}"]


def _base_path(site_url: str) -> list[str]:
    """Take the path of the site's address off what is asked for, where it has one."""
    base = urlsplit(site_url).path
    return [f'rewrite "^{re.escape(base)}(?:/(.*))?$" "/$1";'] if base else []


def _addresses(site_url: str, addresses: Addresses) -> list[str]:
    """Give a location for each address that leads elsewhere, or nowhere any more."""
    endings = ("", *(one.suffix for one in FORMATS.values()))
    lines = []
    for path in (*ALIASES, *(path + ending for path in addresses.moved for ending in endings)):
        lines += answering(f"= {path}", responses.moved(f"{site_url}{addresses.new_path(path)}"))
    for path in sorted(addresses.gone):
        for ending in endings:
            lines += location(f"= {path}{ending}", "return 410;")
    return lines
