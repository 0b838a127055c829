"""The graph for other tools."""

from __future__ import annotations

from typing import Any

import networkx as nx

from kgraph.schema import graph_schema
from kgraph.store import GraphStore


def to_networkx(store: GraphStore) -> nx.MultiDiGraph[Any]:
    """Return the graph as a directed multigraph.

    Nodes are (label, id) pairs with the attributes ``labels`` and the
    properties; edges have the relationship type as key. Nodes and edges come
    in the order of the schema, then of their ids.
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for label in graph_schema().labels:
        rows = store.query(
            f"MATCH (n:{label.name}) RETURN n ORDER BY n.id",
            timeout=None,
        ).rows
        for row in rows:
            node = row["n"]
            key = (label.name, node["properties"]["id"])
            graph.add_node(key)
            graph.nodes[key].update(node["properties"] | {"labels": node["labels"]})
    for kind in graph_schema().relationships:
        for head in kind.from_labels:
            for tail in kind.to_labels:
                rows = store.query(
                    f"MATCH (a:{head})-[r:{kind.name}]->(b:{tail}) "
                    "RETURN a.id AS head, b.id AS tail, properties(r) AS properties ORDER BY a.id, b.id",
                    timeout=None,
                ).rows
                for row in rows:
                    ends = ((head, row["head"]), (tail, row["tail"]))
                    graph.add_edge(*ends, key=kind.name)
                    graph.edges[*ends, kind.name].update(row["properties"])
    return graph
