"""`aggregator new`: the file of an article, ready to be written."""

from pathlib import Path

import click

from aggregator import config
from aggregator.cli.output import print_path
from aggregator.cli.shared import clock, config_option, reported
from aggregator.scaffold.new_article import new_article


@click.command()
@config_option
@click.argument("title")
@click.option("--source", help="The source it belongs to.  [default: the first]")
@click.option("--folder", default="", help="A folder below that of the source.")
def new(title: str, config_path: Path, source: str | None, folder: str) -> None:
    """Begin an article called TITLE: a file with its front matter ready. Prints the path of the file.

    The article stays unpublished until the line that says so is taken out.

    \b
    Examples:
      aggregator new "A model that fits on a postcard"
      aggregator new "Ten minutes of weather" --source videos
      $EDITOR "$(aggregator new 'Tides' --config site.yaml --folder 2025)"
    """
    with reported():
        path = new_article(title, config.load(config_path), source, folder, clock())
    print_path(path)
