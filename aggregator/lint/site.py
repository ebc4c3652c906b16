"""A whole site, checked: its configuration, every article, and what the two make of one another."""

from dataclasses import replace
from datetime import datetime

from aggregator.config import Settings
from aggregator.config.nodes import Node
from aggregator.config.reading import read_feed_files, read_main
from aggregator.documents.definitions import Definitions
from aggregator.errors import Problem
from aggregator.lint.articles import lint_articles
from aggregator.lint.configuration import lint_configuration
from aggregator.lint.notes import Notes
from aggregator.lint.places import Locator
from aggregator.lint.skipped import lint_skipped
from aggregator.lint.store import lint_store
from aggregator.refreshes.refresh import Progress, Refresh, Report
from aggregator.scratch import scratch
from aggregator.topic_names import topic_aliases


def check_site(settings: Settings, now: datetime, progress: Progress) -> Report:
    """Read every article into a catalogue that is thrown away; report what is wrong with them, and what is odd."""
    notes = Notes(now)
    with scratch() as catalogue:
        refresh = Refresh(settings, Definitions(settings), catalogue, notes.note, needs_all=False)
        report = refresh.run(now, progress)
        found = list(lint_articles(notes, topic_aliases(settings), Locator(settings)))
        with catalogue.snapshot() as snapshot:
            roots = _roots(settings)
            found += lint_store(settings, roots)
            found += lint_skipped(snapshot, Locator(settings))
            # What a source holds that could not be looked at may be just what a feed selects.
            if not report.alarms:
                found += lint_configuration(settings, roots, snapshot, notes)
    return replace(report, problems=tuple(sorted((*report.problems, *found), key=_place)))


def _roots(settings: Settings) -> list[Node]:
    documents = (read_main(settings.path), *read_feed_files(settings.path))
    return [document.root for document in documents if document.root is not None]


def _place(problem: Problem) -> tuple[str, int, int, str]:
    return problem.file, problem.line or 0, problem.column or 0, problem.rule or ""
