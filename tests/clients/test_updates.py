"""An entry that is edited again and again, as reader takes it.

Of an entry that says no time of its change, reader takes 24 edits, which it knows by the text alone, and no more.
"""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from reader import make_reader

from feeds.formats import FORMATS
from tests.aggregator.workshop import NOON, Workshop

EDITS = 25


def test_every_edit_of_an_entry_is_taken_in_each_format(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.configure()
    paths = [f"all{one.suffix}" for one in FORMATS.values()]
    with closing(make_reader(":memory:", feed_root=str(tmp_path))) as reader:
        for path in paths:
            reader.add_feed(path)
        for edit in range(1 + EDITS):
            shop.write("ferry", body=f"Edition {edit}.")
            shop.refresh(NOON + edit * timedelta(minutes=1))
            for path in paths:
                (tmp_path / path).write_bytes(shop.document(f"/feeds/{path}"))
            reader.update_feeds(scheduled=False)
        held = {entry.feed_url: str(entry.get_content()) for entry in reader.get_entries()}
    assert {path: f"Edition {EDITS}." in held[path] for path in paths} == dict.fromkeys(paths, True)
