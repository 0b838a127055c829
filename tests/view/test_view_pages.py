"""The page as a file: escaping, policy, data, determinism."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from view_graphs import HOSTILE, all_pages, data_of, make_store

from kgraph.model import Node, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store
from kgraph.view import view
from kgraph.view.facts import facts_of
from kgraph.view.page import json_for_html, payload
from kgraph.view.scene import Item
from kgraph.view.scenes import pages


@pytest.mark.parametrize("text", [*HOSTILE, "\u2028\u2029", "plain", "é ✓ 𝔊"])
def test_json_cannot_leave_its_element(text: str) -> None:
    written = json_for_html({text: [text]})
    assert not re.search("[<>&\u2028\u2029]", written)
    assert json.loads(written) == {text: [text]}


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    one = all_pages(make_store(tmp_path / "one.kg"))
    two = all_pages(make_store(tmp_path / "two.kg"))
    assert {name: page.html for name, page in one.items()} == {name: page.html for name, page in two.items()}


def test_pages_hold_no_markup_of_papers(hostile: GraphStore) -> None:
    for name, page in all_pages(hostile).items():
        # The page without the text of scripts, styles and data.
        bare = re.sub(r"<(script|style)>.*?</\1>", "", page.html, flags=re.DOTALL)
        for text in ("<img", "<svg", "onerror=window.ran=1>", "<!-- <", "<a href"):
            assert text not in bare, name
        assert bare.count("<script") == (1 if name == "map" else 2), name
        assert data_of(page.html)["nodes"]
        assert page.html.startswith("<!doctype html>")


def test_the_policy_names_the_hash_of_each_script_and_style(store: GraphStore) -> None:
    for page in all_pages(store).values():
        found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page.html)
        assert found
        policy = dict(part.strip().split(" ", 1) for part in found.group(1).split(";"))
        assert policy["default-src"] == "'none'"
        assert "unsafe" not in found.group(1)
        for tag in ("script", "style"):
            texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page.html, re.DOTALL)
            hashes = [
                f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
                for text in texts
            ]
            assert policy[f"{tag}-src"].split() == hashes
        assert "sourceMappingURL" not in page.html
        assert not re.search(r"<(link|img|iframe|script[^>]* src)", page.html.split('id="data"')[0])


def test_only_web_addresses_become_links(hostile: GraphStore) -> None:
    nodes = data_of(view(hostile).html)["nodes"]
    assert isinstance(nodes, list)
    addresses = {node[-1]["url"] for node in nodes if "url" in node[-1]}
    assert addresses == {"https://example.org/a?b=<c>"}


def test_a_page_can_be_written_as_utf8(tmp_path: Path) -> None:
    store = open_store(tmp_path / "odd.kg")
    store.replace([NodeBatch("Paper", [Node("a", {"name": "Ünïcode 𝔊 \u202e", "title": "x"})])], [])
    assert view(store, paper="a").html.encode("utf-8")


@pytest.mark.parametrize(
    ("properties", "rows"),
    [
        (
            {"metric": "accuracy", "value": 92.4, "unit": "%", "dataset": "MNIST"},
            [("Metric", "accuracy"), ("Value", "92.4%"), ("Data set", "MNIST")],
        ),
        ({"value": 1.0, "unit": "%", "qualifier": "below"}, [("Value", "below 1%")]),
        (
            {"before": 71.0, "value": 75.0, "unit": "points", "qualifier": "about"},
            [("Value", "about 75 points"), ("Before", "71 points")],
        ),
        ({"change": 80.0, "unit": "x"}, [("Change", "+80x")]),
        ({"change": -6.17, "unit": "points"}, [("Change", "-6.17 points")]),
        ({"change": 5.0, "unit": "%", "relative": True}, [("Change", "+5% of the value before")]),
        ({"change": 5.0, "unit": "%", "relative": False}, [("Change", "+5%")]),
        ({"value": 1234567.0}, [("Value", "1234567")]),
    ],
)
def test_the_facts_of_a_result(properties: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    result = {**properties, "evidence": ["One sentence."], "figure": "one"}
    facts = facts_of(Item(("Result", "r"), "Result", "r", result))
    assert facts == {"rows": rows, "sentences": ["One sentence."], "figure": "one"}


@pytest.mark.parametrize(
    ("properties", "rows"),
    [
        ({"date": "2024-01-02", "year": 2024, "author_count": 3}, [("Authors", "3"), ("Date", "2024-01-02")]),
        ({"year": 2024, "comments": 0}, [("Year", "2024"), ("Comments", "0")]),
        ({"venue": "Oven 2024", "keywords": ["oven", "bread"], "source": "a.txt"},
         [("Venue", "Oven 2024"), ("Keywords", "oven, bread")]),
        ({"keywords": list("abcdefghij")}, [("Keywords", "a, b, c, d, e, f, g, h and 2 more")]),
        ({"url": "file:///etc/passwd"}, [("Address", "file:///etc/passwd")]),
    ],
)  # fmt: skip
def test_the_facts_of_a_paper(properties: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    assert facts_of(Item(("Paper", "n"), "Paper", "n", properties)) == {"rows": rows}


def test_the_facts_of_a_concept() -> None:
    facts = facts_of(Item(("Concept", "n"), "Task", "n", {"aliases": ["a", "n", "b"], "papers": 2}))
    assert facts == {"rows": [("Also written", "a, b"), ("Papers", "2")], "papers": 2}


@pytest.mark.parametrize(
    ("name", "value", "row"),
    [
        ("doi", "10.1000/xyz(1)", ("DOI", "10.1000/xyz(1)", "https://doi.org/10.1000/xyz%281%29")),
        ("arxiv", "2401.00010v2", ("arXiv", "2401.00010v2", "https://arxiv.org/abs/2401.00010v2")),
        ("arxiv", "hep-th/9901001", ("arXiv", "hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001")),
        ("openalex", "W17", ("OpenAlex", "W17", "https://openalex.org/W17")),
        ("semantic_scholar", "0a" * 20,
         ("Semantic Scholar", "0a" * 20, f"https://www.semanticscholar.org/paper/{'0a' * 20}")),
        ("pmid", "123", ("PubMed", "123", "https://pubmed.ncbi.nlm.nih.gov/123/")),
        ("acl", "2023.acl-long.1", ("ACL Anthology", "2023.acl-long.1", "https://aclanthology.org/2023.acl-long.1/")),
    ],
)  # fmt: skip
def test_an_identifier_is_a_link(name: str, value: str, row: tuple[str, ...]) -> None:
    assert facts_of(Item(("Paper", "p"), "Paper", "p", {name: value})) == {"rows": [row]}


@pytest.mark.parametrize(
    "value", [*HOSTILE, "//evil.example", "https://evil.example/10.1/x", "10.1 /x", "1\n"]
)
def test_other_text_in_an_identifier_is_not_a_link(value: str) -> None:
    for prop in graph_schema().label("Paper").properties:
        if prop.link:
            facts = facts_of(Item(("Paper", "p"), "Paper", "p", {prop.name: value}))
            assert facts == {"rows": [(prop.shown, value)]}, prop.name


@given(st.text())
def test_the_address_of_a_doi_is_in_its_resolver(text: str) -> None:
    (row,) = facts_of(Item(("Paper", "p"), "Paper", "p", {"doi": f"10.1000/{text}"}))["rows"]
    for address in row[2:]:
        assert re.fullmatch(r"https://doi\.org/10\.1000/[\w.~/:%-]+", address, re.ASCII)


def test_a_page_has_the_strength_and_note_of_each_link(store: GraphStore) -> None:
    scene = pages()["paper"].build(store, ("p00000",), 300)
    shown = payload(scene)["links"]
    assert [(link[3], link[4]) for link in shown] == [(link.strength, link.note) for link in scene.links]
    assert len({link.strength for link in scene.links}) > 5


def test_a_page_describes_its_kinds_and_types_as_the_schema_does(store: GraphStore) -> None:
    schema = graph_schema()
    data: Any = data_of(view(store).html)
    kinds = {kind["name"]: kind for kind in data["kinds"]}
    assert [kinds[name]["heading"] for name in ("Paper", "Method", "Organization")] == [
        "Papers",
        "Methods",
        "Organisations",
    ]
    result, phrase = schema.label("Result"), schema.label("Concept").kinds[-1]
    assert (kinds["Result"]["shape"], kinds["Result"]["colour"]) == (result.shape, result.colour)
    assert (kinds["Result"]["shown"], kinds["Paper"]["shown"]) == (False, True)
    assert (kinds["Phrase"]["colour"], kinds["Phrase"]["prominence"]) == (phrase.colour, phrase.prominence)
    assert [name for name, kind in kinds.items() if not kind["quoted"]] == ["Paper"]
    for entry in data["types"]:
        kind = schema.relationship(entry["name"])
        assert (entry["out"], entry["in"]) == kind.words
        assert (entry["group"], entry["symmetric"]) == (kind.group, kind.symmetric)
    lines = {entry["name"]: entry["line"] for entry in data["types"]}
    assert (lines["USES"], lines["RELATED_TO"], lines["MENTIONS"]) == ("role", "papers", "other")
