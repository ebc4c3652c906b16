"""From what pydantic found to problems: in plain words, each at its place in the file, with what may have been meant."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aggregator.config.nodes import Entry, ListNode, MappingNode, Node, Place, ScalarNode, child, text_of
from aggregator.config.written import USER_INFORMATION, flow, kind, quoted, suggestion
from aggregator.errors import Problem

Location = Sequence[int | str]
Schema = Mapping[str, Any]

# Under these keys there may be a password.
_SECRET_KEYS = frozenset({"store"})


def explain(error: ValidationError, root: Node, schema: Schema) -> Iterator[Problem]:
    """Give a problem for each thing that is wrong with `root`; `schema` describes what it should be."""
    for details in error.errors(include_url=False):
        yield _explain(details, root, schema)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a location leads: the last node that there is, the place of its key or item, and its dotted key."""

    node: Node
    place: Place
    key: str


def _explain(details: ErrorDetails, root: Node, schema: Schema) -> Problem:
    location = details["loc"]
    if details["type"] == "missing":
        spot = _spot(root, location[:-1])
        name = str(location[-1])
        key = f"{spot.key}.{name}" if spot.key else name
        return spot.node.place.problem(key, f"is missing, {_line_expected(name, _at(schema, location))}")
    if details["type"] == "extra_forbidden":
        spot = _spot(root, location)
        return spot.place.problem(spot.key, _unknown(str(location[-1]), _at(schema, location[:-1])))
    spot = _spot(root, [part for part in location if part != "[key]"])
    place = spot.place if location and location[-1] == "[key]" else spot.node.place
    return place.problem(spot.key, _reason(details, _at(schema, location)), _shown(spot))


def _reason(details: ErrorDetails, places: Sequence[Schema]) -> str:
    found, context = details["input"], details.get("ctx", {})
    match details["type"]:
        case "value_error":
            reason = str(context["error"])
        case "greater_than_equal":
            reason = f"{found} is too small, expected at least {context['ge']}"
        case "less_than_equal":
            reason = f"{found} is too big, expected at most {context['le']}"
        case "model_type" | "dict_type":
            reason = f"is {kind(found)}, expected a mapping{_such_as(places, dict)}"
        case "tuple_type":
            reason = f"is {kind(found)}, expected a list{_such_as(places, list)}"
        case _:
            reason = details["msg"]
    return reason


def _unknown(name: str, places: Sequence[Schema]) -> str:
    known = sorted({key for place in places for key in place.get("properties", ())})
    hint = suggestion(name, known)
    return f"the key {quoted(name)} is unknown" + (hint or f", expected one of {', '.join(known)}")


def _line_expected(name: str, places: Sequence[Schema]) -> str:
    examples = [example for place in places for example in place.get("examples", ())]
    return f"expected a line such as '{name}: {flow(examples[0])}'" if examples else "expected it to be there"


def _such_as(places: Sequence[Schema], form: type) -> str:
    examples = [
        example for place in places for example in place.get("examples", ()) if isinstance(example, form)
    ]
    return f" such as {flow(examples[0])}" if examples else ""


def _shown(spot: _Spot) -> str | None:
    if (
        not isinstance(spot.node, ScalarNode)
        or spot.key in _SECRET_KEYS
        or USER_INFORMATION.search(spot.node.text)
    ):
        return None
    return spot.node.text


def _spot(root: Node, location: Location) -> _Spot:
    spot = _Spot(root, root.place, "")
    for part in location:
        # A part that is not in the file was put there on the way, as `any` is in front of a list of names.
        spot = _below(spot, part) or spot
    return spot


def _below(spot: _Spot, part: int | str) -> _Spot | None:
    node = spot.node
    if isinstance(node, MappingNode) and part in node.entries:
        entry: Entry = node.entries[str(part)]
        return _Spot(entry.value, entry.place, f"{spot.key}.{part}" if spot.key else str(part))
    if isinstance(node, ListNode) and isinstance(part, int):
        item = node.items[part]
        return _Spot(item, item.place, f"{spot.key}[{label(item, part)}]")
    return None


def label(item: Node, index: int) -> str:
    """Name an item of a list: by its own id or name, else by its number, counted from 1."""
    return text_of(child(item, "id")) or text_of(child(item, "name")) or str(index + 1)


def _at(schema: Schema, location: Location) -> list[Schema]:
    """Give every subschema that describes what stands at a location."""
    places: list[Schema] = [schema]
    for part in location:
        places = [
            below for place in places for branch in _branches(place, schema) for below in _steps(branch, part)
        ]
    return [branch for place in places for branch in (place, *_branches(place, schema))]


def _branches(place: Schema, schema: Schema) -> Iterator[Schema]:
    if "$ref" in place:
        yield from _branches(schema["$defs"][place["$ref"].rpartition("/")[2]], schema)
    for alternative in place.get("anyOf", ()):
        yield from _branches(alternative, schema)
    yield place


def _steps(place: Schema, part: int | str) -> Iterator[Schema]:
    if isinstance(part, int):
        if "items" in place:
            yield place["items"]
    elif part in place.get("properties", ()):
        yield place["properties"][part]
    else:
        yield from place.get("patternProperties", {}).values()
        if isinstance(place.get("additionalProperties"), Mapping):
            yield place["additionalProperties"]
