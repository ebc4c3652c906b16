"""What ranked feeds show, remembered, so that they don't flap (feeds.ranking): decided within a refresh, and the same for all who read.

Only configured feeds are followed. Any other definition, and one that differs from what a feed was decided for, gets the plain cut.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.catalogue.choosing import Chosen, articles_of, first_of, rows_of
from aggregator.catalogue.history import feed_key
from aggregator.catalogue.tables import shown
from aggregator.entry.keys import key_of
from feeds.article import Article
from feeds.definition import FeedDefinition
from feeds.ranking import Candidate, margin_of, steady
from feeds.stories import Story, stories_of, window_of


def settle_rankings(
    connection: Connection, definitions: Iterable[FeedDefinition], touched: Collection[int], as_of: datetime
) -> None:
    """Decide what ranked feeds show from now on, where what they choose from has changed; `touched` are the keys of such feeds."""
    for definition in definitions:
        if definition.is_ranked and feed_key(definition) in touched:
            _settle(connection, definition, as_of)


def shown_by(connection: Connection, definition: FeedDefinition) -> Sequence[int]:
    """Give the keys of what was decided that a ranked feed shows, in no order; empty where nothing was decided for this definition."""
    if not definition.is_ranked:
        return ()
    decided = (shown.c.feed == feed_key(definition), shown.c.definition == key_of(repr(definition)))
    return connection.execute(select(shown.c.key).where(*decided)).scalars().all()


def stories_among(
    definition: FeedDefinition, articles: Sequence[Article], decided: Collection[int]
) -> tuple[Story, ...]:
    """Give the stories that a folded feed shows of `articles`, which are what it looks at, in the order of their leads.

    A story is shown where one of its articles ranks high enough, so that nothing new goes under with an old lead.

    decided  the keys of the leads that it is to show, empty where that was not decided
    """
    stories = stories_of(articles)
    wanted = decided or _steady_stories(definition, stories, ())
    places = {article.id: place for place, article in enumerate(articles)}
    chosen = (story for story in stories if key_of(story.lead.id) in wanted)
    return tuple(sorted(chosen, key=lambda story: places[story.lead.id]))


def _settle(connection: Connection, definition: FeedDefinition, as_of: datetime) -> None:
    feed, before = feed_key(definition), shown_by(connection, definition)
    decide = _folded if definition.fold else _unfolded
    keys = decide(connection, definition, as_of, before)
    connection.execute(shown.delete().where(shown.c.feed == feed))
    if keys:
        digest = key_of(repr(definition))
        connection.execute(
            shown.insert(), [{"feed": feed, "key": key, "definition": digest} for key in sorted(keys)]
        )


def _unfolded(
    connection: Connection, definition: FeedDefinition, as_of: datetime, before: Sequence[int]
) -> frozenset[int]:
    # Beyond these nothing can be shown: a newcomer has to be within the limit, what was shown within limit and margin.
    enough = definition.limit + margin_of(definition.limit) + len(before)
    rows = rows_of(connection, first_of(replace(definition, limit=enough), as_of, before))
    return steady(list(map(_candidate, rows)), before, definition.limit, definition.per_provider)


def _folded(
    connection: Connection, definition: FeedDefinition, as_of: datetime, before: Sequence[int]
) -> frozenset[int]:
    rows = rows_of(connection, first_of(window_of(definition), as_of))
    return _steady_stories(definition, stories_of(articles_of(connection, rows)), before)


def _steady_stories(
    definition: FeedDefinition, stories: Sequence[Story], before: Collection[int]
) -> frozenset[int]:
    leads = [
        Candidate(key_of(story.lead.id), story.lead.provider.domain if story.lead.provider else "")
        for story in stories
    ]
    return steady(leads, before, definition.limit, definition.per_provider)


def _candidate(row: Chosen) -> Candidate:
    return Candidate(row.key, row.provider)
