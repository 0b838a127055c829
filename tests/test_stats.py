"""The counts of ``kgraph stats``."""

from __future__ import annotations

from pathlib import Path

import kgraph
from kgraph.schema import graph_schema

USERS_OWN = """
CREATE (p:Paper {title: 'A note of mine', year: 1901}), (q:Paper {id: 7, year: 2999})
CREATE (c:Concept:Task {name: 'tidying', papers: 500}), (t:Topic {id: 3, name: 'mine', papers: 500})
CREATE (p)-[:MENTIONS]->(c), (p)-[:IN_TOPIC]->(t)
"""


def test_a_users_own_nodes_and_relationships_are_not_counted(kitchen: Path) -> None:
    with kgraph.open(kitchen) as graph:
        before = graph.stats()
        graph.query(USERS_OWN, write=True)
        graph.query(
            "MATCH (p:Paper {id: 'kettle'}), (c:Concept {name: 'tidying'}) CREATE (p)-[:MENTIONS]->(c)",
            write=True,
        )
        graph.query(
            "MATCH (p:Paper {id: 'kettle'}), (q:Paper {id: 'soup'}) CREATE (p)-[:LIKES]->(q)", write=True
        )
        graph.query(
            "MATCH (p:Paper {id: 'kettle'}), (q:Paper {id: 'soup'}) CREATE (p)-[:USES]->(q)", write=True
        )
        assert graph.stats() == before
        assert before.nodes["Paper"] == 3 and before.years == (2021, 2022)


def test_every_label_and_relationship_type_of_the_schema_is_counted(kitchen: Path) -> None:
    with kgraph.open(kitchen) as graph:
        counted = graph.stats()
        rows = graph.query("MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n").rows
    found = {row["type"]: row["n"] for row in rows}
    assert counted.relationships == {
        kind.name: found.get(kind.name, 0) for kind in graph_schema().relationships
    }
    assert {"Paper", "Concept", "Task", "Method", "Dataset", "Metric", "Author"} <= counted.nodes.keys()
