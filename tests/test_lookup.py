"""Lookup of papers, concepts and topics by what a person types."""

import re

import pytest

from kgraph.errors import InputError
from kgraph.lookup import find_concept, find_paper, find_topic
from kgraph.model import Node, NodeBatch
from kgraph.store import GraphStore

CONCEPTS = {
    "elastic weight consolidation": ("Elastic Weight Consolidation", ["EWC"]),
    "early warning component": ("early warning component", ["EWC", "warning"]),
    "warning": ("warning", []),
    "long short term memory": ("LSTM", ["long short-term memory"]),
    "graph": ("graph", []),
    "graph neural network": ("graph neural network", ["GNN"]),
}


@pytest.fixture(scope="module")
def store(readonly_store: GraphStore) -> GraphStore:
    def node(id_: str, name: str, **more: object) -> Node:
        return Node(id_, {"name": name, "title": name} | more)

    papers = {
        "First": "p1",
        "First steps": "p2",
        "p1": "p3",
        "Ünïque Title": "p4",
        "twin": "p5",
        "TWIN": "p6",
    }
    readonly_store.replace(
        [
            NodeBatch("Paper", [node(id_, title) for title, id_ in papers.items()]),
            NodeBatch("Concept", [node(id_, name, aliases=a) for id_, (name, a) in CONCEPTS.items()]),
            NodeBatch("Topic", [node("tea + leaf", "tea · leaf")]),
        ],
        [],
    )
    return readonly_store


@pytest.mark.parametrize(
    ("text", "id_"),
    [("p1", "p1"), ("First", "p1"), ("first STEPS", "p2"), (" p2 ", "p2"), ("ünïque", "p4"), ("steps", "p2")],
)
def test_papers(store: GraphStore, text: str, id_: str) -> None:
    assert find_paper(store, text) == id_


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("graph", "graph"),
        ("gnn", "graph neural network"),
        ("neural", "graph neural network"),
        ("lstm", "long short term memory"),
        ("Long Short-Term Memory", "long short term memory"),
        ("warning", "warning"),
    ],
)
def test_concepts(store: GraphStore, text: str, id_: str) -> None:
    assert find_concept(store, text) == id_


def test_topics(store: GraphStore) -> None:
    assert find_topic(store, "tea + leaf") == find_topic(store, "LEAF") == "tea + leaf"


@pytest.mark.parametrize(
    ("find", "text", "message"),
    [
        (find_paper, "twin", "'twin' matches 2 papers; give the id of one:\n  p6  TWIN\n  p5  twin"),
        (find_paper, "irs", "'irs' matches 2 papers"),
        (find_paper, "third", "no paper has the id or a name with 'third'"),
        (find_paper, " ", "the name of the paper is empty"),
        (find_concept, "EWC", "'EWC' matches 2 concepts"),
        (find_concept, "e", "'e' matches 3 concepts"),
        (find_topic, "coffee", "no topic has"),
        (find_paper, "' OR true //", "no paper has"),
    ],
)
def test_a_text_that_does_not_name_one_node(store: GraphStore, find: object, text: str, message: str) -> None:
    assert callable(find)
    with pytest.raises(InputError, match=re.escape(message)):
        find(store, text)
