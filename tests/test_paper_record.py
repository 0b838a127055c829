"""Every field of a paper, from a record into a graph and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from neo4j_server import Neo4jServer
from package_copy import PackageCopy
from runs import ENGINES

from kgraph.build import stored_papers
from kgraph.model import Node, NodeBatch, Organization, Paper
from kgraph.paper_record import (
    LARGEST_NUMBER,
    LONGEST_IDENTIFIER,
    PaperField,
    paper_fields,
    paper_from_properties,
    paper_properties,
    paper_to_record,
)
from kgraph.schema import graph_schema
from kgraph.sources import to_paper
from kgraph.sources.cleaning import clean_passage, clean_phrase
from kgraph.sources.loose_values import present
from kgraph.store import GraphStore, open_store

CHARACTERS = st.characters(exclude_categories=["Cs"])


def is_value(text: str) -> bool:
    """Return whether a text is not empty, and not a word for an absent value such as NaN."""
    return bool(text) and present({"venue": text}) == {"venue": text}


LINES = st.text(CHARACTERS, max_size=30).map(clean_phrase).filter(is_value)
TEXTS = st.text(CHARACTERS, max_size=60).map(lambda text: clean_passage(f"We study {text}"))


IDENTIFIERS: Mapping[str, str] = {
    "doi": r"10\.[0-9]{4,9}/[a-z0-9]{1,20}",
    "arxiv": r"[0-9]{4}\.[0-9]{5}",
    "openalex": r"W[1-9][0-9]{0,8}",
    "semantic scholar": r"[0-9a-f]{40}",
    "pmid": r"[1-9][0-9]{0,8}",
    "acl": r"[A-Z][0-9]{2}-[0-9]{4}",
}


def values(field: PaperField) -> st.SearchStrategy[Any]:
    """Return the clean values that a record may give to a field."""
    about = field.about
    if about.form == "text":
        value: st.SearchStrategy[Any] = TEXTS
    elif about.form == "date":
        value = st.dates().map(str)
    elif about.form == "person":
        value = st.from_regex(r"[A-Z][a-z]{0,9} [A-Z]\. [A-Z][a-z]{0,9}", fullmatch=True)
    elif about.form in IDENTIFIERS:
        value = st.from_regex(IDENTIFIERS[about.form], fullmatch=True)
    elif about.form == "web address":
        value = st.from_regex(r"https?://[a-z]{1,9}\.org/[!#-;=?-~]{0,9}", fullmatch=True)
    elif field.type is Organization:
        handles = LINES.map(lambda line: line.replace(" ", "-"))
        value = st.builds(lambda handle, name: {"handle": handle, "name": name}, handles, LINES)
    elif field.type is bool:
        value = st.booleans()
    elif field.type is int:
        least = -LARGEST_NUMBER if about.least is None else about.least
        value = st.integers(least, about.most or LARGEST_NUMBER)
    else:
        value = LINES
    return st.lists(value, min_size=1, max_size=3) if field.many else value


RECORDS = st.fixed_dictionaries(
    {"title": LINES},
    optional={
        field.name: values(field)
        for field in paper_fields()
        if field.about.in_record and field.name != "title"
    },
)


def completed(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the properties that follow from others."""
    derived: dict[str, Any] = {"id": to_paper(record, "").paper.id}
    if "authors" in record:
        derived["author_count"] = len(record["authors"])
    year = {"year": int(record["date"][:4])} if "date" in record else {}
    return derived | record | year


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    if request.param == "embedded":
        name = str(tmp_path_factory.mktemp("papers") / "graph.kg")
    else:
        server: Neo4jServer = request.getfixturevalue("neo4j_server")
        server.wipe()
        name = server.store
    opened = open_store(name)
    yield opened
    opened.close()


# Shrinking would write hundreds of graphs.
@pytest.mark.slow
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(st.lists(RECORDS, min_size=5, max_size=20))
def test_a_record_comes_back_from_a_graph(store: GraphStore, records: list[dict[str, Any]]) -> None:
    numbered = [
        record | {"id": f"{number} {record['id']}"} if "id" in record else record
        for number, record in enumerate(records)
    ]
    wanted = {record["id"]: record for record in map(completed, numbered)}
    papers = {id_: to_paper(record, "file").paper for id_, record in wanted.items()}
    nodes = [Node(id_, paper_properties(papers[id_])) for id_ in sorted(papers)]
    store.replace([NodeBatch("Paper", nodes)], [])
    stored = stored_papers(store)
    assert stored == papers
    assert {id_: paper_to_record(paper) for id_, paper in stored.items()} == wanted


@pytest.mark.slow
@given(RECORDS)
def test_a_written_record_gives_the_same_paper(record: dict[str, Any]) -> None:
    paper = to_paper(record, "file").paper
    written = json.loads(json.dumps(paper_to_record(paper)))
    assert to_paper(written, "file").paper == paper
    assert paper_from_properties(paper.id, paper_properties(paper)) == paper


def test_the_schema_declares_the_properties_of_a_full_paper() -> None:
    lists = {field.name: ("x",) for field in paper_fields() if field.many}
    paper = Paper(
        **{field.name: 1 if field.type is int else "x" for field in paper_fields()}  # type: ignore[arg-type]
        | lists
        | {"organizations": (Organization("x", "X"),)}
    )
    declared = graph_schema().label("Paper").properties
    assert {prop.name for prop in declared} == paper_properties(paper).keys()
    assert all(
        isinstance(paper_properties(paper)[prop.name], list) == prop.type.endswith("[]") for prop in declared
    )


def test_a_node_without_a_title_has_its_name_or_id_as_title() -> None:
    assert paper_from_properties("a", {}) == Paper("a", "a")
    assert paper_from_properties("a", {"name": "A"}).title == "A"


def test_identifiers_may_be_numbers_and_are_bounded() -> None:
    paper = to_paper({"title": "T", "pmid": 17, "references": [3, " w4 ", ""], "acl": "x" * 60}, "").paper
    assert (paper.pmid, paper.references, paper.acl) == ("17", ("3", "w4"), "x" * 60)
    read = to_paper({"title": "T", "doi": "x" * (LONGEST_IDENTIFIER + 1)}, "")
    assert read.paper.doi is None
    assert [value.reason for value in read.left_out] == ["doi: expected a string of length <= 512"]


def test_an_organization_has_its_handle_as_name_if_it_has_none() -> None:
    record = {"title": "T", "organizations": [{"handle": "mit"}, {"handle": "\u200b"}]}
    assert to_paper(record, "").paper.organizations == (Organization("mit", "mit"),)


def test_only_the_file_differs_in_another_file() -> None:
    record = {"title": "T", "doi": "10.1234/x"}
    assert to_paper(record, "a").paper == replace(to_paper(record, "b").paper, source="a")


@pytest.mark.slow
def test_a_new_field_is_one_line(package_copy: PackageCopy, tmp_path: Path) -> None:
    package_copy.edit(
        "kgraph/model.py",
        "    source: Annotated",
        '    funder: Annotated[str | None, About("Who paid for the work.")] = None\n    source: Annotated',
    )
    first, second, store = tmp_path / "first.jsonl", tmp_path / "second.jsonl", tmp_path / "graph.kg"
    first.write_text('{"id": "a", "title": "Brewing Tea", "funder": " Tea Board "}\n')
    second.write_text(
        '{"id": "b", "title": "Brewing Coffee", "funder": true}\n{"id": "c", "title": "Brewing Cocoa"}\n'
    )
    package_copy.run("build", first, "--store", store)
    report = package_copy.run("build", second, "--store", store, "--format", "json").json()
    assert report["rejected"] == []
    assert "funder: expected a string or null, got true or false" in report["notices"][0]["text"]
    cypher = "MATCH (p:Paper) RETURN p.id AS id, p.funder AS funder ORDER BY p.id"
    found = package_copy.run("query", cypher, "--store", store, "--format", "json").json()
    assert found == [
        {"id": "a", "funder": "Tea Board"},
        {"id": "b", "funder": None},
        {"id": "c", "funder": None},
    ]
    assert '"funder"' in package_copy.run("schema", "--format", "json").out
