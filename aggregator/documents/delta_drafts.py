"""What is new in a feed for a reader that holds an earlier version of its document: RFC 3229 with the instance manipulation "feed"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aggregator.catalogue import Snapshot
from aggregator.documents.draft import Draft
from aggregator.documents.edition import Delta, Edition
from aggregator.documents.feed_drafts import FeedDrafts
from feeds.document import FeedDocument

_MARK = "#"
_COMMA = ","


def delta_path(path: str, digests: Sequence[str]) -> str:
    """Give the path, which is no address, of what is new in the document at `path` since the newest of the versions with these digests."""
    return f"{path}{_MARK}{_COMMA.join(digests)}"


class DeltaDrafts:
    """What is new, for each feed and each version that is known still. Its paths are those of `delta_path`."""

    def __init__(self, feeds: FeedDrafts) -> None:
        self._feeds = feeds

    def find(self, path: str, snapshot: Snapshot) -> Draft | None:
        """Give what is new since a version; None where none of them is known, or the whole document says no more."""
        address, mark, digests = path.partition(_MARK)
        subscription = self._feeds.subscription(address, snapshot) if mark else None
        if subscription is None or subscription.version is None:
            return None
        known = snapshot.version(address, digests.split(_COMMA))
        if known is None or known[1].basis != subscription.version.basis:
            return None
        base, version = known
        revisions = snapshot.revisions(subscription.definition)
        if not any(version.holds(*revision) for revision in revisions):
            return None
        withdrawn = [
            one.revision > version.generation for one in snapshot.retractions(subscription.definition)
        ]

        def make() -> Edition:
            fresh = [not version.holds(*revision) for revision in revisions]
            delta = Delta(base=base, instance=subscription.whole().digest)
            return subscription.edition(_only(subscription.document(), fresh, withdrawn), delta)

        return Draft(f"{base}.{subscription.fingerprint}", make)

    def paths(self, snapshot: Snapshot) -> Iterator[str]:  # noqa: ARG002  of the protocol
        """Give none: which there are, readers decide."""
        return iter(())


def _only(whole: FeedDocument, fresh: Sequence[bool], withdrawn: Sequence[bool]) -> FeedDocument:
    """Give the document with some of its entries and retractions: all else that it says of the feed stays."""
    return replace(
        whole,
        entries=tuple(entry for entry, is_fresh in zip(whole.entries, fresh, strict=True) if is_fresh),
        retractions=tuple(one for one, is_new in zip(whole.retractions, withdrawn, strict=True) if is_new),
    )
