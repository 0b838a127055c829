"""Return the graph as a NetworkX graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import networkx as nx

from kgraph.progress import Progress, ignore_progress
from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.scan import Scan

T = TypeVar("T")

_REPORTED = 500
"""Items between two calls of the progress callback."""


def to_networkx(store: GraphStore, on_progress: Progress = ignore_progress) -> nx.MultiDiGraph[Any]:
    """Return the graph as a directed multigraph.

    Nodes are (label, id) pairs with the properties and ``labels`` as
    attributes. The key of an edge is its relationship type. Nodes and edges
    are in the order of the schema, then of their ids. The whole graph is held
    in memory. Raises InputError if there is no graph, and StoreError.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    scan = Scan(store)
    nodes = ((label.name, node) for label in graph_schema().labels for node in scan.nodes(label.name))
    for label, node in _counted(nodes, "reading nodes", on_progress):
        key = (label, node.id)
        graph.add_node(key)
        graph.nodes[key].update({**node.properties, "id": node.id, "labels": [label, *node.labels]})
    edges = (
        (kind.name, (head, edge.head), (tail, edge.tail), edge.properties)
        for kind, head, tail in graph_schema().patterns()
        for edge in scan.edges(kind.name, head, tail)
    )
    for kind, head, tail, properties in _counted(edges, "reading relationships", on_progress):
        graph.add_edge(head, tail, key=kind)
        graph.edges[head, tail, kind].update(properties)
    return graph


def _counted(items: Iterable[T], step: str, on_progress: Progress) -> Iterator[T]:
    """Yield the items and report their number now and then."""
    done = 0
    on_progress(step, done, None)
    for done, item in enumerate(items, start=1):
        yield item
        if done % _REPORTED == 0:
            on_progress(step, done, None)
    on_progress(step, done, None)
