"""Every command prints the same for the same graph on both engines."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from neo4j_server import Neo4jServer
from runs import NODES, RELATIONSHIPS, SAMPLE, Cli, Ran

import kgraph
from kgraph.export import EXPORTERS


@dataclass(frozen=True)
class Graph:
    """The same graph in each store, with names of its nodes."""

    cli: Cli
    stores: tuple[Path, str]
    names: dict[str, str]
    server: Neo4jServer

    def run(self, *arguments: str, expect: int = 0) -> list[Ran]:
        filled = [argument.format_map(self.names) for argument in arguments]
        return [self.cli.run(*filled, "--store", store, expect=expect) for store in self.stores]


@pytest.fixture(scope="module", params=["sample", "seed"])
def graph(
    request: pytest.FixtureRequest,
    cli: Cli,
    neo4j_server: Neo4jServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Graph]:
    embedded: Path = request.getfixturevalue(f"{request.param}_graph")
    page = SAMPLE if request.param == "sample" else request.getfixturevalue("seed_page")
    cache = tmp_path_factory.mktemp("cache") / "cache"
    shutil.copy(f"{embedded}.cache", cache)
    neo4j_server.wipe()
    cli.run("build", page, "--store", neo4j_server.store, "--cache", cache)
    with kgraph.open(embedded) as opened:

        def ids(label: str, order: str) -> list[str]:
            rows = opened.query(f"MATCH (n:{label}) RETURN n.id AS id ORDER BY {order}, id").rows
            return [row["id"] for row in rows]

        papers, concepts, topics = ids("Paper", "id"), ids("Concept", "n.papers DESC"), ids("Topic", "id")
        paper = opened.query("MATCH (p:Paper {id: $id}) RETURN p.title AS title", {"id": papers[1]})
    among = cache.with_name("among.txt")
    among.write_text("\n".join(papers[::3]))
    names = {
        "paper": papers[0],
        "title": paper.rows[0]["title"],
        "other": papers[len(papers) // 2],
        "last": papers[-1],
        "concept": concepts[0],
        "rarer": concepts[20],
        "topic": topics[0],
        "among": str(among),
    }
    yield Graph(cli, (embedded, neo4j_server.store), names, neo4j_server)


SAME_OUTPUT = [
    ["suggest", "{paper}"],
    ["suggest", "{title}", "--format", "json", "-k", "20"],
    ["suggest", "{paper}", "{other}", "{last}", "--format", "json"],
    ["suggest", "{other}", "--among", "{among}", "--format", "json", "-k", "1000"],
    ["suggest", "{last}", "{paper}", "--among", "{among}"],
    ["stats"],
    ["stats", "--format", "json"],
    [
        "query",
        "MATCH (n)-[r]->(m) RETURN n.id, type(r), m.id, r ORDER BY n.id, type(r), m.id",
        "--format",
        "csv",
    ],
    ["query", "MATCH (c:Concept) RETURN c ORDER BY c.id", "--format", "jsonl", "--limit", "50"],
    ["query", "MATCH (p:Paper) RETURN p.title, p.date, p.year ORDER BY p.id"],
]

SAME_ERROR = [
    ["suggest", "no such paper"],
    ["suggest", "a"],
    ["suggest", " "],
    ["suggest", "{paper}", "--among", str(SAMPLE)],
    ["view", "--concept", "e", "-o", "unwritten.html"],
    ["view", "--concept", "no such concept", "-o", "unwritten.html"],
    ["view", "--topic", "no such topic", "-o", "unwritten.html"],
    ["view", "--path", "{paper}", "no such paper", "-o", "unwritten.html"],
    ["query", "CREATE (:X)"],
    ["query", "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line"],
    ["query", "RETURN 1; RETURN 2"],
]

VIEWS = [
    [],
    ["--limit", "60"],
    ["--paper", "{paper}"],
    ["--paper", "{title}", "--limit", "30"],
    ["--concept", "{concept}"],
    ["--concept", "{rarer}"],
    ["--path", "{paper}", "{last}"],
    ["--topic", "{topic}"],
]


@pytest.mark.parametrize("arguments", SAME_OUTPUT, ids=lambda words: " ".join(words)[:60])
def test_a_command_prints_the_same(graph: Graph, arguments: list[str]) -> None:
    embedded, neo4j = graph.run(*arguments)
    assert embedded.out == neo4j.out
    assert embedded.err == neo4j.err
    assert len(embedded.out) > 100


@pytest.mark.parametrize("arguments", SAME_ERROR, ids=lambda words: " ".join(words)[:60])
def test_a_command_fails_with_the_same_message(graph: Graph, arguments: list[str]) -> None:
    embedded, neo4j = graph.run(*arguments, expect=2)
    assert embedded.err == neo4j.err != ""
    assert embedded.out == neo4j.out == ""


@pytest.mark.parametrize("arguments", VIEWS, ids=lambda words: " ".join(words) or "map")
def test_a_page_is_the_same(graph: Graph, tmp_path: Path, arguments: list[str]) -> None:
    pages = []
    for number, store in enumerate(graph.stores):
        target = tmp_path / f"{number}.html"
        filled = [argument.format_map(graph.names) for argument in arguments]
        graph.cli.run("view", *filled, "-o", target, "--store", store)
        pages.append(target.read_bytes())
    assert len(pages[0]) > 10_000
    assert pages[0] == pages[1]


def test_networkx_graphs_are_the_same(graph: Graph) -> None:
    found = []
    for store in graph.stores:
        with kgraph.open(store) as opened:
            networkx = opened.to_networkx()
        found.append((list(networkx.nodes(data=True)), list(networkx.edges(keys=True, data=True))))
    assert found[0][0] == found[1][0] and len(found[0][0]) > 500
    assert found[0][1] == found[1][1] and len(found[0][1]) > 1000


def test_exports_are_the_same(graph: Graph, tmp_path: Path) -> None:
    folders = [tmp_path / "embedded", tmp_path / "neo4j"]
    for folder, store in zip(folders, graph.stores, strict=True):
        folder.mkdir()
        for format in EXPORTERS.names():
            graph.cli.run("export", format, folder / format, "--store", store)
    files = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in folders
    ]
    assert files[0].keys() == files[1].keys() and len(files[0]) > 5
    for path in files[0]:
        assert files[0][path] == files[1][path], path


def test_neo4j_holds_the_graph_and_nothing_else(graph: Graph) -> None:
    with kgraph.open(graph.stores[0]) as opened:
        nodes = opened.query(NODES, timeout=None).rows
        relationships = opened.query(RELATIONSHIPS, timeout=None).rows
    ours: dict[str, Counter[str]] = defaultdict(Counter)
    for row in nodes:
        ours[":".join(sorted(row["labels"]))][_text(row["n"]["properties"])] += 1
    for row in relationships:
        ends = [min(row["heads"]), row["head"], min(row["tails"]), row["tail"]]
        ours[row["r"]["type"]][_text([*ends, row["r"]["properties"]])] += 1

    theirs: dict[str, Counter[str]] = defaultdict(Counter)
    for row in graph.server.rows("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties"):
        theirs[":".join(sorted(row["labels"]))][_text(row["properties"])] += 1
    for row in graph.server.rows(
        "MATCH (a)-[r]->(b) RETURN labels(a) AS heads, a.id AS head, type(r) AS type, "
        "properties(r) AS properties, labels(b) AS tails, b.id AS tail"
    ):
        ends = [min(row["heads"]), row["head"], min(row["tails"]), row["tail"]]
        theirs[row["type"]][_text([*ends, row["properties"]])] += 1

    assert ours.keys() == theirs.keys() and len(ours) > 10
    for kind in ours:
        assert ours[kind] == theirs[kind], kind


def _text(value: Any) -> str:
    # 1 and 1.0 are not the same here.
    return json.dumps(value, sort_keys=True)
