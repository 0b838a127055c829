"""The graph of the bundled page, compared with one reader's notes on its papers (tests/data/sample_page_reading.json)."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from runs import TESTS, tuples_of

import kgraph
from kgraph.names import normal_form

INTRODUCED = 0.8
"""The share of the artefacts that a paper introduces which must be linked to it as introduced."""
EVALUATED = 0.76
"""The share of the data sets that must be linked to a paper as used or evaluated on."""
SUGGESTED = 0.75
"""The share of the papers for which one of three suggestions must be related according to the reader."""

READING: dict[str, Any] = json.loads(
    (TESTS / "data" / "sample_page_reading.json").read_text(encoding="utf-8")
)


def linked(store: Path, types: str) -> dict[str, set[str]]:
    """Return all names of the concepts that each paper is linked to by some types, by its title."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    cypher = f"MATCH (p:Paper)-[:{types}]->(c:Concept) RETURN p.title, [c.id, c.name] + c.aliases"
    for title, names in tuples_of(store, cypher):
        found[title].update(map(normal_form, names))
    return found


def share(links: dict[str, set[str]], wanted: list[tuple[str, list[str]]]) -> tuple[float, list[Any]]:
    """Return the share of the names that are linked, and the missing ones. A name may have variants."""
    missed = [
        (title, names) for title, names in wanted if not links[title] & {normal_form(name) for name in names}
    ]
    return 1 - len(missed) / len(wanted), missed


def test_the_reading_is_of_this_page(sample_graph: Path) -> None:
    titles = {title for (title,) in tuples_of(sample_graph, "MATCH (p:Paper) RETURN p.title")}
    read = {title for group in READING["related"] for title in group}
    assert read | READING["introduces"].keys() | READING["evaluates_on"].keys() <= titles


def test_introduced_artefacts_are_linked(sample_graph: Path) -> None:
    wanted = [(title, names) for title, names in READING["introduces"].items()]
    found, missed = share(linked(sample_graph, "INTRODUCES"), wanted)
    assert found >= INTRODUCED, missed


def test_data_sets_are_linked(sample_graph: Path) -> None:
    wanted = [(title, [name]) for title, names in READING["evaluates_on"].items() for name in names]
    found, missed = share(linked(sample_graph, "EVALUATES_ON|USES"), wanted)
    assert found >= EVALUATED, missed


@pytest.mark.slow
def test_suggestions_are_related(sample_graph: Path) -> None:
    right: list[str] = []
    wrong: list[str] = []
    with kgraph.open(sample_graph) as graph:
        titles = sorted({title for group in READING["related"] for title in group})
        for title in titles:
            related = {mate for group in READING["related"] if title in group for mate in group} - {title}
            found = graph.suggest(title, k=3)
            assert all(suggestion.reasons for suggestion in found)
            (right if related & {suggestion.title for suggestion in found} else wrong).append(title)
    assert len(right) / len(titles) >= SUGGESTED, wrong


def test_papers_have_few_dozen_concepts(sample_graph: Path) -> None:
    ((mean, most),) = tuples_of(
        sample_graph, "MATCH (p:Paper)-[m:MENTIONS]->() WITH p, count(m) AS n RETURN avg(n), max(n)"
    )
    assert mean < 32 and most < 50
