"""The reference of the configuration for people, written from the schema.

`python -m aggregator.config.reference > docs/configuration.md` writes it anew; a test fails when the two differ.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from aggregator.config.json_schema import schema
from aggregator.config.written import flow

Schema = Mapping[str, Any]

_INTRODUCTION = """\
<!-- Generated: python -m aggregator.config.reference > docs/configuration.md -->

# Configuration

One YAML file: `--config FILE`, else the one that `$AGGREGATOR_CONFIG` names, else `config/aggregator.yaml`. This is enough:

```yaml
site:
  title: The Model Wire
  url: https://news.example.org
sources:
  - {name: news, path: content/news}
```

`aggregator check` says what is wrong with it, all at once: each problem as `FILE:LINE:COLUMN: key: what is wrong, what was
expected`. `aggregator schema` prints the JSON Schema; an editor with a YAML language server completes, checks and explains keys
with it, if the first line of the file is

    # yaml-language-server: $schema=aggregator-schema.json

## How values are written

- **Paths** are relative to the configuration file.
- **Text** is taken as written: `No`, `010` and `2021-01-01` stay what they are. Only `null`, `~` and nothing at all are not text.
- **Durations** are a whole number and a unit: `30s`, `5m`, `1h`, `7d`.
- **Sizes** are bytes, or a whole number and a unit: `256KiB`, `5MiB`.
- **Names** of topics, providers, categories, types, languages and sources compare without case. A condition on them is a list,
  `[AI, Ethics]`: any of these; or a mapping of `any`, `all` and `none`, of which all that is said must hold:
  `{any: [AI, Ethics], all: [Europe], none: [Sponsored]}`.
- An empty value (`feeds:` and nothing behind it) is a mistake; leave the key out instead.
- Anchors, aliases and merge keys (`<<`) work. Tags don't.

## Feed files

Feeds may also be defined in files of their own: `feeds/*.yaml` beside the configuration file, read in the order of their names,
hidden files left out. Each holds one definition, a list of them, or a mapping with the key `feeds`; the keys are those of
[feeds](#feeds). No two feeds may have one id. `aggregator schema --feeds` prints their JSON Schema.

```yaml
id: best-of-ai
title: The best of AI
where:
  topics: [AI, Deep Learning]
  providers: {none: [spam.example]}
  min_quality: 60
order: best
limit: 30
```

## site, sources and the other keys

Each of these stands at the top of the file; only `site` and `sources` must be there. In the tables `author.name` is the key `name`
of the mapping `author`.
"""


def reference(schema: Schema) -> str:
    """Give the whole reference, in Markdown."""
    sections = (_section(name, place, schema) for name, place in schema["properties"].items())
    return "\n".join((_INTRODUCTION, *sections))


def _section(name: str, place: Schema, schema: Schema) -> str:
    described = _mapping_in(place, schema) or _mapping_in(place.get("items", {}), schema)
    lines = [f"### {name}", "", place.get("description") or described["description"], ""]
    if described:
        lines += [
            "| key | default | example | meaning |",
            "|---|---|---|---|",
            *_rows("", described, schema),
            "",
        ]
    else:
        default = f"Default: `{flow(place['default'])}`. " if place.get("default") else ""
        lines += [f"{default}Example: `{flow({name: place['examples'][0]})[1:-1]}`", ""]
    return "\n".join(lines)


def _rows(prefix: str, mapping: Schema, schema: Schema) -> Iterator[str]:
    required = mapping.get("required", ())
    for name, place in mapping["properties"].items():
        nested = {} if "anyOf" in place else _mapping_in(place, schema)
        default = "required" if name in required else _default(place)
        meaning = (place.get("description") or nested.get("description", "")) + _bounds(place)
        yield _row(f"`{prefix}{name}`", default, f"`{flow(place['examples'][0])}`", meaning)
        if nested:
            yield from _rows(f"{prefix}{name}.", nested, schema)
        for any_name in _mappings_of_any_name(place, schema):
            yield from _rows(f"{prefix}{name}.NAME.", any_name, schema)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _mappings_of_any_name(place: Schema, schema: Schema) -> Iterator[Schema]:
    places = (place.get("additionalProperties"), *place.get("patternProperties", {}).values())
    return (found for below in places if below and (found := _mapping_in(below, schema)))


def _default(place: Schema) -> str:
    return "" if place.get("default") in (None, "", [], {}) else f"`{flow(place['default'])}`"


def _bounds(place: Schema) -> str:
    return f" From {place['minimum']} to {place['maximum']}." if "maximum" in place else ""


def _mapping_in(place: Schema, schema: Schema) -> Schema:
    """Give the schema of the mapping that may stand at `place`, empty where none with keys of its own may."""
    if "$ref" in place:
        found: Schema = schema["$defs"][place["$ref"].rpartition("/")[2]]
        return found if "properties" in found else {}
    return next((found for branch in place.get("anyOf", ()) if (found := _mapping_in(branch, schema))), {})


if __name__ == "__main__":
    sys.stdout.write(reference(schema()))
