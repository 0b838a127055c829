"""Reading a whole graph, from any store, a page at a time.

Of a label all ids are read first and kept, by rising id; its nodes and the
relationships that start from them are then fetched by id, some hundred at a
time. So memory holds ids, never all texts, and each page is a lookup in the
index on the key, where a page behind another one in one long order would have
the embedded engine go over the whole label for each. The last sorting is done
here: Neo4j's index has texts in the order of their characters, its ORDER BY in
that of their UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kgraph.model import Edge, Node
from kgraph.store.protocol import GraphStore

IDS_AT_ONCE = 200_000
"""Ids in a page. The embedded engine looks at all nodes of a label for each; an id is short."""

NODES_AT_ONCE = 500
"""Nodes, or heads of relationships, in a page; a paper has some dozen relationships of a type."""


class Scan:
    """Gives what a store holds of kgraph's graph, as the nodes and edges that could be written to it.

    Nodes without an ``id`` of text are the user's own; they and their
    relationships are left out. A graph that is changed meanwhile is read
    partly old and partly new.
    """

    def __init__(
        self, store: GraphStore, *, ids_at_once: int = IDS_AT_ONCE, nodes_at_once: int = NODES_AT_ONCE
    ) -> None:
        self._store = store
        self._ids_at_once = ids_at_once
        self._nodes_at_once = nodes_at_once
        self._ids: dict[str, Sequence[str]] = {}

    def nodes(self, label: str) -> Iterator[Node]:
        """Yield the nodes of a label by rising id.

        Raises InputError where there is no graph, and StoreError.
        """
        for ids in self._pages(label):
            # The node, not properties(n): the embedded engine leaves a title that equals the id out of those.
            rows = self._store.query(
                f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN n",
                {"ids": list(ids)},
                timeout=None,
            ).rows
            yield from sorted((_node(label, row["n"]) for row in rows), key=lambda node: node.id)

    def edges(self, type_: str, head: str, tail: str) -> Iterator[Edge]:
        """Yield the relationships of a type between two labels by rising ids of head, then tail.

        Raises InputError where there is no graph, and StoreError.
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
            self._ids[label] = sorted(self._read_ids(label))
        ids = self._ids[label]
        for start in range(0, len(ids), self._nodes_at_once):
            yield ids[start : start + self._nodes_at_once]

    def _read_ids(self, label: str) -> Iterator[str]:
        # A comparison with text leaves out ids that are null or numbers. Here the order is the
        # engine's own, the same for the comparison as for the sorting.
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
            first = rows[-1]["id"] + "\0"  # the next text there can be


def _node(label: str, found: Mapping[str, Any]) -> Node:
    properties = dict(found["properties"])
    return Node(properties.pop("id"), properties, tuple(name for name in found["labels"] if name != label))
