"""The tree of errors: every one hangs on it, and each, provoked for real, names its subject, what is wrong and what was expected."""

import asyncio
import importlib
import inspect
import pkgutil
import re
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

import aggregator
from aggregator import errors
from aggregator.catalogue import Catalogue
from aggregator.documents.search_request import parse_search
from aggregator.documents.searches import Searches
from aggregator.errors import AggregatorError
from aggregator.explain import explain_article
from aggregator.operations import preview_feed
from aggregator.publish.tree import publish
from aggregator.refreshes.lease import Lease
from aggregator.refreshes.refresh import Report
from aggregator.refreshes.refresh_thread import RefreshThread
from aggregator.scaffold.new_article import new_article
from aggregator.server import Served, create_app, lifetime, listen
from aggregator.source.scan import scan
from feeds.definition import Content
from tests.aggregator.server.asking import FakePress
from tests.aggregator.workshop import NOON, Workshop

# What becomes a value before anybody sees it, or ends in the module that raises it.
_WITHIN = {"UnknownVersion", "ValueProblem", "_NotPlainError", "_UnusableError"}


def classes() -> Iterator[type[BaseException]]:
    """Give every class of exceptions that the package defines."""
    for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        if module.name != "aggregator.__main__":
            for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(found, BaseException) and found.__module__ == module.name:
                    yield found


def test_every_error_hangs_on_the_tree() -> None:
    outside = {found.__name__ for found in classes() if not issubclass(found, AggregatorError)}
    assert outside == _WITHIN


def test_the_tree_is_drawn_as_it_is() -> None:
    drawing = errors.__doc__ or ""
    drawn = dict(re.findall(r"^(?:│   )?[└├]── (\w+) +(\S.*)$", drawing, re.MULTILINE))
    of_module = {found.__name__ for found in classes() if found.__module__ == errors.__name__}
    assert set(drawn) == of_module - {"AggregatorError"}


def _configuration(workshop: Workshop) -> None:
    workshop.configure("feeds: [{id: BOATS, title: Boats}]\n")
    workshop.settings()


def _source(workshop: Workshop) -> None:
    (workshop.folder / "news").rmdir()
    scan(workshop.settings().sources[0], {})


def _catalogue(_workshop: Workshop) -> None:
    Catalogue.open("postgresql://desk:canary@db.example/wire?password=canary")


def _broken(workshop: Workshop) -> None:
    with workshop.wired() as (_, catalogue):
        for part in workshop.folder.glob("catalogue.db*"):
            part.unlink()
        (workshop.folder / "catalogue.db").write_bytes(b"canary" * 1000)
        with catalogue.snapshot() as snapshot:
            snapshot.count()


def _too_slow(workshop: Workshop) -> None:
    with (
        workshop.wired() as (_, catalogue),
        catalogue.within(timedelta(milliseconds=1)).snapshot() as snapshot,
    ):
        snapshot._connection.execute(
            text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
        )


def _no_words(workshop: Workshop) -> None:
    with workshop.wired() as (wiring, catalogue):
        with catalogue.writing((), NOON, words_later=True) as writer:
            writer.finish(archive_size=50)
        with catalogue.snapshot() as snapshot:
            wiring.searches.find("/search.atom?q=tide", snapshot)


def _refresh(workshop: Workshop) -> None:
    for number in range(6):
        workshop.write(f"n{number}")
    workshop.refresh()
    tagged = workshop.text.replace("news.example.org}", "news.example.org, tag: 'other.example,2026'}")
    workshop.config_path.write_text(tagged)
    workshop.refresh()


def _hanging(_workshop: Workshop) -> None:
    def wait_for_ever(lease: Lease) -> Report:
        while True:
            lease.check()

    asyncio.run(RefreshThread(lambda: None).run(wait_for_ever, timedelta(milliseconds=1)))


def _crowded(_workshop: Workshop) -> None:
    async def one_too_many() -> None:
        thread = RefreshThread(lambda: None)
        thread._hanging = {asyncio.get_running_loop().create_future() for _ in range(4)}
        await thread.run(lambda _lease: pytest.fail("it was begun"), timedelta(hours=1))

    asyncio.run(one_too_many())


def _publish(workshop: Workshop) -> None:
    with workshop.wired() as (wiring, catalogue), catalogue.snapshot() as snapshot:
        publish(wiring.families, snapshot, workshop.folder)


def _serve(_workshop: Workshop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asyncio.run(_listen(taken.getsockname()[1]))


async def _listen(port: int) -> None:
    nothing = Served(press=FakePress(), site_url="https://a.example", lifetime=lambda _: lifetime(0, None))
    await listen(create_app(lambda: nothing), "127.0.0.1", port)


def _unknown_feed(workshop: Workshop) -> None:
    preview_feed(workshop.settings(), "boots", "atom", NOON, lambda *_: None)


def _search_request(_workshop: Workshop) -> None:
    parse_search("limit=0", limit=50, content=Content.FULL)


def _too_busy(workshop: Workshop) -> None:
    async def flood() -> None:
        with workshop.wired() as (wiring, catalogue):
            searches = Searches(catalogue, [wiring.searches])
            asked = (searches.edition("/search.atom", f"q=a{number}") for number in range(20))
            for result in await asyncio.gather(*asked, return_exceptions=True):
                if isinstance(result, BaseException):
                    raise result

    asyncio.run(flood())


def _unknown_article(workshop: Workshop) -> None:
    explain_article(workshop.settings(), "https://pier.example/none", NOON, lambda *_: None)


def _new_file(workshop: Workshop) -> None:
    new_article("Ferry", workshop.settings(), "nowhere", "", NOON)


# How each is brought about, and in what it says: the subject with its bad value, and what was expected.
_PROVOKED: dict[str, tuple[Callable[[Workshop], None], str, str]] = {
    "ConfigurationError": (
        _configuration,
        r"site\.yaml:5:\d+: feeds\[BOATS\]\.id: 'BOATS' is no id",
        "expected at most 100 of a to z",
    ),
    "SourceError": (_source, r"source news: .*/news can't be read: No such file", "expected a folder"),
    "CatalogueError": (
        _catalogue,
        r"^a store of the kind 'postgresql' is not supported, expected a sqlite:/// URL$",
        "expected a sqlite:/// URL",
    ),
    "BrokenCatalogueError": (
        _broken,
        r"catalogue .*catalogue\.db: is broken \(file is not a database\)",
        "expected a sound SQLite database",
    ),
    "TooSlowError": (_too_slow, r"the catalogue was read from for longer than 0\.001 s", "expected less"),
    "NoWordsError": (_no_words, "The index of words is being made", "Please ask again"),
    "RefreshError": (
        _refresh,
        r"6 published articles would get another identity at once",
        "expected at most 5",
    ),
    "HangingError": (
        _hanging,
        r"the refresh was given up: it has made no headway for 0:00:00\.001",
        "expected a step within that time",
    ),
    "CrowdedError": (_crowded, "4 refreshes hang", "expected fewer"),
    "PublishError": (_publish, r"is not something that publish made", "expected a new path, an empty folder"),
    "ServeError": (_serve, r"can't listen on 127\.0\.0\.1 port \d+: ", "expected a free one"),
    "UnknownFeedError": (_unknown_feed, "'boots' is no feed", "expected an id such as 'all'"),
    "SearchRequestError": (_search_request, "limit: 0 is too small", "expected 1 to 200"),
    "TooBusyError": (_too_busy, "Too many searches are being answered", "Please ask again"),
    "UnknownArticleError": (
        _unknown_article,
        "'https://pier.example/none' is no article here",
        "expected the path of its file",
    ),
    "NewFileError": (_new_file, "'nowhere' is no source", "expected one of news"),
}


def test_each_error_of_the_tree_is_provoked() -> None:
    assert {"AggregatorError", *_PROVOKED} == {
        found.__name__ for found in classes() if found.__module__ == errors.__name__
    }


@pytest.mark.parametrize("name", _PROVOKED)
def test_an_error_names_its_subject_and_value_and_what_was_expected(workshop: Workshop, name: str) -> None:
    provoke, subject, expected = _PROVOKED[name]
    with pytest.raises(AggregatorError) as raised:
        provoke(workshop)
    assert type(raised.value).__name__ == name
    assert re.search(subject, str(raised.value))
    assert expected in str(raised.value)
    assert "canary" not in str(raised.value)
