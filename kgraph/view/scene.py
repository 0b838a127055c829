"""The content of a page before it is drawn: items, links and positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from kgraph.store import GraphStore

Key = tuple[str, str]
"""A node of the graph: its first label and its id."""

Point = tuple[int, int]
"""x and y, in the units of the page."""

Drawing = Literal["network", "canvas"]
"""``network`` draws up to a thousand nodes with vis-network, ``canvas`` many more with our own viewer."""


@dataclass(frozen=True, slots=True)
class Item:
    """A node to show. ``kind`` is its kind in the legend, ``topic`` the name of its topic."""

    key: Key
    kind: str
    name: str
    properties: Mapping[str, Any]
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship to show.

    ``strength`` (0..1) sets its width and rank. ``note`` says in words how
    strong the relationship is and why.
    """

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
    """A selection of the graph with a position for every item.

    ``drawn`` are the indices of the links that are always visible. The others
    appear when the reader points at one of their ends. ``notes`` explain the
    selection to the reader. ``left_out`` counts the nodes that are not shown.
    ``centre`` is the subject of a page with two rings, and ``outer`` the items
    of the outer ring.
    """

    title: str
    subtitle: str
    items: tuple[Item, ...]
    links: tuple[Link, ...]
    positions: Mapping[Key, Point]
    drawn: frozenset[int]
    left_out: int
    notes: tuple[str, ...] = ()
    centre: Key | None = None
    outer: frozenset[Key] = frozenset()
    routes: tuple[Route, ...] = ()
    regions: tuple[Region, ...] = ()
    hidden_kinds: frozenset[str] = frozenset()

    def degrees(self) -> dict[Key, int]:
        """Return the number of other items that each item is linked to, not counting topics."""
        neighbours: dict[Key, set[Key]] = {item.key: set() for item in self.items}
        for link in self.links:
            if link.tail[0] != "Topic":
                neighbours[link.head].add(link.tail)
                neighbours[link.tail].add(link.head)
        return {key: len(others) for key, others in neighbours.items()}


@dataclass(frozen=True, slots=True)
class Selector:
    """The option that chooses the subject of a page: a metavar for each value, and the help text."""

    metavars: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many nodes a page shows by default, and the most that a caller may ask for."""

    default: int
    most: int | None = None


NETWORK_LIMITS = Limits(default=300, most=1_000)
"""vis-network draws a thousand nodes at a usable speed."""


class SceneBuilder(Protocol):
    """A page that ``kgraph view`` can write.

    Each file in ``kgraph/view/scenes/`` defines one and assigns it to ``PAGE``.
    """

    @property
    def name(self) -> str:
        """The name of the option and of the argument of ``KnowledgeGraph.view``."""
        ...

    @property
    def selector(self) -> Selector | None:
        """The option that chooses the subject, or None for the page without an option."""
        ...

    @property
    def drawing(self) -> Drawing:
        """The viewer that draws the page."""
        ...

    @property
    def limits(self) -> Limits:
        """The limits of the number of nodes."""
        ...

    def build(self, store: GraphStore, selection: tuple[str, ...], limit: int) -> Scene:
        """Return the scene of a subject.

        ``selection`` has one text for each metavar of the selector, as a person
        typed it. Raises InputError if a text does not name exactly one node.
        """
        ...
