"""The kinds of nodes and relationships on a page, derived from the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from kgraph import model
from kgraph.schema import RelationshipType, graph_schema

Line = Literal["role", "papers", "other"]
"""How a relationship is drawn: as the role of a concept in a paper, as a link of two papers, or plainly."""

_CONCEPT = "Concept"
_CONCEPT_KINDS = tuple(kind.capitalize() for kind in get_args(model.Kind))
_GROUPS = ("role", "result", "mention", "statement", "derived", "bibliographic")


@dataclass(frozen=True, slots=True)
class NodeKind:
    """A kind of node: its name, its heading in the legend and its symbol."""

    name: str
    heading: str
    shape: str


@cache
def node_kinds() -> tuple[NodeKind, ...]:
    """Return the kinds in the order of the legend: the labels with a shape, concepts by their own kind."""
    kinds = []
    for label in graph_schema().labels:
        if label.shape is None:
            continue
        heading = label.plural or label.name
        if label.name == _CONCEPT:
            kinds += [
                NodeKind(name, heading if name == _CONCEPT else f"{name}s", label.shape)
                for name in _CONCEPT_KINDS
            ]
        else:
            kinds.append(NodeKind(label.name, heading, label.shape))
    return tuple(kinds)


def kind_of(label: str, properties: Mapping[str, Any]) -> str:
    """Return the kind of a node: its label, or the kind of a concept where it is known."""
    if label != _CONCEPT:
        return label
    kind = str(properties.get("kind") or "").capitalize()
    return kind if kind in _CONCEPT_KINDS else _CONCEPT


@cache
def link_types() -> tuple[RelationshipType, ...]:
    """Return the relationship types in the order of the panel.

    Roles of concepts and links between papers come before the long list of
    mentions, which repeats the concepts.
    """

    def rank(kind: RelationshipType) -> float:
        return 0.5 if line_of(kind) == "papers" else _GROUPS.index(kind.group)

    return tuple(sorted(graph_schema().relationships, key=rank))


def line_of(kind: RelationshipType) -> Line:
    """Return how relationships of a type are drawn."""
    if kind.group == "role":
        return "role"
    return "papers" if {*kind.from_labels, *kind.to_labels} == {"Paper"} else "other"
