"""The graph for NetworkX."""

from __future__ import annotations

from typing import Any

import networkx as nx

from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.scan import Scan


def to_networkx(store: GraphStore) -> nx.MultiDiGraph[Any]:
    """Return the graph as a directed multigraph.

    Nodes are (label, id) pairs with the attributes ``labels`` and the
    properties; edges have the relationship type as key. Nodes and edges come
    in the order of the schema, then of their ids. Raises InputError where
    there is no graph, and StoreError.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    scan = Scan(store)
    for label in graph_schema().labels:
        for node in scan.nodes(label.name):
            key = (label.name, node.id)
            graph.add_node(key)
            graph.nodes[key].update({**node.properties, "id": node.id, "labels": [label.name, *node.labels]})
    for kind, head, tail in graph_schema().patterns():
        for edge in scan.edges(kind.name, head, tail):
            ends = ((head, edge.head), (tail, edge.tail))
            graph.add_edge(*ends, key=kind.name)
            graph.edges[*ends, kind.name].update(edge.properties)
    return graph
