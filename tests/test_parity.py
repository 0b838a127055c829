"""The same Cypher gives the same rows on both engines. docs/cypher-dialect.md has the exceptions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j_server import Neo4jServer
from pages import blocks, table_rows
from parity import Both, difference, own_notes
from parity_queries import NOTHING, OWN, QUERIES, WRONG, Query
from runs import SAMPLE, Cli

import kgraph

WRITES = "// write"
PARAMETERS = {"title": "TOFU"}
COOKBOOK = [
    (statement, PARAMETERS if "$title" in statement else {})
    for _, statement in blocks("cypher-cookbook.md", "cypher")
]
ALIKE = [query if isinstance(query, tuple) else (query, {}) for part in QUERIES.values() for query in part]
DIALECT = table_rows("cypher-dialect.md")
ONLY_EMBEDDED = "## Statements that only the embedded engine accepts"
WRITING = "## Writing"
CODE = re.compile(r"`([^`]*)`")


def shortened(value: Any) -> str | None:
    return re.sub(r"\s+", " ", value)[:70] if isinstance(value, str) else None


@pytest.fixture(scope="module")
def both(
    cli: Cli, sample_graph: Path, neo4j_server: Neo4jServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """The sample, three records with authors and venues, of which it has one, and notes of a user."""
    folder = tmp_path_factory.mktemp("parity")
    shutil.copy(f"{sample_graph}.cache", folder / "cache")
    ((_, records),) = blocks("input.md", "json")
    (folder / "records.jsonl").write_text(records, encoding="utf-8")
    neo4j_server.wipe()
    stores = (folder / "parity.kg", neo4j_server.store)
    for store in stores:
        cli.run("build", SAMPLE, folder / "records.jsonl", "--store", store, "--cache", folder / "cache")
    with kgraph.open(stores[0]) as embedded, kgraph.open(stores[1]) as neo4j:
        graphs = Both(embedded, neo4j)
        own_notes(graphs.graphs(), OWN)
        yield graphs


def test_there_are_enough() -> None:
    statements = {statement for statement, _ in ALIKE}
    assert len(statements) == len(ALIKE) >= 130
    assert len(COOKBOOK) >= 30


@pytest.mark.parametrize(("statement", "parameters"), COOKBOOK + ALIKE, ids=shortened)
def test_a_statement_gives_the_same_rows(both: Both, statement: str, parameters: dict[str, Any]) -> None:
    embedded, neo4j = both.answers(statement, parameters, write=statement.startswith(WRITES))
    assert difference(embedded, neo4j, statement) is None
    assert neo4j.rows, "finds nothing, so it compares nothing"


@pytest.mark.parametrize("statement", NOTHING, ids=shortened)
def test_a_statement_finds_nothing_in_both(both: Both, statement: str) -> None:
    embedded, neo4j = both.answers(statement)
    assert embedded.columns == neo4j.columns and embedded.columns
    assert embedded.rows == neo4j.rows == ()


@pytest.mark.parametrize("statement", WRONG, ids=shortened)
def test_a_wrong_statement_is_refused_by_both(both: Both, statement: Query) -> None:
    for graph in both.graphs():
        with pytest.raises(kgraph.QueryError):
            graph.query(str(statement))


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(3, 3, True), (40, 40, True), (1000, 42, False)])
def test_a_limit_cuts_the_same_rows(both: Both, limit: int, rows: int, truncated: bool) -> None:
    for found in both.answers("MATCH (p:Paper) RETURN p.id ORDER BY p.id", limit=limit):
        assert (len(found.rows), found.truncated) == (rows, truncated)


def code(cell: str) -> str:
    (text,) = CODE.findall(cell)
    return str(text)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [pytest.param(heading, cells[1:], id=cells[0]) for heading, cells in DIALECT],
)
def test_the_dialect_page_is_right(both: Both, heading: str, cells: list[str]) -> None:
    said, does, instead = code(cells[0]), cells[1], code(cells[2])
    write = heading == WRITING
    able, unable = both.graphs() if heading == ONLY_EMBEDDED else reversed(both.graphs())
    try:
        if does.startswith("error: "):
            with pytest.raises(kgraph.QueryError) as error:
                unable.query(said, write=write)
            assert code(does) in str(error.value)
            answer = able.query(said, write=write)
        else:
            given = re.fullmatch(r"gives `(.*)`, Neo4j `(.*)`", does)
            assert given, does
            found = [graph.query(said, write=write) for graph in both.graphs()]
            assert [json.dumps(value) for result in found for value in result.rows[0].values()] == list(
                given.groups()
            )
            answer = None
        clean(both, write)
        one, other = both.answers(instead, write=write)
        assert difference(one, other, instead) is None
        assert one.rows
        if answer is not None and heading != ONLY_EMBEDDED:
            assert difference(answer, one, said) is None
    finally:
        clean(both, write)


def clean(both: Both, write: bool) -> None:
    for graph in both.graphs() if write else ():
        graph.query("MATCH (m:Mark) DETACH DELETE m", write=True)


def test_the_dialect_page_is_complete() -> None:
    assert len(DIALECT) >= 60
    assert all(len(cells) == 4 for _, cells in DIALECT)
