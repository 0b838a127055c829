"""Compare the graph of the page that kgraph was made for with the notes of a reader."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from runs import TESTS, tuples_of

import kgraph
from kgraph.model import Paper
from kgraph.names import normal_form
from kgraph.sources import read

CONCEPTS_FOUND = 0.79
"""The share of the concepts listed by the reader that must be linked to their paper."""
CONCEPTS_A_PAPER = 34
INTRODUCED_FOUND = 0.90
SUGGESTED = 0.80
"""The share of papers with one of the reader's group among the first five suggestions."""

READING: dict[str, Any] = json.loads((TESTS / "data" / "seed_page_reading.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def names(seed_graph: Path) -> dict[str, set[str]]:
    """The names of all concepts of each paper, by title."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = tuples_of(
        seed_graph,
        "MATCH (p:Paper)-[m:MENTIONS]->(c) RETURN p.title, c.id, c.name, c.aliases, m.surface_forms",
    )
    for title, id_, name, aliases, forms in rows:
        found[title].update(map(normal_form, [id_, name, *aliases, *forms]))
    return found


def test_every_paper_is_read_exactly(seed_graph: Path, seed_page: Path) -> None:
    text = seed_page.read_text(encoding="utf-8")
    blocks = [line.strip() for line in text.splitlines()]
    papers = {
        title: {
            "abstract": abstract,
            "date": date,
            "authors": authors,
            "organizations": groups,
            "comments": comments,
        }
        for title, abstract, date, authors, groups, comments in tuples_of(
            seed_graph,
            "MATCH (p:Paper) RETURN p.title, p.abstract, p.date, p.author_count, p.organizations, p.comments",
        )
    }
    assert len(papers) == 39 and set(papers) == {paper["title"] for paper in READING["papers"]}
    for title, paper in papers.items():
        index = blocks.index(title)
        after = [line for line in blocks[index + 1 :] if line]
        assert paper["abstract"] == after[0], title
        own = after[1 : next((n for n, line in enumerate(after) if n and line in papers), len(after))]
        counts: list[int | None] = [int(line.split()[1]) for line in own if line.startswith("•")]
        assert [paper["authors"]] == (counts or [None]), title
        assert (paper["date"] is None) == (not own), title


def test_spots_of_the_page(seed_graph: Path) -> None:
    spots = tuples_of(
        seed_graph,
        "MATCH (p:Paper) RETURN p.title, p.date, p.author_count, p.organizations, p.comments ORDER BY p.title",
    )
    by_title = {title: rest for title, *rest in spots}
    assert by_title["In-Context Learning Strategies Emerge Rationally"] == ["2025-06-21", 6, None, 1]
    assert by_title["The Memorization Problem: Can We Trust LLMs' Economic Forecasts?"] == [
        "2025-04-20",
        3,
        None,
        None,
    ]
    assert by_title["Unforgettable Generalization in Language Models"] == ["2024-09-03", 3, None, None]
    decoder = "Memory Decoder: A Pretrained, Plug-and-Play Memory for Large Language Models"
    assert by_title[decoder] == ["2025-08-13", 7, None, 2]
    assert {group for _, _, _, groups, _ in spots for group in groups or ()} >= {"google Google"}
    with kgraph.open(seed_graph) as graph:
        assert (
            graph.query("MATCH (:Paper)-[:AFFILIATED_WITH]->(o {id: 'google'}) RETURN o.name AS n").rows[0][
                "n"
            ]
            == "Google"
        )


def test_the_reading_is_of_this_page(seed_page: Path) -> None:
    titles = {item.title for item in read([seed_page]) if isinstance(item, Paper)}
    assert titles == {paper["title"] for paper in READING["papers"]}
    assert {title for group in READING["related"] for title in group} <= titles


def test_concepts_listed_by_a_reader_are_linked(names: dict[str, set[str]], seed_graph: Path) -> None:
    listed = [(paper["title"], concept) for paper in READING["papers"] for concept in paper["concepts"]]
    missed = [pair for pair in listed if normal_form(pair[1]) not in names[pair[0]]]
    found = 1 - len(missed) / len(listed)
    assert found >= CONCEPTS_FOUND, f"{found:.3f} of {len(listed)}; missed, for one: {missed[:20]}"
    ((links, most),) = tuples_of(
        seed_graph,
        "MATCH (p:Paper)-[m:MENTIONS]->() WITH p, count(m) AS n RETURN avg(n) AS links, max(n) AS most",
    )
    assert links < CONCEPTS_A_PAPER and most < 2 * CONCEPTS_A_PAPER


def test_introduced_artefacts_are_linked(names: dict[str, set[str]], seed_graph: Path) -> None:
    artefacts = [(paper["title"], forms) for paper in READING["papers"] for forms in paper["introduces"]]
    missed = [(title, forms) for title, forms in artefacts if not names[title] & set(map(normal_form, forms))]
    assert 1 - len(missed) / len(artefacts) >= INTRODUCED_FOUND, missed
    introduced = {
        normal_form(name)
        for (names_,) in tuples_of(
            seed_graph, "MATCH (:Paper)-[:INTRODUCES]->(c) RETURN [c.id, c.name] + c.aliases AS names"
        )
        for name in names_
    }
    for name in ("RegLoRA", "SEFE", "Influence Approximation Unlearning", "Memory Decoder", "MCQStudentBert"):
        assert normal_form(name) in introduced, name


def test_data_sets_that_are_used(seed_graph: Path) -> None:
    used = {
        normal_form(name)
        for (names_,) in tuples_of(
            seed_graph, "MATCH (:Paper)-[:EVALUATES_ON|USES]->(c) RETURN [c.id, c.name] + c.aliases AS names"
        )
        for name in names_
    }
    for name in ("SQuAD2.0", "TOFU", "WikiText-103", "MMLU"):
        assert normal_form(name) in used, name


def test_suggestions_are_papers_that_a_reader_calls_related(seed_graph: Path) -> None:
    good: list[str] = []
    poor: list[str] = []
    with kgraph.open(seed_graph) as graph:
        for paper in READING["papers"]:
            title = paper["title"]
            mates = {mate for group in READING["related"] if title in group for mate in group} - {title}
            if mates:
                found = graph.suggest(title, k=5)
                assert all(suggestion.reasons for suggestion in found)
                (good if mates & {suggestion.title for suggestion in found} else poor).append(title)
    assert len(good) / (len(good) + len(poor)) >= SUGGESTED, poor
