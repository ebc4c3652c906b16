"""The configuration against what the sources hold: feeds that select nothing, names and aliases that no article uses."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregator.catalogue import Kind, Snapshot
from aggregator.config import Settings
from aggregator.config.nodes import Entry, Node, ScalarNode, child, entries, items, scalars, text_of
from aggregator.config.written import did_you_mean, suggestion
from aggregator.errors import Problem
from aggregator.explain.wording import wanted
from aggregator.lint.notes import Notes
from aggregator.lint.rules import finding
from aggregator.topic_names import topic_aliases
from feeds.definition import FeedDefinition
from feeds.selection import Names, fold

# The criteria that name things, and how a message calls one of them.
_NAMING = {
    "topics": "topic",
    "providers": "provider",
    "categories": "category",
    "types": "type",
    "languages": "language",
}
_MODES = frozenset({"any", "all"})


@dataclass(frozen=True, slots=True)
class Written:
    """A feed of the configuration, and where it stands in the files."""

    definition: FeedDefinition
    node: Node


def lint_configuration(
    settings: Settings, roots: Sequence[Node], snapshot: Snapshot, notes: Notes
) -> Iterator[Problem]:
    """Give everything that is odd about a configuration that loads.

    roots  what its files hold: the configuration itself, and each feed file
    """
    feeds = list(_written(settings, roots))
    empty = {feed.definition.path for feed in feeds if not snapshot.tally(feed.definition.selection).articles}
    for feed in feeds:
        if feed.definition.path in empty:
            yield _empty(feed, snapshot)
        for criterion in _NAMING:
            yield from _unknown_names(feed, criterion, _known(criterion, snapshot), topic_aliases(settings))
    for root in roots:
        yield from _unused_aliases(root, notes)
        yield from _dead_moves(root, empty)


def _written(settings: Settings, roots: Iterable[Node]) -> Iterator[Written]:
    by_path = {definition.path: definition for definition in settings.feeds}
    for root in roots:
        for node in items(child(root, "feeds")):
            definition = by_path.get(f"/feeds/{text_of(child(node, 'id'))}")
            if definition is not None:
                yield Written(definition, node)


# Feeds


def _empty(feed: Written, snapshot: Snapshot) -> Problem:
    selection = feed.definition.selection
    alone = snapshot.tally(selection).alone
    guilty = [f"{name} {wanted(name, selection)}" for name, count in alone.items() if not count]
    reason = f"; no article has {' or '.join(guilty)}" if guilty else "; no article meets all of its criteria"
    name = feed.definition.path.rpartition("/")[2]
    if not alone:
        reason = "; there is no article"
    return _at(
        child(feed.node, "id") or feed.node, "empty-feed", f"feeds[{name}]", f"selects nothing{reason}"
    )


def _known(criterion: str, snapshot: Snapshot) -> Collection[str]:
    """Give the folded names of a kind that public articles have."""
    if criterion not in set(Kind):
        return snapshot.values(criterion)
    return [listed.folded for listed in snapshot.listed(Kind(criterion)) if listed.articles]


def _unknown_names(
    feed: Written, criterion: str, known: Collection[str], aliases: Mapping[str, str]
) -> Iterator[Problem]:
    names: Names = getattr(feed.definition.selection, criterion)
    asked = {*names.any, *names.all}
    name = feed.definition.path.rpartition("/")[2]
    for node in _asked(child(child(feed.node, "where"), criterion)):
        folded = fold(node.text)
        if folded in asked and folded not in known:
            is_alias = criterion == Kind.TOPIC and fold(aliases.get(folded, "")) in known
            hint = did_you_mean(aliases[folded]) if is_alias else suggestion(folded, known)
            reason = f"no article has the {_NAMING[criterion]} {node.text.strip()!r}{hint}"
            yield _at(node, "unknown-name", f"feeds[{name}].where.{criterion}", reason)


def _asked(node: Node | None) -> Iterator[ScalarNode]:
    """Give the names that are wanted: those of a list, and those below any and all."""
    for one in items(node):
        yield from scalars(one)
    for mode, entry in entries(node):
        if mode in _MODES:
            yield from scalars(entry.value)


# Other keys


def _unused_aliases(root: Node, notes: Notes) -> Iterator[Problem]:
    for name, entry in entries(child(child(root, "topics"), "named")):
        for alias in scalars(child(entry.value, "aliases")):
            if fold(alias.text) not in notes.topics:
                reason = f"no article has the topic {alias.text.strip()!r}, expected a name that articles use"
                yield _at(alias, "unused-alias", f"topics.named.{name}.aliases", reason)


def _dead_moves(root: Node, empty: Collection[str]) -> Iterator[Problem]:
    for old, entry in entries(child(root, "moved")):
        target = text_of(entry.value)
        if f"/feeds/{target}" in empty:
            reason = f"sends readers to {target}, which selects nothing"
            yield _at(entry, "dead-moved", f"moved.{old}", reason)


def _at(node: Node | Entry, rule: str, key: str, reason: str) -> Problem:
    place = node.place
    return finding(rule, reason, file=place.file, line=place.line, column=place.column, key=key)
