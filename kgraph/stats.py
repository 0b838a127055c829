"""The contents of a graph in numbers, with its most frequent concepts and topics.

Only the nodes that kgraph writes are counted, and the relationships that join
two of them as the schema declares. See :mod:`kgraph.store.reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kgraph.store import GraphStore
from kgraph.store.reading import node_counts, relationship_counts, written_by_kgraph

_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts by label and relationship type, and lists of (name, papers), most papers first.

    ``nodes`` counts second labels (Task, Method …) too. ``years`` are the first
    and last year of the papers, or None if no paper has a year.
    """

    nodes: Mapping[str, int]
    relationships: Mapping[str, int]
    years: tuple[int, int] | None
    concepts: tuple[tuple[str, int], ...]
    topics: tuple[tuple[str, int], ...]


def stats(store: GraphStore) -> Stats:
    """Return the contents of a store in numbers. Raises InputError without a graph."""
    (years,) = store.query(
        f"MATCH (n:Paper) WHERE {written_by_kgraph('n')} RETURN min(n.year) AS first, max(n.year) AS last",
        timeout=None,
    ).rows
    return Stats(
        node_counts(store),
        relationship_counts(store),
        None if years["first"] is None else (years["first"], years["last"]),
        _most_frequent(store, "Concept"),
        _most_frequent(store, "Topic"),
    )


def _most_frequent(store: GraphStore, label: str) -> tuple[tuple[str, int], ...]:
    rows = store.query(
        f"MATCH (n:{label}) WHERE n.papers IS NOT NULL AND {written_by_kgraph('n')} "
        f"RETURN coalesce(n.name, n.id) AS name, n.papers AS papers, n.id AS id "
        f"ORDER BY papers DESC, id LIMIT {_SHOWN}",
        timeout=None,
    ).rows
    return tuple((row["name"], row["papers"]) for row in rows)
