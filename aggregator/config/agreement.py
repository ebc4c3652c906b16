"""What keys must agree on with one another. Looks at what was written, so it finds faults beside those that are wrong by themselves."""

from collections.abc import Iterable, Iterator, Sequence

from aggregator.config.explaining import label
from aggregator.config.nodes import Node, Place, child, entries, items, scalars, text_of
from aggregator.config.settings import Settings
from aggregator.config.store import store_file
from aggregator.config.written import quoted, suggestion
from aggregator.errors import Problem
from aggregator.source.globs import compile_globs
from feeds.selection import fold
from feeds.text import provider_domain

_EVERYTHING = "all"


def disagreements(main: Node | None, others: Sequence[Node]) -> Iterator[Problem]:
    """Give what does not fit together.

    main    the configuration file, None where it can't be understood
    others  the feed files, each as a mapping with the key `feeds`
    """
    documents = [*([main] if main else ()), *others]
    yield from _repeated_feeds(documents)
    if main is None:
        return
    yield from _status_without_token(main)
    yield from _repeated_sources(main)
    yield from _unknown_sources(main, documents)
    ids = {
        text
        for document in documents
        for feed in items(child(document, "feeds"))
        if (text := text_of(child(feed, "id")))
    }
    yield from _impossible_moves(main, ids)
    yield from _impossible_ends(main, ids)
    for key in ("topics", "providers", "categories"):
        yield from _repeated_names(key, child(child(main, key), "named"))


def misplaced_store(settings: Settings, main: Node) -> Iterator[Problem]:
    """Find that the store is a file that holds something else: it would be set aside as a broken database."""
    store, node = store_file(settings.store), child(main, "store")
    if node is None:
        return
    feed_files = settings.path.parent / "feeds"
    if store == settings.path or (store.parent == feed_files and store.suffix in {".yaml", ".yml"}):
        yield node.place.problem("store", "is a file of the configuration, expected one of its own")
    if store == settings.server.status_token:
        yield node.place.problem("store", "is the file of server.status_token, expected one of its own")
    for source in settings.sources:
        if not store.is_relative_to(source.path):
            continue
        path = store.relative_to(source.path).as_posix()
        if compile_globs(source.include).match(path) and not compile_globs(source.exclude).match(path):
            yield node.place.problem(
                "store", f"is a file that source {source.name} reads, expected one that no source reads"
            )


def _repeated_feeds(documents: Iterable[Node]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for document in documents:
        for feed in items(child(document, "feeds")):
            node = child(feed, "id")
            name = text_of(node)
            if node is None or not name:
                continue
            if name in first:
                yield node.place.problem(
                    f"feeds[{name}].id", _twice(name, "the id of another feed", first[name]), name
                )
            first.setdefault(name, node.place)


def _status_without_token(main: Node) -> Iterator[Problem]:
    """Whether the file of the token can be read is found out by the server: who checks a configuration need not have the secret."""
    server = child(main, "server")
    node = child(server, "status")
    if node is not None and text_of(node) == "token" and child(server, "status_token") is None:
        yield node.place.problem(
            "server.status", "'token' needs a token, expected server.status_token beside it", "token"
        )


def _repeated_sources(main: Node) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for source in items(child(main, "sources")):
        node = child(source, "name")
        name = text_of(node)
        if node is None or not name:
            continue
        if fold(name) in first:
            yield node.place.problem(
                f"sources[{name}].name", _twice(name, "the name of another source", first[fold(name)]), name
            )
        first.setdefault(fold(name), node.place)


def _twice(name: str, owner: str, first: Place) -> str:
    return f"{quoted(name)} is {owner} too ({_shown(first)}), expected one of its own"


def _shown(place: Place) -> str:
    return f"{place.file}:{place.line}:{place.column}"


def _unknown_sources(main: Node, documents: Iterable[Node]) -> Iterator[Problem]:
    named = [name for source in items(child(main, "sources")) if (name := text_of(child(source, "name")))]
    known = {fold(name) for name in named}
    for document in documents:
        for index, feed in enumerate(items(child(document, "feeds"))):
            for node in scalars(child(child(feed, "where"), "sources")):
                name = node.text.strip()
                if name and fold(name) not in known:
                    hint = (
                        suggestion(name, named)
                        or f", expected one of {', '.join(named) or 'those below sources'}"
                    )
                    key = f"feeds[{label(feed, index)}].where.sources"
                    yield node.place.problem(key, f"{quoted(name)} is no source{hint}", name)


def _impossible_moves(main: Node, ids: set[str]) -> Iterator[Problem]:
    for old, entry in entries(child(main, "moved")):
        target = text_of(entry.value)
        if old in ids:
            yield entry.place.problem(
                f"moved.{old}", f"{quoted(old)} is a feed, expected an id that is one no more", old
            )
        if target and target not in ids | {_EVERYTHING}:
            hint = suggestion(target, sorted(ids)) or ", expected the id of one"
            yield entry.value.place.problem(f"moved.{old}", f"{quoted(target)} is no feed{hint}", target)


def _impossible_ends(main: Node, ids: set[str]) -> Iterator[Problem]:
    moved = {old for old, _ in entries(child(main, "moved"))}
    for node in scalars(child(main, "gone")):
        name = node.text.strip()
        if name in ids:
            yield node.place.problem(
                "gone", f"{quoted(name)} is a feed, expected an id that is one no more", name
            )
        if name in moved:
            yield node.place.problem(
                "gone", f"{quoted(name)} is below moved too, expected one of the two", name
            )


def _repeated_names(key: str, named: Node | None) -> Iterator[Problem]:
    """Find names that are one name to the comparison, which knows no case, and aliases that would belong to two names."""
    first: dict[str, tuple[str, Place]] = {}
    for name, entry in entries(named):
        folded = provider_domain(fold(name)) if key == "providers" else fold(name)
        if folded in first:
            yield entry.place.problem(f"{key}.named.{name}", _also(name, *first[folded]), name)
        first.setdefault(folded, (name, entry.place))
    for name, entry in entries(named):
        for alias in items(child(entry.value, "aliases")):
            word = text_of(alias)
            if word and fold(word) in first and fold(first[fold(word)][0]) != fold(name):
                yield alias.place.problem(
                    f"{key}.named.{name}.aliases", _also(word, *first[fold(word)]), word
                )
            elif word:
                first.setdefault(fold(word), (name, alias.place))


def _also(word: str, owner: str, place: Place) -> str:
    return f"{quoted(word)} names {quoted(owner)} already ({_shown(place)}), expected a name of one alone"
