"""Load a graph into Neo4j in batches of one label or relationship type, nodes first.

A load is many transactions and may be interrupted at any point. Every batch is
a ``MERGE`` on the key, so it can be written again. Nodes and relationships that
are not in the new graph are deleted at the end, so that a reader never finds
less than the old and the new graph share. The ``Build`` node has the id of the
writer until the load is complete. From it, the next build detects an
interrupted one. Each transaction locks and checks it first (a fencing token),
so that of two loads at a time the older one stops with an error. One
connection writes batch after batch, so no two transactions wait for each
other's relationships. The next batch is made while one is written.
"""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any, TypeVar

import neo4j
import numpy as np

from kgraph.errors import StoreError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import Label, graph_schema
from kgraph.store.neo4j_schema import PAPER_CONSTRAINT, constraint_statements, index_statements

_BUILD = "build"
_DELETED_AT_ONCE = 5000
_CHARACTERS_AT_ONCE = 8_000_000
"""Characters in one transaction, which the server holds in memory."""

_T = TypeVar("_T")
_Item = TypeVar("_Item", Node, Edge)

Sessions = Callable[[str], neo4j.Session]
"""Returns a session for an access mode."""


def build_mark(tx: neo4j.ManagedTransaction) -> Mapping[str, Any] | None:
    """Return the properties of the Build node, or None if there is none."""
    record = tx.run("MATCH (b:Build {id: $id}) RETURN properties(b) AS mark", {"id": _BUILD}).single()
    return None if record is None else dict(record["mark"])


def load(
    sessions: Sessions,
    nodes: Iterable[NodeBatch],
    edges: Iterable[EdgeBatch],
    *,
    expected: Mapping[str, Any] | None,
    check: bool,
) -> None:
    """Make the nodes and relationships of kgraph's labels and types equal to these batches.

    ``expected`` is the :func:`build_mark` of the graph that the batches were
    made from. With ``check``, a different one raises StoreError, because the
    load would undo a newer graph. Also raises StoreError if the database has
    nodes of these labels that kgraph did not write, or if another load starts,
    and the errors of the driver.
    """
    with sessions(neo4j.WRITE_ACCESS) as session:
        writer = _Writer(session, secrets.token_hex(8))
        if not check or expected is None:
            session.execute_read(_refuse_foreign)
        _run_each(session, constraint_statements())
        session.execute_write(lambda tx: _begin(tx, writer.token, expected, check))
        build, numbers = _load_nodes(writer, nodes)
        _load_edges(writer, edges, numbers)
        _run_each(session, index_statements())
        writer.run(_finish, build)


class _Writer:
    """Runs transactions that fail once another process has started to write."""

    def __init__(self, session: neo4j.Session, token: str) -> None:
        self.session = session
        self.token = token

    def run(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Run ``work(tx, *arguments)`` in one transaction, with the retries of the driver."""
        self.session.execute_write(self._fenced, work, arguments)

    def _fenced(
        self, tx: neo4j.ManagedTransaction, work: Callable[..., Any], arguments: Sequence[Any]
    ) -> None:
        # SET locks the node, so the check is valid until the transaction ends.
        ours = tx.run(
            "MATCH (b:Build {id: $id}) WHERE b.writer = $writer SET b.writer = $writer RETURN b.id",
            {"id": _BUILD, "writer": self.token},
        ).single()
        if ours is None:
            raise StoreError(
                "another process has started to write this graph, so this one stopped; "
                "let the other one finish, then run this again"
            )
        work(tx, *arguments)


def _run_each(session: neo4j.Session, statements: Iterable[str]) -> None:
    for statement in statements:
        session.run(statement).consume()
    session.run("CALL db.awaitIndexes(3600)").consume()


def _refuse_foreign(tx: neo4j.ManagedTransaction) -> None:
    if build_mark(tx) is not None:
        return
    if tx.run("SHOW CONSTRAINTS YIELD name WHERE name = $name", {"name": PAPER_CONSTRAINT}).single():
        return
    for label in graph_schema().labels:
        count = tx.run(f"MATCH (n:{label.name}) RETURN count(n) AS n").single(strict=True)["n"]
        if count:
            raise StoreError(
                f"the database holds {count} {label.name} nodes that kgraph did not write and would replace; "
                "use another database"
            )


def _begin(tx: neo4j.ManagedTransaction, token: str, expected: Mapping[str, Any] | None, check: bool) -> None:
    tx.run(
        "MERGE (b:Build {id: $id}) ON CREATE SET b.name = $id, b.title = $id, b.new = true SET b.id = $id",
        {"id": _BUILD},
    ).consume()
    found = dict(build_mark(tx) or {})
    before = None if found.pop("new", None) else found
    # A transaction whose commit was not confirmed runs again and finds its own changes.
    if check and before != expected and found.get("writer") != token:
        raise StoreError("changed by another process since it was read; nothing was written, run this again")
    tx.run(
        "MATCH (b:Build {id: $id}) SET b.writer = $writer REMOVE b.new", {"id": _BUILD, "writer": token}
    ).consume()


def _finish(tx: neo4j.ManagedTransaction, build: Node | None) -> None:
    if build is None:
        tx.run("MATCH (b:Build) DETACH DELETE b").consume()
        return
    absent = {prop.name: None for prop in graph_schema().label("Build").properties}
    tx.run(
        "MATCH (b:Build {id: $id}) SET b += $properties",
        {"id": _BUILD, "properties": absent | dict(build.properties) | {"id": build.id}},
    ).consume()


Numbers = dict[tuple[str, str], int]
"""A number for each node, by label and id. Two of them make the eight-byte key of a relationship."""


def _load_nodes(writer: _Writer, batches: Iterable[NodeBatch]) -> tuple[Node | None, Numbers]:
    """Write the nodes and delete all others. Return the Build node, which is written at the end."""
    build: Node | None = None
    numbers: Numbers = {}
    for batch in _prefetched(batches):
        if batch.label == "Build":
            build = batch.nodes[-1] if batch.nodes else None
            continue
        label = graph_schema().label(batch.label)
        for node in batch.nodes:
            numbers.setdefault((batch.label, node.id), len(numbers))
        for part in _split_by_size(batch.nodes):
            writer.run(_merge_nodes, label, part)
    for label in graph_schema().labels:
        if label.name != "Build":
            _delete_stale_nodes(writer, label.name, numbers)
    return build, numbers


def _merge_nodes(tx: neo4j.ManagedTransaction, label: Label, nodes: Sequence[Node]) -> None:
    # Setting a declared property to null removes it. Other properties are the user's.
    absent = {prop.name: None for prop in label.properties}
    for labels, group in groupby(sorted(nodes, key=lambda node: node.labels), key=lambda node: node.labels):
        others = [second for second in label.second_labels if second not in labels]
        tx.run(
            f"UNWIND $rows AS row MERGE (n:{label.name} {{id: row.id}}) SET n += row"
            + "".join(f" SET n:{second}" for second in labels)
            + "".join(f" REMOVE n:{second}" for second in others),
            {"rows": [absent | dict(node.properties) | {"id": node.id} for node in group]},
        ).consume()


def _delete_stale_nodes(writer: _Writer, label: str, numbers: Numbers) -> None:
    # The comparison leaves out nodes with a number as id, or without one. They are the user's.
    match = f"MATCH (n:{label}) WHERE n.id >= ''"
    counted = writer.session.run(f"{match} RETURN count(n) AS n").single(strict=True)["n"]
    if counted == sum(1 for kept, _ in numbers if kept == label):
        return  # as many as were written, so none is stale
    stored = writer.session.run(f"{match} RETURN n.id AS id")
    stale = [record["id"] for record in stored if (label, record["id"]) not in numbers]
    for ids in _parts(stale, _DELETED_AT_ONCE):
        writer.run(_delete_nodes, label, ids)


def _delete_nodes(tx: neo4j.ManagedTransaction, label: str, ids: Sequence[Any]) -> None:
    tx.run(
        f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n",
        {"ids": list(ids)},
    ).consume()


def _load_edges(writer: _Writer, batches: Iterable[EdgeBatch], numbers: Numbers) -> None:
    """Write the relationships and delete all others."""
    kept = {
        (kind.name, head, tail): array("Q")
        for kind in graph_schema().relationships
        for head in kind.from_labels
        for tail in kind.to_labels
    }
    for batch in _prefetched(batches):
        pattern = (batch.type, batch.head_label, batch.tail_label)
        for edge in batch.edges:
            # MATCH finds nothing for a missing end, so no relationship is written.
            key = _edge_key(numbers, (batch.head_label, edge.head), (batch.tail_label, edge.tail))
            if key is not None:
                kept[pattern].append(key)
        for part in _split_by_size(batch.edges):
            writer.run(_merge_edges, batch, part)
    for pattern, keys in kept.items():
        _delete_stale_edges(writer, pattern, np.unique(np.frombuffer(keys, dtype=np.uint64)), numbers)


def _merge_edges(tx: neo4j.ManagedTransaction, batch: EdgeBatch, edges: Sequence[Edge]) -> None:
    tx.run(
        f"UNWIND $rows AS row MATCH (a:{batch.head_label} {{id: row.head}}) "
        f"MATCH (b:{batch.tail_label} {{id: row.tail}}) "
        f"MERGE (a)-[r:{batch.type}]->(b) SET r = row.properties",
        {
            "rows": [
                {"head": edge.head, "tail": edge.tail, "properties": dict(edge.properties)} for edge in edges
            ]
        },
    ).consume()


def _delete_stale_edges(
    writer: _Writer,
    pattern: tuple[str, str, str],
    kept: np.ndarray[Any, np.dtype[np.uint64]],
    numbers: Numbers,
) -> None:
    kind, head, tail = pattern
    match = f"MATCH (a:{head})-[r:{kind}]->(b:{tail})"
    counted = writer.session.run(f"{match} RETURN count(r) AS n").single(strict=True)["n"]
    if counted == len(kept):
        return  # as many as were written, so none is stale
    seen = np.zeros(len(kept), dtype=bool)
    stale = []
    # The comparisons leave out ids that are not text.
    ends = f"{match} WHERE a.id >= '' AND b.id >= '' RETURN elementId(r) AS r, a.id AS head, b.id AS tail"
    for record in writer.session.run(ends):
        key = _edge_key(numbers, (head, record["head"]), (tail, record["tail"]))
        index = -1 if key is None else int(np.searchsorted(kept, np.uint64(key)))
        if key is None or index == len(kept) or kept[index] != key or seen[index]:
            stale.append(record["r"])  # also a second relationship between the same two nodes
        else:
            seen[index] = True
    for ids in _parts(stale, _DELETED_AT_ONCE):
        writer.run(_delete_edges, ids)


def _edge_key(numbers: Numbers, head: tuple[str, str], tail: tuple[str, str]) -> int | None:
    first, second = numbers.get(head), numbers.get(tail)
    return None if first is None or second is None else first << 32 | second


def _delete_edges(tx: neo4j.ManagedTransaction, ids: Sequence[str]) -> None:
    tx.run(
        "UNWIND $ids AS id MATCH ()-[r]->() WHERE elementId(r) = id DELETE r", {"ids": list(ids)}
    ).consume()


def _prefetched(batches: Iterable[_T]) -> Iterator[_T]:
    """Yield the batches. Each is made while the one before it is written."""
    source = iter(batches)
    nothing: Any = object()
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(next, source, nothing)
        while (batch := ahead.result()) is not nothing:
            ahead = pool.submit(next, source, nothing)
            yield batch


def _split_by_size(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Split a batch so that the texts of each part fit into one transaction."""
    start = size = 0
    for index, item in enumerate(items):
        own = sum(map(_characters, item.properties.values()))
        if size + own > _CHARACTERS_AT_ONCE and index > start:
            yield items[start:index]
            start, size = index, 0
        size += own
    yield items[start:]


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(_characters, value)) if isinstance(value, list) else 1


def _parts(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
