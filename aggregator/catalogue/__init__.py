"""The catalogue: what the article files say, in a database, one whole generation after another.

    opening.py   a database file of the right version, or a new one
    asides.py    databases that were set aside: for whom, and how long
    following.py connections to the file that lies at a path, whatever becomes of it
    faults.py    what an error says of its file
    unsound.py   what is as bad in one as if it were corrupt
    integrity.py  the whole of one looked through
    owner.py     the configuration that one belongs to
    obstacles.py what stands in the way of one
    tables.py    what is kept; of an article, what aggregator/entry makes of it
    deadlines.py statements that take too long, ended
    deciding.py  what a changed file means for an entry: pure
    history.py   which entries a feed holds, and since when
    versions.py  which entries a document had that a reader may hold
    writing.py   one transaction a refresh
    claims.py    which files claim an identity
    entry_rows.py  the rows of what is public, written, withdrawn and forgotten
    first_load.py  what the first one does otherwise
    criteria.py  a Selection as SQL expressions, one per criterion
    choosing.py  which entries a feed may show, as statements
    ready.py     statements that are put together once, for what every document is asked
    rankings.py  what ranked feeds show, remembered, and what folded ones do
    appearances.py  when each feed changed for those who read it
    explaining.py  what each criterion says of an article, and why
    paging.py    any stretch of what a feed ever held
    activity.py  how many articles a week
    facets.py    how what a search finds is spread
    whereabouts.py  which files speak of which article
    showing.py   which entries a feed shows, and each of its archives
    changes.py   when a feed last changed, and what was withdrawn
    listing.py   the topics, providers and categories that there are
    inventory.py what is known of the files, for a refresh
    reading.py   Snapshot: all that can be asked, from one state of the database

An article that the world may not see (unpublished, scheduled, removed) is not in here: of its file only the path, the
stamp, a hash of its identity and the time at which it is due are kept, so the database can't give away what it holds.
"""

from aggregator.catalogue.activity import Span, busiest
from aggregator.catalogue.catalogue import Catalogue
from aggregator.catalogue.choosing import Chosen
from aggregator.catalogue.explaining import Found, Tally, Verdict
from aggregator.catalogue.full_text import FOUND_END, FOUND_START, Excerpt
from aggregator.catalogue.owner import Owner
from aggregator.catalogue.paging import Stretch
from aggregator.catalogue.reading import Generation, Snapshot, hour_of
from aggregator.catalogue.versions import Version
from aggregator.catalogue.whereabouts import Entry, KnownFile
from aggregator.catalogue.writing import SKIPPED, FileRead, Writer
from aggregator.entry.names import Kind, Listed, Name, names_of, selection_of
from aggregator.entry.preparing import Prepared, prepare

__all__ = [
    "FOUND_END",
    "FOUND_START",
    "SKIPPED",
    "Catalogue",
    "Chosen",
    "Entry",
    "Excerpt",
    "FileRead",
    "Found",
    "Generation",
    "Kind",
    "KnownFile",
    "Listed",
    "Name",
    "Owner",
    "Prepared",
    "Snapshot",
    "Span",
    "Stretch",
    "Tally",
    "Verdict",
    "Version",
    "Writer",
    "busiest",
    "hour_of",
    "names_of",
    "prepare",
    "selection_of",
]
