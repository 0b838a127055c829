"""Why two papers are linked: the cheapest paths between them, rare concepts first.

The graph is read ring by ring from both papers until the rings meet; hubs
(topics, venues, organisations and concepts that very many papers name) are
crossed only where nothing else links the two. A path through a node costs the
logarithm of how many papers share it, so that what few share counts most.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from kgraph.errors import InputError
from kgraph.store import GraphStore
from kgraph.view.arcs import column_places
from kgraph.view.reading import read_items, read_links, strongest
from kgraph.view.scene import Key, Route, Scene

MAX_ROUTES = 18
"""How many paths are shown at most."""

_HUB = 200
"""A concept of more papers than this is crossed last."""

_DETOUR = 2.2
"""Paths of more than this many times the cost of the cheapest are not shown."""

_STEP = 1.0
_CROSSED = ("MENTIONS", "IS_A", "PART_OF", "USED_FOR", "EVALUATED_BY", "COMPARED_WITH", "CO_OCCURS_WITH")
_LATE = ("AUTHORED_BY", "AFFILIATED_WITH", "PUBLISHED_IN", "IN_TOPIC")


def path_scene(store: GraphStore, start: str, end: str, limit: int) -> Scene:
    """Return the cheapest paths between two papers, laid out from left to right.

    Raises InputError if the two are the same or nothing links them.
    """
    if start == end:
        raise InputError(f"both ends of the path are the same paper ({start}); name two")
    ends: tuple[Key, Key] = ("Paper", start), ("Paper", end)
    near = _meet(store, ends)
    if near is None:
        raise InputError(
            f"no path links the papers {start} and {end}; they share nothing, not even indirectly"
        )
    if read_links(store, ends, ["RELATED_TO"]):
        near[ends[0]].add(ends[1])
        near[ends[1]].add(ends[0])
    routes, left_routes = _routes(near, _costs(store, near), ends, limit)
    keys = list(dict.fromkeys(key for route in routes for key in route))
    items = read_items(store, keys)
    links = read_links(store, keys)
    steps = {frozenset(pair) for route in routes for pair in pairwise(route)}
    on_route = [index for index, link in enumerate(links) if frozenset((link.head, link.tail)) in steps]
    named = [items[key] for key in keys]
    among = max(len(route) for route in routes) - 2
    return Scene(
        title=f"{items[ends[0]].name} ↔ {items[ends[1]].name}",
        subtitle="Paths between two papers",
        items=tuple(named),
        links=tuple(links),
        places=column_places(_columns(routes, ends), [links[index] for index in on_route]),
        drawn=strongest(links, len(links), on_route),
        left_out=len(near) - len(keys),
        notes=(
            f"{len(routes)} {'path' if len(routes) == 1 else 'paths'} with at most {among} "
            f"{'step' if among == 1 else 'steps'} between the papers; what few papers share comes first.",
            f"{left_routes:,} weaker paths and {len(near) - len(keys):,} nodes near them were left out.",
        ),
        routes=tuple(Route(route) for route in routes),
    )


def _meet(store: GraphStore, ends: tuple[Key, Key]) -> dict[Key, set[Key]] | None:
    """Read rings around both ends until a path joins them; None if there is none."""
    near: dict[Key, set[Key]] = {key: set() for key in ends}
    asked: set[Key] = set()
    asked_late: set[Key] = set()
    while True:
        ring = [key for key in near if key not in asked and (key in ends or key[0] in ("Paper", "Concept"))]
        papers = _papers(store, [key[1] for key in ring if key[0] == "Concept"])
        ring = [key for key in ring if papers.get(key[1], 0) <= _HUB or key[0] != "Concept"]
        if ring:
            _read_ring(store, ring, _CROSSED, near)
            _read_ring(store, [key for key in ring if key[0] == "Paper"], _LATE, near)
            asked.update(ring)
            asked_late.update(key for key in ring if key[0] == "Paper")
        else:
            hubs = [key for key in near if key not in asked | asked_late]
            if not hubs:
                return None
            _read_ring(store, hubs, (*_CROSSED, *_LATE), near)
            asked.update(hubs)
        if _reached(near, ends):
            return near


def _read_ring(
    store: GraphStore, ring: Iterable[Key], types: Sequence[str], near: dict[Key, set[Key]]
) -> None:
    by_label: dict[str, list[str]] = {}
    for label, node_id in sorted(ring):
        by_label.setdefault(label, []).append(node_id)
    for label, ids in by_label.items():
        rows = store.query(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}})-[:{'|'.join(types)}]-(m) "
            "RETURN id AS id, labels(m) AS labels, m.id AS other",
            {"ids": ids},
            timeout=None,
        ).rows
        pairs = {((label, str(row["id"])), _key(row)) for row in rows}
        for one, two in sorted(pairs):
            near.setdefault(one, set()).add(two)
            near.setdefault(two, set()).add(one)


def _key(row: Mapping[str, object]) -> Key:
    labels = row["labels"]
    assert isinstance(labels, list)
    first = next(
        label for label in ("Paper", "Concept", "Author", "Organization", "Venue", "Topic") if label in labels
    )
    return first, str(row["other"])


def _reached(near: Mapping[Key, set[Key]], ends: tuple[Key, Key]) -> bool:
    seen = {ends[0]}
    stack = [ends[0]]
    while stack:
        for key in near[stack.pop()] - seen:
            seen.add(key)
            stack.append(key)
    return ends[1] in seen


def _papers(store: GraphStore, ids: Sequence[str]) -> dict[str, int]:
    rows = store.query(
        "UNWIND $ids AS id MATCH (c:Concept {id: id}) RETURN c.id AS id, c.papers AS papers",
        {"ids": sorted(ids)},
        timeout=None,
    ).rows
    return {str(row["id"]): int(row["papers"] or 0) for row in rows}


def _costs(store: GraphStore, near: Mapping[Key, set[Key]]) -> dict[Key, float]:
    """Return what it costs to pass through each node."""
    shared = _papers(store, [key[1] for key in near if key[0] == "Concept"])
    rows = store.query("MATCH (t:Topic) RETURN t.id AS id, t.papers AS papers", timeout=None).rows
    topics = {str(row["id"]): int(row["papers"] or 0) for row in rows}
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
    near: Mapping[Key, set[Key]], costs: Mapping[Key, float], ends: tuple[Key, Key], limit: int
) -> tuple[list[tuple[Key, ...]], int]:
    """Return the best path through each node, cheapest first, and how many were not taken.

    A path that only lengthens another by a detour through one of its own
    neighbours is not simple, and dropped.
    """
    forward, behind = _cheapest(near, costs, ends[0]), _cheapest(near, costs, ends[1])
    found: dict[tuple[Key, ...], float] = {}
    if ends[1] in near[ends[0]]:
        found[ends] = 0.0
    for key in near:
        if key in ends or key not in forward or key not in behind:
            continue
        route = (*_back(forward, key), *reversed(_back(behind, key)[:-1]))
        if len(set(route)) == len(route):
            found[route] = forward[key][0] + behind[key][0] - costs[key]
    ranked = sorted(found, key=lambda route: (round(found[route], 9), route))
    cheapest = min((found[route] for route in ranked if len(route) > 2), default=_STEP)
    kept: list[tuple[Key, ...]] = []
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
    near: Mapping[Key, set[Key]], costs: Mapping[Key, float], start: Key
) -> dict[Key, tuple[float, Key | None]]:
    """Dijkstra: for each node what it costs to get there (itself included), and from where."""
    best: dict[Key, tuple[float, Key | None]] = {}
    heap: list[tuple[float, Key, Key | None]] = [(0.0, start, None)]
    while heap:
        cost, key, before = heapq.heappop(heap)
        if key in best:
            continue
        best[key] = (cost, before)
        for other in near[key]:
            if other not in best:
                heapq.heappush(heap, (cost + costs[other], other, key))
    return best


def _back(best: Mapping[Key, tuple[float, Key | None]], key: Key) -> list[Key]:
    """Return the path from the start to a key."""
    path = [key]
    before = best[key][1]
    while before is not None:
        path.append(before)
        before = best[before][1]
    return path[::-1]


def _columns(routes: Sequence[tuple[Key, ...]], ends: tuple[Key, Key]) -> list[list[Key]]:
    """Sort the nodes of the paths into columns by how far along their path they stand."""
    longest = max(len(route) for route in routes)
    columns: list[list[Key]] = [[] for _ in range(max(3, longest))]
    placed: set[Key] = set(ends)
    columns[0].append(ends[0])
    columns[-1].append(ends[1])
    for route in routes:
        for step, key in enumerate(route):
            if key not in placed:
                placed.add(key)
                columns[round(step / (len(route) - 1) * (len(columns) - 1))].append(key)
    return [column for column in columns if column]
