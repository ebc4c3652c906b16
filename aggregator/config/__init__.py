"""The configuration: from one YAML file, and the feed files beside it, to one frozen Settings value.

What this package does not do: read the environment, look at the sources' files, or open the store.

    yaml_document  bytes to a tree whose every part knows its place
    measures, texts, addresses, store, cron, disclosure    what a single value may be
    settings, site_settings, feed_settings, automatic_feeds, client_limits    which keys there are
    explaining     what pydantic found, in plain words and at its place
    agreement      what keys must agree on with one another
    assembly       checked models to Settings
    loading        all of that, in order
"""

from aggregator.config.automatic_feeds import (
    AutomaticFeeds,
    NamedFeed,
    NamedTopic,
    ProviderFeeds,
    TopicFeeds,
)
from aggregator.config.client_limits import ClientLimits, Network
from aggregator.config.disclosure import MetricsReaders, RequestLog, StatusReaders
from aggregator.config.json_schema import feed_file_schema, schema
from aggregator.config.loading import load
from aggregator.config.reading import digest, folders
from aggregator.config.settings import (
    DefaultSettings,
    HistorySettings,
    LimitSettings,
    ReloadSettings,
    ServerSettings,
    Settings,
    SourceSettings,
)

__all__ = [
    "AutomaticFeeds",
    "ClientLimits",
    "DefaultSettings",
    "HistorySettings",
    "LimitSettings",
    "MetricsReaders",
    "NamedFeed",
    "NamedTopic",
    "Network",
    "ProviderFeeds",
    "ReloadSettings",
    "RequestLog",
    "ServerSettings",
    "Settings",
    "SourceSettings",
    "StatusReaders",
    "TopicFeeds",
    "digest",
    "feed_file_schema",
    "folders",
    "load",
    "schema",
]
