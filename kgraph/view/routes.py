"""Find out why two papers are linked: the cheapest paths between them, rare concepts first.

The graph is read in rings around both papers until the rings meet. Hubs
(topics, venues, organisations and concepts that very many papers name) are
crossed only if nothing else links the two. The cost of a node on a path grows
with the logarithm of the number of papers that share it, so rare concepts
count most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from kgraph.errors import InputError
from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.reading import paper_counts, written_by_kgraph
from kgraph.view.items import read_links
from kgraph.view.scene import Key

MAX_ROUTES = 18
"""How many paths are shown at most."""

_HUB = 200
"""A concept of more papers than this is crossed last."""

_DETOUR = 2.2
"""Paths of more than this many times the cost of the cheapest are not shown."""

_STEP = 1.0

KeyPath = tuple[Key, ...]
"""The nodes of a path, from end to end."""


@dataclass(frozen=True, slots=True)
class Routes:
    """The best paths, cheapest first, the number of weaker ones, and the number of nodes near the ends."""

    found: tuple[KeyPath, ...]
    weaker: int
    nodes: int


def routes_between(store: GraphStore, start: str, end: str, limit: int) -> Routes:
    """Return the cheapest paths between two papers that together have at most ``limit`` nodes.

    Raises InputError if the papers are the same, if nothing links them, or if
    the shortest path has more nodes than the limit.
    """
    if start == end:
        raise InputError(f"both ends of the path are the same paper ({start}); name two")
    ends: tuple[Key, Key] = ("Paper", start), ("Paper", end)
    near = _meet(store, ends)
    if near is None:
        raise InputError(
            f"no path links the papers {start} and {end}; they share nothing, not even indirectly"
        )
    if read_links(store, ends):
        near.add_edge(*ends)
    found, weaker = _routes(near, _costs(store, near), ends, limit)
    return Routes(tuple(found), weaker, len(near))


def _meet(store: GraphStore, ends: tuple[Key, Key]) -> nx.Graph[Key] | None:
    """Read rings around both ends until a path joins them. Return None if none does."""
    types = graph_schema().relationships
    first = [kind.name for kind in types if kind.paths == "first"]
    last = [kind.name for kind in types if kind.paths == "last"]
    labels = {
        label for kind in types if kind.paths == "first" for label in (*kind.from_labels, *kind.to_labels)
    }
    near: nx.Graph[Key] = nx.Graph()
    near.add_nodes_from(ends)
    asked: set[Key] = set()
    while True:
        ring = [key for key in near if key not in asked and key[0] in labels]
        papers = paper_counts(store, "Concept", [key[1] for key in ring if key[0] == "Concept"])
        ring = [key for key in ring if papers.get(key[1], 0) <= _HUB or key[0] != "Concept"]
        if ring:
            _read_ring(store, ring, first, near)
            _read_ring(store, [key for key in ring if key[0] == "Paper"], last, near)
            asked.update(ring)
        else:
            hubs = [key for key in near if key not in asked]
            if not hubs:
                return None
            _read_ring(store, hubs, [*first, *last], near)
            asked.update(hubs)
        if nx.has_path(near, *ends):
            return near


def _read_ring(store: GraphStore, ring: Iterable[Key], types: Sequence[str], near: nx.Graph[Key]) -> None:
    """Add the neighbours of these nodes over these relationship types."""
    by_label: dict[str, list[str]] = {}
    for label, node_id in sorted(ring):
        by_label.setdefault(label, []).append(node_id)
    for kind, head, tail in graph_schema().patterns():
        if kind.name not in types:
            continue
        for start, end, arrow in ((head, tail, f"-[:{kind.name}]->"), (tail, head, f"<-[:{kind.name}]-")):
            rows = (
                store.query(
                    f"UNWIND $ids AS id MATCH (n:{start} {{id: id}}){arrow}(m:{end}) "
                    f"WHERE {written_by_kgraph('m')} RETURN n.id AS id, m.id AS other",
                    {"ids": by_label[start]},
                    timeout=None,
                ).rows
                if start in by_label
                else ()
            )
            near.add_edges_from(((start, row["id"]), (end, row["other"])) for row in rows)


def _costs(store: GraphStore, near: nx.Graph[Key]) -> dict[Key, float]:
    """Return the cost of passing through each node."""
    shared = paper_counts(store, "Concept", [key[1] for key in near if key[0] == "Concept"])
    topics = paper_counts(store, "Topic", [key[1] for key in near if key[0] == "Topic"])
    costs: dict[Key, float] = {}
    for key in near:
        if key[0] == "Concept":
            costs[key] = _STEP + math.log(1 + shared.get(key[1], 1))
        elif key[0] == "Topic":
            costs[key] = 2 * _STEP + math.log(2 + topics.get(key[1], 0))
        else:
            costs[key] = _STEP + 0.5 * math.log(1 + len(near[key])) + (0.0 if key[0] == "Paper" else _STEP)
    return costs


def _routes(
    near: nx.Graph[Key], costs: Mapping[Key, float], ends: tuple[Key, Key], limit: int
) -> tuple[list[KeyPath], int]:
    """Return the best path through each node, cheapest first, and the number of paths left out.

    A path that visits a node twice is a detour of a shorter one and is dropped.
    """
    ordered: nx.Graph[Key] = nx.Graph()  # its order decides between paths of equal cost
    ordered.add_nodes_from(sorted(near))
    ordered.add_edges_from(sorted((min(edge), max(edge)) for edge in near.edges))
    from_start, before = _cheapest(ordered, costs, ends[0])
    from_end, after = _cheapest(ordered, costs, ends[1])
    found: dict[KeyPath, float] = {}
    if ordered.has_edge(*ends):
        found[ends] = 0.0
    for key in ordered:
        if key in ends or key not in before or key not in after:
            continue
        route = (*before[key], *reversed(after[key][:-1]))
        if len(set(route)) == len(route):
            found[route] = from_start[key] + from_end[key] - costs[key]
    ranked = sorted(found, key=lambda route: (round(found[route], 9), route))
    cheapest = min((found[route] for route in ranked if len(route) > 2), default=_STEP)
    kept: list[KeyPath] = []
    keys: set[Key] = set()
    for route in ranked:
        if len(kept) >= MAX_ROUTES or found[route] > _DETOUR * cheapest:
            break
        if len(keys | set(route)) <= limit:
            kept.append(route)
            keys |= set(route)
    if not kept:
        raise InputError(f"the shortest path has {len(ranked[0])} nodes; allow at least as many (limit)")
    return kept, len(ranked) - len(kept)


def _cheapest(
    graph: nx.Graph[Key], costs: Mapping[Key, float], start: Key
) -> tuple[dict[Key, float], dict[Key, list[Key]]]:
    """Return the cost of reaching each node, itself included, and the cheapest path to it."""

    def cost_of_step(_: Key, reached: Key, __: object) -> float:
        return costs[reached]

    # The stubs give the type of a call with a target.
    found: Any = nx.single_source_dijkstra(graph, start, weight=cost_of_step)
    lengths, paths = found
    return lengths, paths
