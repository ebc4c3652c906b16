"""Loading: from the configuration file, and the feed files beside it, to Settings, or to every problem there is, at once."""

from collections.abc import Iterable
from functools import cache
from os.path import normpath
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from aggregator.config.agreement import disagreements, misplaced_store
from aggregator.config.assembly import assemble
from aggregator.config.explaining import explain
from aggregator.config.feed_settings import FeedSettings
from aggregator.config.json_schema import schema
from aggregator.config.model import Model
from aggregator.config.nodes import Node, content
from aggregator.config.reading import read_feed_files, read_main
from aggregator.config.settings import Configuration, Settings
from aggregator.errors import ConfigurationError, Problem

Checked = TypeVar("Checked", bound=Model)


class FeedFile(Model):
    """What a feed file holds, once its three forms are made one."""

    feeds: tuple[FeedSettings, ...]


def load(path: Path) -> Settings:
    """Give the settings that the file at `path` makes, with those of feeds/*.yaml beside it.

    Raises ConfigurationError with every problem found: those of the file itself first, then those of each feed file, in the
    order of their places.
    """
    documents = [read_main(path), *read_feed_files(path)]
    main, *others = (document.root for document in documents)
    problems = [problem for document in documents for problem in document.problems]
    configuration = _check(Configuration, main, problems)
    feed_files = [_check(FeedFile, root, problems) for root in others]
    problems += disagreements(main, [root for root in others if root])
    if configuration is None or problems:
        raise ConfigurationError(_in_order(problems, path))
    feeds = [feed for file in feed_files if file for feed in file.feeds]
    settings = assemble(configuration, feeds, Path(normpath(path.absolute())))
    misplaced = list(misplaced_store(settings, main)) if main else []
    if misplaced:
        raise ConfigurationError(misplaced)
    return settings


def _check(model: type[Checked], root: Node | None, problems: list[Problem]) -> Checked | None:
    """Give `root` as a model; None, and what is wrong with it added to `problems`, where it is none."""
    if root is None:
        return None
    try:
        return model.model_validate(content(root))
    except ValidationError as error:
        problems += explain(error, root, _schema_of(model))
        return None


@cache  # making it takes 11 ms, and a folder may hold many feed files with faults
def _schema_of(model: type[Model]) -> dict[str, Any]:
    """Give the schema of the configuration, with those of its keys that `model` has."""
    whole = schema()
    return whole | {"properties": {key: whole["properties"][key] for key in model.model_fields}}


def _in_order(problems: Iterable[Problem], main: Path) -> list[Problem]:
    def place(problem: Problem) -> tuple[Any, ...]:
        return problem.file != str(main), problem.file, problem.line or 0, problem.column or 0

    return sorted(dict.fromkeys(problems), key=place)
