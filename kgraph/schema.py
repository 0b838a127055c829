"""The graph model, read from ``schemas/graph.json``.

The file declares every label and relationship type once. Linking, stores,
exports, pages and docs derive their lists from here, so a new relationship
type is one entry in the file and the code that produces it. The properties of
a paper are the one exception: they follow from the fields of
:class:`kgraph.model.Paper`, as the property group ``paper record``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from kgraph.paper_record import paper_label_properties

Group = Literal["mention", "role", "statement", "derived", "result", "bibliographic"]
"""Where the relationships of a type come from.

``mention`` and ``role`` join a paper to a concept of its text, ``statement``
joins two concepts of one sentence, ``derived`` is computed from the corpus,
``result`` belongs to a reported number, ``bibliographic`` to a paper's record.
"""

PathUse = Literal["first", "last"]
"""Whether a path between papers may use a type in any case, or only if no other type joins the two."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a node or relationship. Its ``type`` ends in ``[]`` for a list."""

    name: str
    type: str
    meaning: str
    fulltext: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A node label, keyed by ``id``.

    ``second_labels`` maps further labels to their meaning. ``plural`` and
    ``shape`` are the heading and the symbol of its nodes on a page. A label
    without a shape is not drawn.
    """

    name: str
    meaning: str
    properties: tuple[Property, ...]
    second_labels: Mapping[str, str]
    plural: str | None
    shape: str | None


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """A relationship type and the labels that it may join.

    ``words`` are its heading on a page, from the head and from the tail.
    ``strength`` names the property, in 0..1, that ranks its relationships. A
    ``symmetric`` relationship is stored once, with the smaller id as its head.
    ``hierarchy`` marks the type whose tail is the broader concept, and
    ``introduction`` the one whose tail is new in the paper.
    """

    name: str
    meaning: str
    from_labels: tuple[str, ...]
    to_labels: tuple[str, ...]
    properties: tuple[Property, ...]
    group: Group
    words: tuple[str, str]
    symmetric: bool
    strength: str | None
    paths: PathUse | None
    hierarchy: bool
    introduction: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """All labels and relationship types, in the order of the file."""

    labels: tuple[Label, ...]
    relationships: tuple[RelationshipType, ...]

    def label(self, name: str) -> Label:
        """Return the label of that name. Raises KeyError for an unknown one."""
        return {label.name: label for label in self.labels}[name]

    def relationship(self, name: str) -> RelationshipType:
        """Return the relationship type of that name. Raises KeyError for an unknown one."""
        return {kind.name: kind for kind in self.relationships}[name]

    def group(self, *groups: Group) -> tuple[RelationshipType, ...]:
        """Return the relationship types of these groups, in the order of the file."""
        return tuple(kind for kind in self.relationships if kind.group in groups)

    def hierarchy(self) -> RelationshipType:
        """Return the type that leads from a concept to a broader one."""
        return next(kind for kind in self.relationships if kind.hierarchy)

    def introduction(self) -> RelationshipType:
        """Return the type that leads from a paper to a concept that is new in it."""
        return next(kind for kind in self.relationships if kind.introduction)

    def patterns(self) -> Iterator[tuple[RelationshipType, str, str]]:
        """Yield each relationship type with each pair of labels that it may join: type, head, tail."""
        for kind in self.relationships:
            for head in kind.from_labels:
                for tail in kind.to_labels:
                    yield kind, head, tail


def schema_text(name: str) -> str:
    """Return the text of a file in ``schemas/``.

    A wheel has the folder inside the package, a checkout next to it.
    Raises FileNotFoundError if neither has the file.
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
    groups: Mapping[str, Mapping[str, Any]] = data["property_groups"] | {
        "paper record": paper_label_properties()
    }
    labels = tuple(
        Label(
            name,
            entry["meaning"],
            _properties(entry, groups),
            dict(entry.get("second_labels", {})),
            entry.get("plural"),
            entry.get("shape"),
        )
        for name, entry in data["labels"].items()
    )
    relationships = tuple(
        RelationshipType(
            name,
            entry["meaning"],
            tuple(entry["from"]),
            tuple(entry["to"]),
            _properties(entry, groups),
            entry["group"],
            (entry["words"][0], entry["words"][1]),
            entry.get("symmetric", False),
            entry.get("strength"),
            entry.get("paths"),
            entry.get("hierarchy", False),
            entry.get("introduction", False),
        )
        for name, entry in data["relationships"].items()
    )
    return Schema(labels, relationships)


@cache
def kind_labels() -> Mapping[str, str]:
    """Return kind → second label, for the kinds of concepts that have one: ``task`` → ``Task``."""
    return {second.lower(): second for label in graph_schema().labels for second in label.second_labels}


def _properties(entry: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> tuple[Property, ...]:
    """Return the properties of an entry: its own, then those of the groups that it includes."""
    parts = [entry.get("properties", {}), *(groups[name] for name in entry.get("include", ()))]
    return tuple(
        Property(name, property_["type"], property_["meaning"], property_.get("fulltext", False))
        for part in parts
        for name, property_ in part.items()
    )
