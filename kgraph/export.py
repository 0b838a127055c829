"""The graph for other tools."""

from __future__ import annotations

import networkx as nx

from kgraph.schema import graph_schema
from kgraph.store import GraphStore


def to_networkx(store: GraphStore) -> nx.MultiDiGraph:
    """Return the graph as a directed multigraph.

    Nodes are (label, id) pairs with the attributes ``labels`` and the
    properties; edges have the relationship type as key. Nodes and edges come
    in the order of the schema, then of their ids.
    """
    graph = nx.MultiDiGraph()
    for label in graph_schema().labels:
        rows = store.query(
            f"MATCH (n:{label.name}) RETURN labels(n) AS labels, properties(n) AS properties ORDER BY n.id",
            timeout=None,
        ).rows
        for row in rows:
            graph.add_node((label.name, row["properties"]["id"]), labels=row["labels"], **row["properties"])
    for kind in graph_schema().relationships:
        for head in kind.from_labels:
            for tail in kind.to_labels:
                rows = store.query(
                    f"MATCH (a:{head})-[r:{kind.name}]->(b:{tail}) "
                    "RETURN a.id AS head, b.id AS tail, properties(r) AS properties ORDER BY a.id, b.id",
                    timeout=None,
                ).rows
                for row in rows:
                    graph.add_edge(
                        (head, row["head"]), (tail, row["tail"]), key=kind.name, **row["properties"]
                    )
    return graph
