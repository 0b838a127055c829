"""Writing to a store, on both engines."""

import subprocess
import sys
from contextlib import closing
from typing import Any

import pytest
from runs import one, rows

from kgraph.errors import QueryError, StoreError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store

Batches = tuple[list[NodeBatch], list[EdgeBatch]]
EVERYTHING = "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN n, r, m.id"


@pytest.mark.usefixtures("small_store")
def test_another_process_sees_it(store_name: str) -> None:
    code = "import sys, kgraph; print(len(kgraph.open(sys.argv[1]).query('MATCH (n) RETURN n').rows))"
    found = subprocess.run(
        [sys.executable, "-c", code, store_name], capture_output=True, text=True, check=True
    )
    assert found.stdout == "3\n"


def test_replace_deletes_missing_nodes_and_edges(small_store: GraphStore, batches: Batches) -> None:
    nodes, _ = batches
    nodes[0] = NodeBatch("Paper", [Node("p1", {"name": "First", "title": "First"})])
    small_store.replace(nodes, [])
    assert rows(small_store, "MATCH (p:Paper) RETURN p.id AS id, p.year AS year, p.authors AS a") == [
        {"id": "p1", "year": None, "a": None}
    ]
    assert one(small_store, "MATCH ()-[r]->() RETURN count(r)") == 0
    small_store.replace([], [])
    assert one(small_store, "MATCH (n) RETURN count(n)") == 0


def test_replacing_with_the_same_changes_nothing(small_store: GraphStore, batches: Batches) -> None:
    before = sorted(map(str, rows(small_store, EVERYTHING)))
    small_store.replace(*batches)
    assert sorted(map(str, rows(small_store, EVERYTHING))) == before and len(before) > 3


def test_second_labels_follow_the_kind(small_store: GraphStore) -> None:
    def relabel(*labels: str) -> Any:
        node = Node("c1", {"name": "tea", "title": "tea"}, labels)
        small_store.replace([NodeBatch("Concept", [node])], [])
        return one(small_store, "MATCH (c:Concept) RETURN labels(c)")

    assert relabel("Method") == ["Concept", "Method"]
    assert one(small_store, "MATCH (c:Task) RETURN count(c)") == 0
    assert relabel() == ["Concept"]
    assert relabel("Dataset") == ["Concept", "Dataset"]


def test_additions_of_the_user_are_kept(small_store: GraphStore, batches: Batches) -> None:
    small_store.query(
        "MATCH (p:Paper {id: 'p1'}) SET p.mark = 'read', p:Favourite "
        "CREATE (n:Note {id: 'n1', text: 'mine'}) CREATE (p)-[:NOTED {on: 'Monday'}]->(n)",
        write=True,
    )
    nodes, edges = batches
    nodes[0] = NodeBatch("Paper", [Node("p1", {"name": "New", "title": "New"}), nodes[0].nodes[1]])
    small_store.replace(nodes, edges)
    (row,) = rows(small_store, "MATCH (p:Favourite)-[r:NOTED]->(n:Note) RETURN p, r, n.text AS text")
    assert row["p"]["properties"] == {"id": "p1", "name": "New", "title": "New", "mark": "read"}
    assert row["r"]["properties"] == {"on": "Monday"} and row["text"] == "mine"


def test_a_batch_may_repeat_neither_nodes_nor_edges(small_store: GraphStore) -> None:
    twice = [Node("p1", {"name": "x", "title": "x"}), Node("p1", {"name": "y", "title": "y"})]
    small_store.replace([NodeBatch("Paper", twice)], [])
    assert one(small_store, "MATCH (p:Paper) RETURN collect(p.name)") == ["y"]


def test_every_label_has_unique_ids(small_store: GraphStore) -> None:
    for label in graph_schema().labels:
        create = f"CREATE (:{label.name} {{id: 'twin'}})"
        small_store.query(create, write=True)
        with pytest.raises(QueryError):
            small_store.query(create, write=True)
    assert one(small_store, "MATCH (n {id: 'twin'}) RETURN count(n)") == len(graph_schema().labels)


def test_an_edge_with_an_unknown_end_is_skipped(small_store: GraphStore, batches: Batches) -> None:
    nodes, _ = batches
    small_store.replace(nodes, [EdgeBatch("MENTIONS", "Paper", "Concept", [Edge("p1", "nobody", {})])])
    assert one(small_store, "MATCH ()-[r]->() RETURN count(r)") == 0


def test_a_write_is_kept(small_store: GraphStore, store_name: str) -> None:
    small_store.query("MATCH (p:Paper {id: 'p1'}) SET p.mark = $m", {"m": "x"}, write=True)
    assert one(small_store, "MATCH (p:Paper {id: 'p1'}) RETURN p.mark") == "x"
    with closing(open_store(store_name)) as other:
        assert one(other, "MATCH (p:Paper {id: 'p1'}) RETURN p.mark") == "x"


def test_a_write_that_fails_changes_nothing(small_store: GraphStore) -> None:
    before = sorted(map(str, rows(small_store, EVERYTHING)))
    with pytest.raises(QueryError):
        small_store.query("MATCH (p:Paper) SET p.mark = 1 WITH p RETURN 1 / 0", write=True)
    assert sorted(map(str, rows(small_store, EVERYTHING))) == before
    assert one(small_store, "MATCH (p:Paper) RETURN count(p.mark)") == 0


def test_the_changes_of_another_process_are_not_undone(
    small_store: GraphStore, store_name: str, batches: Batches
) -> None:
    def built(mark: str, *papers: str) -> list[NodeBatch]:
        build = Node("build", {"name": "build", "title": "build", "linker": mark})
        nodes = [Node(paper, {"name": paper, "title": paper}) for paper in papers]
        return [NodeBatch("Paper", nodes), NodeBatch("Build", [build])]

    small_store.replace(built("one", "old"), [])
    assert small_store.exists()  # as every build does before it reads
    assert one(small_store, "MATCH (p:Paper) RETURN collect(p.id)") == ["old"]
    with closing(open_store(store_name)) as other:
        other.replace(built("two", "new"), [])
    with pytest.raises(StoreError, match="changed by another process since it was read"):
        small_store.replace(*batches)
    assert small_store.exists()
    # It now reads the new graph, so its changes may be written.
    assert one(small_store, "MATCH (p:Paper) RETURN collect(p.id)") == ["new"]
    small_store.replace(*batches)
    assert one(small_store, "MATCH (p:Paper) RETURN count(p)") == 2
