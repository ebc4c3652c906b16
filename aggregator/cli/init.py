"""`aggregator init`: a working site in an empty folder."""

from pathlib import Path

import click

from aggregator.cli.output import print_line, print_path
from aggregator.cli.shared import clock, reported
from aggregator.scaffold.new_site import new_site


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--title", help="Title of the site.  [default: the folder's name]")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Public address of the site.")
def init(folder: Path, title: str | None, url: str) -> None:
    """Make a site in DIR, an empty folder: a configuration with one feed, and one article. Prints the files.

    \b
    Examples:
      aggregator init
      aggregator init wire --title "The Model Wire" --url https://news.example.org
    """
    with reported():
        written = new_site(folder, title or folder.absolute().name, url, clock())
    for path in written:
        print_path(path)
    enter = "" if folder == Path() else f"cd {folder} && "
    print_line(f"serve it: {enter}aggregator serve", to_errors=True)
