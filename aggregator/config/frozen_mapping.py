"""FrozenMapping: a mapping that can't change, so a value that holds it is hashable; unlike MappingProxyType it can be pickled."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class FrozenMapping(Mapping[str, Value], Generic[Value]):
    """A mapping of names, equal to every mapping of the same entries, in whatever order."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Value]) -> None:
        self._entries = dict(entries)

    def __getitem__(self, key: str) -> Value:
        """Give the value of `key`; raise KeyError where there is none."""
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        """Give the keys in the order in which they were written."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._entries)

    def __hash__(self) -> int:
        """Hash the entries without regard to their order; raise TypeError where a value has no hash."""
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        """Show the entries in the order of their keys: equal mappings look the same, as digests of settings need."""
        return f"{type(self).__name__}({dict(sorted(self._entries.items()))!r})"
