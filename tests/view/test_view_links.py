"""The strength, note and evidence of links on pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import RelationshipType, graph_schema
from kgraph.store import GraphStore, open_store
from kgraph.view.items import UNRATED, read_items, read_links, strongest
from kgraph.view.scene import Key, Link
from kgraph.view.scenes import pages

TYPES = graph_schema().relationships
RATED = [kind for kind in TYPES if kind.strength]


def only_link(path: Path, kind: RelationshipType, properties: dict[str, Any]) -> Link:
    """Return the link that a page shows for one relationship with these properties."""
    ends: tuple[Key, Key] = (kind.from_labels[0], "a"), (kind.to_labels[0], "b")
    nodes = [NodeBatch(label, [Node(id_, {"name": id_, "title": id_})]) for label, id_ in ends]
    store = open_store(path / "one.kg")
    store.replace(nodes, [EdgeBatch(kind.name, ends[0][0], ends[1][0], [Edge("a", "b", properties)])])
    (link,) = read_links(store, ends)
    store.close()
    return link


@pytest.mark.parametrize("kind", RATED, ids=lambda kind: kind.name)
def test_the_strength_is_the_property_that_the_schema_names(tmp_path: Path, kind: RelationshipType) -> None:
    assert kind.strength
    others = dict.fromkeys(("salience", "confidence", "npmi", "score"), 0.1)
    link = only_link(tmp_path, kind, {**others, kind.strength: 0.7654})
    assert link.strength == 0.765
    assert "0.77" in link.note and "0.10" not in link.note


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_link_without_a_rating_has_a_medium_strength_and_no_note(
    tmp_path: Path, kind: RelationshipType
) -> None:
    link = only_link(tmp_path, kind, {})
    assert (link.strength, link.note) == (UNRATED, "")


@pytest.mark.parametrize(("rating", "strength"), [(-0.3, 0.0), (0.0, 0.0), (1.0, 1.0), (1.2, 1.0)])
def test_the_strength_is_between_0_and_1(tmp_path: Path, rating: float, strength: float) -> None:
    kind = graph_schema().relationship("CO_OCCURS_WITH")
    assert only_link(tmp_path, kind, {"npmi": rating}).strength == strength


@pytest.mark.parametrize(
    ("name", "properties", "note"),
    [
        ("MENTIONS", {"salience": 0.8, "in_title": True}, "salience 0.80, in the title"),
        ("MENTIONS", {"salience": 0.8, "in_title": False}, "salience 0.80"),
        ("USES", {"confidence": 0.9}, "confidence 0.90"),
        ("COMPARED_WITH", {"confidence": 0.9, "papers": 1}, "in 1 paper, confidence 0.90"),
        ("CONJUNCTION", {"confidence": 0.5, "papers": 1_200}, "in 1,200 papers, confidence 0.50"),
        ("CO_OCCURS_WITH", {"npmi": 0.42, "papers": 3}, "in 3 papers, NPMI 0.42"),
        ("RELATED_TO", {"score": 0.3, "reasons": ["a", "b", "c", "d"]}, "score 0.30 · a, b, c"),
    ],
)
def test_the_note_lists_papers_rating_and_reasons(
    tmp_path: Path, name: str, properties: dict[str, Any], note: str
) -> None:
    assert only_link(tmp_path, graph_schema().relationship(name), properties).note == note


def test_a_link_carries_its_sentences(tmp_path: Path) -> None:
    kind = graph_schema().relationship("IS_A")
    assert only_link(tmp_path, kind, {"evidence": ["One.", "Two."]}).evidence == ("One.", "Two.")


def test_every_rated_link_of_a_map_has_a_strength(store: GraphStore) -> None:
    map_page = pages()["map"]
    links = map_page.build(store, (), map_page.limits.default).links
    assert {link.type for link in links} >= {"COMPARED_WITH", "CONJUNCTION", "CO_OCCURS_WITH", "RELATED_TO"}
    assert [link for link in links if link.strength == 0] == []
    assert [link for link in links if link.note.endswith(" 0.00")] == []


def test_the_strongest_link_of_each_item_is_drawn() -> None:
    def link(tail: str, kind: str, strength: float) -> Link:
        return Link(("Paper", "p"), ("Concept", tail), kind, strength)

    links = [
        link("a", "MENTIONS", 0.9),
        link("b", "MENTIONS", 0.2),
        link("b", "USES", 0.1),
        link("c", "MENTIONS", 0.4),
    ]
    # The role counts for the pair of p and b, although its strength is lower.
    assert strongest(links) == {0, 2, 3}
    assert strongest(links, among=[0, 1]) == {0, 1}


def test_items_have_the_name_of_their_topic(store: GraphStore) -> None:
    items = read_items(store, [("Paper", "p00000"), ("Topic", "continual learning")])
    assert items["Paper", "p00000"].topic == items["Topic", "continual learning"].name
    assert items["Topic", "continual learning"].topic is None
