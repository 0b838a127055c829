"""The data model, read from ``schemas/``: the one place that declares it.

Stores take their constraints from here, the docs their table, and ``kgraph
schema`` its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a node or relationship; ``type`` may end in ``[]`` for a list."""

    name: str
    type: str
    meaning: str
    fulltext: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A node label, keyed by ``id``; ``second_labels`` maps further labels to their meaning."""

    name: str
    meaning: str
    properties: tuple[Property, ...]
    second_labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A relationship type and the labels that it may join."""

    name: str
    meaning: str
    from_labels: tuple[str, ...]
    to_labels: tuple[str, ...]
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """Every label and relationship type, in the order of the file."""

    labels: tuple[Label, ...]
    relationships: tuple[RelationshipType, ...]

    def label(self, name: str) -> Label:
        """Return the label of that name; KeyError if there is none."""
        return {label.name: label for label in self.labels}[name]

    def patterns(self) -> Iterator[tuple[RelationshipType, str, str]]:
        """Yield every relationship type with each pair of labels that it may join: type, head, tail."""
        for kind in self.relationships:
            for head in kind.from_labels:
                for tail in kind.to_labels:
                    yield kind, head, tail


def schema_text(name: str) -> str:
    """Return the text of a file in ``schemas/``.

    The wheel carries the folder inside the package, a checkout beside it.
    Raises FileNotFoundError if neither has it.
    """
    package = files("kgraph")
    shipped = package / "schemas" / name
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    return (package / ".." / "schemas" / name).read_text(encoding="utf-8")


@cache
def graph_schema() -> Schema:
    """Return the graph model that ``schemas/graph.json`` declares."""
    data = json.loads(schema_text("graph.json"))
    groups = data["property_groups"]
    labels = tuple(
        Label(
            name,
            entry["meaning"],
            _properties(entry["properties"]),
            dict(entry.get("second_labels", {})),
        )
        for name, entry in data["labels"].items()
    )
    relationships = tuple(
        RelationshipType(
            name,
            entry["meaning"],
            tuple(entry["from"]),
            tuple(entry["to"]),
            _properties(_own_or_group(entry, groups)),
        )
        for name, entry in data["relationships"].items()
    )
    return Schema(labels, relationships)


def _own_or_group(entry: dict[str, Any], groups: dict[str, Any]) -> dict[str, Any]:
    named = [group for group in groups if entry.get(group)]
    return groups[named[0]] if named else entry["properties"]  # type: ignore[no-any-return]


def _properties(entries: dict[str, dict[str, Any]]) -> tuple[Property, ...]:
    return tuple(
        Property(name, entry["type"], entry["meaning"], entry.get("fulltext", False))
        for name, entry in entries.items()
    )
