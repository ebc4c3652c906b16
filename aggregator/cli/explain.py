"""`aggregator explain`: one article, and why it is, or is not, in each feed."""

from pathlib import Path

import click

from aggregator import config
from aggregator.cli.output import print_json
from aggregator.cli.progress import progress
from aggregator.cli.shared import clock, config_option, reported
from aggregator.explain import as_json, as_text, explain_article


@click.command()
@config_option
@click.argument("what")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.option("--all", "every_feed", is_flag=True, help="Name the automatic feeds that leave it out, too.")
def explain(what: str, config_path: Path, *, is_json: bool, every_feed: bool) -> None:
    """Explain an article: its values, its state, and for every feed whether it is in, and by which criterion.

    WHAT is the path of its file, its URL or its id. Unpublished and broken articles are explained as well; of those
    that are not public it is told in which feeds they would be. Changes nothing.

    \b
    Examples:
      aggregator explain config/content/news/2025-03-12-not-yet-decided.md
      aggregator explain https://tessera.example/news/tessera-two
      aggregator explain --json --config site.yaml content/news/ferry.md
    """
    with reported(), progress() as show:
        explanation = explain_article(config.load(config_path), what, clock(), show)
    if is_json:
        print_json(as_json(explanation))
    else:
        click.echo(as_text(explanation, every_feed=every_feed))
