"""What is in a graph, in numbers and in its most frequent names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgraph.schema import graph_schema
from kgraph.store import GraphStore

_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts by label and relationship type, and lists of (name, papers), most papers first.

    ``nodes`` counts second labels (Task, Method …) too.
    """

    nodes: Mapping[str, int]
    relationships: Mapping[str, int]
    years: tuple[int, int] | None
    concepts: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...]


def stats(store: GraphStore) -> Stats:
    """Count what the store holds. Raises InputError when there is no graph."""
    patterns = {
        name: label.name if name == label.name else f"{label.name}:{name}"
        for label in graph_schema().labels
        for name in (label.name, *label.second_labels)
        if name != "Build"
    }
    nodes = {
        name: store.query(f"MATCH (n:{pattern}) RETURN count(*) AS n", timeout=None).rows[0]["n"]
        for name, pattern in patterns.items()
    }
    rows = store.query("MATCH ()-[r]->() RETURN type(r) AS t, count(*) AS n ORDER BY t", timeout=None).rows
    found = {row["t"]: row["n"] for row in rows}
    relationships = {kind.name: found.get(kind.name, 0) for kind in graph_schema().relationships}
    span = store.query("MATCH (p:Paper) RETURN min(p.year) AS first, max(p.year) AS last").rows[0]
    return Stats(
        nodes,
        relationships,
        None if span["first"] is None else (span["first"], span["last"]),
        _most(store, "Concept"),
        _most(store, "Topic"),
    )


def _most(store: GraphStore, label: str) -> tuple[tuple[str, int], ...]:
    rows = store.query(
        f"MATCH (n:{label}) WHERE n.papers IS NOT NULL "
        f"RETURN n.name AS name, n.papers AS papers, n.id AS id "
        f"ORDER BY papers DESC, id LIMIT {_SHOWN}",
        timeout=None,
    ).rows
    return tuple((row["name"], row["papers"]) for row in rows)
