"""The contents of a graph in numbers, with its most frequent concepts and topics.

Only the nodes that kgraph writes are counted: those with one of its labels and
a text as ``id``, as in :mod:`kgraph.store.scan`. A relationship is counted if it
joins two of them as the schema declares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kgraph.schema import graph_schema
from kgraph.store import GraphStore

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
    patterns = {
        name: label.name if name == label.name else f"{label.name}:{name}"
        for label in graph_schema().labels
        for name in (label.name, *label.second_labels)
        if name != "Build"
    }
    nodes = {
        name: _count(store, f"(n:{pattern}) WHERE {_written_by_kgraph('n')}")
        for name, pattern in patterns.items()
    }
    mixed = {name for name, pattern in patterns.items() if _count(store, f"(n:{pattern})") != nodes[name]}
    relationships: Counter[str] = Counter()
    for kind, head, tail in graph_schema().patterns():
        # The condition takes a thousand times as long as the count, so it is only used where it matters.
        checked = [end for end, label in (("a", head), ("b", tail)) if label in mixed]
        where = f" WHERE {_written_by_kgraph(*checked)}" if checked else ""
        relationships[kind.name] += _count(store, f"(a:{head})-[:{kind.name}]->(b:{tail}){where}")
    first, last = _row(
        store,
        f"MATCH (n:Paper) WHERE {_written_by_kgraph('n')} RETURN min(n.year) AS first, max(n.year) AS last",
    )
    return Stats(
        nodes,
        dict(relationships),
        None if first is None else (first, last),
        _most_frequent(store, "Concept"),
        _most_frequent(store, "Topic"),
    )


def _written_by_kgraph(*variables: str) -> str:
    """Return a condition that only nodes with a text as id meet. Numbers and null compare as null."""
    return " AND ".join(f"{variable}.id >= ''" for variable in variables)


def _count(store: GraphStore, pattern: str) -> int:
    (count,) = _row(store, f"MATCH {pattern} RETURN count(*) AS n")
    return int(count)


def _row(store: GraphStore, cypher: str) -> tuple[Any, ...]:
    (row,) = store.query(cypher, timeout=None).rows
    return tuple(row.values())


def _most_frequent(store: GraphStore, label: str) -> tuple[tuple[str, int], ...]:
    rows = store.query(
        f"MATCH (n:{label}) WHERE n.papers IS NOT NULL AND {_written_by_kgraph('n')} "
        f"RETURN n.name AS name, n.papers AS papers, n.id AS id "
        f"ORDER BY papers DESC, id LIMIT {_SHOWN}",
        timeout=None,
    ).rows
    return tuple((row["name"], row["papers"]) for row in rows)
