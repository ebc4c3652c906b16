"""The JSON Schemas of the configuration and of feed files, which editors' YAML language servers complete, check and explain keys from.

What loads is valid by it; not everything that is valid by it loads, for it can't say all.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from aggregator.config.frozen_mapping import FrozenMapping
from aggregator.config.measures import format_duration
from aggregator.config.settings import Configuration

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """pydantic's generator, with defaults as a file would spell them, and no null, which no key takes."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return format_duration(dft)
        if isinstance(dft, FrozenMapping):
            return dict(dft)
        return dft.key if isinstance(dft, ZoneInfo) else super().encode_default(dft)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002  pydantic's signature
        return value  # keys and examples stay in the order in which they are best read

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  pydantic's signature
        return False


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a configuration file, every key with its description and examples.

    The package carries it too: `aggregator schema > aggregator/schema.json` writes it anew.
    """
    made = Configuration.model_json_schema(schema_generator=_Generator)
    definitions: dict[str, dict[str, Any]] = made.pop("$defs")
    for definition in (made, *definitions.values()):
        definition.pop("title", None)  # the names of classes, which say nothing to editors
    made |= {
        "title": "Configuration of the feed aggregator",
        "description": "One YAML file; see docs/configuration.md.",
    }
    made["properties"]["reload"] |= {"not": {"required": ["every", "cron"]}}
    return {"$schema": _DIALECT, **made, "$defs": definitions}


def feed_file_schema() -> dict[str, Any]:
    """Give the JSON Schema of a feed file, in each of its three forms: one definition, a list of them, a mapping with `feeds`.

    The package carries it too: `aggregator schema --feeds > aggregator/feeds-schema.json` writes it anew.
    """
    whole = schema()
    listed = whole["properties"]["feeds"]
    several = {
        "type": "object",
        "properties": {"feeds": {key: value for key, value in listed.items() if key != "default"}},
        "additionalProperties": False,
    }
    one = listed["items"]
    # Not anyOf: of a fault in one definition an editor would tell that it is none of the three.
    return {
        "$schema": _DIALECT,
        "title": "Feed file of the feed aggregator",
        "description": "One feed, or several, in feeds/*.yaml beside the configuration; see docs/configuration.md.",
        "if": {"type": "array"},
        "then": {"items": one},
        "else": {"if": {"type": "object", "required": ["feeds"]}, "then": several, "else": one},
        "$defs": {name: whole["$defs"][name] for name in whole["$defs"] if name in set(_reached(one, whole))},
    }


def _reached(place: Any, whole: dict[str, Any]) -> Iterator[str]:
    """Give the names of all definitions that a part of a schema refers to, by whatever way."""
    for value in place.values() if isinstance(place, dict) else place if isinstance(place, list) else ():
        if isinstance(value, str) and value.startswith("#/$defs/"):
            name = value.rpartition("/")[2]
            yield name
            yield from _reached(whole["$defs"][name], whole)
        else:
            yield from _reached(value, whole)
