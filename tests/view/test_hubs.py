"""A path between papers does not go through a concept that very many papers name, if there is another one."""

from __future__ import annotations

from pathlib import Path

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.view.routes import routes_between

OTHERS = [f"other {number}" for number in range(30)]


def store_with(path: Path, papers_of_hub: int) -> GraphStore:
    """Return a graph of a chain "a", "rare", "x", "scarce", "b", where "a" and thirty others name "hub"."""
    store = open_store(path)
    concepts = {"rare": 2, "scarce": 2, "hub": papers_of_hub}
    chain = [("a", "rare"), ("x", "rare"), ("x", "scarce"), ("b", "scarce")]
    mentions = [*chain, ("a", "hub"), *((other, "hub") for other in OTHERS)]
    store.replace(
        [
            NodeBatch("Paper", [Node(id_, {"name": id_, "title": id_}) for id_ in ("a", "b", "x", *OTHERS)]),
            NodeBatch(
                "Concept",
                [Node(id_, {"name": id_, "title": id_, "papers": n}) for id_, n in concepts.items()],
            ),
        ],
        [EdgeBatch("MENTIONS", "Paper", "Concept", [Edge(*ends, {"salience": 0.5}) for ends in mentions])],
    )
    return store


def test_the_papers_of_a_hub_are_not_read_if_another_path_joins_the_two(tmp_path: Path) -> None:
    store = store_with(tmp_path / "hub.kg", 1000)
    found = routes_between(store, "a", "b", 10)
    assert [id_ for _, id_ in found.found[0]] == ["a", "rare", "x", "scarce", "b"]
    assert found.nodes == 6  # the chain and the hub itself
    store.close()


def test_the_papers_of_a_common_concept_are_read(tmp_path: Path) -> None:
    store = store_with(tmp_path / "common.kg", 31)
    assert routes_between(store, "a", "b", 10).nodes == 6 + len(OTHERS)
    store.close()
