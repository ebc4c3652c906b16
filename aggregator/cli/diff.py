"""`aggregator diff`: what another configuration would change for readers."""

import sys
from pathlib import Path

import click

from aggregator import config
from aggregator.cli.output import print_json
from aggregator.cli.progress import progress
from aggregator.cli.shared import clock, config_option, reported
from aggregator.diff import as_json, as_text, diff_sites


@click.command()
@config_option
@click.argument("other_config", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object, with everything in it.")
def diff(other_config: Path, config_path: Path, *, is_json: bool) -> None:
    """Tell what would change for readers if OTHER_CONFIG took the place of the configuration.

    Feeds that come, go or get another id; for each feed the entries that would enter or leave; and the articles that
    would get another identity, so that every reader saw them as new. Each configuration is read with its own sources.
    Changes nothing.

    Exit status: 0 no difference; 1 a difference; 2 one of the two can't be used.

    \b
    Examples:
      aggregator diff changed.yaml
      aggregator diff changed.yaml --config site.yaml
      aggregator diff --json --config main/config/aggregator.yaml proposed/config/aggregator.yaml
    """
    with reported(), progress() as show:
        before, after = config.load(config_path), config.load(other_config)
        difference = diff_sites(before, after, clock(), show)
    if is_json:
        print_json(as_json(difference))
    else:
        click.echo(as_text(difference))
    sys.exit(1 if difference else 0)
