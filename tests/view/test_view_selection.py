"""The selection of nodes for each page: ranking, limits, nodes left out, paths."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kgraph.errors import InputError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store
from kgraph.view import view
from kgraph.view.layout import SPACING
from kgraph.view.scene import Scene
from kgraph.view.scenes import pages

NAMES = ", ".join(name for name, page in pages().items() if page.selector)


def scene_of(store: GraphStore, name: str, *selection: str, limit: int | None = None) -> Scene:
    page = pages()[name]
    return page.build(store, selection, limit or page.limits.default)


def small_graph(
    path: Path, mentions: dict[str, dict[str, float]], related: list[tuple[str, str, float]] | None = None
) -> GraphStore:
    """Return a graph of papers and the concepts that they mention with a salience."""
    concepts: dict[str, int] = {}
    for found in mentions.values():
        for name in found:
            concepts[name] = concepts.get(name, 0) + 1
    store = open_store(path)
    store.replace(
        [
            NodeBatch(
                "Paper", [Node(p, {"name": f"Paper {p}", "title": f"Paper {p}"}) for p in sorted(mentions)]
            ),
            NodeBatch(
                "Concept",
                [
                    Node(c, {"name": c, "title": c, "kind": "task", "papers": n})
                    for c, n in sorted(concepts.items())
                ],
            ),
        ],
        [
            EdgeBatch(
                "MENTIONS",
                "Paper",
                "Concept",
                [Edge(p, c, {"salience": s}) for p, found in mentions.items() for c, s in found.items()],
            ),
            EdgeBatch(
                "RELATED_TO", "Paper", "Paper", [Edge(a, b, {"score": s}) for a, b, s in related or []]
            ),
        ],
    )
    return store


def test_surroundings_hold_concepts_by_salience_and_sharing_papers_by_rarity(tmp_path: Path) -> None:
    store = small_graph(
        tmp_path / "g.kg",
        {
            "a": {"rare": 0.9, "common": 0.9, "slight": 0.1},
            "b": {"rare": 0.9},
            "c": {"common": 0.9},
            **{f"x{n}": {"common": 0.2} for n in range(6)},
        },
    )
    scene = scene_of(store, "paper", "a")
    keys = [item.key for item in scene.items]
    assert keys[0] == ("Paper", "a")
    assert keys[1:4] == [("Concept", "common"), ("Concept", "rare"), ("Concept", "slight")]
    assert keys[4:6] == [("Paper", "b"), ("Paper", "c")]
    assert scene.left_out == 0

    narrow = scene_of(store, "paper", "a", limit=6)
    assert len(narrow.items) == 6
    assert narrow.left_out == len(scene.items) - 6
    assert ("Paper", "b") in {item.key for item in narrow.items}
    assert any(f"{narrow.left_out} nodes" in note for note in narrow.notes)


def test_related_papers_come_before_others_that_share_concepts(tmp_path: Path) -> None:
    store = small_graph(
        tmp_path / "g.kg",
        {"a": {"k": 0.5}, "b": {"k": 0.5}, "c": {"k": 0.1}},
        related=[("a", "c", 0.3)],
    )
    assert [item.key[1] for item in scene_of(store, "paper", "a").items] == ["a", "k", "c", "b"]


def test_concept_and_topic_scenes(store: GraphStore) -> None:
    scene = scene_of(store, "concept", "continual learning", limit=40)
    assert scene.items[0].name == "continual learning"
    assert len(scene.items) <= 40
    labels = {item.key[0] for item in scene.items}
    assert labels == {"Concept", "Paper", "Topic"}

    topic = scene_of(store, "topic", "continual learning", limit=20)
    assert len(topic.items) == 20
    assert topic.left_out > 0
    assert {item.topic for item in topic.items} == {topic.title}


def test_every_scene_places_every_item_apart(store: GraphStore) -> None:
    scenes = [
        scene_of(store, "paper", "p00003"),
        scene_of(store, "concept", "continual learning"),
        scene_of(store, "topic", "continual learning"),
        scene_of(store, "path", "p00000", "p00001"),
        scene_of(store, "map"),
    ]
    for scene in scenes:
        positions = [scene.positions[item.key] for item in scene.items if item.key[0] != "Author"]
        assert len(set(positions)) == len(positions), scene.subtitle
        assert all(0 <= index < len(scene.links) for index in scene.drawn)
        shown = {item.key for item in scene.items}
        assert all({link.head, link.tail} <= shown for link in scene.links)


def test_paths_prefer_rare_concepts(tmp_path: Path) -> None:
    store = small_graph(
        tmp_path / "g.kg",
        {
            "a": {"rare": 0.5, "common": 0.5},
            "b": {"rare": 0.5, "common": 0.5},
            **{f"x{n}": {"common": 0.5} for n in range(9)},
        },
    )
    scene = scene_of(store, "path", "a", "b")
    routes = [[key[1] for key in route.keys] for route in scene.routes]
    assert routes == [["a", "rare", "b"], ["a", "common", "b"]]
    left, middle, right = (
        scene.positions[key][0] for key in (("Paper", "a"), ("Concept", "rare"), ("Paper", "b"))
    )
    assert left < middle < right


def test_paths_go_through_other_papers_if_nothing_is_shared(tmp_path: Path) -> None:
    store = small_graph(
        tmp_path / "g.kg", {"a": {"k": 0.5}, "m": {"k": 0.5, "l": 0.5}, "b": {"l": 0.5}, "z": {"y": 1}}
    )
    scene = scene_of(store, "path", "a", "b")
    assert [[key[1] for key in route.keys] for route in scene.routes] == [["a", "k", "m", "l", "b"]]
    xs = [scene.positions[key][0] for key in scene.routes[0].keys]
    assert xs == sorted(xs) and len(set(xs)) == 5

    with pytest.raises(InputError, match="no path links"):
        scene_of(store, "path", "a", "z")
    with pytest.raises(InputError, match="same paper"):
        scene_of(store, "path", "a", "a")
    with pytest.raises(InputError, match="has 5 nodes"):
        scene_of(store, "path", "a", "b", limit=4)


def test_paths_cross_hubs_if_nothing_else_links(tmp_path: Path) -> None:
    mentions = {f"p{n:03}": {"hub": 0.5} for n in range(230)}
    mentions["p000"] = {"own": 0.5}
    mentions["p001"] = {"own": 0.5, "hub": 0.5}
    mentions["p002"] = {"other": 0.5}
    mentions["p003"] = {"other": 0.5, "hub": 0.5}
    scene = scene_of(small_graph(tmp_path / "g.kg", mentions), "path", "p000", "p002")
    assert [key[1] for key in scene.routes[0].keys] == ["p000", "own", "p001", "hub", "p003", "other", "p002"]


def test_directly_related_papers_are_linked(tmp_path: Path) -> None:
    mentions = {"a": {"k": 0.5}, "b": {"k": 0.5}}
    store = small_graph(tmp_path / "g.kg", mentions, related=[("a", "b", 0.5)])
    routes = [[key[1] for key in route.keys] for route in scene_of(store, "path", "a", "b").routes]
    assert routes == [["a", "b"], ["a", "k", "b"]]


def test_the_map_leaves_out_and_counts_the_isolated(tmp_path: Path) -> None:
    store = small_graph(tmp_path / "g.kg", {"a": {"k": 0.5}, "b": {"k": 0.5}, "lonely": {}})
    scene = scene_of(store, "map")
    assert {item.key[1] for item in scene.items} == {"a", "b", "k"}
    assert scene.left_out == 1
    assert any(note.startswith("1 node without a link") for note in scene.notes)


@pytest.mark.slow
def test_the_map_of_a_large_graph_starts_with_concepts(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scene_of(store, "map").hidden_kinds == {"Author", "Result"}
    together = sum(link.type == "CO_OCCURS_WITH" for link in scene_of(store, "map").links)
    monkeypatch.setattr("kgraph.view.scenes.map.LARGE", 10)
    scene = scene_of(store, "map")
    assert scene.hidden_kinds == {"Author", "Paper", "Result"}
    assert any("Only concepts are shown" in note for note in scene.notes)
    assert 0 < sum(link.type == "CO_OCCURS_WITH" for link in scene.links) < together


def test_the_map_has_bounds_and_a_note_about_them(store: GraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scene_of(store, "map")
    limits = {"Paper": 20, "Concept": 50, "Author": 5, "Organization": 2, "Venue": 1, "Result": 3}
    declared = graph_schema()
    labels = [replace(label, map_limit=limits.get(label.name, label.map_limit)) for label in declared.labels]
    schema = replace(declared, labels=tuple(labels))
    monkeypatch.setattr("kgraph.view.scenes.map.graph_schema", lambda: schema)
    scene = scene_of(store, "map")
    assert len(scene.items) + scene.left_out == len(whole.items) + whole.left_out
    assert sum(item.kind == "Paper" for item in scene.items) == 20
    assert any("at most 20 papers and 50 concepts" in note for note in scene.notes)


def test_view_accepts_ids_names_and_aliases(store: GraphStore) -> None:
    found = view(store, paper="p00003", limit=20)
    assert found.nodes == 20
    assert found.left_out > 0
    assert found.edges > 20
    assert "paper 3" in found.title
    assert view(store, concept="Continual Learning", limit=5).title == "continual learning"
    assert "↔" in view(store, path=("p00000", "p00001")).title


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"paper": "p00001", "concept": "vision"},
            f"give only one of {NAMES}, not concept and paper",
        ),
        ({"paper": "p00001", "limit": 1_001}, "at most 1,000"),
        ({"limit": 0}, "at least 1"),
        ({"paper": "no such paper"}, "no paper"),
        ({"path": ("p00001", "paper")}, "matches"),
        ({"topic": "nothing"}, "no topic"),
        ({"map": "whole"}, f"no page named 'map'; choose from {NAMES}"),
        ({"papers": "p00001"}, "no page named 'papers'"),
        ({"path": ("p00001",)}, r"path takes 2 \(A B\), not 1"),
        ({"paper": ("p00001", "p00002")}, r"paper takes 1 \(PAPER\), not 2"),
    ],
)
def test_view_rejects_a_wrong_selection(
    store: GraphStore, arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        view(store, **arguments)  # type: ignore[arg-type]


def test_an_empty_graph_is_an_error(tmp_path: Path) -> None:
    empty = open_store(tmp_path / "empty.kg")
    empty.replace([], [])
    with pytest.raises(InputError, match="kgraph build"):
        view(empty)


def test_the_results_of_a_paper_are_on_its_page_and_on_those_of_metric_and_data_set(
    store: GraphStore,
) -> None:
    row = store.query(
        "MATCH (p:Paper)-[:REPORTS]->(r:Result)-[:ON_DATASET]->(d:Concept), (r)-[:OF_METRIC]->(m:Concept) "
        "RETURN p.id AS paper, r.id AS result, m.id AS metric, d.id AS dataset ORDER BY result LIMIT 1"
    ).rows[0]
    result = ("Result", row["result"])
    for name, subject in (("paper", "paper"), ("concept", "metric"), ("concept", "dataset")):
        scene = scene_of(store, name, row[subject])
        assert result in {item.key for item in scene.items}
        own = [(link.type, link.head, link.tail) for link in scene.links if result in (link.head, link.tail)]
        assert ("REPORTS", ("Paper", row["paper"]), result) in own, name
        drawn = {end for index in scene.drawn for end in (scene.links[index].head, scene.links[index].tail)}
        assert result in drawn


def test_results_of_the_map_are_near_their_paper_and_hidden_at_first(store: GraphStore) -> None:
    scene = scene_of(store, "map")
    papers = {
        link.tail: link.head for link in scene.links if link.tail[0] == "Result" and link.head[0] == "Paper"
    }
    assert papers
    for result, paper in papers.items():
        (x, y), (at_x, at_y) = scene.positions[result], scene.positions[paper]
        assert abs(x - at_x) < SPACING and abs(y - at_y) < SPACING
    assert "Authors and results are hidden at first. Tick them in the legend to show them." in scene.notes
