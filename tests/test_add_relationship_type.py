"""A new relationship type is one entry in the schema and its producer.

A statement is produced by the relation model, so its producer is one entry of
``relations.toml``. Any other type is produced by one file in ``link/edges``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from package_copy import PackageCopy
from runs import ROOT, jsonl

from kgraph.schema import graph_schema

TYPES = {
    "FEATURE_OF": {
        "meaning": "The first concept is a feature of the second.",
        "from": ["Concept"],
        "to": ["Concept"],
        "group": "statement",
        "words": ["Feature of", "Features of it"],
        "strength": "confidence",
        "paths": "first",
        "include": ["confidence", "statement", "evidence"],
    },
    "FOLLOWS": {
        "meaning": "The id of the second concept is the next one in alphabetical order.",
        "from": ["Concept"],
        "to": ["Concept"],
        "group": "derived",
        "words": ["Followed by", "Follows"],
        "strength": "closeness",
        "properties": {"closeness": {"type": "float", "meaning": "Always 0.5."}},
    },
}

LABEL = '[labels.FEATURE-OF]\ntype = "FEATURE_OF"\nleast = 0.1\n\n[labels.USED-FOR]\n'

PRODUCER = """
from itertools import pairwise

from kgraph.link.edges import EdgeProducer
from kgraph.model import Edge


def followers(corpus):
    ids = [concept.id for concept in corpus.vocabulary.concepts]
    return (Edge(one, other, {"closeness": 0.5}) for one, other in pairwise(ids))


PRODUCERS = (EdgeProducer("FOLLOWS", followers),)
"""

PAPER = {
    "id": "memory",
    "title": "The memory footprint of recurrent networks",
    "abstract": "We study the memory footprint of recurrent networks. Recurrent networks have a memory footprint.",
}

# Prints the type, head, tail and strength of each relationship of a new type in `to_networkx`.
EDGES_OF_NETWORKX = """
import json, sys, kgraph
with kgraph.open(sys.argv[1]) as graph:
    edges = graph.to_networkx().edges(keys=True, data=True)
    print(json.dumps([[key, head[1], tail[1]] for head, tail, key, _ in edges if key in sys.argv[2:]]))
"""


@pytest.fixture
def extended(package_copy: PackageCopy) -> PackageCopy:
    """A copy of the package with two new relationship types and their producers."""
    entries = "".join(f'"{name}": {json.dumps(entry)},' for name, entry in TYPES.items())
    package_copy.edit("schemas/graph.json", '"relationships": {', f'"relationships": {{{entries}')
    package_copy.edit("kgraph/data/relations.toml", "[labels.USED-FOR]\n", LABEL)
    package_copy.write("kgraph/link/edges/followers.py", PRODUCER)
    return package_copy


def page_data(page: Path) -> Any:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL
    )
    assert found
    return json.loads(found[1])


@pytest.mark.slow
def test_a_new_type_is_in_the_graph_its_exports_and_its_pages(
    extended: PackageCopy, store_name: str, tmp_path: Path
) -> None:
    papers = jsonl(tmp_path / "papers.jsonl", PAPER)
    at = ("--store", store_name)
    extended.run("build", papers, "--cache", tmp_path / "cache", "--jobs", "1", *at)

    stated = extended.run(
        "query",
        "MATCH (a:Concept)-[r:FEATURE_OF]->(b:Concept) RETURN a.id AS head, b.id AS tail, r.evidence AS evidence",
        "--format",
        "json",
        *at,
    ).json()
    assert [(row["head"], row["tail"]) for row in stated] == [("memory footprint", "recurrent network")]
    assert "memory footprint" in stated[0]["evidence"][0]
    counts = extended.run("stats", "--format", "json", *at).json()["relationships"]
    assert counts["FEATURE_OF"] == 1 and counts["FOLLOWS"] > 0

    expected = [["FEATURE_OF", "memory footprint", "recurrent network"]]
    edges = json.loads(extended.python(EDGES_OF_NETWORKX, store_name, *TYPES).out)
    assert [edge for edge in edges if edge[0] == "FEATURE_OF"] == expected
    assert len(edges) == 1 + counts["FOLLOWS"]

    extended.run("export", "graphml", tmp_path / "graph.graphml", *at)
    exported = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    types = [value for _, _, data in exported.edges(data=True) for value in data.values() if value in TYPES]
    assert sorted(types) == ["FEATURE_OF"] + ["FOLLOWS"] * counts["FOLLOWS"]
    extended.run("export", "neo4j-csv", tmp_path / "csv", *at)
    rows = "".join(file.read_text() for file in (tmp_path / "csv").glob("*FEATURE_OF*"))
    assert "memory footprint" in rows and "recurrent network" in rows

    page = tmp_path / "page.html"
    extended.run("view", "--concept", "memory footprint", "-o", page, *at)
    shown = page_data(page)
    index = [entry["name"] for entry in shown["types"]].index("FEATURE_OF")
    assert (shown["types"][index]["out"], shown["types"][index]["in"]) == ("Feature of", "Features of it")
    (link,) = [link for link in shown["links"] if link[2] == index]
    assert [shown["nodes"][end][1] for end in link[:2]] == ["memory footprint", "recurrent networks"]
    assert link[3] > 0


@pytest.mark.slow
def test_a_type_without_a_producer_is_an_error(package_copy: PackageCopy, tmp_path: Path) -> None:
    entry = json.dumps(TYPES["FOLLOWS"])
    package_copy.edit("schemas/graph.json", '"relationships": {', f'"relationships": {{"FOLLOWS": {entry},')
    papers = jsonl(tmp_path / "papers.jsonl", PAPER)
    ran = package_copy.run("build", papers, "--store", tmp_path / "graph.kg", expect=1)
    assert "without a producer: (Concept)-[FOLLOWS]->(Concept)" in ran.err
    assert not (tmp_path / "graph.kg").exists()


@pytest.mark.slow
def test_a_producer_without_a_type_is_an_error(package_copy: PackageCopy, tmp_path: Path) -> None:
    package_copy.write("kgraph/link/edges/followers.py", PRODUCER)
    papers = jsonl(tmp_path / "papers.jsonl", PAPER)
    ran = package_copy.run("build", papers, "--store", tmp_path / "graph.kg", expect=1)
    assert "followers makes FOLLOWS, which schemas/graph.json does not declare" in ran.err


@pytest.mark.slow
def test_no_type_is_named_in_more_than_two_files() -> None:
    """The two are its producer and ``store/reading.py``, which asks for the types whose meaning pages need."""
    texts = {
        file.relative_to(ROOT).as_posix(): file.read_bytes().decode("utf-8", "ignore")
        for file in (ROOT / "kgraph").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    named = {
        kind.name: sorted(file for file, text in texts.items() if re.search(rf"\b{kind.name}\b", text))
        for kind in graph_schema().relationships
    }
    assert [name for name, files in named.items() if not files] == []
    assert {name: files for name, files in named.items() if len(files) > 2} == {}
    others = {name: [file for file in files if "/edges/" not in file] for name, files in named.items()}
    assert {file for files in others.values() for file in files} == {
        "kgraph/data/relations.toml",
        "kgraph/store/reading.py",
    }
