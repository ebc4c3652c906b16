"""What every model of a configuration has in common, and the forms that its collections take."""

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from aggregator.config.frozen_mapping import FrozenMapping

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class Model(BaseModel):
    """Keys of the configuration: no others than these, and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _frozen(entries: Mapping[str, Value]) -> Mapping[str, Value]:
    return FrozenMapping(entries)


Frozen = Annotated[Mapping[Key, Value], AfterValidator(_frozen)]

# An empty list, where it has a meaning at all, is not the one that its writer had in mind.
SomeOf = Annotated[tuple[Value, ...], Field(min_length=1)]
