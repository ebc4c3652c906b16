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


def _some(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Refuse an empty list: where it has a meaning at all, it is not the one that its writer had in mind."""
    # Not Field(min_length=1): pydantic counts the items that are well, and would call a list of one bad item empty.
    if not values:
        raise ValueError("is empty, expected at least one item")
    return values


SomeOf = Annotated[tuple[Value, ...], AfterValidator(_some), Field(json_schema_extra={"minItems": 1})]
