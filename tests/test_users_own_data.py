"""Nodes and relationships that a user added are not read as part of kgraph's graph, on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from runs import PAPERS, jsonl

import kgraph
from kgraph import KnowledgeGraph
from kgraph.errors import InputError
from kgraph.export import EXPORTERS
from kgraph.view.scenes import pages

OWN = [
    # Labels of kgraph without an id, and with one that is not a text.
    """CREATE (:Paper {title: 'mine', year: 1901}), (:Concept:Task {name: 'mine', papers: 500}), (:Author),
              (:Topic {name: 'mine', papers: 500}), (:Result {name: 'mine'}), (:Build {writer: 'me'})""",
    """CREATE (:Paper {id: 7, name: 'mine', year: 2999}), (:Concept {id: 2.5, name: 'mine'}),
              (:Topic {id: true, name: 'mine'}), (:Paper {id: ['kettle'], name: 'mine'})""",
    # Names that cannot be turned to lower case.
    "CREATE (:Paper {id: 8, name: 5}), (:Concept {name: ['mine']}), (:Topic {name: true})",
    # A label of the user's, with the id of a paper.
    "CREATE (:Note {id: 'kettle', name: 'mine'})",
    """MATCH (a:Paper {id: 'kettle'}), (b:Paper {id: 'soup'}), (n:Note {id: 'kettle'})
       CREATE (a)-[:MENTIONS {salience: 0.5}]->(n), (b)-[:MENTIONS]->(n), (n)-[:RELATED_TO]->(a),
              (a)-[:AUTHORED_BY]->(n), (b)-[:PUBLISHED_IN]->(n), (a)-[:ABOUT]->(n)""",
    # kgraph's relationship types between kgraph's and the user's nodes.
    """MATCH (a:Paper {id: 'kettle'}), (b:Paper {id: 'soup'})
       CREATE (c:Concept {name: 'mine'}), (a)-[:MENTIONS]->(c), (b)-[:MENTIONS]->(c), (a)-[:USES]->(c),
              (a)-[:RELATED_TO]->(:Paper {name: 'mine'}), (a)-[:IN_TOPIC]->(:Topic {name: 'mine'}),
              (a)-[:AUTHORED_BY]->(:Author {name: 'mine'}), (a)-[:REPORTS]->(:Result {name: 'mine'})""",
    """MATCH (c:Concept {id: 'kitchen robotics'})
       CREATE (:Paper {name: 'mine'})-[:MENTIONS {salience: 1.0}]->(c), (c)-[:IS_A]->(:Concept {name: 'mine'}),
              (c)-[:CO_OCCURS_WITH]->(:Concept {id: 3}), (:Result {name: 'mine'})-[:OF_METRIC]->(c),
              (c)-[:IN_TOPIC]->(:Topic {name: 'mine'})""",
    "CREATE (:Paper {name: 'mine'})-[:MENTIONS]->(:Concept {name: 'mine'})",
    # A type of the user's, and types of kgraph between labels that the schema does not join by them.
    """MATCH (a:Paper {id: 'kettle'}), (b:Paper {id: 'soup'}), (c:Concept {id: 'kitchen robotics'})
       CREATE (a)-[:LIKES]->(b), (a)-[:MENTIONS]->(b), (b)-[:AUTHORED_BY]->(a), (c)-[:MENTIONS]->(a)""",
]
"""Statements of a user. No command may count or show the result."""

SELECTIONS: dict[str, Any] = {
    "map": {},
    "paper": {"paper": "kettle"},
    "concept": {"concept": "kitchen robotics"},
    "path": {"path": ("kettle", "soup")},
    "topic": {"topic": "recurrent"},
}

Command = Callable[[KnowledgeGraph, Path], object]


def _view(selection: Any) -> Command:
    return lambda graph, _: graph.view(**selection)


def _export(format: str) -> Command:
    def run(graph: KnowledgeGraph, folder: Path) -> object:
        dest = folder / format
        report = graph.export(format, dest)
        files = sorted(dest.iterdir()) if dest.is_dir() else [dest]
        return report.nodes, report.relationships, [path.read_bytes() for path in files]

    return run


def _networkx(graph: KnowledgeGraph, _: Path) -> object:
    found = graph.to_networkx()
    return list(found.nodes(data=True)), list(found.edges(keys=True, data=True))


def _build(graph: KnowledgeGraph, folder: Path) -> object:
    return graph.build(jsonl(folder / "papers.jsonl", *PAPERS), cache=folder / "cache")


def _add(graph: KnowledgeGraph, statements: Sequence[str]) -> None:
    for statement in statements:
        before = _size(graph)
        graph.query(statement, write=True)
        assert _size(graph) > before, f"nothing was added by {statement}"


def _size(graph: KnowledgeGraph) -> int:
    return sum(
        int(graph.query(f"MATCH {pattern} RETURN count(x) AS n").rows[0]["n"])
        for pattern in ("(x)", "()-[x]->()")
    )


COMMANDS: dict[str, Command] = {
    "suggest": lambda graph, _: graph.suggest("kettle"),
    "suggest several": lambda graph, _: graph.suggest("soup", "toast"),
    "suggest among": lambda graph, _: graph.suggest("kettle", among={"soup", "toast"}),
    **{f"view {name}": _view(selection) for name, selection in SELECTIONS.items()},
    "stats": lambda graph, _: graph.stats(),
    **{f"export {name}": _export(name) for name in EXPORTERS.names()},
    "networkx": _networkx,
    "build": _build,
}


@pytest.fixture(scope="module")
def cache(kitchen_graph: Path) -> Path:
    return Path(f"{kitchen_graph}.cache")


@pytest.fixture(scope="module")
def outcomes(
    module_store_name: str, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[object, object]]]:
    """Yield what each command returns before and after the statements of the user."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(cache, folder / "cache")
    with kgraph.open(module_store_name) as graph:
        _build(graph, folder)
        before = {name: command(graph, folder) for name, command in COMMANDS.items()}
        _add(graph, OWN)
        yield {name: (before[name], command(graph, folder)) for name, command in COMMANDS.items()}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_leave_out_what_a_user_added(
    outcomes: dict[str, tuple[object, object]], command: str
) -> None:
    before, after = outcomes[command]
    assert after == before
    assert before


def test_every_page_is_among_the_commands() -> None:
    assert SELECTIONS.keys() == pages().keys()


@pytest.mark.parametrize(
    "find",
    [
        lambda graph: graph.suggest("mine"),
        lambda graph: graph.view(paper="mine"),
        lambda graph: graph.view(concept="mine"),
        lambda graph: graph.view(topic="mine"),
    ],
    ids=["suggest", "paper", "concept", "topic"],
)
def test_nodes_of_a_user_are_not_found_by_name(
    outcomes: dict[str, tuple[object, object]],
    module_store_name: str,
    find: Callable[[KnowledgeGraph], object],
) -> None:
    assert outcomes
    with (
        kgraph.open(module_store_name) as graph,
        pytest.raises(InputError, match="has the id or a name with"),
    ):
        find(graph)


def test_a_build_keeps_what_a_user_added(store_name: str, cache: Path, tmp_path: Path) -> None:
    shutil.copy(cache, tmp_path / "cache")
    with kgraph.open(store_name) as graph:
        _build(graph, tmp_path)
        _add(graph, OWN)
        before = _users_part(graph)
        toast = PAPERS[1] | {"title": "Toast Recognition"}
        report = graph.build(jsonl(tmp_path / "toast.jsonl", toast), cache=tmp_path / "cache")
        assert report.updated == 1
        assert _users_part(graph) == before
        assert len(before) > 40


def _users_part(graph: KnowledgeGraph) -> list[str]:
    nodes = graph.query("MATCH (n) RETURN labels(n) AS labels, n").rows
    ends = graph.query("MATCH (a)-[r]->(b) RETURN a, r, b").rows
    own = [str(row) for row in nodes if not _is_of_kgraph(row["n"])]
    return sorted(own + [str(row) for row in ends if not _joins_nodes_of_kgraph(row)])


def _is_of_kgraph(node: Any) -> bool:
    return "Note" not in node["labels"] and isinstance(node["properties"].get("id"), str)


def _joins_nodes_of_kgraph(row: Any) -> bool:
    pattern = (row["r"]["type"], row["a"]["labels"][0], row["b"]["labels"][0])
    declared = {(kind.name, head, tail) for kind, head, tail in KnowledgeGraph.schema().patterns()}
    return _is_of_kgraph(row["a"]) and _is_of_kgraph(row["b"]) and pattern in declared


LIKE_KGRAPHS = [
    # Text ids, but none of the properties that kgraph sets.
    "CREATE (:Paper {id: 'own'}), (:Concept {id: 'own'}), (:Topic {id: 'own'}), (:Author {id: 'own'})",
    """MATCH (a:Paper {id: 'kettle'}), (b:Paper {id: 'own'}), (c:Concept {id: 'own'}), (t:Topic {id: 'own'})
       CREATE (a)-[:MENTIONS]->(c), (b)-[:MENTIONS]->(c), (a)-[:IN_TOPIC]->(t), (b)-[:RELATED_TO]->(a)""",
    # Relationships without properties between kgraph's nodes, some of them twice.
    "MATCH (a:Paper {id: 'kettle'}), (c:Concept) CREATE (a)-[:MENTIONS]->(c), (a)-[:USES]->(c)",
    "MATCH (c:Concept), (d:Concept) WHERE c.id < d.id CREATE (c)-[:CO_OCCURS_WITH]->(d), (d)-[:IS_A]->(c)",
]
"""Statements whose result looks like a part of kgraph's graph until the next build."""


def test_commands_read_nodes_and_relationships_without_properties(
    store_name: str, cache: Path, tmp_path: Path
) -> None:
    shutil.copy(cache, tmp_path / "cache")
    with kgraph.open(store_name) as graph:
        _build(graph, tmp_path)
        suggested = graph.suggest("kettle", among={"soup", "toast"})
        _add(graph, LIKE_KGRAPHS)
        for name, command in COMMANDS.items():
            assert command(graph, tmp_path), name

        # Scores depend on the number of papers, which is larger by one.
        found = graph.suggest("kettle", among={"soup", "toast"})
        assert [suggestion.id for suggestion in found] == [suggestion.id for suggestion in suggested]
        assert all(reason.seed_sentence for suggestion in found for reason in suggestion.reasons)
        # A paper without a title or name is shown by its id.
        assert graph.view(paper="own").title == "own"
        assert [suggestion.title for suggestion in graph.suggest("kettle", among={"own"})] == ["own"]
