"""Export formats are found by the registry, and GraphML and GEXF keep the graph."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hostile_graph import TEXTS, hostile_batches
from package_copy import PackageCopy
from runs import ROOT, Cli, tuples_of

import kgraph
from kgraph.export import EXPORTERS, export_graph
from kgraph.export.flat_graph import xml_text
from kgraph.store import open_store

TITLES = """
from kgraph.export.exporter import ExportReport

class Titles:
    name = "{name}"
    description = "One title a line."
    target = "{target}"

    def write(self, store, target, dest, on_progress):
        rows = store.query("MATCH (p:Paper) RETURN p.title AS title ORDER BY title").rows
        file = target if self.target == "file" else target / "titles.txt"
        file.write_text("".join(row["title"] + "\\n" for row in rows))
        return ExportReport(self.name, dest, len(rows), 0)

EXPORTER = Titles()
"""

Read = Callable[[Path], "nx.MultiDiGraph[str]"]
FILE_FORMATS = [("graphml", nx.read_graphml), ("gexf", nx.read_gexf)]


def install(package_copy: PackageCopy, name: str, value: str, package: str = "titles") -> None:
    package_copy.write(f"{package}-1.0.dist-info/METADATA", f"Name: {package}\nVersion: 1.0\n")
    package_copy.write(f"{package}-1.0.dist-info/entry_points.txt", f"[kgraph.exports]\n{name} = {value}\n")


def titles(store: Path) -> str:
    return "".join(
        f"{title}\n" for (title,) in tuples_of(store, "MATCH (p:Paper) RETURN p.title AS t ORDER BY t")
    )


def test_each_module_is_a_format() -> None:
    modules = {path.stem for path in (ROOT / "kgraph" / "export" / "formats").glob("[!_]*.py")}
    assert modules == {name.replace("-", "_") for name in EXPORTERS.names()}
    for name in EXPORTERS.names():
        exporter = EXPORTERS.get(name)
        assert exporter.description.endswith(".") and exporter.target in ("file", "folder")


def test_help_lists_the_formats(cli: Cli) -> None:
    text = " ".join(cli.run("export", "--help").out.split())
    for name in EXPORTERS.names():
        exporter = EXPORTERS.get(name)
        assert f"{name} {exporter.description} DEST is a {exporter.target}." in text


@pytest.mark.parametrize("ask", [EXPORTERS.get, EXPORTERS.plugin])
def test_an_unknown_format_is_an_error(ask: Callable[[str], object]) -> None:
    with pytest.raises(kgraph.InputError, match=r"xml: unknown export format; choose from .*graphml"):
        ask("xml")


@pytest.mark.slow
def test_a_format_is_one_new_file(package_copy: PackageCopy, kitchen_graph: Path, tmp_path: Path) -> None:
    package_copy.write("kgraph/export/formats/titles.py", TITLES.format(name="titles", target="file"))
    assert "One title a line. DEST is a file." in package_copy.run("export", "-h").out
    ran = package_copy.run("export", "titles", tmp_path / "titles.txt", "--store", kitchen_graph)
    assert (ran.out, ran.err) == ("", f"{tmp_path / 'titles.txt'}: 3 nodes, 0 relationships\n")
    assert (tmp_path / "titles.txt").read_text() == titles(kitchen_graph)
    ran = package_copy.run("export", "xml", tmp_path / "x", "--store", kitchen_graph, expect=2)
    known = ", ".join(sorted([*EXPORTERS.names(), "titles"]))
    assert ran.err == f"kgraph: xml: unknown export format; choose from {known}\n"


@pytest.mark.slow
@pytest.mark.parametrize("target", ["file", "folder"])
def test_another_package_adds_a_format(
    package_copy: PackageCopy, kitchen_graph: Path, tmp_path: Path, target: str
) -> None:
    package_copy.write("titles.py", TITLES.format(name="titles", target=target))
    install(package_copy, "titles", "titles:EXPORTER")
    assert f"One title a line. DEST is a {target}." in package_copy.run("export", "-h").out
    package_copy.run("export", "titles", tmp_path / "out", "--store", kitchen_graph)
    written = tmp_path / "out" if target == "file" else tmp_path / "out" / "titles.txt"
    assert written.read_text() == titles(kitchen_graph)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("titles", "missing_module:EXPORTER", "cannot be loaded: No module named 'missing_module'"),
        ("titles", "titles:Titles", "is not an instance of kgraph.export.exporter.Exporter"),
        ("headings", "titles:EXPORTER", "named 'headings'"),
        ("graphml", "titles:EXPORTER", "is provided more than once: kgraph's graphml, graphml of titles"),
    ],
)
def test_a_broken_entry_point_is_reported(
    package_copy: PackageCopy, kitchen_graph: Path, tmp_path: Path, name: str, value: str, message: str
) -> None:
    package_copy.write("titles.py", TITLES.format(name="titles", target="file"))
    install(package_copy, name, value)
    ran = package_copy.run("export", name, tmp_path / "out", "--store", kitchen_graph, expect=1)
    assert message in ran.err
    # Other formats and the help still work.
    assert message in " ".join(package_copy.run("export", "-h").out.split())
    package_copy.run("export", "gexf", tmp_path / "out", "--store", kitchen_graph)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "hostile.kg"
    store = open_store(path)
    store.replace(*hostile_batches())
    for statement in (
        "MATCH (p:Paper {id: 'p1'}) SET p.label = 'mine', p.label_ = 'too', p.viz = 1, p.start = 'now', p.mixed = 1",
        "MATCH (p:Paper {id: 'p2'}) SET p.mixed = 'text', p.number = 1, p.year = 'unknown', p.map = {a: [1]}",
        "MATCH (p:Paper {id: 'p3'}) SET p.number = 0.5, p.`a\tb\x01` = true",
        "MATCH (:Paper {id: '=1+1'})-[r:MENTIONS]->(:Concept {id: 'c1'}) SET r.key = 'k', r.weight = 'w', r.id = 1",
        "CREATE (:Concept {name: 'own', title: 'own'})",
    ):
        store.query(statement, write=True)
    store.close()
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("format", "read"), FILE_FORMATS)
@pytest.mark.parametrize("which", ["sample_graph", "hostile"])
def test_a_flat_graph_is_the_same_after_writing_and_reading(
    which: str, format: str, read: Read, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with kgraph.open(request.getfixturevalue(which)) as graph:
        flat, nested = graph.to_networkx(flat=True), graph.to_networkx()
        report = graph.export(format, tmp_path / "graph")
    getattr(nx, f"write_{format}")(flat, tmp_path / "written")
    for file in ("graph", "written"):
        back = read(tmp_path / file)
        assert dict(back.nodes.items()) == dict(flat.nodes.items())
        assert edges(back) == edges(flat)
    assert (flat.number_of_nodes(), flat.number_of_edges()) == (
        nested.number_of_nodes(), nested.number_of_edges()
    ) == (report.nodes, report.relationships)  # fmt: skip
    assert [data["label"] for _, data in flat.nodes(data=True)] == [
        xml_text(data["name"]) for _, data in nested.nodes(data=True)
    ]
    assert all(type(value) in (str, int, float, bool) for value in values(flat))


def edges(graph: "nx.MultiDiGraph[str]") -> list[tuple[Any, ...]]:
    return sorted(
        (
            head,
            tail,
            sorted((name, value) for name, value in data.items() if name not in ("id", "networkx_key")),
        )
        for head, tail, data in graph.edges(data=True)
    )


def values(graph: "nx.MultiDiGraph[str]") -> list[Any]:
    every = [data for _, data in graph.nodes(data=True)] + [data for _, _, data in graph.edges(data=True)]
    return [value for data in every for value in data.values()]


def test_attributes_of_a_flat_graph(hostile: Path) -> None:
    with kgraph.open(hostile) as graph:
        flat = graph.to_networkx(flat=True)
    first, second, third = (flat.nodes[f"Paper:p{number}"] for number in (1, 2, 3))
    assert first["labels"] == "Paper" and flat.nodes["Concept:c1"]["labels"] == "Concept:Method"
    assert (first["label"], first["label_"], first["label__"]) == ("n", "mine", "too")
    assert (first["viz_"], first["start_"], first["id_"]) == (1, "now", "p1")
    assert (first["mixed"], second["mixed"]) == ("1", "text")
    assert (second["number"], third["number"]) == (1.0, 0.5) and type(second["number"]) is float
    assert second["map"] == '{"a": [1]}' and json.loads(first["authors"]) == [" "]
    assert third["a\tb\N{REPLACEMENT CHARACTER}"] is True
    papers = [data["abstract"] for node, data in flat.nodes(data=True) if "abstract" in data]
    assert papers == [xml_text(text) for text in sorted_by_id(TEXTS)]
    ids = [data["label"] for _, _, data in flat.edges(data=True)]
    assert set(ids) == {"MENTIONS", "RELATED_TO"}


def sorted_by_id(texts: list[str]) -> list[str]:
    return [text for _, text in sorted((f"p{number}", text) for number, text in enumerate(texts))]


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ud800", "\ufffe", "\x0b"])
def test_characters_that_xml_cannot_hold_are_replaced(text: str) -> None:
    assert xml_text(f"a{text}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_ids_that_differ_in_replaced_characters_stay_apart(tmp_path: Path) -> None:
    from kgraph.model import Node, NodeBatch

    store = open_store(tmp_path / "graph.kg")
    store.replace(
        [NodeBatch("Paper", [Node(id_, {"name": "n", "title": "t"}) for id_ in ("a\x01", "a\x02")])], []
    )
    store.close()
    with kgraph.open(tmp_path / "graph.kg") as graph:
        flat = graph.to_networkx(flat=True)
    assert list(flat) == ["Paper:a\ufffd", "Paper:a\ufffd (2)"]


@pytest.mark.slow
@pytest.mark.parametrize("format", EXPORTERS.names())
def test_exports_are_the_same_in_every_process(format: str, sample_graph: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "kgraph.cli", "export", format, tmp_path / seed, "--store", sample_graph],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
        )
    first, second = (
        {path.name.replace(seed, ""): path.read_bytes() for path in sorted([tmp_path / seed, *(tmp_path / seed).glob("*")]) if path.is_file()}
        for seed in ("1", "2")
    )  # fmt: skip
    assert first == second and first


def test_a_file_is_written_whole_or_not_at_all(kitchen: Path, tmp_path: Path) -> None:
    """An error while the graph is read leaves the earlier file and no other."""
    store = open_store(kitchen)
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "graph.gexf"
    target.write_text("before")

    def change(step: str, done: int, _: int | None) -> None:
        if step == "reading relationships" and done == 0:
            store.query("MATCH (p:Paper {id: 'soup'}) DETACH DELETE p", write=True)

    with pytest.raises(kgraph.StoreError, match="changed while it was read"):
        export_graph(store, "gexf", target, change)
    assert target.read_text() == "before" and list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("dest", ["folder", "no/such/file", "file/below"])
def test_a_file_that_cannot_be_written(dest: str, cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    ran = cli.run("export", "graphml", dest, "--store", kitchen_graph, cwd=tmp_path, expect=2)
    assert ran.err.startswith(f"kgraph: {dest}: cannot be written: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_symbolic_link_is_written_through(cli: Cli, kitchen_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real.graphml")
    cli.run("export", "graphml", "link", "--store", kitchen_graph, cwd=tmp_path)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real.graphml").is_file()
