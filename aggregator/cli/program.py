"""The group of all commands, and those that serve, publish and preview. Results go to standard output, all else to standard error.

Exit status: 0 well; 1 errors found by check, a difference by diff, an alarm by publish; 2 the configuration or the command can't be
used, or standard output can't be written; 130 it was interrupted (Ctrl-C).
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click

from aggregator import config
from aggregator.cli.check import check
from aggregator.cli.diff import diff
from aggregator.cli.explain import explain
from aggregator.cli.init import init
from aggregator.cli.new import new
from aggregator.cli.output import Program, print_json, print_line
from aggregator.cli.progress import progress
from aggregator.cli.shared import clock, config_option, counted, reported
from aggregator.config import RequestLog, Settings
from aggregator.errors import Severity
from aggregator.monitoring import events
from aggregator.monitoring.logs import LogForm, log_form, start_logging
from aggregator.operations import preview_feed, publish_site
from aggregator.printable import as_json
from aggregator.service.service import serve_site
from aggregator.service.service_manager import ServiceManager
from feeds.formats import FORMATS

PROGRAM = "aggregator"


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("feed-aggregator"), prog_name=PROGRAM)
def cli() -> None:
    """Article files in, feeds that every reader trusts out."""


@cli.command()
@config_option
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
@click.option(
    "--request-log",
    type=click.Choice([*map(str, RequestLog)]),
    callback=lambda _context, _option, value: value and RequestLog(value),
    help="Requests that the log tells of, in place of server.request_log.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", *map(str, LogForm)]),
    default="auto",
    show_default=True,
    help="How the log is written; auto: for humans on a terminal, else as JSON.",
)
def serve(config_path: Path, log_format: str, **chosen: str | int | bool | None) -> None:
    """Serve the feeds, and keep them up to date.

    \b
    Examples:
      aggregator serve
      aggregator serve --config site.yaml --host 0.0.0.0 --port 80
      aggregator serve --log-format json --request-log sampled
    """
    form = log_form(log_format, sys.stderr)
    start_logging(form)

    def load() -> Settings:
        return _overridden(config.load(config_path), chosen)

    with reported():
        serve_site(load, form, ServiceManager.of(os.environ, os.getpid()))


@cli.command()
@config_option
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--only",
    type=click.Choice([*FORMATS]),
    multiple=True,
    help="Feeds in this format and nothing else: no pages, archives or list of feeds. May be given several times.",
)
@click.option("--plain", "is_plain", is_flag=True, help="No compressed forms beside the documents.")
def publish(out: Path, config_path: Path, only: tuple[str, ...], *, is_plain: bool) -> None:
    """Write the whole site as a static tree to OUT, for nginx or a CDN.

    OUT becomes a symbolic link to the newest tree, swapped in one step. What can't be read is told, and keeps its last good version.

    Exit status: 0 well; 1 published, but a source could not be read, or lost most of its files; 2 nothing was published;
    130 interrupted (Ctrl-C).

    \b
    Examples:
      aggregator publish /var/www/feeds --config site.yaml
      aggregator publish /var/www/feeds --only rss --only atom
    """
    with reported(), progress() as show:
        settings, now = config.load(config_path), clock()
        report, published = publish_site(settings, out, now, show, only=only, is_plain=is_plain)
    for file in report.lapsed:
        events.LAPSED.log(file=file)
    errors = [problem.told(now) for problem in report.problems if problem.severity is Severity.ERROR]
    for problem in errors:
        print_line(str(problem), to_errors=True, colour="red")
    state = "published" if published.is_new else "unchanged"
    counts = f"{counted(published.documents, 'document')}, {counted(report.articles, 'article')}"
    print_line(f"{out}: {state}, {counts}" + (f", {counted(len(errors), 'error')}" if errors else ""))
    sys.exit(1 if report.alarms else 0)


@cli.command()
@config_option
@click.argument("feed")
@click.option(
    "--format",
    "suffix",
    type=click.Choice(["atom", "rss", "json"]),
    default="atom",
    show_default=True,
    help="The format to print it in.",
)
def preview(feed: str, suffix: str, config_path: Path) -> None:
    """Print what FEED would say now: an id (best-of-ai) or a path (/topics/ai). Changes nothing.

    \b
    Examples:
      aggregator preview all
      aggregator preview /topics/ai --format json
    """
    with reported(), progress() as show:
        body = preview_feed(config.load(config_path), feed, suffix, clock(), show)
    click.echo(body, nl=False)


@cli.command()
@click.option("--feeds", "of_feed_files", is_flag=True, help="Print that of the files in feeds/ instead.")
def schema(*, of_feed_files: bool) -> None:
    """Print the JSON Schema of the configuration, with what every key means and an example of it.

    Editors with a YAML language server complete, check and explain keys by it. The package carries it, too.

    \b
    Examples:
      aggregator schema > aggregator-schema.json
      aggregator schema --feeds > feeds-schema.json
    """
    chosen = config.feed_file_schema() if of_feed_files else config.schema()
    print_json(as_json(chosen))


for command in (check, explain, diff, new, init):
    cli.add_command(command)


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
