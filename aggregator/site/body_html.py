"""Bodies: the sanitised HTML of an article, as it stands on a page of this site. Pure; what may be in it was decided before.

Headings follow the page's own without a gap, pictures load late and without telling where from, frames have a name.
"""

import re
from html import escape, unescape
from urllib.parse import urlsplit

# Attributes are written in double quotes, for they come from a serialiser; a > may stand in them.
# Every tag is taken whole, so that what looks like one inside an attribute is none.
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>(?:[^">]|"[^"]*")*)>')
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LOWEST = 6
# One after the other, so that what looks like an attribute inside of another's value is none.
_ATTRIBUTE = re.compile(r'\s([a-z]+)="([^"]*)"')


def readable(html: str, *, has_pictures: bool, top: int = 2) -> str:
    """Give sanitised HTML fit for a page whose own headings end above level `top`; without pictures where there are to be none."""
    levels: list[int] = []

    def changed(tag: re.Match[str]) -> str:
        name = tag["name"]
        if name in _HEADINGS:
            return _heading(tag, levels, top)
        if name == "img":
            return _picture(tag) if has_pictures else ""
        if name == "iframe" and not tag["end"]:
            return _frame(tag)
        return tag[0] if has_pictures else _without_picture(tag)

    return _TAG.sub(changed, html)


def _heading(tag: re.Match[str], levels: list[int], top: int) -> str:
    """Give a heading at the level at which it stands among those before it; `levels` are those that it lies below."""
    if not tag["end"]:
        level = int(tag["name"][1])
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
    shown = min(top + len(levels) - 1, _LOWEST)
    return f"<{tag['end']}h{shown}{tag['attributes']}>"


def _picture(tag: re.Match[str]) -> str:
    attributes = tag["attributes"].rstrip("/ ")
    alternative = "" if "alt" in _values(attributes) else ' alt=""'
    return f'<img{attributes}{alternative} loading="lazy" decoding="async" referrerpolicy="no-referrer">'


def _frame(tag: re.Match[str]) -> str:
    attributes = tag["attributes"]
    values = _values(attributes)
    host = urlsplit(unescape(values.get("src", ""))).hostname
    title = "" if "title" in values else f' title="Embedded from {escape(host or "elsewhere")}"'
    return f'<iframe{attributes}{title} loading="lazy">'


def _without_picture(tag: re.Match[str]) -> str:
    values = _values(tag["attributes"])
    if tag["name"] == "source" and "srcset" in values:
        return ""
    if "poster" not in values:
        return tag[0]
    kept = "".join(f' {name}="{value}"' for name, value in values.items() if name != "poster")
    return f"<{tag['name']}{kept}>"


def _values(attributes: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(attributes))
