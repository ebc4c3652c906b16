"""The command line. Results go to standard output, everything else to standard error.

Exit status: 0 well; 1 errors found by check; 2 the configuration or the command can't be used.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import click

from aggregator import config
from aggregator.config import Settings
from aggregator.errors import AggregatorError, ConfigurationError, Problem, Severity
from aggregator.operations import check_everything, preview_feed, publish_site
from aggregator.refresh import Report
from aggregator.service import serve_site

PROGRAM = "aggregator"
_PROGRESS_AFTER_SECONDS = 1.0

_config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="AGGREGATOR_CONFIG",
    default=Path("config/aggregator.yaml"),
    show_default=True,
    show_envvar=True,
    help="The configuration file.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("feed-aggregator"), prog_name=PROGRAM)
def cli() -> None:
    """Article files in, feeds that every reader trusts out."""


@cli.command()
@_config_option
@click.option("--host", help="Address to listen on, in place of server.host.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on, in place of server.port; 0 takes a free one.",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes, in place of server.workers.")
@click.option("--accept-loss", is_flag=True, help="Let a source lose most of its files at once.")
@click.option(
    "--accept-identities", is_flag=True, help="Let many published articles get another identity at once."
)
def serve(config_path: Path, **chosen: str | int | bool | None) -> None:
    """Serve the feeds, and keep them up to date.

    \b
    Examples:
      aggregator serve
      aggregator serve --config site.yaml --host 0.0.0.0 --port 80
    """
    _log_to_standard_error()

    def load() -> Settings:
        return _overridden(config.load(config_path), chosen)

    with _reported():
        serve_site(load)


@cli.command()
@_config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
def check(config_path: Path, *, as_json: bool, strict: bool) -> None:
    """Check the configuration and every article, without changing anything.

    Prints each problem as FILE:LINE:COLUMN, then a summary.

    \b
    Examples:
      aggregator check --config site.yaml
      aggregator check --json --strict
    """
    try:
        settings = config.load(config_path)
    except ConfigurationError as error:
        _print_check(error.problems, None, as_json=as_json)
        sys.exit(2)
    with _reported(), _progress() as progress:
        report = check_everything(settings, _now(), progress)
    _print_check(report.problems, report, as_json=as_json)
    is_bad = any(strict or problem.severity is Severity.ERROR for problem in report.problems)
    sys.exit(1 if is_bad or report.alarms else 0)


@cli.command()
@_config_option
@click.argument("out", type=click.Path(path_type=Path))
def publish(out: Path, config_path: Path) -> None:
    """Write the whole site as a static tree to OUT, for nginx or a CDN.

    OUT becomes a symbolic link to the newest tree, swapped in one step.

    \b
    Example:
      aggregator publish /var/www/feeds --config site.yaml
    """
    with _reported(), _progress() as progress:
        settings = config.load(config_path)
        report, published = publish_site(settings, out, _now(), progress)
    _print_alarms(report)
    state = "published" if published.is_new else "unchanged"
    click.echo(
        f"{out}: {state}, {_count(published.documents, 'document')}, {_count(report.articles, 'article')}"
    )


@cli.command()
@_config_option
@click.argument("feed")
@click.option(
    "--format", "suffix", type=click.Choice(["atom", "rss", "json"]), default="atom", show_default=True
)
def preview(feed: str, suffix: str, config_path: Path) -> None:
    """Print what FEED would say now: an id (best-of-ai) or a path (/topics/ai). Changes nothing.

    \b
    Examples:
      aggregator preview all
      aggregator preview /topics/ai --format json
    """
    with _reported(), _progress() as progress:
        body = preview_feed(config.load(config_path), feed, suffix, _now(), progress)
    click.echo(body, nl=False)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the configuration."""
    click.echo(json.dumps(config.schema(), indent=2, ensure_ascii=False))


def _now() -> datetime:
    return datetime.now(UTC)


def _overridden(settings: Settings, chosen: Mapping[str, str | int | bool | None]) -> Settings:
    """Give the settings with those options in their place that were chosen."""
    given = {name: value for name, value in chosen.items() if value is not None and value is not False}
    server = settings.server.model_copy(
        update={name: given[name] for name in given if not name.startswith("accept_")}
    )
    reloading = settings.reload.model_copy(
        update={name: given[name] for name in given if name.startswith("accept_")}
    )
    return replace(settings, server=server, reload=reloading)


@contextmanager
def _reported() -> Iterator[None]:
    """Turn the errors that people can mend into text on standard error and exit status 2."""
    try:
        yield
    except AggregatorError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (files read, files to read) and, on a terminal, shows it when it takes long."""
    is_terminal = sys.stderr.isatty()
    started = monotonic()
    has_shown = False

    def show(done: int, total: int) -> None:
        nonlocal has_shown
        if not is_terminal or monotonic() - started < _PROGRESS_AFTER_SECONDS or not total:
            return
        filled = 30 * done // total
        click.echo(f"\r[{'#' * filled}{'-' * (30 - filled)}] {done} of {total} files", nl=False, err=True)
        has_shown = True

    yield show
    if has_shown:
        click.echo(err=True)


def _print_check(problems: tuple[Problem, ...], report: Report | None, *, as_json: bool) -> None:
    counts = {severity: sum(problem.severity is severity for problem in problems) for severity in Severity}
    summary: dict[str, object] = {f"{severity}s": count for severity, count in counts.items()}
    if report is not None:
        summary |= {"files": report.seen, "articles": report.articles, "states": dict(report.states)}
    if as_json:
        alarms = list(report.alarms) if report is not None else []
        document = {
            "problems": [asdict(problem) for problem in problems],
            "alarms": alarms,
            "summary": summary,
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for problem in problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        click.echo(click.style(str(problem), fg=colour))
    found = ", ".join(_count(count, str(severity)) for severity, count in counts.items())
    if report is None:
        click.echo(f"the configuration can't be used: {found}")
        return
    _print_alarms(report)
    states = ", ".join(f"{count} {state}" for state, count in report.states.items())
    click.echo(
        f"{_count(report.seen, 'file')} ({states}), {_count(report.articles, 'public article')}: {found}"
    )


def _print_alarms(report: Report) -> None:
    for alarm in report.alarms:
        click.echo(click.style(alarm, fg="red"), err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _log_to_standard_error() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Every tick of the schedule would be a line.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
