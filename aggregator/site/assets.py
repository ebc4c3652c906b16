"""Assets: the files that every page loads from this site. An address names the content, so that a new version is taken at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from types import MappingProxyType

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. The digest in its address is a query, so that a file of another version is answered too, not with a 404."""

    path: str
    media_type: str
    body: bytes

    @property
    def address(self) -> str:
        """The path, with what tells one version from another."""
        return f"{self.path}?v={sha256(self.body).hexdigest()[:_DIGITS]}"


def _read(name: str, media_type: str) -> Asset:
    body = resources.files(__package__).joinpath("static", name).read_bytes()
    return Asset(f"/static/{name}", media_type, body)


STYLE = _read("site.css", "text/css; charset=utf-8")
STATUS_STYLE = _read("status.css", "text/css; charset=utf-8")
SCRIPT = _read("site.js", "text/javascript; charset=utf-8")
ICON = _read("icon.svg", "image/svg+xml")

ASSETS: Mapping[str, Asset] = MappingProxyType(
    {asset.path: asset for asset in (STYLE, STATUS_STYLE, SCRIPT, ICON)}
)
