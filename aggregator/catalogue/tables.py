"""The tables. Nothing here knows what they are for; statements are in writing.py, reading.py and criteria.py."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from aggregator.entry.keys import microseconds, moment_of

# Raised also when records.py writes an article in another way.
SCHEMA_VERSION = 8


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as whole microseconds since 1970 so that it orders and indexes as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002  likewise
        return None if value is None else moment_of(value)


# 64 bits everywhere. In SQLite a column called INTEGER, and no other, is the row's own number, and needs no index beside the table.
Key = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

# One row: which schema this is, and the generation that readers see.
# as_of: the time at which that was made, and age limits evaluated; site_changed: when the site's own data last changed;
# birth: a number by chance, of this database alone: one that is made anew counts from 1 again, and what was made from the one before it
# must not be taken for up to date (never part of a document); has_words: whether the full-text index holds all public articles (first_load.py);
# owes_purge: whether something was withdrawn of which the files of the database may still have a trace;
# configuration, site_tag: whose it is (owner.py).
generations = Table(
    "generations",
    metadata,
    Column("number", Integer, nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("site_digest", String),
    Column("site_changed", Moment),
    Column("birth", BigInteger, nullable=False),
    Column("has_words", Boolean, nullable=False),
    Column("owes_purge", Boolean, nullable=False, default=False),
    Column("configuration", String),
    Column("site_tag", String),
)

# How a source was read the last time: another digest means that all of its files must be read again.
sources = Table(
    "sources", metadata, Column("name", String, primary_key=True), Column("reading", String, nullable=False)
)

# Every file that was seen. key: of the identity of the article in it; rank: its updated time, which settles duplicates;
# due: when a scheduled article is to go live, or an `updated` of the future to count; has_problems: something in it was wrong, so
# a new process reads it again; digest: of its bytes; origin: SOURCE/PATH where the file first lay, if its identity comes from there and it has moved since.
files = Table(
    "files",
    metadata,
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("inode", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("key", BigInteger),
    Column("rank", Moment),
    Column("due", Moment),
    Column("has_problems", Boolean, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("origin", Text),
    Index("files_by_key", "key"),
    Index("files_by_state", "state"),
    Index("files_moved", "source", "path", "origin", sqlite_where=Column("origin").is_not(None)),
    Index("files_by_due", "due", sqlite_where=Column("due").is_not(None)),
    sqlite_with_rowid=False,
)

# Every article that is public, or was: withdrawn_at is set for the latter. Columns are what selections ask for.
# content: digest of what an entry shows, whole: of everything kept; revision: the generation of the last change.
entries = Table(
    "entries",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
    Column("source", String, nullable=False),
    Column("path", String, nullable=False),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("revision", Integer, nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("whole", LargeBinary(16), nullable=False),
    Column("category", String),
    Column("type", String),
    Column("language", String),
    Column("provider", String),
    Column("quality", Integer),
    Column("heat", Integer),
    Column("own_page", Boolean, nullable=False),
)
_public = entries.c.withdrawn_at.is_(None)
Index("entries_newest", entries.c.published.desc(), entries.c.key, sqlite_where=_public)
Index(
    "entries_best",
    entries.c.quality.desc(),
    entries.c.heat.desc(),
    entries.c.published.desc(),
    entries.c.key,
    sqlite_where=_public,
)
Index(
    "entries_hottest", entries.c.heat.desc(), entries.c.published.desc(), entries.c.key, sqlite_where=_public
)
Index("entries_with_own_page", entries.c.own_page, sqlite_where=entries.c.own_page)
Index(
    "entries_withdrawn",
    entries.c.withdrawn_at,
    entries.c.key,
    sqlite_where=entries.c.withdrawn_at.is_not(None),
)
Index("entries_updated", entries.c.updated.desc(), entries.c.key, sqlite_where=_public)
Index(
    "entries_of_provider", entries.c.provider, entries.c.published.desc(), entries.c.key, sqlite_where=_public
)
Index(
    "entries_of_category", entries.c.category, entries.c.published.desc(), entries.c.key, sqlite_where=_public
)

# The whole article of an entry, as records.py writes it. Apart from entries, so that scans of those stay short. In the order of their
# coming: in that of the keys, which is none, each would be written to another page of some hundred megabytes.
records = Table(
    "records",
    metadata,
    Column("key", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
    Index("records_by_key", "key", unique=True),
)

# Which topics an entry has; published stands here too, so that a topic's newest entries are one range of one index.
entry_topics = Table(
    "entry_topics",
    metadata,
    Column("topic", BigInteger, primary_key=True),
    Column("published", Moment, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Index("entry_topics_by_key", "key", "topic"),
    sqlite_with_rowid=False,
)

# The topics, providers and categories of public articles. folded: how names compare; name: the spelling most used;
# peak: the most articles it ever had; changed: when its feed last did (None: not since the first load), appearance: a digest of what
# that shows, None where it was not looked at (appearances.py).
names = Table(
    "names",
    metadata,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("slug", String, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
    Column("changed", Moment),
    Column("appearance", LargeBinary(16)),
    Index("names_by_slug", "kind", "slug", unique=True),
)

# How often each spelling of a name is used by public articles.
spellings = Table(
    "spellings",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("spelling", Text, primary_key=True),
    Column("articles", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The configured feeds: a digest of the definition, and changed and appearance as of a name.
feeds = Table(
    "feeds",
    metadata,
    Column("path", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("changed", Moment),
    Column("appearance", LargeBinary(16)),
)

# In which order entries came to each feed, and stay on record: the feed by its key; arrival: generation and published date as one
# number (history.py). What was withdrawn keeps its rows, which tell which feeds have to say so.
memberships = Table(
    "memberships",
    metadata,
    Column("feed", BigInteger, primary_key=True),
    Column("arrival", BigInteger, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Index("memberships_by_key", "key", "feed"),
    sqlite_with_rowid=False,
)

# The closed archives of each feed, counted from 1, the oldest: each ends with the member at (arrival, key).
archives = Table(
    "archives",
    metadata,
    Column("feed", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("arrival", BigInteger, nullable=False),
    Column("key", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Versions of documents that readers may hold: the path, the SHA-256 of the bytes, and the keys of the entries, eight bytes each.
versions = Table(
    "versions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("path", String, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("basis", LargeBinary(16), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("entry_keys", LargeBinary, nullable=False),
    Index("versions_by_path", "path", "number"),
    sqlite_autoincrement=True,
)

# What each ranked feed shows (rankings.py): the feed by its key; definition: the key of the definition that this was decided for.
shown = Table(
    "shown",
    metadata,
    Column("feed", BigInteger, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("definition", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
