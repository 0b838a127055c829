"""The format neo4j-csv: the printed commands import it into a server, and the result equals the graph."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_graph import LISTS, hostile_batches
from neo4j_server import SCRIPT, Neo4jServer
from runs import Cli, Ran

import kgraph
from kgraph.model import EdgeBatch, NodeBatch
from kgraph.schema import graph_schema
from kgraph.store import GraphStore, open_store
from kgraph.store.neo4j_schema import constraint_statements, index_statements
from kgraph.store.scan import Scan


@pytest.fixture(scope="module")
def graph(sample_graph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, hostile texts, and additions of a user."""
    sample = Scan(open_store(sample_graph))
    schema = graph_schema()
    nodes, edges = hostile_batches()
    path = tmp_path_factory.mktemp("graph") / "hostile.kg"
    with kgraph.open(path) as graph:
        open_store(path).replace(
            [*nodes, *(NodeBatch(label.name, list(sample.nodes(label.name))) for label in schema.labels)],
            [
                *edges,
                *(
                    EdgeBatch(kind.name, head, tail, list(sample.edges(kind.name, head, tail)))
                    for kind, head, tail in schema.patterns()
                ),
            ],
        )
        for statement in (
            "MATCH (p:Paper {id: 'p1'}) SET p.mark = 1, p.`my note.2` = 'x', p.none = [], p.blank = ['']",
            "MATCH (p:Paper {id: 'p2'}) SET p.mark = 'text', p.flags = [true, false], p.shares = [0.5, 2.5]",
            "MATCH (p:Paper {id: 'p3'}) SET p.year = 'unknown'",
            "MATCH (:Paper {id: '=1+1'})-[r:MENTIONS]->(:Concept {id: 'c1'}) SET r.seen = true",
            "CREATE (:Concept {name: 'own', title: 'own'})",
        ):
            graph.query(statement, write=True)
    return path


@pytest.fixture(scope="module")
def exported(cli: Cli, graph: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """An export to a folder whose name a shell or the importer might split."""
    folder = tmp_path_factory.mktemp("exported") / "a b,c=d(e) [f]*'\"$HOME é"
    return folder, cli.run("export", "neo4j-csv", folder, "--store", graph)


@pytest.fixture(scope="module")
def imported(
    exported: tuple[Path, Ran], new_neo4j_server: Callable[..., Neo4jServer]
) -> Iterator[Neo4jServer]:
    """A server with the imported database."""
    folder, ran = exported
    server = new_neo4j_server("imported")
    home = server.home
    server.prepare()
    tools = home / "tools"
    tools.mkdir()
    tool = tools / "neo4j-admin"
    tool.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, str(SCRIPT)])} admin --home {home} "$@"\n')
    tool.chmod(0o700)
    import_line, script_line = ran.out.splitlines()
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        import_line, shell=True, cwd="/", env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(folder.iterdir()) == {folder / name for name in listed(folder)}
    server.start()
    words = shlex.split(script_line)
    assert words[0] == "cypher-shell"
    file = Path(words[words.index("--file") + 1])
    for _ in range(2):  # running it again changes nothing
        for statement in file.read_text(encoding="utf-8").split(";\n")[:-1]:
            server.run_alone(statement)
    yield server
    server.remove()


def listed(folder: Path) -> set[str]:
    return {"kgraph-export.json", *json.loads((folder / "kgraph-export.json").read_text())["files"]}


def rows_of(found: Any) -> list[str]:
    return sorted(json.dumps(dict(row), sort_keys=True) for row in found)


@pytest.mark.parametrize("label", [label.name for label in graph_schema().labels])
def test_nodes_are_the_same(label: str, graph: Path, imported: Neo4jServer) -> None:
    store = open_store(graph)
    here = [
        {"labels": sorted(row["n"]["labels"]), "properties": row["n"]["properties"]}
        for row in store.query(f"MATCH (n:{label}) WHERE n.name <> 'own' RETURN n", timeout=None).rows
    ]
    there = imported.rows(f"MATCH (n:{label}) RETURN labels(n) AS labels, properties(n) AS properties")
    assert rows_of({**row, "labels": sorted(row["labels"])} for row in there) == rows_of(here)


@pytest.mark.parametrize("type_", [kind.name for kind in graph_schema().relationships])
def test_relationships_are_the_same(type_: str, graph: Path, imported: Neo4jServer) -> None:
    cypher = f"MATCH (a)-[r:{type_}]->(b) RETURN a.id AS head, b.id AS tail, properties(r) AS properties"
    assert rows_of(imported.rows(cypher)) == rows_of(open_store(graph).query(cypher, timeout=None).rows)


def test_nothing_else_is_there(graph: Path, imported: Neo4jServer) -> None:
    store = open_store(graph)
    for cypher, own in (("MATCH (n) RETURN count(n) AS n", 1), ("MATCH ()-[r]->() RETURN count(r) AS n", 0)):
        assert imported.rows(cypher)[0]["n"] == store.query(cypher).rows[0]["n"] - own > 500


def test_constraints_and_indexes_are_kgraphs_own(imported: Neo4jServer) -> None:
    names = {row["name"] for row in imported.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'")}
    wanted = {statement.split()[2] for statement in constraint_statements()}
    wanted |= {statement.split()[3] for statement in index_statements()}
    assert names == wanted


def test_an_export_of_the_server_is_the_same(
    exported: tuple[Path, Ran], imported: Neo4jServer, tmp_path: Path
) -> None:
    with kgraph.open(imported.store) as graph:
        found = graph.export("neo4j-csv", tmp_path / "again")
    assert (found.skipped_nodes, found.skipped_relationships) == (0, 0)
    folder = exported[0]
    assert listed(folder) == listed(tmp_path / "again")
    for name in listed(folder):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_the_report(exported: tuple[Path, Ran]) -> None:
    err = exported[1].err
    assert "1 nodes and 0 relationships that kgraph did not make were skipped" in err
    assert "It deletes the current contents of the database" in err


def test_the_delimiter_of_lists_is_not_in_them(exported: tuple[Path, Ran]) -> None:
    assert "--array-delimiter=U+E000" in exported[1].out  # TEXTS hold every control character
    (delimiter,) = (word for word in shlex.split(exported[1].out) if word.startswith("--array-delimiter="))
    assert not any(chr(int(delimiter[-4:], 16)) in text for texts in LISTS for text in texts)


def test_the_files_of_a_plain_graph(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    ran = cli.run("export", "neo4j-csv", "out", "--store", kitchen_graph, cwd=tmp_path)
    words = shlex.split(ran.out.splitlines()[0])
    assert words[:3] == ["cd", str(tmp_path / "out"), "&&"]
    assert "--array-delimiter=U+001F" in words
    files = {word.rpartition("=")[2] for word in words if word.startswith(("--nodes", "--relationships"))}
    assert listed(tmp_path / "out") == files | {"after-import.cypher", "kgraph-export.json"}
    assert {"Paper.csv", "Paper-AUTHORED_BY-Author.csv"} <= files
    assert not any("-2" in name for name in files)
    header = (tmp_path / "out" / "Author.csv").read_text().splitlines()[0]
    assert header == 'id:ID(Author),:LABEL,"name:string","title:string"'


def test_a_later_export_replaces_the_earlier(
    cli: Cli, kitchen_graph: Path, sample_graph: Path, tmp_path: Path
) -> None:
    for store in (kitchen_graph, sample_graph):
        cli.run("export", "neo4j-csv", tmp_path / "one", "--store", store)
    cli.run("export", "neo4j-csv", tmp_path / "two", "--store", sample_graph)
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert first == second
    assert "Author.csv" not in first  # the kitchen has authors, the sample has none


def test_foreign_files_are_kept(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    cli.run("export", "neo4j-csv", folder, "--store", kitchen_graph)
    before = (folder / "Paper.csv").read_bytes()
    (folder / "notes.txt").write_text("mine")
    ran = cli.run("export", "neo4j-csv", folder, "--store", kitchen_graph, expect=2)
    assert "holds notes.txt, which is not part of an export" in ran.err
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "Paper.csv").read_bytes() == before


@pytest.mark.parametrize(
    "text", ['{"files": ["../precious", "..", "a/b"]}', "no JSON", "[]", '{"files": [1]}']
)
def test_a_list_of_files_is_not_trusted(text: str, cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kgraph-export.json").write_text(text)
    ran = cli.run("export", "neo4j-csv", tmp_path / "out", "--store", kitchen_graph, expect=None)
    assert (tmp_path / "precious").read_text() == "mine"
    assert (ran.code == 0) == ("precious" in text), ran.err


@pytest.mark.parametrize("place", ["file", "file/below", "no/such", "/proc/x"])
def test_a_folder_that_cannot_be_created(place: str, cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    ran = cli.run("export", "neo4j-csv", place, "--store", kitchen_graph, cwd=tmp_path, expect=2)
    assert ran.err.startswith(f"kgraph: {place}: ")
    assert not ran.out
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_missing_arguments(cli: Cli) -> None:
    assert "Missing argument 'FORMAT'" in cli.run("export", expect=2).err


def test_a_missing_graph(cli: Cli, tmp_path: Path) -> None:
    ran = cli.run("export", "neo4j-csv", "out", "--store", "no.kg", cwd=tmp_path, expect=2)
    assert "no graph there" in ran.err
    assert not list(tmp_path.iterdir())


def test_an_empty_graph(tmp_path: Path) -> None:
    open_store(tmp_path / "empty.kg").replace([], [])
    with kgraph.open(tmp_path / "empty.kg") as graph, pytest.raises(kgraph.InputError, match="empty"):
        graph.export("neo4j-csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_format(kitchen_graph: Path, tmp_path: Path) -> None:
    with (
        kgraph.open(kitchen_graph) as graph,
        pytest.raises(kgraph.InputError, match=r"choose from .*neo4j-csv"),
    ):
        graph.export("xml", tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("p.own = {a: 1}", "property own: it is a map"),
        ("p.own = [1, 'x']", "property own: it is a list of"),
        ("p.`a:b` = 1", "'a:b' cannot be used in a CSV header"),
        ("p.`{a}` = []", "'{a}' cannot be used in a CSV header"),
        ("p.kgraph_empty = ['x']", "has the property kgraph_empty"),
    ],
)
def test_values_that_neo4j_cannot_hold(
    setting: str, said: str, cli: Cli, kitchen: Path, tmp_path: Path
) -> None:
    with kgraph.open(kitchen) as graph:
        graph.query(f"MATCH (p:Paper {{id: 'soup'}}) SET {setting}", write=True)
    ran = cli.run("export", "neo4j-csv", tmp_path / "out", "--store", kitchen, expect=2)
    assert "Paper 'soup': " in ran.err and said in ran.err
    assert not (tmp_path / "out").exists()


def test_a_graph_that_changes_during_the_export(kitchen: Path, tmp_path: Path) -> None:
    store: GraphStore = open_store(kitchen)

    def change(what: str, done: int, _: int | None) -> None:
        if what == "exporting relationships" and done == 0:
            store.query("MATCH (p:Paper {id: 'soup'}) DETACH DELETE p", write=True)

    from kgraph.export import export_graph

    with pytest.raises(kgraph.StoreError, match="changed while it was read"):
        export_graph(store, "neo4j-csv", tmp_path / "out", change)
    assert not (tmp_path / "out").exists()


def test_an_incomplete_build_is_refused(cli: Cli, kitchen: Path, tmp_path: Path) -> None:
    """On a server, the Build node has the id of the writer until the load is complete."""
    with kgraph.open(kitchen) as graph:
        graph.query("MATCH (b:Build) SET b.writer = 'x'", write=True)
    ran = cli.run("export", "neo4j-csv", tmp_path / "out", "--store", kitchen, expect=1)
    assert "a build of this graph is not complete" in ran.err
    assert not (tmp_path / "out").exists()


def test_progress_ends_at_the_total(kitchen_graph: Path, tmp_path: Path) -> None:
    seen: dict[str, tuple[int, int | None]] = {}
    with kgraph.open(kitchen_graph) as graph:
        found = graph.export(
            "neo4j-csv", tmp_path / "out", on_progress=lambda what, done, of: seen.update({what: (done, of)})
        )
    assert seen == {
        "exporting nodes": (found.nodes, found.nodes),
        "exporting relationships": (found.relationships, found.relationships),
    }


KILLED = """
import os, signal, sys, kgraph
def progress(what, done, of):
    if what == "exporting relationships" and done:
        os.kill(os.getpid(), signal.SIGKILL)
with kgraph.open(sys.argv[1]) as graph:
    graph.export("neo4j-csv", sys.argv[2], on_progress=progress)
"""


@pytest.mark.slow
def test_a_killed_export_leaves_the_earlier_one(
    cli: Cli, kitchen_graph: Path, sample_graph: Path, tmp_path: Path
) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    cli.run("export", "neo4j-csv", old, "--store", kitchen_graph)
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    for folder in (new, old):
        ran = subprocess.run([sys.executable, "-c", KILLED, sample_graph, folder], check=False)
        assert ran.returncode == -signal.SIGKILL
        assert list(folder.glob(".kgraph-export-*/*.csv"))
    assert not list(new.glob("*.*sv"))
    assert {path.name: path.read_bytes() for path in old.iterdir() if path.is_file()} == before
    for folder in (new, old):
        cli.run("export", "neo4j-csv", folder, "--store", sample_graph)
        assert {path.name for path in folder.iterdir()} == listed(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("format", "partial"), [("neo4j-csv", "out/.kgraph-export-*/*.csv"), ("graphml", ".kgraph-*-out")]
)
def test_an_interrupted_export_leaves_nothing(
    cli: Cli, graph: Path, tmp_path: Path, format: str, partial: str
) -> None:
    running = cli.start("export", format, tmp_path / "out", "--store", graph)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(partial)) and time.monotonic() < deadline:
        time.sleep(0.001)
    running.send(signal.SIGINT)
    ran = running.wait()
    assert (ran.code, ran.err.strip()) == (1, "kgraph: interrupted; nothing was exported")
    assert list(tmp_path.iterdir()) == []
