"""Scratch catalogues: what a command tries out happens in one that is thrown away, never in the one that is served."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

from aggregator.catalogue import Catalogue
from aggregator.config import Settings
from aggregator.errors import BrokenCatalogueError


@contextmanager
def opened(address: str) -> Iterator[Catalogue]:
    """Open the catalogue at a SQLAlchemy URL, and close it; raise CatalogueError where that can't be.

    Where the block fails since the catalogue is broken, that is what is raised: BrokenCatalogueError.
    """
    catalogue = Catalogue.open(address)
    try:
        yield catalogue
    except Exception:
        catalogue.expect_sound()
        raise
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
    """Give a copy of a configuration's catalogue, an empty one where there is none of use; raise CatalogueError where it is another's.

    Where the block fails since that catalogue is broken, BrokenCatalogueError says so of it, not of the copy.
    """
    served = Catalogue.open_known(settings.store)
    try:
        with scratch() as catalogue:
            if served is not None:
                with closing(served):
                    served.belong_to(settings.path, settings.site.tag)
                    served.expect_ours()
                    served.copy_to(catalogue)
            yield catalogue
    except BrokenCatalogueError as error:
        raise error if served is None else BrokenCatalogueError(served.database, error.reason) from error


def accepting(settings: Settings) -> Settings:
    """Give settings under which a refresh holds nothing back: who asks what a change does wants to see it."""
    willing = {"accept_loss": True, "accept_identities": True}
    return replace(settings, reload=settings.reload.model_copy(update=willing))
