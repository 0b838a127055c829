"""A scan reads a whole graph in pages, complete and in order, on both engines."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.store.scan import Scan

# Characters after the first 65,536 sort differently in UTF-16, which Neo4j uses.
IDS = sorted(["a", "a\0", "a b", "A", "é", "~", "\ufffd", "\U0001f600", "zz", "z", " z", "10", "9"])


@pytest.fixture
def store(store_name: str) -> Iterator[GraphStore]:
    """Yield an empty store, once for each engine."""
    store = open_store(store_name)
    yield store
    store.close()


@pytest.mark.parametrize(("ids_at_once", "nodes_at_once"), [(3, 2), (len(IDS), 5), (100, 100)])
def test_pages_of_any_size_give_all_nodes_and_edges_in_order(
    store: GraphStore, ids_at_once: int, nodes_at_once: int
) -> None:
    papers = [Node(id_, {"name": id_, "title": id_, "year": 2000}) for id_ in IDS]
    concepts = [Node(f"c{id_}", {"name": id_, "title": "t", "aliases": []}, ("Task",)) for id_ in IDS]
    edges = [
        Edge(head, f"c{tail}", {"count": count})
        for count, (head, tail) in enumerate(itertools.product(IDS[::2], IDS))
    ]
    store.replace(
        [NodeBatch("Paper", papers), NodeBatch("Concept", concepts)],
        [EdgeBatch("MENTIONS", "Paper", "Concept", edges)],
    )
    scan = Scan(store, ids_at_once=ids_at_once, nodes_at_once=nodes_at_once)
    assert list(scan.nodes("Paper")) == papers
    assert list(scan.nodes("Concept")) == concepts
    assert list(scan.edges("MENTIONS", "Paper", "Concept")) == edges
    assert list(scan.nodes("Venue")) == []
    assert list(scan.edges("IS_A", "Concept", "Concept")) == []


def test_nodes_that_kgraph_did_not_write_are_left_out(store: GraphStore) -> None:
    store.replace([NodeBatch("Paper", [Node("p", {"name": "p", "title": "p"})])], [])
    store.query("CREATE (:Concept {name: 'own', title: 'own'})", write=True)
    store.query(
        "MATCH (p:Paper), (c:Concept) WHERE c.name = 'own' CREATE (p)-[:MENTIONS {count: 1}]->(c)", write=True
    )
    assert store.query("MATCH (:Paper)-[r:MENTIONS]->(:Concept) RETURN count(r) AS n").rows == ({"n": 1},)
    scan = Scan(store)
    assert [node.id for node in scan.nodes("Paper")] == ["p"]
    assert list(scan.nodes("Concept")) == []
    assert list(scan.edges("MENTIONS", "Paper", "Concept")) == []


def test_a_graph_that_was_read_can_be_written_to_another_store(kitchen_graph: Path, tmp_path: Path) -> None:
    read = Scan(open_store(kitchen_graph))
    copy = open_store(tmp_path / "copy.kg")
    copy.replace(
        [NodeBatch(label, list(read.nodes(label))) for label in ("Paper", "Concept")],
        [EdgeBatch("MENTIONS", "Paper", "Concept", list(read.edges("MENTIONS", "Paper", "Concept")))],
    )
    again = Scan(copy)
    for label in ("Paper", "Concept"):
        assert list(again.nodes(label)) == list(read.nodes(label)) != []
    assert list(again.edges("MENTIONS", "Paper", "Concept")) == list(
        read.edges("MENTIONS", "Paper", "Concept")
    )
