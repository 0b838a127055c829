"""The nodes of results, and the concepts of their metrics and data sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kgraph
from kgraph.link.corpus import LinkedCorpus, link
from kgraph.link.graph import edge_batches, node_batches
from kgraph.link.result_nodes import result_name
from kgraph.link.thesaurus import Thesaurus, thesaurus_from_lines
from kgraph.model import Edge, Evidence, Extraction, Mention, Node, Paper, PaperConcept, Result

ABSTRACT = "KettleNet achieves 81.2% top-1 accuracy on the Teapots benchmark."


def at(text: str) -> Mention:
    start = ABSTRACT.index(text)
    return Mention("abstract", start, start + len(text), text)


SEEN = Evidence("abstract", 0, len(ABSTRACT), ABSTRACT, "figure-metric")


def result(**changed: object) -> Result:
    given = {
        "metric": "top-1 accuracy", "dataset": "Teapots", "value": 81.2, "before": None, "change": None, "unit": "%",
        "relative": None, "qualifier": None, "figure": at("81.2%"), "metric_mention": at("top-1 accuracy"),
        "dataset_mention": at("Teapots"), "evidence": SEEN, "confidence": 0.9,
    }  # fmt: skip
    return Result(**(given | changed))  # type: ignore[arg-type]


def concept(text: str, kind: str, name: str = "") -> PaperConcept:
    return PaperConcept(name or text, kind, 0.5, (), (at(text),), (SEEN,))  # type: ignore[arg-type]


def linked(*concepts: PaperConcept, thesaurus: Thesaurus | None = None, **changed: object) -> LinkedCorpus:
    corpus = [(Paper("p", "Kettles", ABSTRACT), Extraction(concepts, (), results=(result(**changed),)))]
    return link([paper for paper, _ in corpus], lambda: corpus, thesaurus or Thesaurus())


def nodes(found: LinkedCorpus, label: str) -> Iterator[Node]:
    return (node for b in node_batches(found, "x") if b.label == label for node in b.nodes)


def ends(found: LinkedCorpus, type_: str) -> list[tuple[str, str]]:
    edges: Iterator[Edge] = (edge for b in edge_batches(found) if b.type == type_ for edge in b.edges)
    return [(edge.head, edge.tail) for edge in edges]


def test_a_result_is_a_node_of_its_paper() -> None:
    found = linked()
    (node,) = nodes(found, "Result")
    start = at("81.2%").start
    assert node.id == f"p#abstract-{start}"
    assert node.properties == {
        "id": node.id, "name": "top-1 accuracy 81.2% on Teapots", "title": "top-1 accuracy 81.2% on Teapots",
        "metric": "top-1 accuracy", "dataset": "Teapots", "value": 81.2, "unit": "%", "figure": "81.2%",
        "confidence": 0.9, "evidence": [ABSTRACT], "evidence_fields": ["abstract"], "evidence_starts": [0],
        "evidence_ends": [len(ABSTRACT)], "produced_by": ["figure-metric"],
    }  # fmt: skip
    assert ends(found, "REPORTS") == [("p", node.id)]


def test_it_is_joined_to_the_concepts_that_its_words_mention() -> None:
    found = linked(concept("accuracy", "metric"), concept("Teapots", "dataset"))
    (node,) = nodes(found, "Result")
    assert ends(found, "OF_METRIC") == [(node.id, "accuracy")]
    assert ends(found, "ON_DATASET") == [(node.id, "teapot")]


def test_the_longest_name_of_the_metric_wins() -> None:
    found = linked(concept("accuracy", "metric"), concept("top-1 accuracy", "metric"))
    assert [tail for _, tail in ends(found, "OF_METRIC")] == ["top 1 accuracy"]


def test_names_are_resolved_as_those_of_mentions() -> None:
    found = linked(
        concept("Teapots", "dataset"), thesaurus=thesaurus_from_lines(["Teapots\tThe Teapot Corpus"])
    )
    assert [tail for _, tail in ends(found, "ON_DATASET")] == [node.id for node in nodes(found, "Concept")]


@pytest.mark.parametrize(
    ("concepts", "changed"),
    [
        ((), {}),
        ((concept("KettleNet", "method"),), {}),
        ((concept("Teapots", "task"), concept("top-1", "concept")), {}),
        ((concept("Teapots", "dataset"),), {"dataset": None, "dataset_mention": None}),
    ],
)
def test_without_such_a_concept_it_has_no_relationship(
    concepts: tuple[PaperConcept, ...], changed: dict[str, Any]
) -> None:
    found = linked(*concepts, **changed)
    assert ends(found, "OF_METRIC") == ends(found, "ON_DATASET") == []


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, "top-1 accuracy 81.2% on Teapots"),
        ({"dataset": None}, "top-1 accuracy 81.2%"),
        ({"before": 71.0, "unit": None}, "top-1 accuracy 71 → 81.2 on Teapots"),
        ({"before": 17000.25, "value": 18000.55}, "top-1 accuracy 17000.25 → 18000.55% on Teapots"),
        ({"value": 90.0, "unit": "°"}, "top-1 accuracy 90° on Teapots"),
        ({"value": None, "change": -6.17, "unit": "points"}, "top-1 accuracy -6.17 points on Teapots"),
        ({"value": None, "change": 2.0, "unit": "x", "qualifier": "up to"}, "top-1 accuracy up to +2x on Teapots"),
        ({"value": 18000.5, "unit": "ms", "qualifier": "over"}, "top-1 accuracy over 18000.5 ms on Teapots"),
    ],
)  # fmt: skip
def test_its_name_is_the_result_in_a_few_words(changed: dict[str, Any], name: str) -> None:
    assert result_name(result(**changed)) == name


@given(st.floats(0, 1e9))
def test_a_name_keeps_the_digits(value: float) -> None:
    number = round(value, 2)
    assert float(result_name(result(value=number, dataset=None, unit=None)).split()[-1]) == pytest.approx(
        number
    )


@pytest.mark.slow
def test_a_built_graph_has_the_extracted_results(tmp_path: Path) -> None:
    records = [
        {"id": "a", "title": "KettleNet: Boiling on ImageNet",
         "abstract": "We introduce KettleNet. KettleNet achieves 81.2% accuracy on ImageNet. It is 2.3x faster."},
        {"id": "b", "title": "PotNet", "abstract": "PotNet raises the accuracy on ImageNet from 71.5% to 74.9%."},
    ]  # fmt: skip
    file = tmp_path / "papers.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    with kgraph.open(tmp_path / "graph.kg") as graph:
        graph.build(file)
        rows = graph.query(
            "MATCH (p:Paper)-[:REPORTS]->(r:Result) "
            "RETURN p.id AS p, r.metric AS m, r.value AS v, r.before AS b, r.change AS c, r.unit AS u ORDER BY r.id"
        ).rows
        assert [tuple(row.values()) for row in rows] == [
            ("a", "accuracy", 81.2, None, None, "%"),
            ("a", "speed", None, None, 2.3, "x"),
            ("b", "accuracy", 74.9, 71.5, None, "%"),
        ]
        on = graph.query(
            "MATCH (r:Result)-[:ON_DATASET]->(d:Dataset) RETURN r.dataset AS r, d.id AS d ORDER BY r.id"
        ).rows
        assert [tuple(row.values()) for row in on] == [("ImageNet", "imagenet")] * 2
        before = (tmp_path / "graph.kg").read_bytes()
        graph.build(file)
        assert (tmp_path / "graph.kg").read_bytes() == before
        file.write_text(
            json.dumps(records[1]) + "\n" + json.dumps(records[0] | {"abstract": "Nothing."}) + "\n"
        )
        graph.build(file)
        assert [row["n"] for row in graph.query("MATCH (r:Result) RETURN count(r) AS n").rows] == [1]
