"""Scratch catalogues: what a command tries out happens in one that is thrown away, never in the one that is served."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

from aggregator.catalogue import Catalogue
from aggregator.config import Settings


@contextmanager
def opened(address: str) -> Iterator[Catalogue]:
    """Open the catalogue at a SQLAlchemy URL, and close it; raise CatalogueError where that can't be."""
    catalogue = Catalogue.open(address)
    try:
        yield catalogue
    finally:
        catalogue.close()


@contextmanager
def scratch() -> Iterator[Catalogue]:
    """Give an empty catalogue."""
    with (
        TemporaryDirectory(prefix="aggregator-") as folder,
        opened(f"sqlite:///{folder}/scratch.db") as catalogue,
    ):
        yield catalogue


@contextmanager
def scratch_copy(settings: Settings) -> Iterator[Catalogue]:
    """Give a copy of a configuration's catalogue, an empty one where there is none of use; raise CatalogueError where it is another's."""
    with scratch() as catalogue:
        served = Catalogue.open_known(settings.store)
        if served is not None:
            with closing(served):
                served.belong_to(settings.path, settings.site.tag)
                served.expect_ours()
                served.copy_to(catalogue)
        yield catalogue


def accepting(settings: Settings) -> Settings:
    """Give settings under which a refresh holds nothing back: who asks what a change does wants to see it."""
    willing = {"accept_loss": True, "accept_identities": True}
    return replace(settings, reload=settings.reload.model_copy(update=willing))
