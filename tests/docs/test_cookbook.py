"""Every statement of the cookbook returns rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import PEOPLE, blocks

import kgraph

PARAMETERS = {"title": "TOFU"}
STATEMENTS = blocks("cypher-cookbook.md", "cypher")


def first_line(statement: str) -> str:
    return next(line for line in statement.splitlines() if not line.startswith("//"))


@pytest.fixture(scope="session")
def graph_of_sample(sample_graph: Path) -> Iterator[kgraph.KnowledgeGraph]:
    with kgraph.open(sample_graph) as graph:
        yield graph


@pytest.fixture(scope="session")
def graph_of_records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kgraph.KnowledgeGraph]:
    """Yield the graph of the records in docs/input.md."""
    folder = tmp_path_factory.mktemp("records")
    ((_, records),) = blocks("input.md", "json")
    (folder / "records.jsonl").write_text(records, encoding="utf-8")
    with kgraph.open(folder / "records.kg") as graph:
        report = graph.build(folder / "records.jsonl")
        assert report.added == 3
        assert not report.rejected and not report.notices
        yield graph


def test_the_cookbook_has_at_least_18_statements() -> None:
    assert len(STATEMENTS) >= 18


@pytest.mark.parametrize(("heading", "statement"), STATEMENTS, ids=lambda value: first_line(value)[:60])
def test_a_statement_gives_rows(
    heading: str, statement: str, request: pytest.FixtureRequest, tmp_path: Path, sample_graph: Path
) -> None:
    if statement.startswith("// write"):
        shutil.copy(sample_graph, tmp_path / "own.kg")
        with kgraph.open(tmp_path / "own.kg") as graph:
            with pytest.raises(kgraph.QueryError, match="--write"):
                graph.query(statement)
            result = graph.query(statement, write=True)
    else:
        name = "graph_of_records" if heading == PEOPLE else "graph_of_sample"
        result = request.getfixturevalue(name).query(statement, PARAMETERS if "$title" in statement else None)
    assert result.rows
    assert not result.warnings
    # A column that is null in every row asks for a property that does not exist.
    for column in result.columns:
        assert any(row[column] is not None for row in result.rows), column
