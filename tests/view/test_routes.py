"""Paths between papers prefer rare concepts: hubs are not crossed and detours are not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.view.routes import routes_between

OTHERS = [f"other {number}" for number in range(30)]
CHAIN = [("a", "rare"), ("x", "rare"), ("x", "scarce"), ("b", "scarce")]
TO_HUB = [("a", "hub"), *((other, "hub") for other in OTHERS)]


def graph(path: Path, mentions: Iterable[tuple[str, str]], papers: Mapping[str, int]) -> GraphStore:
    """Return a graph of papers that mention concepts, each with the number of its papers."""
    store = open_store(path)
    edges = [Edge(paper, concept, {"salience": 0.5}) for paper, concept in mentions]
    names = sorted({edge.head for edge in edges})
    store.replace(
        [
            NodeBatch("Paper", [Node(name, {"name": name, "title": name}) for name in names]),
            NodeBatch("Concept", [Node(c, {"name": c, "title": c, "papers": n}) for c, n in papers.items()]),
        ],
        [EdgeBatch("MENTIONS", "Paper", "Concept", edges)],
    )
    return store


def test_the_papers_of_a_hub_are_not_read_if_another_path_joins_the_two(tmp_path: Path) -> None:
    store = graph(tmp_path / "hub.kg", [*CHAIN, *TO_HUB], {"rare": 2, "scarce": 2, "hub": 1000})
    found = routes_between(store, "a", "b", 10)
    assert [id_ for _, id_ in found.found[0]] == ["a", "rare", "x", "scarce", "b"]
    assert found.nodes == 6  # the chain and the hub itself
    store.close()


def test_the_papers_of_a_common_concept_are_read(tmp_path: Path) -> None:
    store = graph(tmp_path / "common.kg", [*CHAIN, *TO_HUB], {"rare": 2, "scarce": 2, "hub": 31})
    assert routes_between(store, "a", "b", 10).nodes == 6 + len(OTHERS)
    store.close()


def test_a_path_that_costs_far_more_than_the_cheapest_is_counted_and_not_shown(tmp_path: Path) -> None:
    shared = [(paper, concept) for paper in ("a", "b") for concept in ("rare", "known", "common")]
    store = graph(tmp_path / "detour.kg", shared, {"rare": 2, "known": 8, "common": 150})
    found = routes_between(store, "a", "b", 10)
    assert [[id_ for _, id_ in route] for route in found.found] == [["a", "rare", "b"], ["a", "known", "b"]]
    assert found.weaker == 1
    store.close()
