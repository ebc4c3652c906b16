"""Topics by the names that the configuration gives them. Pure."""

from aggregator.config import Settings
from feeds.selection import fold


def topic_aliases(settings: Settings) -> dict[str, str]:
    """Give the name that each folded name of a topic stands for, where the configuration names it."""
    if settings.topics is None:
        return {}
    return {
        fold(alias): name
        for name, named in sorted(settings.topics.named.items())
        for alias in (name, *named.aliases)
    }
