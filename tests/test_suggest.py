"""Suggestions: order, reasons with their sentences, candidates, errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kgraph.errors import InputError
from kgraph.model import Edge, EdgeBatch, Node, NodeBatch
from kgraph.store import GraphStore, open_store
from kgraph.suggest import suggest

PAPERS = {
    "a": ("Brewing green tea", "We brew green tea in a kettle. The kettle whistles."),
    "b": ("A kettle for tea", "This kettle boils water for green tea."),
    "c": ("Roasting coffee", "We roast beans in a kettle drum."),
    "d": ("Knitting wool", "Wool socks are warm."),
}
MENTIONS = {
    "a": {"green tea": 0.9, "kettle": 0.5},
    "b": {"kettle": 0.8, "green tea": 0.4},
    "c": {"kettle": 0.2},
    "d": {},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    made = open_store(Path(tmp_path_factory.mktemp("suggest")) / "tea.kg")
    concepts = sorted({concept for named in MENTIONS.values() for concept in named})
    mentions = []
    for paper, named in MENTIONS.items():
        title, abstract = PAPERS[paper]
        for concept, salience in named.items():
            sentences = [
                (field, sentence)
                for field, text in (("title", title), ("abstract", abstract))
                for sentence in text.split(". ")
                if concept in sentence
            ]
            evidence = {
                "evidence": [sentence for _, sentence in sentences],
                "evidence_fields": [field for field, _ in sentences],
            }
            mentions.append(Edge(paper, concept, {"salience": salience, **evidence}))
    made.replace(
        [
            NodeBatch(
                "Paper",
                [
                    Node(id_, {"name": title, "title": title, "abstract": abstract})
                    for id_, (title, abstract) in PAPERS.items()
                ],
            ),
            NodeBatch(
                "Concept",
                [
                    Node(c, {"name": c, "title": c, "papers": sum(c in m for m in MENTIONS.values())})
                    for c in concepts
                ],
            ),
        ],
        [EdgeBatch("MENTIONS", "Paper", "Concept", mentions)],
    )
    yield made
    made.close()


def test_papers_that_share_more_come_first(store: GraphStore) -> None:
    found = suggest(store, ["a"])
    assert [suggestion.id for suggestion in found] == ["b", "c"]
    assert 1 >= found[0].score > found[1].score > 0
    assert found[0].title == "A kettle for tea"


def test_each_reason_has_a_sentence_of_both_papers(store: GraphStore) -> None:
    reason = next(reason for reason in suggest(store, ["a"])[0].reasons if reason.id == "green tea")
    assert (reason.concept, reason.papers, reason.total, reason.seed) == ("green tea", 2, 4, "a")
    assert reason.seed_sentence == "We brew green tea in a kettle"
    assert reason.sentence == "This kettle boils water for green tea."


def test_the_shares_of_all_reasons_add_up_to_one(store: GraphStore) -> None:
    for suggestion in suggest(store, ["a"]):
        shares = [reason.share for reason in suggestion.reasons]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) == pytest.approx(1, abs=1e-3)


def test_among_ranks_exactly_these_papers(store: GraphStore) -> None:
    found = suggest(store, ["a"], among={"d", "c", "a"})
    assert [(suggestion.id, suggestion.score > 0) for suggestion in found] == [("c", True), ("d", False)]
    assert found[1].reasons == ()


def test_k_bounds_the_suggestions(store: GraphStore) -> None:
    assert [suggestion.id for suggestion in suggest(store, ["a"], k=1)] == ["b"]


def test_several_seeds_are_not_suggested(store: GraphStore) -> None:
    assert [suggestion.id for suggestion in suggest(store, ["a", "Roasting"])] == ["b"]


def test_a_large_graph_compares_only_the_nearest_papers(
    store: GraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgraph.suggest._COMPARED", 1)
    assert [suggestion.id for suggestion in suggest(store, ["a"])] == ["b"]


@pytest.mark.parametrize(
    ("papers", "options", "message"),
    [
        (["a"], {"k": 0}, "-k must be at least 1"),
        ([], {}, "name at least one paper"),
        (["zebra"], {}, "no paper has the id or a name with 'zebra'"),
        (["a"], {"among": {"x", "y"}}, "the graph has no paper with the id x, y"),
        (["a"], {"among": set("pqrstuv")}, "p, q, r, s, t and 2 more"),
    ],
)
def test_wrong_arguments(
    store: GraphStore, papers: list[str], options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        suggest(store, papers, **options)  # type: ignore[arg-type]
