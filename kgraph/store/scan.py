"""Read a whole graph from any store, one page at a time.

All ids of a label are read and sorted first. Its nodes, and the relationships
that start from them, are then fetched by id, a few hundred at a time. So only
the ids are held in memory, and each page is a lookup in the index on the key:
with SKIP, the embedded engine would scan the whole label for every page. The
final sorting is done here, because Neo4j's index sorts text by characters and
its ORDER BY by UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgraph.model import Edge, Node
from kgraph.store.protocol import GraphStore

IDS_AT_ONCE = 200_000
"""Ids in a page. The embedded engine scans all nodes of a label for each page."""

NODES_AT_ONCE = 500
"""Nodes, or heads of relationships, in a page; a paper has a few dozen relationships of a type."""


class Scan:
    """Reads kgraph's nodes and edges from a store, in the form in which they can be written to one.

    Nodes without a text ``id`` were made by the user. They and their
    relationships are left out. If the graph changes meanwhile, old and new
    parts are mixed.
    """

    def __init__(
        self, store: GraphStore, *, ids_at_once: int = IDS_AT_ONCE, nodes_at_once: int = NODES_AT_ONCE
    ) -> None:
        self._store = store
        self._ids_at_once = ids_at_once
        self._nodes_at_once = nodes_at_once
        self._ids: dict[str, Sequence[str]] = {}

    def nodes(self, label: str) -> Iterator[Node]:
        """Yield the nodes of a label, sorted by id.

        Raises InputError if the store has no graph, and StoreError.
        """
        for ids in self._pages(label):
            # Not properties(n), from which the embedded engine leaves out a title that equals the id.
            rows = self._store.query(
                f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN n",
                {"ids": list(ids)},
                timeout=None,
            ).rows
            yield from sorted((_node(label, row["n"]) for row in rows), key=lambda node: node.id)

    def edges(self, type_: str, head: str, tail: str) -> Iterator[Edge]:
        """Yield the relationships of a type between two labels sorted by the ids of head and tail.

        Raises InputError if the store has no graph, and StoreError.
        """
        for ids in self._pages(head):
            rows = self._store.query(
                f"UNWIND $ids AS id MATCH (a:{head} {{id: id}})-[r:{type_}]->(b:{tail}) "
                "RETURN a.id AS head, b.id AS tail, properties(r) AS properties",
                {"ids": list(ids)},
                timeout=None,
            ).rows
            edges = (Edge(row["head"], row["tail"], row["properties"]) for row in rows)
            yield from sorted(
                (edge for edge in edges if isinstance(edge.tail, str)),
                key=lambda edge: (edge.head, edge.tail),
            )

    def _pages(self, label: str) -> Iterator[Sequence[str]]:
        if label not in self._ids:
            self._ids[label] = sorted(self._read_all_ids(label))
        ids = self._ids[label]
        for start in range(0, len(ids), self._nodes_at_once):
            yield ids[start : start + self._nodes_at_once]

    def _read_all_ids(self, label: str) -> Iterator[str]:
        # Comparing with text leaves out ids that are null or numbers. The engine uses the same
        # order for the comparison as for ORDER BY.
        first = ""
        while True:
            rows = self._store.query(
                f"MATCH (n:{label}) WHERE n.id >= $first RETURN n.id AS id ORDER BY n.id LIMIT $size",
                {"first": first, "size": self._ids_at_once},
                timeout=None,
            ).rows
            yield from (row["id"] for row in rows)
            if len(rows) < self._ids_at_once:
                return
            first = rows[-1]["id"] + "\0"  # the smallest text after the last id


def _node(label: str, found: Mapping[str, Any]) -> Node:
    properties = dict(found["properties"])
    return Node(properties.pop("id"), properties, tuple(name for name in found["labels"] if name != label))
