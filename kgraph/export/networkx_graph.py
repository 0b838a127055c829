"""Return the graph as a NetworkX graph."""

from __future__ import annotations

from typing import Any

import networkx as nx

from kgraph.progress import Progress, ignore_progress
from kgraph.schema import graph_schema
from kgraph.store import GraphStore
from kgraph.store.scan import Scan


def to_networkx(store: GraphStore, on_progress: Progress = ignore_progress) -> nx.MultiDiGraph[Any]:
    """Return the graph as a directed multigraph.

    Nodes are (label, id) pairs with the properties and ``labels`` as
    attributes. The key of an edge is its relationship type. Nodes and edges
    are in the order of the schema, then of their ids. The whole graph is held
    in memory. Raises InputError if there is no graph, and StoreError.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    scan = Scan(store)
    for label in graph_schema().labels:
        for node in scan.nodes(label.name):
            key = (label.name, node.id)
            graph.add_node(key)
            graph.nodes[key].update({**node.properties, "id": node.id, "labels": [label.name, *node.labels]})
            on_progress("reading nodes", graph.number_of_nodes(), None)
    edges = 0
    for kind, head, tail in graph_schema().patterns():
        for edge in scan.edges(kind.name, head, tail):
            ends = ((head, edge.head), (tail, edge.tail))
            graph.add_edge(*ends, key=kind.name)
            graph.edges[*ends, kind.name].update(edge.properties)
            edges += 1
            on_progress("reading relationships", edges, None)
    return graph
