"""The size of a stored graph, and a check that it stays the same while it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kgraph.errors import StoreError
from kgraph.store import GraphStore
from kgraph.store.reading import build_properties


@dataclass(frozen=True, slots=True)
class GraphState:
    """The numbers of all nodes and relationships in a store, and the properties of the Build node."""

    nodes: int
    relationships: int
    build: Mapping[str, Any]


def graph_state(store: GraphStore) -> GraphState:
    """Return the current state of a graph. Raises InputError if there is no graph, and StoreError."""
    nodes, relationships = (
        store.query(f"MATCH {pattern} RETURN count(x) AS n", timeout=None).rows[0]["n"]
        for pattern in ("(x)", "()-[x]->()")
    )
    return GraphState(nodes, relationships, build_properties(store))


@contextmanager
def unchanged(store: GraphStore) -> Iterator[None]:
    """Raise StoreError if the graph is being built, or changes while the block runs."""
    before = graph_state(store)
    if "writer" in before.build:
        raise StoreError("a build of this graph is not complete; let it finish, or run it again")
    yield
    if graph_state(store) != before:
        raise StoreError("the graph was changed while it was read; run this again")
