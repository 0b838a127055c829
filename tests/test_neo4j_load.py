"""Loading into a Neo4j server in many transactions, with interruptions and concurrent writers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j_server import Neo4jServer
from runs import PAPERS, Cli, everything, jsonl, small_batches

from kgraph.errors import StoreError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store

EVERYTHING = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) "
    "RETURN labels(n) AS labels, properties(n) AS n, type(r) AS type, properties(r) AS r, m.id AS m"
)


@pytest.fixture
def store(neo4j: Neo4jServer) -> Iterator[GraphStore]:
    """The server with the small graph of the fixture ``batches``."""
    small = open_store(neo4j.store)
    small.replace(*small_batches())
    yield small
    small.close()


def content(server: Neo4jServer) -> list[str]:
    return sorted(map(str, server.rows(EVERYTHING)))


def build_node(**more: Any) -> NodeBatch:
    return NodeBatch("Build", [Node("build", {"name": "build", "title": "build", **more})])


def test_a_load_creates_constraints_and_text_indexes(neo4j: Neo4jServer, store: GraphStore) -> None:
    labels = {label.name for label in graph_schema().labels}
    constraints = neo4j.rows("SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties")
    assert {row["labelsOrTypes"][0] for row in constraints} == labels
    assert {(row["type"], *row["properties"]) for row in constraints} == {("UNIQUENESS", "id")}
    indexes = neo4j.rows("SHOW INDEXES YIELD name, type, state, properties WHERE type = 'FULLTEXT'")
    assert {row["name"]: row["properties"] for row in indexes} == {
        "kgraph_paper_text": ["title", "abstract"],
        "kgraph_concept_text": ["name"],
    }
    assert {row["state"] for row in indexes} == {"ONLINE"}
    found = store.query(
        "CALL db.index.fulltext.queryNodes('kgraph_concept_text', 'tea') YIELD node RETURN node.id"
    )
    assert [list(row.values()) for row in found.rows] == [["c1"]]


def test_a_finished_load_removes_the_writer(neo4j: Neo4jServer, store: GraphStore) -> None:
    nodes, edges = small_batches()
    store.replace([*nodes, build_node(linker="x")], edges)
    assert neo4j.rows("MATCH (b:Build) RETURN properties(b) AS b") == [
        {"b": {"id": "build", "name": "build", "title": "build", "linker": "x"}}
    ]


def test_nodes_that_kgraph_did_not_write_are_not_replaced(neo4j: Neo4jServer) -> None:
    neo4j.rows("CREATE (:Author {name: 'somebody else'})")
    before = content(neo4j)
    store = open_store(neo4j.store)
    with pytest.raises(StoreError, match="1 Author nodes that kgraph did not write"):
        store.replace(*small_batches())
    store.close()
    assert content(neo4j) == before
    assert neo4j.rows("SHOW CONSTRAINTS") == []


def test_other_labels_and_types_are_left_alone(neo4j: Neo4jServer) -> None:
    # kgraph has this type, but not between these labels.
    neo4j.rows("CREATE (:Person {id: 'p1', name: 'P'})-[:USES {since: 3}]->(:Tool)-[:OWNED_BY]->(:Person)")
    before = content(neo4j)
    store = open_store(neo4j.store)
    store.replace(*small_batches())
    assert set(before) < set(content(neo4j))
    store.replace([], [])
    assert content(neo4j) == before
    store.close()


def test_a_node_without_a_text_id_is_kept(neo4j: Neo4jServer, store: GraphStore) -> None:
    for id_ in ("null", "5", "[1, 2]"):
        store.query(
            f"MATCH (p:Paper {{id: 'p1'}}) CREATE (p)-[:MENTIONS]->(:Concept {{id: {id_}, name: 'a draft'}})",
            write=True,
        )
    for batches in (small_batches(), ([], [])):
        store.replace(*batches)
        kept = neo4j.rows("MATCH (c:Concept {name: 'a draft'}) RETURN c.id AS id")
        assert sorted(str(row["id"]) for row in kept) == ["5", "None", "[1, 2]"]


def test_texts_of_any_length(neo4j: Neo4jServer) -> None:
    """Write more text than one transaction can hold, and texts longer than an index key."""
    text = "long abstract " * 80_000
    nodes = [Node(f"p{n:03}", {"name": "n", "title": "t", "abstract": text}) for n in range(150)]
    store = open_store(neo4j.store)
    store.replace([NodeBatch("Paper", nodes)], [])
    assert neo4j.rows("MATCH (p:Paper) RETURN count(p) AS n, sum(size(p.abstract)) AS size") == [
        {"n": 150, "size": 150 * len(text)}
    ]
    store.close()


def test_names_longer_than_an_index_key(neo4j: Neo4jServer, cli: Cli, tmp_path: Path) -> None:
    record = {
        "title": "L" * 9000,
        "abstract": "We study machine unlearning.",
        "authors": ["A" * 40_000, "B" * 40_000],
        "venue": "V" * 40_000,
        "keywords": ["k" * 40_000],
    }
    for store in (neo4j.store, str(tmp_path / "graph.kg")):
        path, cache = jsonl(tmp_path / "long.jsonl", record), str(tmp_path / "cache")
        cli.run("build", path, "--store", store, "--cache", cache)
        cli.run("build", jsonl(tmp_path / "more.jsonl", *PAPERS), "--store", store, "--cache", cache)
    assert everything(neo4j.store) == everything(tmp_path / "graph.kg")
    assert neo4j.rows("MATCH (a:Author) WHERE size(a.name) = 40000 RETURN count(DISTINCT a.id) AS n") == [
        {"n": 2}
    ]


def test_a_limit_stops_the_work(store: GraphStore) -> None:
    """Computing a thousand rows of this query would take minutes."""
    slow = "UNWIND range(1, 100000) AS n RETURN reduce(sum = 0, i IN range(1, 300000) | sum + i + n) AS sum"
    found = store.query(slow, limit=1, timeout=30)
    assert len(found.rows) == 1 and found.truncated


def test_a_duplicate_relationship_is_deleted(neo4j: Neo4jServer, store: GraphStore) -> None:
    before = content(neo4j)
    neo4j.rows("MATCH (p:Paper {id: 'p1'}), (c:Concept {id: 'c1'}) CREATE (p)-[:MENTIONS {count: 9}]->(c)")
    store.replace(*small_batches())
    assert content(neo4j) == before


class BrokenError(Exception):
    pass


def breaks_after(batches: list[Any], count: int) -> Iterator[Any]:
    yield from batches[:count]
    raise BrokenError


def test_an_interrupted_load_is_detected_and_deletes_nothing(neo4j: Neo4jServer, store: GraphStore) -> None:
    nodes, edges = small_batches()
    nodes.append(build_node(linker="1"))
    store.replace(nodes, edges)
    before = content(neo4j)
    new = [NodeBatch("Paper", [Node("p3", {"name": "Third", "title": "Third"})])]
    with pytest.raises(BrokenError):
        store.replace([*new, build_node(linker="2")], breaks_after(edges, 1))
    kept = neo4j.rows("MATCH (b:Build) RETURN b.linker AS linker, b.writer IS NULL AS whole")
    assert kept == [{"linker": "1", "whole": False}]
    store.replace(nodes, edges)
    assert content(neo4j) == before


def test_of_two_loads_at_a_time_the_older_one_stops(neo4j: Neo4jServer, store: GraphStore) -> None:
    def overtaken() -> Iterator[NodeBatch]:
        yield NodeBatch("Paper", [Node("old", {"name": "old", "title": "old"})])
        other = open_store(neo4j.store)
        other.replace([NodeBatch("Paper", [Node("new", {"name": "new", "title": "new"})])], [])
        other.close()
        yield NodeBatch("Paper", [Node("older", {"name": "older", "title": "older"})])

    with pytest.raises(StoreError, match="another process has started to write"):
        store.replace(overtaken(), [])
    assert neo4j.rows("MATCH (n) RETURN n.id AS id") == [{"id": "new"}]


def test_a_newer_graph_is_not_undone(neo4j: Neo4jServer, store: GraphStore) -> None:
    nodes, edges = small_batches()
    assert store.exists()
    other = open_store(neo4j.store)
    other.replace([*nodes, build_node(content="newer")], edges)
    other.close()
    before = content(neo4j)
    with pytest.raises(StoreError, match="changed by another process since it was read"):
        store.replace(nodes, [])
    assert content(neo4j) == before
    assert store.exists()  # reads the version again
    store.replace(nodes, [])
    assert neo4j.rows("MATCH ()-[r]->() RETURN count(r) AS n") == [{"n": 0}]


def test_many_batches_of_the_same_relationship(neo4j: Neo4jServer) -> None:
    """Write a hub with many batches of relationships twice, and then half of them."""
    store = open_store(neo4j.store)
    papers = [Node(f"p{n:04}", {"name": f"{n}", "title": f"{n}"}) for n in range(3000)]
    concepts = [Node("hub", {"name": "hub", "title": "hub", "aliases": []})]
    nodes = [NodeBatch("Paper", papers), NodeBatch("Concept", concepts)]

    def edges(step: int) -> list[EdgeBatch]:
        kept = [Edge(paper.id, "hub", {"count": 1}) for paper in papers[::step]]
        return [
            EdgeBatch("MENTIONS", "Paper", "Concept", kept[start : start + 100])
            for start in range(0, len(kept), 100)
        ]

    for step, count in ((1, 3000), (1, 3000), (2, 1500)):
        store.replace(nodes, edges(step))
        assert neo4j.rows("MATCH (:Concept {id: 'hub'})<-[r:MENTIONS]-(:Paper) RETURN count(r) AS n") == [
            {"n": count}
        ]
    store.close()
