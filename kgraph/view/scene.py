"""What a page shows, before it is a page: items, links, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Key = tuple[str, str]
"""A node of the graph: its first label and its id."""

KINDS: Mapping[str, str] = {
    "Paper": "square",
    "Task": "dot",
    "Method": "dot",
    "Dataset": "dot",
    "Metric": "dot",
    "Concept": "dot",
    "Phrase": "dot",
    "Author": "triangle",
    "Organization": "diamond",
    "Venue": "diamond",
    "Topic": "star",
}
"""The kinds of items in the order of the legend, and the shape of each."""

LINK_WORDS: Mapping[str, tuple[str, str]] = {
    "INTRODUCES": ("Introduces", "Introduced by"),
    "USES": ("Uses", "Used by"),
    "EVALUATES_ON": ("Evaluates on", "Evaluated on by"),
    "COMPARES_WITH": ("Compares with", "Compared with by"),
    "RELATED_TO": ("Related papers", "Related papers"),
    "MENTIONS": ("Mentions", "Mentioned by"),
    "IS_A": ("Is a", "Kinds of it"),
    "PART_OF": ("Part of", "Parts of it"),
    "USED_FOR": ("Used for", "What is used for it"),
    "EVALUATED_BY": ("Evaluated by", "What it evaluates"),
    "COMPARED_WITH": ("Compared with", "Compared with"),
    "CONJUNCTION": ("Named side by side with", "Named side by side with"),
    "CO_OCCURS_WITH": ("Often named together with", "Often named together with"),
    "IN_TOPIC": ("Topic", "In this topic"),
    "AUTHORED_BY": ("Authors", "Papers"),
    "AFFILIATED_WITH": ("Organisations", "Papers"),
    "PUBLISHED_IN": ("Venue", "Papers"),
}
"""How a panel words each relationship type, seen from its head and from its tail."""

ROLES = frozenset({"INTRODUCES", "USES", "EVALUATES_ON", "COMPARES_WITH"})
SYMMETRIC = frozenset({"COMPARED_WITH", "CONJUNCTION", "CO_OCCURS_WITH", "RELATED_TO"})


@dataclass(frozen=True, slots=True)
class Item:
    """A node to show. ``kind`` is its label as the legend has it, ``topic`` the name of its topic."""

    key: Key
    kind: str
    name: str
    properties: Mapping[str, Any]
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An edge to show; ``strength`` is in 0..1 and ``note`` says in words what it rests on."""

    head: Key
    tail: Key
    type: str
    strength: float
    note: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A path between two papers, from end to end."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The disc of a community on the map."""

    name: str
    x: int
    y: int
    radius: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A selection of the graph with a place for every item.

    ``drawn`` are the indices of the links that are drawn at rest; the others
    show when one of their ends is pointed at. ``notes`` tell the reader what
    was chosen and what was left out.
    """

    title: str
    subtitle: str
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    places: Mapping[Key, tuple[int, int]]
    drawn: frozenset[int]
    left_out: int
    notes: tuple[str, ...] = ()
    centre: Key | None = None
    routes: tuple[Route, ...] = ()
    regions: tuple[Region, ...] = ()
    hidden_kinds: frozenset[str] = frozenset()

    def degrees(self) -> dict[Key, int]:
        """Return how many other items each item is linked to."""
        neighbours: dict[Key, set[Key]] = {item.key: set() for item in self.items}
        for link in self.links:
            if link.type != "IN_TOPIC":
                neighbours[link.head].add(link.tail)
                neighbours[link.tail].add(link.head)
        return {key: len(others) for key, others in neighbours.items()}
