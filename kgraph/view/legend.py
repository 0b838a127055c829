"""The kinds of nodes and relationships on a page, derived from the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from kgraph.schema import Group, Label, RelationshipType, graph_schema

Line = Literal["role", "papers", "other"]
"""How a relationship is drawn: as the role of a concept in a paper, as a link of two papers, or plainly."""

_PAPER = "Paper"


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: its name, its heading in the legend, its symbol, and the rank of its names on the map.

    ``quoted`` says whether the sentences of its links may contain its name.
    Those of a paper do not, because they are sentences of the paper.
    """

    name: str
    heading: str
    shape: str
    colour: str
    prominence: float
    hidden: bool
    quoted: bool


@cache
def node_kinds() -> tuple[NodeKind, ...]:
    """Return the kinds in the order of the legend: each label with a shape, or its kinds if it has some."""
    return tuple(kind for label in graph_schema().labels for kind in _kinds_of_label(label))


def kind_of(label: str, properties: Mapping[str, Any]) -> str:
    """Return the kind of a node: its label, or its own kind if that is declared."""
    kind = str(properties.get("kind") or "")
    return _kind_name(kind) if kind in _declared_kinds(label) else label


@cache
def link_types() -> tuple[RelationshipType, ...]:
    """Return the relationship types in the order of the panel.

    They are in the order of their groups, but links between papers follow the
    first group.
    """
    groups = get_args(Group)

    def rank(kind: RelationshipType) -> float:
        return 0.5 if line_of(kind) == "papers" else groups.index(kind.group)

    return tuple(sorted(graph_schema().relationships, key=rank))


def line_of(kind: RelationshipType) -> Line:
    """Return how relationships of a type are drawn."""
    if kind.group == "role":
        return "role"
    return "papers" if {*kind.from_labels, *kind.to_labels} == {_PAPER} else "other"


def _kinds_of_label(label: Label) -> tuple[NodeKind, ...]:
    if label.shape is None or label.plural is None or label.colour is None:
        return ()
    shape, hidden, quoted = label.shape, label.hidden, label.name != _PAPER
    if not label.kinds:
        return (NodeKind(label.name, label.plural, shape, label.colour, label.prominence, hidden, quoted),)
    return tuple(
        NodeKind(_kind_name(kind.name), kind.plural, shape, kind.colour, kind.prominence, hidden, quoted)
        for kind in label.kinds
    )


@cache
def _declared_kinds(label: str) -> frozenset[str]:
    return frozenset(kind.name for kind in graph_schema().label(label).kinds)


def _kind_name(kind: str) -> str:
    return kind.capitalize()
