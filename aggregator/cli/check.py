"""`aggregator check`: everything that is wrong or odd, as text, JSON or SARIF."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click

from aggregator import config
from aggregator.cli.output import print_json, print_line
from aggregator.cli.progress import progress
from aggregator.cli.shared import clock, config_option, counted, reported
from aggregator.errors import ConfigurationError, Problem, Severity
from aggregator.lint import check_site, sarif
from aggregator.printable import as_json
from aggregator.refreshes.refresh import Report

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@click.command()
@config_option
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--sarif", "form", flag_value="sarif", help="Print SARIF 2.1.0, for editors and code review.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option(
    "--least",
    type=click.Choice([str(severity) for severity in Severity]),
    default=str(Severity.HINT),
    show_default=True,
    help="Leave out what is less severe than this.",
)
def check(config_path: Path, *, form: str | None, strict: bool, least: str) -> None:
    """Check the configuration and every article, without changing anything.

    Prints each problem as FILE:LINE:COLUMN, then a summary. An error keeps something out of the feeds; a warning
    does not, but is most likely a mistake; a hint may well be meant, and never fails.

    Exit status: 0 well; 1 errors, with --strict warnings too; 2 the configuration can't be used.

    \b
    Examples:
      aggregator check
      aggregator check --config site.yaml --least warning
      aggregator check --strict --json
      aggregator check --sarif > check.sarif
    """
    try:
        settings = config.load(config_path)
    except ConfigurationError as error:
        _print(form, error.problems, None)
        sys.exit(2)
    with reported(), progress() as show:
        report = check_site(settings, clock(), show)
    shown = [one for one in report.problems if _RANKS[one.severity] <= _RANKS[Severity(least)]]
    _print(form, shown, report)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    is_bad = any(problem.severity in failing for problem in report.problems)
    sys.exit(1 if is_bad or report.alarms else 0)


def _print(form: str | None, problems: Sequence[Problem], report: Report | None) -> None:
    if form == "json":
        _print_json(problems, report)
    elif form == "sarif":
        alarms = report.alarms if report else ("the configuration can't be used",)
        log = sarif(problems, alarms, version("feed-aggregator"), Path.cwd())
        print_json(as_json(log))
    else:
        _print_text(problems, report)


def _counts(problems: Sequence[Problem]) -> dict[Severity, int]:
    return {severity: sum(problem.severity is severity for problem in problems) for severity in Severity}


def _print_json(problems: Sequence[Problem], report: Report | None) -> None:
    summary: dict[str, object] = {f"{severity}s": count for severity, count in _counts(problems).items()}
    if report is not None:
        summary |= {"files": report.seen, "articles": report.articles, "states": dict(report.states)}
    document = {
        "problems": [_plain(problem) for problem in problems],
        "alarms": list(report.alarms) if report else [],
        "summary": summary,
    }
    print_json(as_json(document))


def _plain(problem: Problem) -> dict[str, object]:
    return {name: value for name, value in asdict(problem).items() if name != "hidden_until"}


def _print_text(problems: Sequence[Problem], report: Report | None) -> None:
    for problem in problems:
        print_line(str(problem), colour=_COLOURS[problem.severity])
    found = ", ".join(counted(count, str(severity)) for severity, count in _counts(problems).items())
    if report is None:
        click.echo(f"the configuration can't be used: {found}")
        return
    if report.alarms:
        # Which, and why, the log has told on standard error.
        found += f", {counted(len(report.alarms), 'source')} not looked at"
    states = ", ".join(f"{count} {state}" for state, count in report.states.items())
    files = counted(report.seen, "file") + (f" ({states})" if states else "")
    click.echo(f"{files}, {counted(report.articles, 'public article')}: {found}")
